/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-json.c: the admin API's objects. Role: main.
 */
#include "admin-json.h"

#include "json-add.h"
#include "settings.h"

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
    tutti_json_add_int (builder, "receive", stats->cpu_receive_us);
    tutti_json_add_int (builder, "send", stats->cpu_send_us);
    tutti_json_add_int (builder, "srtp", stats->cpu_srtp_us);
    tutti_json_add_int (builder, "control", stats->cpu_main_us);
    tutti_json_add_int (builder, "audio", stats->cpu_audio_us);
    tutti_json_add_int (builder, "jitter", stats->cpu_jitter_us);
    tutti_json_add_int (builder, "audio_decode", stats->cpu_audio_decode_us);
    tutti_json_add_int (builder, "mix", stats->cpu_mix_us);
    tutti_json_add_int (builder, "audio_encode", stats->cpu_audio_encode_us);
    tutti_json_add_int (builder, "spread", stats->cpu_spread_us);
    tutti_json_add_int (builder, "video", stats->cpu_video_us);
    tutti_json_add_int (builder, "decode", stats->cpu_decode_us);
    tutti_json_add_int (builder, "scale", stats->cpu_scale_us);
    tutti_json_add_int (builder, "compose", stats->cpu_compose_us);
    tutti_json_add_int (builder, "encode", stats->cpu_encode_us);
    json_builder_end_object (builder);
}

static void
add_done (JsonBuilder *builder, const TuttiDone *done)
{
    json_builder_set_member_name (builder, "done");
    json_builder_begin_object (builder);
    tutti_json_add_int (builder, "rounds", (gint64)done->rounds);
    tutti_json_add_int (builder, "sounds_decoded", (gint64)done->sounds_decoded);
    tutti_json_add_int (builder, "sounds_encoded", (gint64)done->sounds_encoded);
    tutti_json_add_int (builder, "pictures_decoded", (gint64)done->pictures_decoded);
    tutti_json_add_int (builder, "pixels_decoded", (gint64)done->pixels_decoded);
    tutti_json_add_int (builder, "scales", (gint64)done->scales);
    tutti_json_add_int (builder, "canvases", (gint64)done->canvases);
    tutti_json_add_int (builder, "pictures_encoded", (gint64)done->pictures_encoded);
    json_builder_end_object (builder);
}

void
tutti_admin_json_status (JsonBuilder *builder, TuttiRooms *rooms)
{
    TuttiServerStats stats = {0};

    tutti_rooms_get_stats (rooms, &stats);
    tutti_json_add_string (builder, "version", TUTTI_VERSION);
    tutti_json_add_int (builder, "uptime_s", seconds_since (stats.started_us));
    tutti_json_add_bool (builder, "draining", tutti_rooms_is_draining (rooms));
    tutti_json_add_int (builder, "rooms", stats.n_rooms);
    tutti_json_add_int (builder, "participants", stats.n_participants);
    tutti_json_add_int (builder, "late_rounds", (gint64)stats.late_rounds);
    tutti_json_add_int (builder, "late_pictures", (gint64)stats.late_pictures);
    tutti_json_add_int (builder, "packets_received", (gint64)stats.packets_received);
    tutti_json_add_int (builder, "packets_sent", (gint64)stats.packets_sent);
    tutti_json_add_int (builder, "send_calls", (gint64)stats.send_calls);
    add_cpu (builder, &stats);
    add_done (builder, &stats.done);
}

static void
add_time (JsonBuilder *builder, const char *name, gint64 unix_s)
{
    g_autoptr (GDateTime) time = unix_s ? g_date_time_new_from_unix_utc (unix_s) : NULL;
    g_autofree char *text = time ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : NULL;

    tutti_json_add_string (builder, name, text); /* RFC 3339 */
}

static void
add_policy (JsonBuilder *builder, TuttiRoom *room)
{
    TuttiRoomPolicy policy;

    tutti_room_get_policy (room, &policy);
    tutti_json_add_bool (builder, "record", policy.record);
    tutti_json_add_bool (builder, "pin", policy.has_pin);
    tutti_json_add_bool (builder, "waiting_room", policy.waiting_room);
    tutti_json_add_string (builder, "share", policy.share);
    json_builder_set_member_name (builder, "moderators");
    json_builder_begin_array (builder);
    for (guint i = 0; policy.moderators[i]; i++)
        json_builder_add_string_value (builder, policy.moderators[i]);
    json_builder_end_array (builder);
    add_time (builder, "closes_at", policy.closes_at_s);
    tutti_json_add_int (builder, "max_duration", policy.max_duration_s);
    tutti_json_add_bool (builder, "kept", policy.is_kept);
}

