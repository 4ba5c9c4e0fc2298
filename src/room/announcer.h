/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * announcer.h: the room's own voice: two short pips that everybody hears, whoever listens; rising
 * when a recording begins, falling when it ends or pauses. Role: main.
 */
#pragma once

#include "audience.h"
#include "rooms.h"

typedef struct _TuttiAnnouncer TuttiAnnouncer;

/* Its number in the mix: no participant ever has it, since they are counted from 1. */
#define TUTTI_ANNOUNCER_NUMBER G_MAXUINT

TuttiAnnouncer *tutti_announcer_new (TuttiRoom *room);
/* No round runs any more. */
void tutti_announcer_free (TuttiAnnouncer *announcer);

typedef enum {
    TUTTI_PIPS_RISING,
    TUTTI_PIPS_FALLING,
} TuttiPips;

/* From the next rounds on, in place of what it says now. */
void tutti_announcer_play (TuttiAnnouncer *announcer, TuttiPips pips);
/* Its part in a new audience. */
void tutti_announcer_speak (TuttiAnnouncer *announcer, TuttiAudience *audience);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiAnnouncer, tutti_announcer_free)
