/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hostile-kinds.h: what each kind of hostile guest says, and how: half-open, dripping, stalled,
 * silent, malformed, flooding, abandoned. Pure.
 */
#pragma once

#include <glib.h>

typedef enum {
    HOSTILE_TCP,       /* says its words in the clear */
    HOSTILE_TLS,       /* says them once hands are shaken */
    HOSTILE_WEBSOCKET, /* the same after the upgrade, in frames */
} HostileWay;

typedef struct {
    const char *name;
    HostileWay way;
    /* Appends what guest n says; NULL: nothing. */
    void (*speak) (guint n, GByteArray *words);
    guint drip_bytes; /* so many each HOSTILE_DRIP_US; 0: all at once */
    /* Of an answer: any text that begins so and what follows up to a quote or a space, is the
     * outcome; NULL: none is awaited. */
    const char *const *answers;
    gboolean goes_at_once; /* when all is said or, if one is awaited, an answer came; else it stays
                              for HOSTILE_HOLD_US */
} HostileKind;

#define HOSTILE_DRIP_US (100 * 1000)
/* How long one goes on: hundreds are at it at any moment. */
#define HOSTILE_HOLD_US (3 * G_USEC_PER_SEC)

extern const HostileKind HOSTILE_KINDS[];
extern const guint HOSTILE_N_KINDS;
/* Somebody who means well: joins, offers, and goes when the answer has come. */
extern const HostileKind HOSTILE_HONEST;

/* The request that makes a WebSocket of a connection. */
extern const char HOSTILE_UPGRADE[];
