/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * update.c: brings a room's sound and pictures in line with its members: the snapshots for the
 * audio round and the video tick are made here. Role: main.
 */
#include <math.h>

#include <tutti/clock.h>

#include "downlink.h"
#include "recording-inside.h"
#include "room.h"

/* From here on those who only listen get two rounds in a packet. In a smaller room that saves
 * nobody anything to speak of. */
#define LARGE_ROOM 50
#define PAIR_MS (2 * TUTTI_ROUND_US / TUTTI_USEC_PER_MSEC)

/* --- Sound --- */

static void
add_voice (TuttiAudience *audience, TuttiParticipant *member)
{
    TuttiAudioInput voice = {
        .gain = (float)pow (10, member->gain_db / 20),
        .muted = member->audio_muted,
    };

    voice.port =
        tutti_audio_source_get_input (tutti_chain_get_audio (member->chain), member->number);
    tutti_audience_add_voice (audience, &voice, tutti_chain_get_audio_in (member->chain));
}

/* Who only listens, and can take it; who loses packets had better not lose two rounds at once. */
static gboolean
may_wait (TuttiParticipant *member)
{
    guint max_ms = tutti_leg_get_max_packet_ms (tutti_chain_get_leg (member->chain));

    if (max_ms != 0 && max_ms < PAIR_MS)
        return FALSE;
    if (tutti_loss_for_own (&member->loss) > 0 || member->loss.mended)
        return FALSE;
    return member->audio_muted || !tutti_chain_is_sending (member->chain, TUTTI_TRACK_AUDIO);
}

static void
add_ear (TuttiAudience *audience, TuttiParticipant *member, gboolean is_large)
{
    TuttiEar ear = {
        .id = tutti_member_get_self (member)->number,
        .queue = tutti_leg_get_output (tutti_chain_get_leg (member->chain), TUTTI_KIND_AUDIO),
        .loss_percent = tutti_loss_for_own (&member->loss),
        .is_patient = is_large && may_wait (member),
        .is_paired = tutti_chain_get_is_paired (member->chain),
    };

    tutti_audience_add_ear (audience, &ear);
}

void
tutti_room_update_sound (TuttiRoom *room)
{
    TuttiAudience *audience = tutti_audience_new ();
    g_autoptr (GArray) losses = g_array_new (FALSE, FALSE, sizeof (TuttiLoss));

    for (guint i = 0; i < room->members->len; i++) {
        TuttiParticipant *member = room->members->pdata[i];
        if (!tutti_member_is_connected (member))
            continue;
        if (tutti_chain_is_sending (member->chain, TUTTI_TRACK_AUDIO))
            add_voice (audience, member);
        add_ear (audience, member, room->members->len >= LARGE_ROOM);
        g_array_append_val (losses, member->loss);
    }
    for (guint i = 0; i < room->spectators->len; i++)
        tutti_spectator_listen (room->spectators->pdata[i], audience);
    tutti_playback_add_voice (room->playback, audience);
    tutti_announcer_speak (room->announcer, audience);
    audience->loss_percent = tutti_losses_for_shared ((TuttiLoss *)losses->data, losses->len);
    tutti_sound_set_audience (room->sound, audience);
}

/* --- The stage --- */

/* Newest first. */
static void
add_screen (TuttiRoom *room, const TuttiParticipant *member)
{
    TuttiStage *stage = &room->stage;
    guint at = 0;

    while (at < stage->n_screens &&
           tutti_room_get (room, stage->screens[at])->shared_screen > member->shared_screen)
        at++;
    if (at == TUTTI_SCREENS_MAX)
        return;
    if (stage->n_screens < TUTTI_SCREENS_MAX)
        stage->n_screens++;
    for (guint i = stage->n_screens - 1; i > at; i--)
        stage->screens[i] = stage->screens[i - 1];
    stage->screens[at] = member->number;
}

static GArray *
list_wanted (TuttiRoom *room)
{
    GArray *wanted = g_array_new (FALSE, FALSE, sizeof (guint));

    if (room->stage.spotlight != 0)
        g_array_append_val (wanted, room->stage.spotlight);
    if (room->speakers.main != 0)
        g_array_append_val (wanted, room->speakers.main);
    g_array_append_vals (wanted, room->speakers.told.ids, room->speakers.told.n);
    return wanted;
}

static void
update_stage (TuttiRoom *room)
{
    TuttiStage *stage = &room->stage;
    g_autoptr (GArray) present = g_array_new (FALSE, FALSE, sizeof (guint));
    g_autoptr (GArray) wanted = list_wanted (room);

    stage->n_screens = 0;
    for (guint i = 0; i < room->members->len; i++) {
        TuttiParticipant *member = room->members->pdata[i];
        if (!tutti_member_is_seen (member))
            continue;
        g_array_append_val (present, member->number);
        if (member->sharing_screen)
            add_screen (room, member);
    }
    stage->n_present = present->len;
    stage->speaker = room->speakers.main;
    tutti_cast_update (&stage->cast, present, wanted, TUTTI_TILES_MAX - stage->n_screens);
}

/* --- Viewers --- */

static void
watch (TuttiRoom *room, TuttiParticipant *member, guint rung)
{
    TuttiCodec codec = tutti_leg_get_video_codec (tutti_chain_get_leg (member->chain));
    TuttiViewKey key;

    tutti_member_get_key (member, &key);
    member->view = tutti_views_get (room->views, &key);
    if (tutti_views_watch (room->views, member->view, codec, rung,
                           tutti_chain_get_feed (member->chain)))
        member->followed_us = tutti_clock_now_us (room->shared->clock);
}

static void
watch_nothing (TuttiParticipant *member)
{
    TuttiFeed *feed = member->chain ? tutti_chain_get_feed (member->chain) : NULL;

    member->view = NULL;
    if (feed && tutti_feed_get_rendition (feed))
        tutti_feed_follow (feed, NULL);
}

static void
update_viewer (TuttiRoom *room, TuttiParticipant *member)
{
    guint rung;

    if (!tutti_member_is_watching (member)) {
        tutti_member_forget_rung (member);
        watch_nothing (member);
    } else if (tutti_member_choose_rung (member, &rung)) {
        watch (room, member, rung);
    } else {
        watch_nothing (member);
    }
}

static void
post_layouts (TuttiRoom *room)
{
    for (guint i = 0; i < room->members->len; i++) {
        TuttiParticipant *member = room->members->pdata[i];
        if (!member->view || member->layout_posted || member->view->version == member->told_version)
            continue;
        member->layout_posted = TRUE;
        tutti_letters_post_layout (room->shared->letters, member);
    }
}

void
tutti_room_update_pictures (TuttiRoom *room)
{
    update_stage (room);
    tutti_views_begin (room->views);
    for (guint i = 0; i < room->members->len; i++)
        update_viewer (room, room->members->pdata[i]);
    for (guint i = 0; i < room->spectators->len; i++)
        tutti_spectator_watch (room->spectators->pdata[i]);
    tutti_views_finish (room->views, &room->stage, tutti_room_make_scene, room);
    tutti_room_update_uplinks (room);
    post_layouts (room);
    tutti_recording_follow (room, tutti_clock_now_us (room->shared->clock));
    tutti_room_watch_time (room);
}

void
tutti_room_update (TuttiRoom *room)
{
    tutti_room_update_sound (room);
    tutti_room_update_pictures (room);
}
