/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-json.c: the admin API's objects. Role: main.
 */
#include "admin-json.h"

#include <tutti/wakeups.h>

#include "json-write.h"
#include "settings.h"

static gint64
seconds_since (gint64 time_us)
{
    return (g_get_monotonic_time () - time_us) / G_USEC_PER_SEC;
}

static void
add_cpu (TuttiJson *json, const TuttiServerStats *stats)
{
    tutti_json_begin_object (json, "cpu_us");
    tutti_json_add_int (json, "receive", stats->cpu_receive_us);
    tutti_json_add_int (json, "send", stats->cpu_send_us);
    tutti_json_add_int (json, "srtp", stats->cpu_srtp_us);
    tutti_json_add_int (json, "control", stats->cpu_main_us);
    tutti_json_add_int (json, "audio", stats->cpu_audio_us);
    tutti_json_add_int (json, "jitter", stats->cpu_jitter_us);
    tutti_json_add_int (json, "audio_decode", stats->cpu_audio_decode_us);
    tutti_json_add_int (json, "mix", stats->cpu_mix_us);
    tutti_json_add_int (json, "audio_encode", stats->cpu_audio_encode_us);
    tutti_json_add_int (json, "spread", stats->cpu_spread_us);
    tutti_json_add_int (json, "video", stats->cpu_video_us);
    tutti_json_add_int (json, "decode", stats->cpu_decode_us);
    tutti_json_add_int (json, "scale", stats->cpu_scale_us);
    tutti_json_add_int (json, "compose", stats->cpu_compose_us);
    tutti_json_add_int (json, "encode", stats->cpu_encode_us);
    tutti_json_end_object (json);
}

static void
add_wakeups (TuttiJson *json)
{
    TuttiWakeups wakeups;

    tutti_wakeups_read (&wakeups);
    tutti_json_begin_object (json, "wakeups");
    tutti_json_add_int (json, "control", (gint64)wakeups.main);
    tutti_json_add_int (json, "net", (gint64)wakeups.net);
    tutti_json_add_int (json, "audio", (gint64)wakeups.audio);
    tutti_json_add_int (json, "video", (gint64)wakeups.video);
    tutti_json_end_object (json);
}

static void
add_done (TuttiJson *json, const TuttiDone *done)
{
    tutti_json_begin_object (json, "done");
    tutti_json_add_int (json, "rounds", (gint64)done->rounds);
    tutti_json_add_int (json, "sounds_decoded", (gint64)done->sounds_decoded);
    tutti_json_add_int (json, "sounds_encoded", (gint64)done->sounds_encoded);
    tutti_json_add_int (json, "pictures_decoded", (gint64)done->pictures_decoded);
    tutti_json_add_int (json, "pixels_decoded", (gint64)done->pixels_decoded);
    tutti_json_add_int (json, "scales", (gint64)done->scales);
    tutti_json_add_int (json, "canvases", (gint64)done->canvases);
    tutti_json_add_int (json, "pictures_encoded", (gint64)done->pictures_encoded);
    tutti_json_end_object (json);
}

void
tutti_admin_json_status (TuttiJson *json, TuttiRooms *rooms)
{
    TuttiServerStats stats = {0};

    tutti_rooms_get_stats (rooms, &stats);
    tutti_json_add_string (json, "version", TUTTI_VERSION);
    tutti_json_add_int (json, "uptime_s", seconds_since (stats.started_us));
    tutti_json_add_bool (json, "draining", tutti_rooms_is_draining (rooms));
    tutti_json_add_int (json, "rooms", stats.n_rooms);
    tutti_json_add_int (json, "participants", stats.n_participants);
    tutti_json_add_int (json, "late_rounds", (gint64)stats.late_rounds);
    tutti_json_add_int (json, "late_pictures", (gint64)stats.late_pictures);
    tutti_json_add_int (json, "packets_received", (gint64)stats.packets_received);
    tutti_json_add_int (json, "packets_sent", (gint64)stats.packets_sent);
    tutti_json_add_int (json, "send_calls", (gint64)stats.send_calls);
    add_cpu (json, &stats);
    add_wakeups (json);
    add_done (json, &stats.done);
}

static void
add_time (TuttiJson *json, const char *name, gint64 unix_s)
{
    g_autoptr (GDateTime) time = unix_s ? g_date_time_new_from_unix_utc (unix_s) : NULL;
    g_autofree char *text = time ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : NULL;

    tutti_json_add_string (json, name, text); /* RFC 3339 */
}

