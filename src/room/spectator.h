/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * spectator.h: who sees and hears the whole room without being in it and without a leg: a
 * recording, a live output. It follows a view with nobody left out, and the shared mix, like any
 * viewer. Role: main.
 */
#pragma once

#include <tutti/port.h>

#include "encode/rendition.h"

#include "ladder.h"
#include "rooms.h"
#include "stage.h"

typedef struct _TuttiSpectator TuttiSpectator;

typedef struct {
    TuttiCodec codec; /* NONE: sound only */
    gboolean has_layout;
    TuttiLayout layout;         /* else as the room's viewers have it */
    TuttiRung rung;             /* width 0: the ladder's best, shared with viewers */
    guint key_frame_interval_s; /* 0: as the viewers' renditions; else one of its own */
    TuttiQueue *audio, *video;  /* references are kept */
} TuttiSpectatorSetup;

/* Part of the room from the next update on, which it asks for. */
TuttiSpectator *tutti_spectator_new (TuttiRoom *room, const TuttiSpectatorSetup *setup);
void tutti_spectator_free (TuttiSpectator *spectator);

/* While it is off it follows nothing and costs nothing. */
void tutti_spectator_set_on (TuttiSpectator *spectator, gboolean on);
/* Passed to its rendition. Any thread. */
void tutti_spectator_want_key_frame (TuttiSpectator *spectator);

/* --- For the room: update.c. --- */

TuttiFeed *tutti_spectator_get_feed (TuttiSpectator *spectator);
const TuttiSpectatorSetup *tutti_spectator_get_setup (const TuttiSpectator *spectator);
gboolean tutti_spectator_is_on (const TuttiSpectator *spectator);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiSpectator, tutti_spectator_free)
