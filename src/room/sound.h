/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sound.h: a room's sound: its audio round and who takes part. No round runs while nobody could
 * hear anybody.
 *
 *   voices -> [round: mixer -> one encode a talker, one for the rest] -> legs' audio queues
 *                       \-> who was heard -> main
 *
 * Role: main; the round itself: audio.
 */
#pragma once

#include "audience.h"
#include "handover.h"
#include "shared.h"
#include "speakers.h"

typedef struct _TuttiSound TuttiSound;

/* heard: called on main when somebody else is heard than before. */
TuttiSound *tutti_sound_new (TuttiShared *shared, TuttiNotify heard, gpointer user_data);
void tutti_sound_free (TuttiSound *sound);

/* Who takes part from the next round on; takes ownership. */
void tutti_sound_set_audience (TuttiSound *sound, TuttiAudience *audience);
/* Frees what is no longer in the audience. */
TuttiHandover *tutti_sound_get_handover (TuttiSound *sound);

/* Who was heard in the last round. */
void tutti_sound_get_heard (TuttiSound *sound, TuttiHeard *heard);
gboolean tutti_sound_is_running (TuttiSound *sound);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiSound, tutti_sound_free)