static void
add_policy (TuttiJson *json, TuttiRoom *room)
{
    TuttiRoomPolicy policy;

    tutti_room_get_policy (room, &policy);
    tutti_json_add_bool (json, "record", policy.record);
    tutti_json_add_bool (json, "pin", policy.has_pin);
    tutti_json_add_bool (json, "waiting_room", policy.waiting_room);
    tutti_json_add_string (json, "share", policy.share);
    tutti_json_begin_array (json, "moderators");
    for (guint i = 0; policy.moderators[i]; i++)
        tutti_json_add_string (json, NULL, policy.moderators[i]);
    tutti_json_end_array (json);
    add_time (json, "closes_at", policy.closes_at_s);
    tutti_json_add_int (json, "max_duration", policy.max_duration_s);
    tutti_json_add_bool (json, "kept", policy.is_kept);
}

void
tutti_admin_json_settings (TuttiJson *json, TuttiRoom *room)
{
    TuttiRoomInfo info = {0};

    tutti_room_get_info (room, &info);
    tutti_json_add_int (json, "limit", info.limit);
    tutti_json_add_string (json, "layout", info.layout);
    tutti_json_add_bool (json, "locked", info.locked);
    tutti_json_add_text (json, "spotlight", info.spotlight);
    tutti_json_add_string (json, "topology", info.topology);
    tutti_json_add_int (json, "canvas_width", info.canvas_width);
    tutti_json_add_int (json, "canvas_height", info.canvas_height);
    tutti_json_add_int (json, "frame_rate", info.frame_rate);
    add_policy (json, room);
}

void
tutti_admin_json_room (TuttiJson *json, TuttiRoom *room)
{
    TuttiRoomInfo info = {0};

    tutti_room_get_info (room, &info);
    tutti_json_add_string (json, "name", info.name);
    tutti_json_add_int (json, "participants", info.n_participants);
    tutti_json_add_int (json, "listeners", info.n_listeners);
    tutti_admin_json_settings (json, room);
    tutti_json_add_int (json, "waiting", info.n_waiting);
    add_time (json, "ends_at", info.state.ends_at_s);
    tutti_json_add_int (json, "views", info.n_views);
    tutti_json_add_int (json, "renditions", info.n_renditions);
    tutti_json_add_int (json, "age_s", seconds_since (info.created_us));
}

void
tutti_admin_json_rooms (TuttiJson *json, TuttiRooms *rooms)
{
    g_autoptr (GPtrArray) list = tutti_rooms_list (rooms);

    tutti_json_begin_array (json, "rooms");
    for (guint i = 0; i < list->len; i++) {
        tutti_json_begin_object (json, NULL);
        tutti_admin_json_room (json, list->pdata[i]);
        tutti_json_end_object (json);
    }
    tutti_json_end_array (json);
}

static void
add_stats (TuttiJson *json, TuttiParticipant *participant)
{
    TuttiParticipantStats stats = {0};

    tutti_participant_get_stats (participant, &stats);
    tutti_json_add_string (json, "state", stats.state);
    tutti_json_add_string (json, "video_codec", stats.picture.codec);
    tutti_json_add_string (json, "srtp_profile", stats.srtp_profile);
    tutti_json_add_string (json, "pair", stats.pair);
    tutti_json_add_int (json, "round_trip_us", stats.round_trip_us);
    tutti_json_add_int (json, "jitter_delay_us", stats.voice.delay_us);
    tutti_json_add_int (json, "level", stats.voice.level);
    tutti_json_add_int (json, "width", stats.camera.width);
    tutti_json_add_int (json, "height", stats.camera.height);
    tutti_json_add_int (json, "bytes_received", (gint64)tutti_stats_sum_up (&stats).bytes);
    tutti_json_add_int (json, "bytes_sent", (gint64)tutti_stats_sum_down (&stats).bytes);
    tutti_json_add_int (json, "packets_lost", (gint64)tutti_stats_sum_up (&stats).lost);
    tutti_json_add_int (json, "age_s", seconds_since (stats.joined_us));
}

void
tutti_admin_json_participant (TuttiJson *json, TuttiParticipant *participant)
{
    TuttiPerson person = {0};

    tutti_participant_get_person (participant, &person);
    tutti_json_add_string (json, "id", person.id);
    tutti_json_add_string (json, "name", person.name);
    tutti_json_add_string (json, "role", tutti_person_role_name (person.role));
    tutti_json_add_bool (json, "audio_muted", person.audio_muted);
    tutti_json_add_number (json, "gain_db", tutti_participant_get_gain_db (participant));
    tutti_json_add_bool (json, "video_muted", person.video_muted);
    tutti_json_add_bool (json, "hand_raised", person.hand_raised);
    tutti_json_add_bool (json, "sharing_screen", person.sharing_screen);
    add_stats (json, participant);
}

void
tutti_admin_json_participants (TuttiJson *json, TuttiRoom *room)
{
    g_autoptr (GPtrArray) list = tutti_room_list (room);

    tutti_json_begin_array (json, "participants");
    for (guint i = 0; i < list->len; i++) {
        tutti_json_begin_object (json, NULL);
        tutti_admin_json_participant (json, list->pdata[i]);
        tutti_json_end_object (json);
    }
    tutti_json_end_array (json);
}
