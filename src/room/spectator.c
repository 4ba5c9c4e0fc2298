/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * spectator.c: see spectator.h. Roles: main, want_key_frame() any.
 */
#include "spectator.h"

#include <tutti/clock.h>

#include "room.h"

struct _TuttiSpectator {
    TuttiRoom *room;
    TuttiSpectatorSetup setup;
    TuttiFeed *feed;
    gboolean on;
    TuttiView *view;    /* watched now; NULL: none */
    gint64 followed_us; /* last change of rendition */
};

/* As somebody has it who is not seen and chose nothing. */
static void
get_view_key (const TuttiSpectator *spectator, TuttiViewKey *key)
{
    const TuttiSpectatorSetup *setup = &spectator->setup;
    TuttiViewer viewer = {.chose_layout = setup->has_layout, .layout = setup->layout};

    tutti_stage_key (&spectator->room->stage, &viewer, key);
}

static void
get_encoding_key (const TuttiSpectator *spectator, TuttiEncodingKey *key)
{
    const TuttiSpectatorSetup *setup = &spectator->setup;

    tutti_views_get_key (spectator->room->views, setup->codec, 0, key);
    if (setup->rung.width != 0)
        key->rung = setup->rung;
    if (setup->key_frame_interval_s != 0)
        key->key_frame_interval_s = setup->key_frame_interval_s;
}

static void
watch_nothing (TuttiSpectator *spectator)
{
    spectator->view = NULL;
    if (tutti_feed_get_rendition (spectator->feed))
        tutti_feed_follow (spectator->feed, NULL);
}

TuttiSpectator *
tutti_spectator_new (TuttiRoom *room, const TuttiSpectatorSetup *setup)
{
    TuttiSpectator *spectator = g_new0 (TuttiSpectator, 1);

    spectator->room = room;
    spectator->setup = *setup;
    spectator->on = TRUE;
    tutti_queue_ref (setup->audio);
    tutti_queue_ref (setup->video);
    spectator->feed = tutti_feed_new (setup->video);
    g_ptr_array_add (room->spectators, spectator);
    tutti_room_touch (room);
    return spectator;
}

void
tutti_spectator_free (TuttiSpectator *spectator)
{
    if (!spectator)
        return;
    g_ptr_array_remove (spectator->room->spectators, spectator);
    tutti_room_touch (spectator->room);
    tutti_feed_free (spectator->feed);
    tutti_queue_unref (spectator->setup.audio);
    tutti_queue_unref (spectator->setup.video);
    g_free (spectator);
}

void
tutti_spectator_set_on (TuttiSpectator *spectator, gboolean on)
{
    if (spectator->on == on)
        return;
    spectator->on = on;
    if (!on)
        watch_nothing (spectator);
    tutti_room_touch (spectator->room);
}

gboolean
tutti_spectator_is_on (const TuttiSpectator *spectator)
{
    return spectator->on;
}

void
tutti_spectator_want_key_frame (TuttiSpectator *spectator)
{
    tutti_feed_want_key_frame (spectator->feed);
}

const TuttiView *
tutti_spectator_get_view (const TuttiSpectator *spectator)
{
    return spectator->view;
}

TuttiFeed *
tutti_spectator_get_feed (TuttiSpectator *spectator)
{
    return spectator->feed;
}

void
tutti_spectator_watch (TuttiSpectator *spectator)
{
    TuttiViews *views = spectator->room->views;
    TuttiEncodingKey encoding;
    TuttiViewKey key;

    if (!spectator->on || spectator->setup.codec == TUTTI_CODEC_NONE) {
        watch_nothing (spectator);
        return;
    }
    get_view_key (spectator, &key);
    get_encoding_key (spectator, &encoding);
    spectator->view = tutti_views_get (views, &key);
    if (tutti_views_watch_encoding (views, spectator->view, &encoding, spectator->feed))
        spectator->followed_us = tutti_clock_now_us (spectator->room->shared->clock);
}

/* The mix that nobody is left out of: number 0 is nobody's. */
void
tutti_spectator_listen (TuttiSpectator *spectator, TuttiAudience *audience)
{
    TuttiEar ear = {.queue = spectator->setup.audio};

    if (spectator->on)
        tutti_audience_add_ear (audience, &ear);
}

void
tutti_spectator_settle (TuttiSpectator *spectator, gint64 now_us)
{
    if (!tutti_feed_is_settled (spectator->feed) &&
        now_us - spectator->followed_us >= TUTTI_FOLLOW_TIMEOUT_US)
        tutti_feed_settle (spectator->feed);
}
