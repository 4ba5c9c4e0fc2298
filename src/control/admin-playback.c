/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-playback.c: the film or announcement that plays in a room. Role: main.
 */
#include "admin-body.h"
#include "admin-routes.h"
#include "json-write.h"
#include "play-file.h"
#include "playback.h"

#include <string.h>
#include <tutti/error.h>

static void
answer_playback (TuttiAdminCall *call, TuttiRoom *room)
{
    g_autoptr (TuttiJson) json = tutti_json_new ();
    TuttiPlaybackInfo info = {0};

    if (!tutti_room_get_playback (room, &info)) {
        tutti_admin_answer_problem (call, SOUP_STATUS_NOT_FOUND, "not_found",
                                    "nothing plays in this room");
        return;
    }
    tutti_json_add_string (json, "state", tutti_player_state_name (info.stats.state));
    tutti_json_add_text (json, "title", info.title);
    tutti_json_add_bool (json, "loop", info.loop);
    tutti_json_add_number (json, "gain_db", info.gain_db);
    tutti_json_add_bool (json, "has_sound", info.stats.has_sound);
    tutti_json_add_bool (json, "has_pictures", info.stats.has_pictures);
    tutti_json_add_int (json, "position_us", info.stats.position_us);
    tutti_json_add_int (json, "duration_us", info.stats.duration_us);
    tutti_json_add_int (json, "loops", info.stats.loops);
    tutti_json_add_text (json, "reason", info.stats.why[0] ? info.stats.why : NULL);
    tutti_admin_answer (call, json);
}

void
tutti_admin_show_playback (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);

    if (room)
        answer_playback (call, room);
}

/* "films/The end.webm": "The end". */
static char *
make_title (const char *file)
{
    char *title = g_path_get_basename (file);
    char *dot = strrchr (title, '.');

    if (dot && dot > title)
        *dot = '\0';
    return title;
}

/* Of what a body says only the gain is judged by the room. */
static void
answer_refused (TuttiAdminCall *call, GError *error)
{
    g_autoptr (GError) owned = error;

    if (g_error_matches (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE))
        tutti_admin_answer_bad_field (call, "gain_db", error->message);
    else
        tutti_admin_answer_error (call, g_steal_pointer (&owned));
}

static void
start (TuttiAdminCall *call, TuttiRoom *room, const char *file, const TuttiPlaybackOptions *options)
{
    GError *error = NULL;
    int fd = tutti_play_file_open (call->setup->config, file, &error);

    if (fd < 0 || !tutti_room_start_playback (room, fd, options, &error))
        answer_refused (call, error);
    else
        answer_playback (call, room);
}

void
tutti_admin_start_playback (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);
    TuttiPlaybackOptions options = {0};
    gboolean has_title = FALSE;
    const char *file = "";
    g_autofree char *title = NULL;
    const TuttiAdminField fields[] = {
        {"file", TUTTI_FIELD_STRING, &file, NULL},
        {"title", TUTTI_FIELD_STRING | TUTTI_FIELD_OPTIONAL | TUTTI_FIELD_NULLABLE, &options.title,
         &has_title},
        {"loop", TUTTI_FIELD_BOOL | TUTTI_FIELD_OPTIONAL, &options.loop, NULL},
        {"gain_db", TUTTI_FIELD_NUMBER | TUTTI_FIELD_OPTIONAL, &options.gain_db, NULL},
    };

    if (!room || !tutti_admin_read (call, fields, G_N_ELEMENTS (fields)))
        return;
    if (!has_title)
        options.title = title = make_title (file);
    start (call, room, file, &options);
}

static gboolean
change (TuttiRoom *room, const double *gain_db, const gboolean *paused, GError **error)
{
    if (gain_db && !tutti_room_set_playback_gain (room, *gain_db, error))
        return FALSE;
    return !paused || tutti_room_pause_playback (room, *paused, error);
}

void
tutti_admin_change_playback (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);
    gboolean has_gain = FALSE, has_paused = FALSE, paused = FALSE;
    double gain_db = 0;
    GError *error = NULL;
    const TuttiAdminField fields[] = {
        {"gain_db", TUTTI_FIELD_NUMBER | TUTTI_FIELD_OPTIONAL, &gain_db, &has_gain},
        {"paused", TUTTI_FIELD_BOOL | TUTTI_FIELD_OPTIONAL, &paused, &has_paused},
    };

    if (!room || !tutti_admin_read (call, fields, G_N_ELEMENTS (fields)))
        return;
    if (change (room, has_gain ? &gain_db : NULL, has_paused ? &paused : NULL, &error))
        tutti_admin_answer_done (call);
    else
        answer_refused (call, error);
}

void
tutti_admin_stop_playback (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);
    GError *error = NULL;

    if (room && tutti_room_stop_playback (room, &error))
        tutti_admin_answer_done (call);
    else if (room)
        tutti_admin_answer_error (call, error);
}
