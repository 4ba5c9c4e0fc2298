/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-recordings.c: a room's recording, and the server's recordings. Role: main.
 */
#include "admin-body.h"
#include "admin-routes.h"
#include "json-write.h"
#include "recording.h"
#include "recordings-list.h"

#include <string.h>
#include <tutti/error.h>

/* --- A room's. --- */

static void
add_start (TuttiJson *json, gint64 wall_us)
{
    g_autoptr (GDateTime) start = g_date_time_new_from_unix_utc (wall_us / G_USEC_PER_SEC);
    g_autofree char *text = g_date_time_format_iso8601 (start);

    tutti_json_add_string (json, "started", text);
}

static void
answer_recording (TuttiAdminCall *call, TuttiRoom *room)
{
    g_autoptr (TuttiJson) json = tutti_json_new ();
    TuttiRecordingInfo info = {0};

    if (!tutti_room_get_recording (room, &info)) {
        tutti_admin_answer_problem (call, SOUP_STATUS_NOT_FOUND, "not_found",
                                    "this room is not recorded");
        return;
    }
    tutti_json_add_string (json, "state", tutti_recorder_state_name (info.stats.state));
    tutti_json_add_string (json, "name", info.take);
    tutti_json_add_string (json, "file", info.file);
    add_start (json, info.started_us);
    tutti_json_add_int (json, "length_us", info.stats.length_us);
    tutti_json_add_int (json, "bytes", (gint64)info.stats.bytes);
    tutti_json_add_int (json, "lost_pictures", (gint64)info.stats.lost_pictures);
    tutti_json_add_int (json, "gaps", (gint64)info.stats.gaps);
    tutti_json_add_int (json, "gap_us", info.stats.gap_us);
    tutti_json_add_text (json, "reason", info.stats.why[0] ? info.stats.why : NULL);
    tutti_admin_answer (call, json);
}

void
tutti_admin_show_recording (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);

    if (room)
        answer_recording (call, room);
}

static void
start (TuttiAdminCall *call, TuttiRoom *room, const TuttiRecordingOptions *options)
{
    GError *error = NULL;

    if (tutti_room_start_recording (room, options, &error))
        answer_recording (call, room);
    else
        tutti_admin_answer_error (call, error);
}

void
tutti_admin_start_recording (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);
    TuttiRecordingOptions options = {.by = ""};
    const char *container = NULL;
    const TuttiAdminField fields[] = {
        {"container", TUTTI_FIELD_STRING | TUTTI_FIELD_OPTIONAL, &container,
         &options.has_container},
        {"tracks", TUTTI_FIELD_BOOL | TUTTI_FIELD_OPTIONAL, &options.tracks, &options.has_tracks},
    };

    if (!room || !tutti_admin_read (call, fields, G_N_ELEMENTS (fields)))
        return;
    if (container && !tutti_container_from_name (container, &options.container))
        tutti_admin_answer_bad_field (call, "container", "'container' must be webm, mkv or mp4");
    else
        start (call, room, &options);
}

void
tutti_admin_change_recording (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);
    const char *state = "";
    GError *error = NULL;
    gboolean good;
    const TuttiAdminField fields[] = {{"state", TUTTI_FIELD_STRING, &state, NULL}};

    if (!room || !tutti_admin_read (call, fields, G_N_ELEMENTS (fields)))
        return;
    if (!g_str_equal (state, "on") && !g_str_equal (state, "paused")) {
        tutti_admin_answer_bad_field (call, "state", "'state' must be on or paused");
        return;
    }
    good = g_str_equal (state, "on") ? tutti_room_resume_recording (room, &error)
                                     : tutti_room_pause_recording (room, &error);
    tutti_admin_answer_outcome (call, good, error);
}

void
tutti_admin_stop_recording (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);
    GError *error = NULL;

    if (room && tutti_room_stop_recording (room, "stopped by the administrator", &error))
        tutti_admin_answer_done (call);
    else if (room)
        tutti_admin_answer_error (call, error);
}

/* --- The server's. --- */

/* NULL, and answered: there is none. */
static TuttiStore *
get_store (TuttiAdminCall *call)
{
    TuttiStore *store = tutti_rooms_get_store (call->rooms);

    if (!store)
        tutti_admin_answer_problem (call, SOUP_STATUS_NOT_IMPLEMENTED, "unsupported",
                                    "there is no directory for recordings ([record] directory); "
                                    "the server's log says why");
    return store;
}

static void
answer_text (TuttiAdminCall *call, char *text)
{
    soup_server_message_set_status (call->message, SOUP_STATUS_OK, NULL);
    soup_server_message_set_response (call->message, "application/json", SOUP_MEMORY_TAKE, text,
                                      strlen (text));
}

/* The disk may be slow: the call waits for it, the server does not. */
static void
on_list (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (SoupServerMessage) message = user_data;
    TuttiAdminCall call = {.message = message};
    GError *error = NULL;
    g_autoptr (GPtrArray) takes = tutti_store_list_finish (result, &error);

    if (takes)
        answer_text (&call, tutti_recordings_list_write (takes, NULL));
    else
        tutti_admin_answer_error (&call, error);
    soup_server_message_unpause (message);
}

void
tutti_admin_list_recordings (TuttiAdminCall *call)
{
    TuttiStore *store = get_store (call);

    if (!store)
        return;
    soup_server_message_pause (call->message);
    tutti_store_list_async (store, on_list, g_object_ref (call->message));
}

void
tutti_admin_show_files (TuttiAdminCall *call)
{
    TuttiStore *store = get_store (call);
    g_autoptr (TuttiTake) take = store ? tutti_store_find (store, call->names[0]) : NULL;

    if (take)
        answer_text (call, tutti_recordings_list_write_files (store, take));
    else if (store)
        tutti_admin_answer_not_found (call, "recording", call->names[0]);
}

void
tutti_admin_delete_recording (TuttiAdminCall *call)
{
    TuttiStore *store = get_store (call);
    GError *error = NULL;

    if (store && tutti_store_delete (store, call->names[0], &error))
        tutti_admin_answer_done (call);
    else if (store)
        tutti_admin_answer_error (call, error);
}
