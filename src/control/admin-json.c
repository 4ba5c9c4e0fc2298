/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-json.c: the admin API's objects. Role: main.
 */
#include "admin-json.h"

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
    json_builder_set_member_name (builder, name);
    json_builder_add_string_value (builder, value ? value : "");
}

static void
add_int (JsonBuilder *builder, const char *name, gint64 value)
{
    json_builder_set_member_name (builder, name);
    json_builder_add_int_value (builder, value);
}

static void
add_bool (JsonBuilder *builder, const char *name, gboolean value)
{
    json_builder_set_member_name (builder, name);
    json_builder_add_boolean_value (builder, value);
}

static gint64
seconds_since (gint64 time_us)
{
    return (g_get_monotonic_time () - time_us) / G_USEC_PER_SEC;
}

static void
add_cpu (JsonBuilder *builder, const TuttiServerStats *stats)
{
    json_builder_set_member_name (builder, "cpu_us");
    json_builder_begin_object (builder);
    add_int (builder, "receive", stats->cpu_receive_us);
    add_int (builder, "send", stats->cpu_send_us);
    add_int (builder, "audio", stats->cpu_audio_us);
    add_int (builder, "video", stats->cpu_video_us);
    add_int (builder, "decode", stats->cpu_decode_us);
    add_int (builder, "scale", stats->cpu_scale_us);
    add_int (builder, "compose", stats->cpu_compose_us);
    add_int (builder, "encode", stats->cpu_encode_us);
    json_builder_end_object (builder);
}

void
tutti_admin_json_status (JsonBuilder *builder, TuttiRooms *rooms)
{
    TuttiServerStats stats = {0};

    tutti_rooms_get_stats (rooms, &stats);
    json_builder_begin_object (builder);
    add_string (builder, "version", TUTTI_VERSION);
    add_int (builder, "uptime_s", seconds_since (stats.started_us));
    add_bool (builder, "draining", tutti_rooms_is_draining (rooms));
    add_int (builder, "rooms", stats.n_rooms);
    add_int (builder, "participants", stats.n_participants);
    add_int (builder, "late_rounds", (gint64)stats.late_rounds);
    add_int (builder, "late_pictures", (gint64)stats.late_pictures);
    add_int (builder, "packets_received", (gint64)stats.packets_received);
    add_int (builder, "packets_sent", (gint64)stats.packets_sent);
    add_cpu (builder, &stats);
    json_builder_end_object (builder);
}

void
tutti_admin_json_room (JsonBuilder *builder, TuttiRoom *room)
{
    TuttiRoomInfo info = {0};

    tutti_room_get_info (room, &info);
    json_builder_begin_object (builder);
    add_string (builder, "name", info.name);
    add_int (builder, "participants", info.n_participants);
    add_int (builder, "listeners", info.n_listeners);
    add_int (builder, "limit", info.limit);
    add_string (builder, "layout", info.layout);
    add_bool (builder, "locked", info.locked);
    add_string (builder, "topology", info.topology);
    add_int (builder, "canvas_width", info.canvas_width);
    add_int (builder, "canvas_height", info.canvas_height);
    add_int (builder, "frame_rate", info.frame_rate);
    add_int (builder, "views", info.n_views);
    add_int (builder, "renditions", info.n_renditions);
    add_int (builder, "age_s", seconds_since (info.created_us));
    json_builder_end_object (builder);
}

void
tutti_admin_json_rooms (JsonBuilder *builder, TuttiRooms *rooms)
{
    g_autoptr (GPtrArray) list = tutti_rooms_list (rooms);

    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "rooms");
    json_builder_begin_array (builder);
    for (guint i = 0; i < list->len; i++)
        tutti_admin_json_room (builder, list->pdata[i]);
    json_builder_end_array (builder);
    json_builder_end_object (builder);
}

static void
add_stats (JsonBuilder *builder, TuttiParticipant *participant)
{
    TuttiParticipantStats stats = {0};
    guint64 lost;

    tutti_participant_get_stats (participant, &stats);
    lost = stats.audio_in.lost + stats.camera_in.lost + stats.screen_in.lost;
    add_string (builder, "state", stats.state);
    add_bool (builder, "detached", stats.detached);
    add_string (builder, "video_codec", stats.video_codec);
    add_string (builder, "srtp_profile", stats.srtp_profile);
    add_string (builder, "pair", stats.pair);
    add_int (builder, "round_trip_us", stats.round_trip_us);
    add_int (builder, "jitter_delay_us", stats.jitter_delay_us);
    add_int (builder, "level", stats.level);
    add_int (builder, "width", stats.picture_width);
    add_int (builder, "height", stats.picture_height);
    add_int (builder, "bytes_received",
             (gint64)(stats.audio_in.bytes + stats.camera_in.bytes + stats.screen_in.bytes));
    add_int (builder, "bytes_sent", (gint64)(stats.audio_out.bytes + stats.video_out.bytes));
    add_int (builder, "packets_lost", (gint64)lost);
    add_int (builder, "age_s", seconds_since (stats.joined_us));
}

void
tutti_admin_json_participant (JsonBuilder *builder, TuttiParticipant *participant)
{
    TuttiPerson person = {0};

    tutti_participant_get_person (participant, &person);
    json_builder_begin_object (builder);
    add_string (builder, "id", person.id);
    add_string (builder, "name", person.name);
    add_string (builder, "role", tutti_person_role_name (person.role));
    add_bool (builder, "audio_muted", person.audio_muted);
    add_bool (builder, "video_muted", person.video_muted);
    add_bool (builder, "hand_raised", person.hand_raised);
    add_bool (builder, "sharing_screen", person.sharing_screen);
    add_stats (builder, participant);
    json_builder_end_object (builder);
}

void
tutti_admin_json_participants (JsonBuilder *builder, TuttiRoom *room)
{
    g_autoptr (GPtrArray) list = tutti_room_list (room);

    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "participants");
    json_builder_begin_array (builder);
    for (guint i = 0; i < list->len; i++)
        tutti_admin_json_participant (builder, list->pdata[i]);
    json_builder_end_array (builder);
    json_builder_end_object (builder);
}
