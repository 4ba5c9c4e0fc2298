/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stats.c: figures of the server, of a room, of a participant. Role: main.
 */
#include <string.h>

#include "room.h"
#include "rooms-inside.h"

/* --- The server --- */

static void
add_decode (TuttiRoom *room, TuttiServerStats *stats)
{
    for (guint i = 0; i < room->members->len; i++) {
        TuttiParticipant *member = room->members->pdata[i];
        for (int track = TUTTI_TRACK_CAMERA; member->chain && track <= TUTTI_TRACK_SCREEN;
             track++) {
            TuttiVideoSource *source = tutti_chain_get_video (member->chain, (TuttiTrack)track);
            TuttiVideoSourceStats video;
            if (!source)
                continue;
            tutti_video_source_get_stats (source, &video);
            stats->cpu_decode_us += video.cpu_us;
        }
    }
}

static void
add_room (TuttiRoom *room, TuttiServerStats *stats)
{
    stats->n_participants += room->members->len;
    add_decode (room, stats);
    stats->late_pictures += tutti_views_get_late (room->views);
    tutti_views_add_cpu (room->views, &stats->cpu_scale_us, &stats->cpu_compose_us,
                         &stats->cpu_encode_us);
}

void
tutti_rooms_get_stats (TuttiRooms *rooms, TuttiServerStats *stats)
{
    TuttiShared *shared = rooms->shared;
    TuttiNetStats net;
    GHashTableIter iter;
    gpointer room;

    tutti_net_get_stats (shared->net, &net);
    *stats = (TuttiServerStats){
        .n_rooms = g_hash_table_size (rooms->by_name),
        .started_us = rooms->started_us,
        .cpu_receive_us = net.cpu_receive_us,
        .cpu_send_us = net.cpu_send_us,
        .cpu_audio_us = tutti_rounds_cpu_us (shared->rounds),
        .cpu_video_us = tutti_jobs_cpu_us (shared->jobs),
        .cpu_decode_us = shared->spent.decode_us,
        .cpu_scale_us = shared->spent.scale_us,
        .cpu_compose_us = shared->spent.compose_us,
        .cpu_encode_us = shared->spent.encode_us,
        .late_pictures = shared->spent.late_pictures,
        .late_rounds = tutti_rounds_late (shared->rounds),
        .packets_received = net.packets_received,
        .packets_sent = net.packets_sent,
    };
    g_hash_table_iter_init (&iter, rooms->by_name);
    while (g_hash_table_iter_next (&iter, NULL, &room))
        add_room (room, stats);
}

/* --- A room --- */

void
tutti_room_get_info (TuttiRoom *room, TuttiRoomInfo *info)
{
    *info = (TuttiRoomInfo){
        .name = room->name,
        .layout = tutti_layout_name (room->stage.layout),
        .topology = room->topology,
        .limit = room->limit,
        .n_participants = room->members->len,
        .n_views = tutti_views_count (room->views),
        .n_renditions = tutti_views_count_renditions (room->views),
        .canvas_width = room->canvas.width,
        .canvas_height = room->canvas.height,
        .frame_rate = room->canvas.frame_rate,
        .locked = room->locked,
        .created_us = room->created_us,
    };
    for (guint i = 0; i < room->members->len; i++) {
        TuttiParticipant *member = room->members->pdata[i];
        info->n_listeners += member->role == TUTTI_PERSON_LISTENER;
    }
}

GPtrArray *
tutti_room_list (TuttiRoom *room)
{
    return g_ptr_array_copy (room->members, NULL, NULL);
}

TuttiParticipant *
tutti_room_find (TuttiRoom *room, const char *participant_id)
{
    for (guint i = 0; i < room->members->len; i++) {
        TuttiParticipant *member = room->members->pdata[i];
        if (g_str_equal (member->id, participant_id))
            return member;
    }
    return NULL;
}

/* --- A participant --- */

static const char *const STATES[] = {
    [TUTTI_LEG_NEW] = "new",
    [TUTTI_LEG_CONNECTING] = "connecting",
    [TUTTI_LEG_CONNECTED] = "connected",
    [TUTTI_LEG_LOST] = "lost",
    [TUTTI_LEG_CLOSED] = "closed",
};

static const char *const CODECS[] = {
    [TUTTI_CODEC_NONE] = "",
    [TUTTI_CODEC_OPUS] = "opus",
    [TUTTI_CODEC_VP8] = "VP8",
    [TUTTI_CODEC_H264] = "H264",
};

#define COPY_STREAM(to, from)                                                                      \
    do {                                                                                           \
        (to).packets = (from).packets;                                                             \
        (to).bytes = (from).bytes;                                                                 \
        (to).lost = (from).lost;                                                                   \
        (to).nacks = (from).nacks;                                                                 \
        (to).rtx = (from).rtx;                                                                     \
        (to).plis = (from).plis;                                                                   \
        (to).jitter_us = (from).jitter_us;                                                         \
    } while (0)

static void
fill_leg (TuttiLeg *leg, TuttiParticipantStats *stats)
{
    TuttiLegStats from;

    tutti_leg_get_stats (leg, &from);
    COPY_STREAM (stats->audio_in, from.in[TUTTI_TRACK_AUDIO]);
    COPY_STREAM (stats->camera_in, from.in[TUTTI_TRACK_CAMERA]);
    COPY_STREAM (stats->screen_in, from.in[TUTTI_TRACK_SCREEN]);
    COPY_STREAM (stats->audio_out, from.out[TUTTI_KIND_AUDIO]);
    COPY_STREAM (stats->video_out, from.out[TUTTI_KIND_VIDEO]);
    stats->round_trip_us = from.round_trip_us;
    g_strlcpy (stats->state, STATES[tutti_leg_get_state (leg)], sizeof stats->state);
    g_strlcpy (stats->srtp_profile, from.srtp_profile, sizeof stats->srtp_profile);
    g_strlcpy (stats->pair, from.pair, sizeof stats->pair);
    g_strlcpy (stats->video_codec, CODECS[tutti_leg_get_video_codec (leg)],
               sizeof stats->video_codec);
}

static void
fill_sources (TuttiChain *chain, TuttiParticipantStats *stats)
{
    TuttiAudioSource *audio = tutti_chain_get_audio (chain);
    TuttiVideoSource *camera = tutti_chain_get_video (chain, TUTTI_TRACK_CAMERA);
    TuttiAudioSourceStats sound;
    TuttiVideoSourceStats picture;

    if (!audio || !camera)
        return;
    tutti_audio_source_get_stats (audio, &sound);
    tutti_video_source_get_stats (camera, &picture);
    stats->jitter_delay_us = sound.delay_us;
    stats->concealed = sound.concealed;
    stats->level = sound.level;
    stats->decoded_frames = picture.decoded;
    stats->picture_width = picture.width;
    stats->picture_height = picture.height;
}

void
tutti_participant_get_stats (TuttiParticipant *member, TuttiParticipantStats *stats)
{
    *stats = (TuttiParticipantStats){.level = TUTTI_LEVEL_SILENCE,
                                     .joined_us = member->joined_us,
                                     .state = "new",
                                     .detached = member->func == NULL};
    if (!member->chain)
        return;
    fill_leg (tutti_chain_get_leg (member->chain), stats);
    fill_sources (member->chain, stats);
}