void
tutti_admin_json_settings (JsonBuilder *builder, TuttiRoom *room)
{
    TuttiRoomInfo info = {0};

    tutti_room_get_info (room, &info);
    tutti_json_add_int (builder, "limit", info.limit);
    tutti_json_add_string (builder, "layout", info.layout);
    tutti_json_add_bool (builder, "locked", info.locked);
    tutti_json_add_text (builder, "spotlight", info.spotlight);
    tutti_json_add_string (builder, "topology", info.topology);
    tutti_json_add_int (builder, "canvas_width", info.canvas_width);
    tutti_json_add_int (builder, "canvas_height", info.canvas_height);
    tutti_json_add_int (builder, "frame_rate", info.frame_rate);
    add_policy (builder, room);
}

void
tutti_admin_json_room (JsonBuilder *builder, TuttiRoom *room)
{
    TuttiRoomInfo info = {0};

    tutti_room_get_info (room, &info);
    tutti_json_add_string (builder, "name", info.name);
    tutti_json_add_int (builder, "participants", info.n_participants);
    tutti_json_add_int (builder, "listeners", info.n_listeners);
    tutti_admin_json_settings (builder, room);
    tutti_json_add_int (builder, "waiting", info.n_waiting);
    add_time (builder, "ends_at", info.state.ends_at_s);
    tutti_json_add_int (builder, "views", info.n_views);
    tutti_json_add_int (builder, "renditions", info.n_renditions);
    tutti_json_add_int (builder, "age_s", seconds_since (info.created_us));
}

void
tutti_admin_json_rooms (JsonBuilder *builder, TuttiRooms *rooms)
{
    g_autoptr (GPtrArray) list = tutti_rooms_list (rooms);

    json_builder_set_member_name (builder, "rooms");
    json_builder_begin_array (builder);
    for (guint i = 0; i < list->len; i++) {
        json_builder_begin_object (builder);
        tutti_admin_json_room (builder, list->pdata[i]);
        json_builder_end_object (builder);
    }
    json_builder_end_array (builder);
}

static void
add_stats (JsonBuilder *builder, TuttiParticipant *participant)
{
    TuttiParticipantStats stats = {0};

    tutti_participant_get_stats (participant, &stats);
    tutti_json_add_string (builder, "state", stats.state);
    tutti_json_add_string (builder, "video_codec", stats.picture.codec);
    tutti_json_add_string (builder, "srtp_profile", stats.srtp_profile);
    tutti_json_add_string (builder, "pair", stats.pair);
    tutti_json_add_int (builder, "round_trip_us", stats.round_trip_us);
    tutti_json_add_int (builder, "jitter_delay_us", stats.voice.delay_us);
    tutti_json_add_int (builder, "level", stats.voice.level);
    tutti_json_add_int (builder, "width", stats.camera.width);
    tutti_json_add_int (builder, "height", stats.camera.height);
    tutti_json_add_int (builder, "bytes_received", (gint64)tutti_stats_sum_up (&stats).bytes);
    tutti_json_add_int (builder, "bytes_sent", (gint64)tutti_stats_sum_down (&stats).bytes);
    tutti_json_add_int (builder, "packets_lost", (gint64)tutti_stats_sum_up (&stats).lost);
    tutti_json_add_int (builder, "age_s", seconds_since (stats.joined_us));
}

void
tutti_admin_json_participant (JsonBuilder *builder, TuttiParticipant *participant)
{
    TuttiPerson person = {0};

    tutti_participant_get_person (participant, &person);
    tutti_json_add_string (builder, "id", person.id);
    tutti_json_add_string (builder, "name", person.name);
    tutti_json_add_string (builder, "role", tutti_person_role_name (person.role));
    tutti_json_add_bool (builder, "audio_muted", person.audio_muted);
    tutti_json_add_number (builder, "gain_db", tutti_participant_get_gain_db (participant));
    tutti_json_add_bool (builder, "video_muted", person.video_muted);
    tutti_json_add_bool (builder, "hand_raised", person.hand_raised);
    tutti_json_add_bool (builder, "sharing_screen", person.sharing_screen);
    add_stats (builder, participant);
}

void
tutti_admin_json_participants (JsonBuilder *builder, TuttiRoom *room)
{
    g_autoptr (GPtrArray) list = tutti_room_list (room);

    json_builder_set_member_name (builder, "participants");
    json_builder_begin_array (builder);
    for (guint i = 0; i < list->len; i++) {
        json_builder_begin_object (builder);
        tutti_admin_json_participant (builder, list->pdata[i]);
        json_builder_end_object (builder);
    }
    json_builder_end_array (builder);
}
