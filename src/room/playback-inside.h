/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * playback-inside.h: what plays in a room, for the room: a participant without a leg.
 *
 *   player's slot -> video input -> scenes of the views
 *   player's ring -> room's sound, beside the talkers: who speaks doesn't push a film out of the
 * mix
 *
 * It is no person: it takes no place of the room's limit, and where it is alone the room is empty.
 * Role: main.
 */
#pragma once

#include "mixers/video/scene.h"

#include "audience.h"
#include "rooms.h"

typedef struct _TuttiPlayback TuttiPlayback;

/* NULL: nothing plays. */
void tutti_playback_add_voice (TuttiPlayback *playback, TuttiAudience *audience);
gboolean tutti_playback_is_seated (const TuttiPlayback *playback);
/* It has pictures to show. */
gboolean tutti_playback_is_shown (TuttiPlayback *playback);
TuttiVideoInput *tutti_playback_get_input (TuttiPlayback *playback);

/* It is over: its participant is leaving, or nobody is left to hear it. */
void tutti_playback_finish (TuttiRoom *room);
/* After finish(), or what is left of one that failed. */
void tutti_playback_free (TuttiPlayback *playback);
