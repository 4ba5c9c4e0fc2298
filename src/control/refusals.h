/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * refusals.h: who was turned away at the doors: counted, told in the log, and answered less often
 * than asked. An address that tries again and again gives a line a minute, not one a try. Role:
 * main, except where said.
 */
#pragma once

#include <glib.h>

typedef enum {
    TUTTI_DOOR_SIGNALLING,
    TUTTI_DOOR_WHIP,
    TUTTI_DOOR_WHEP,
    TUTTI_DOOR_RECORDINGS,
    TUTTI_DOOR_LIVE,
    TUTTI_N_DOORS,
} TuttiDoor;

/* "signalling", "whip", "whep", "recordings", "live". */
const char *tutti_door_name (TuttiDoor door);

typedef struct _TuttiRefusals TuttiRefusals;

/* per_minute: refusals of an address that are answered for what they are; 0: all. */
TuttiRefusals *tutti_refusals_new (guint per_minute);
void tutti_refusals_free (TuttiRefusals *refusals);

/* Somebody is refused for *error, which becomes RATE_LIMITED if it is one too many. address: as
 * tutti_address_key(). */
void tutti_refusals_add (TuttiRefusals *refusals, TuttiDoor door, const char *address,
                         gint64 now_us, GError **error);

typedef struct {
    guint64 unauthorized; /* no token, or none that is good here and now */
    guint64 forbidden;    /* a good one, of a role that may not */
    guint64 rate_limited;
} TuttiRefusalCounts;

/* Of the whole program since it began. Any thread. */
TuttiRefusalCounts tutti_refusals_count (TuttiDoor door);
