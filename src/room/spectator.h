/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * spectator.h: who sees and hears the whole room without being in it and without a leg: a
 * recording, a live output. It follows a view with nobody left out, and the shared mix, like any
 * viewer. Role: main.
 */
#pragma once

#include <tutti/port.h>

#include "encode/rendition.h"

#include "audience.h"
#include "rooms.h"
#include "views.h"

typedef struct _TuttiSpectator TuttiSpectator;

typedef struct {
    TuttiCodec codec; /* NONE: sound only */
    gboolean has_layout;
    TuttiLayout layout;         /* else as the room's viewers have it */
    TuttiRung rung;             /* width 0: the ladder's best, shared with viewers */
    guint key_frame_interval_s; /* 0: as the viewers' renditions; else, if that is another, one of
                                   its own */
    TuttiQueue *audio, *video;  /* references are kept */
} TuttiSpectatorSetup;

/* Part of the room from the next update on, which it asks for. The room must outlive it. */
TuttiSpectator *tutti_spectator_new (TuttiRoom *room, const TuttiSpectatorSetup *setup);
void tutti_spectator_free (TuttiSpectator *spectator);

/* It is on at first. While it is off it follows nothing and costs nothing; what rounds and encoders
 * had under way still comes. */
void tutti_spectator_set_on (TuttiSpectator *spectator, gboolean on);
gboolean tutti_spectator_is_on (const TuttiSpectator *spectator);
/* Passed to its rendition. Any thread. */
void tutti_spectator_want_key_frame (TuttiSpectator *spectator);
/* What it sees; NULL: nothing yet. Good until the room's next update. */
const TuttiView *tutti_spectator_get_view (const TuttiSpectator *spectator);

/* --- For the room: update.c, timeouts.c. --- */

TuttiFeed *tutti_spectator_get_feed (TuttiSpectator *spectator);
/* Its part in a walk over all viewers; in a new audience. */
void tutti_spectator_watch (TuttiSpectator *spectator);
void tutti_spectator_listen (TuttiSpectator *spectator, TuttiAudience *audience);
/* Lets go of a rendition left long ago, as viewers' feeds do. */
void tutti_spectator_settle (TuttiSpectator *spectator, gint64 now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiSpectator, tutti_spectator_free)
