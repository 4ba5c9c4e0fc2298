/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * uplinks.c: from all views in use, how large anybody sees each member; and by every means that
 * there is, what it is therefore worth sending. Role: main.
 */
#include <tutti/clock.h>

#include "recording-inside.h"
#include "room.h"

/* Above what was asked for: REMB counts packets whole, repairs and the voice beside it. */
#define REMB_SLACK_NUM 5
#define REMB_SLACK_DEN 4
#define REMB_VOICE_BPS 100000
/* Senders of several sizes fill the small ones first, and each by rates of their own: libwebrtc
 * begins 960x540 only when 200 + 350 + 350 kbit/s are there. Less, and the size that is wanted
 * never comes; more, and the largest comes that nobody asked for. */
#define REMB_LAYERS_FACTOR 3
#define REMB_LAYERS_BPS 600000

/* What a track of somebody whom nobody sees is recorded at: a face, well enough to cut to. */
#define TRACK_WIDTH 320
#define TRACK_HEIGHT 180

static void
grow (TuttiRect *largest, const TuttiSpot *spot, double scale)
{
    largest->width = MAX (largest->width, (int)(spot->rect.width * scale + 0.5));
    largest->height = MAX (largest->height, (int)(spot->rect.height * scale + 0.5));
}

static void
measure_view (TuttiRoom *room, const TuttiView *view)
{
    double scale = tutti_view_scale (view, room->canvas.width);

    for (guint i = 0; i < view->n_spots; i++) {
        const TuttiSpot *spot = &view->spots[i];
        TuttiParticipant *member = tutti_room_get (room, spot->id);
        if (member)
            grow (spot->screen ? &member->largest_screen : &member->largest_camera, spot, scale);
    }
}

static void
tell_uplink (TuttiParticipant *member)
{
    const TuttiUplinkAsk *ask = &member->uplink.told;
    TuttiEvent event = {
        .type = TUTTI_EVENT_UPLINK,
        .uplink = {.max_width = ask->width,
                   .max_height = ask->height,
                   .max_frame_rate = ask->frame_rate,
                   .max_bitrate_bps = ask->bitrate_bps},
    };

    tutti_letters_post (member->shared->letters, member, &event);
}

/* What the track takes up while one of its sizes is sent at this rate. */
static guint
estimate_sent (TuttiLeg *leg, TuttiTrack track, guint bitrate_bps)
{
    if (bitrate_bps == 0 || tutti_leg_get_layers (leg, track) == 0)
        return bitrate_bps;
    return bitrate_bps * REMB_LAYERS_FACTOR + REMB_LAYERS_BPS;
}

static void
limit_uplink (TuttiParticipant *member)
{
    const TuttiUplinkAsk *camera = &member->uplink.told, *screen = &member->screen_uplink.told;
    TuttiLeg *leg = tutti_chain_get_leg (member->chain);
    guint video_bps = estimate_sent (leg, TUTTI_TRACK_CAMERA, camera->bitrate_bps) +
                      estimate_sent (leg, TUTTI_TRACK_SCREEN, screen->bitrate_bps);

    tutti_leg_set_uplink_limit (leg, video_bps / REMB_SLACK_DEN * REMB_SLACK_NUM + REMB_VOICE_BPS);
    tutti_leg_want_picture (leg, TUTTI_TRACK_CAMERA, camera->width, camera->height);
    tutti_leg_want_picture (leg, TUTTI_TRACK_SCREEN, screen->width, screen->height);
}

/* Nobody sees it: it is asked for, if at all, for its track in a recording. */
static gboolean
want_for_track (TuttiRect *largest, gboolean is_wanted)
{
    if (largest->width > 0)
        return FALSE;
    if (is_wanted)
        *largest = (TuttiRect){.width = TRACK_WIDTH, .height = TRACK_HEIGHT};
    return is_wanted;
}

static void
ask_for_tile (const TuttiRoom *room, const TuttiRect *tile, TuttiUplinkAsk *ask)
{
    guint rate = tutti_uplink_choose_rate (tile, room->canvas.width, room->canvas.height,
                                           room->canvas.frame_rate);

    tutti_uplink_ask (tile->width, tile->height, rate, ask);
}

static void
update_uplink (TuttiRoom *room, TuttiParticipant *member, gint64 now_us)
{
    TuttiUplinkAsk camera, screen;
    gboolean camera_changed, screen_changed, is_recorded = tutti_recording_wants_pictures (room);
    gboolean only_camera_track, only_screen_track;

    if (!tutti_member_is_seen (member) || member->playback) {
        member->uplink = member->screen_uplink = (TuttiUplink){0};
        return;
    }
    only_camera_track = want_for_track (&member->largest_camera, is_recorded);
    only_screen_track = want_for_track (&member->largest_screen, is_recorded);
    ask_for_tile (room, &member->largest_camera, &camera);
    ask_for_tile (room, &member->largest_screen, &screen);
    camera_changed = tutti_uplink_update (&member->uplink, &camera, now_us);
    screen_changed = tutti_uplink_update (&member->screen_uplink, &screen, now_us);
    if (camera_changed)
        tell_uplink (member);
    if (camera_changed || screen_changed)
        limit_uplink (member);
    tutti_chain_set_seen (member->chain, TUTTI_TRACK_CAMERA,
                          member->uplink.told.width > 0 && !only_camera_track);
    tutti_chain_set_seen (member->chain, TUTTI_TRACK_SCREEN,
                          member->screen_uplink.told.width > 0 && !only_screen_track);
}

void
tutti_room_update_uplinks (TuttiRoom *room)
{
    gint64 now_us = tutti_clock_now_us (room->shared->clock);

    for (guint i = 0; i < room->members->len; i++) {
        TuttiParticipant *member = room->members->pdata[i];
        member->largest_camera = member->largest_screen = (TuttiRect){0};
    }
    for (guint i = 0; i < tutti_views_count (room->views); i++)
        measure_view (room, tutti_views_nth (room->views, i));
    for (guint i = 0; i < room->members->len; i++)
        update_uplink (room, room->members->pdata[i], now_us);
}
