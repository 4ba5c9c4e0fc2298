/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stats.c: figures of the server and of its rooms; figures.c has those of a participant. Role:
 * main.
 */
#include <tutti/clock.h>

#include "room.h"
#include "rooms-inside.h"

static gint64
get_decode_us (const TuttiParticipant *member)
{
    gint64 cpu_us = 0;

    for (int track = TUTTI_TRACK_CAMERA; member->chain && track <= TUTTI_TRACK_SCREEN; track++) {
        TuttiVideoSource *source = tutti_chain_get_video (member->chain, (TuttiTrack)track);
        TuttiVideoSourceStats video;
        if (!source)
            continue;
        tutti_video_source_get_stats (source, &video);
        cpu_us += video.cpu_us;
    }
    return cpu_us;
}

static void
get_work (TuttiRoom *room, TuttiRoomStats *stats)
{
    *stats = (TuttiRoomStats){.late_pictures = tutti_views_get_late (room->views)};
    for (guint i = 0; i < room->members->len; i++)
        stats->cpu.decode_us += get_decode_us (room->members->pdata[i]);
    tutti_views_add_cpu (room->views, &stats->cpu.scale_us, &stats->cpu.compose_us,
                         &stats->cpu.encode_us);
}

/* --- The server --- */

static void
add_room (TuttiRoom *room, TuttiServerStats *stats)
{
    TuttiRoomStats of_room;

    get_work (room, &of_room);
    stats->n_participants += tutti_room_count_people (room);
    stats->late_pictures += of_room.late_pictures;
    stats->cpu_decode_us += of_room.cpu.decode_us;
    stats->cpu_scale_us += of_room.cpu.scale_us;
    stats->cpu_compose_us += of_room.cpu.compose_us;
    stats->cpu_encode_us += of_room.cpu.encode_us;
    tutti_views_add_done (room->views, &stats->done);
    for (guint i = 0; i < room->members->len; i++) {
        TuttiParticipant *member = room->members->pdata[i];
        if (member->chain)
            tutti_chain_add_done (member->chain, &stats->done);
    }
}

void
tutti_rooms_get_stats (TuttiRooms *rooms, TuttiServerStats *stats)
{
    TuttiShared *shared = rooms->shared;
    TuttiNetStats net;
    gint64 sound_us[TUTTI_N_WORKS];
    GHashTableIter iter;
    gpointer room;

    tutti_net_get_stats (shared->net, &net);
    tutti_rounds_get_work (shared->rounds, sound_us);
    *stats = (TuttiServerStats){
        .n_rooms = g_hash_table_size (rooms->by_name),
        .started_us = rooms->started_us,
        .cpu_receive_us = net.cpu_receive_us,
        .cpu_send_us = net.cpu_send_us,
        .cpu_srtp_us = net.cpu_srtp_us,
        .cpu_jitter_us = sound_us[TUTTI_WORK_JITTER],
        .cpu_audio_decode_us = sound_us[TUTTI_WORK_DECODE],
        .cpu_mix_us = sound_us[TUTTI_WORK_MIX],
        .cpu_audio_encode_us = sound_us[TUTTI_WORK_ENCODE],
        .cpu_spread_us = sound_us[TUTTI_WORK_SPREAD],
        .cpu_main_us = tutti_clock_thread_cpu_us (),
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
        .send_calls = net.send_calls,
        .done = shared->spent.done,
    };
    stats->done.rounds = __atomic_load_n (&shared->n_rounds, __ATOMIC_RELAXED);
    stats->done.sounds_encoded = __atomic_load_n (&shared->n_encoded, __ATOMIC_RELAXED);
    g_hash_table_iter_init (&iter, rooms->by_name);
    while (g_hash_table_iter_next (&iter, NULL, &room))
        add_room (room, stats);
}

void
tutti_rooms_get_lateness (TuttiRooms *rooms, TuttiHistogramFigures *figures)
{
    tutti_rounds_get_lateness (rooms->shared->rounds, figures);
}

void
tutti_rooms_get_join_time (TuttiRooms *rooms, TuttiHistogramFigures *figures)
{
    *figures = (TuttiHistogramFigures){0};
    tutti_histogram_add_to (&rooms->shared->join_time, figures);
}

void
tutti_rooms_get_jitter_delay (TuttiRooms *rooms, TuttiHistogramFigures *figures)
{
    *figures = (TuttiHistogramFigures){0};
    tutti_histogram_add_to (&rooms->shared->jitter_delay, figures);
}

void
tutti_rooms_get_encode_time (TuttiRooms *rooms, TuttiCodec codec, TuttiHistogramFigures *figures)
{
    *figures = (TuttiHistogramFigures){0};
    tutti_histogram_add_to (&rooms->shared->encode_time[codec], figures);
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
        .n_participants = tutti_room_count_people (room),
        .n_waiting = room->waiting->len,
        .n_views = tutti_views_count (room->views),
        .n_renditions = tutti_views_count_renditions (room->views),
        .canvas_width = room->canvas.width,
        .canvas_height = room->canvas.height,
        .frame_rate = room->canvas.frame_rate,
        .locked = room->locked,
        .created_us = room->created_us,
    };
    tutti_room_get_state (room, &info->state);
    for (guint i = 0; i < room->members->len; i++) {
        TuttiParticipant *member = room->members->pdata[i];
        info->n_listeners += member->role == TUTTI_PERSON_LISTENER;
        if (member->number == room->stage.spotlight)
            info->spotlight = member->id;
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

void
tutti_room_get_stats (TuttiRoom *room, TuttiRoomStats *stats)
{
    get_work (room, stats);
    for (guint i = 0; i < room->members->len; i++) {
        TuttiParticipantStats member;
        TuttiFlowFigures up, down;
        tutti_participant_get_stats (room->members->pdata[i], &member);
        up = tutti_stats_sum_up (&member);
        down = tutti_stats_sum_down (&member);
        tutti_flow_add (&stats->up, &up);
        tutti_flow_add (&stats->down, &down);
    }
}
