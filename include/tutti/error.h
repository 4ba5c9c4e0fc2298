/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * error.h: the error domain of the control side. Each code has the name that clients see in
 * {"type":"error","code":…}; tutti_error_name() gives it. Media paths use enums and counters.
 */
#pragma once

#include <glib.h>

#define TUTTI_ERROR (tutti_error_quark ())

typedef enum {
    TUTTI_ERROR_INTERNAL,
    TUTTI_ERROR_BAD_JSON,
    TUTTI_ERROR_BAD_MESSAGE,
    TUTTI_ERROR_BAD_ROOM,
    TUTTI_ERROR_BAD_SDP,
    TUTTI_ERROR_BAD_CANDIDATE,
    TUTTI_ERROR_NOT_JOINED,
    TUTTI_ERROR_ALREADY_JOINED,
    TUTTI_ERROR_FORBIDDEN,
    TUTTI_ERROR_UNAUTHORIZED,
    TUTTI_ERROR_LOCKED,
    TUTTI_ERROR_RATE_LIMITED,
    TUTTI_ERROR_OVERLOADED,
    TUTTI_ERROR_UNSUPPORTED,
    TUTTI_ERROR_FULL_ROOM,  /* answered by `full_room`, not by `error` */
    TUTTI_ERROR_NOT_FOUND,  /* admin side only */
    TUTTI_ERROR_CONFLICT,   /* admin side only: not in this state, e.g. it records already */
    TUTTI_ERROR_STORAGE,    /* the disk says no */
    TUTTI_ERROR_BAD_CONFIG, /* start-up only */
    /* "unauthorized" and "forbidden", each with a reason. */
    TUTTI_ERROR_PIN_REQUIRED,
    TUTTI_ERROR_PIN_WRONG,
    TUTTI_ERROR_BANNED,
    TUTTI_ERROR_WAITING_ROOM, /* who came can't wait */
    TUTTI_ERROR_TIME_OVER,
    TUTTI_N_ERRORS,
} TuttiError;

GQuark tutti_error_quark (void);

/* The wire name of a code, e.g. "bad_room". Codes of other domains and unknown ones: "internal". */
const char *tutti_error_name (const GError *error);
/* What tells it from others of that name, e.g. "pin_wrong"; NULL: nothing does. */
const char *tutti_error_reason (const GError *error);
