/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recordings-door.c: see recordings-door.h. Nothing but the page is answered before the gate was
 * passed; what a token for one room may not see is not there. Role: main.
 */
#include "recordings-door.h"
#include "problem.h"
#include "recording.h"
#include "recordings-list.h"

#include <string.h>
#include <tutti/error.h>

#define PATH "/recordings"
#define LIST PATH ".json"
#define SESSION PATH "/session"
/* Moderators are few; a player asks for several parts of a film at once. */
#define DOWNLOADS_MAX 64
/* A form with a token of the greatest length, escaped. */
#define FORM_MAX_BYTES (4 * TUTTI_TOKEN_MAX_BYTES)
/* Private, and asked for again each time: who may see it can change. */
#define CACHING "private, no-cache"

struct _TuttiRecordingsDoor {
    TuttiRooms *rooms;
    TuttiPage *page;
    TuttiRecordingsGate *gate;
    TuttiDownloads *downloads;
};

/* --- Answers. --- */

static void
answer_not_found (SoupServerMessage *message)
{
    tutti_problem_answer (message, SOUP_STATUS_NOT_FOUND, "not_found",
                          "there is no such recording");
}

static void
answer_done (SoupServerMessage *message)
{
    tutti_problem_answer_nothing (message);
}

static gboolean
is_reading (SoupServerMessage *message)
{
    const char *method = soup_server_message_get_method (message);

    return method == SOUP_METHOD_GET || method == SOUP_METHOD_HEAD;
}

/* FALSE, and answered: another site's page made the browser ask. */
static gboolean
check_page (TuttiRecordingsDoor *door, SoupServerMessage *message)
{
    if (tutti_recordings_gate_is_own_page (door->gate, message))
        return TRUE;
    tutti_problem_answer (message, SOUP_STATUS_FORBIDDEN, "forbidden",
                          "this origin is not allowed");
    return FALSE;
}

/* --- What is behind the gate. --- */

static void
answer_json (SoupServerMessage *message, char *text)
{
    soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                  "Cache-Control", "no-store");
    soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
    soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE, text,
                                      strlen (text));
}

typedef struct {
    SoupServerMessage *message;
    char *room;
} Question;

static void
on_list (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Question *question = user_data;
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) takes = tutti_store_list_finish (result, &error);

    if (takes)
        answer_json (question->message, tutti_recordings_list_write (takes, question->room));
    else
        tutti_problem_answer_error (question->message, error);
    soup_server_message_unpause (question->message);
    g_object_unref (question->message);
    g_free (question->room);
    g_free (question);
}

static void
serve_list (TuttiRecordingsDoor *door, SoupServerMessage *message, const char *room)
{
    Question *question = g_new0 (Question, 1);

    question->message = g_object_ref (message);
    question->room = g_strdup (room);
    soup_server_message_pause (message);
    tutti_store_list_async (tutti_rooms_get_store (door->rooms), on_list, question);
}

/* NULL: there is none, or it is none of that room. */
static TuttiTake *
find_take (TuttiRecordingsDoor *door, const char *name, const char *room)
{
    g_autoptr (TuttiTake) take = tutti_store_find (tutti_rooms_get_store (door->rooms), name);

    return take && (!room || g_str_equal (take->room, room)) ? g_steal_pointer (&take) : NULL;
}

static void
serve_file (TuttiRecordingsDoor *door, SoupServerMessage *message, const char *file,
            const char *room)
{
    g_autofree char *name = tutti_recordings_list_take_of (file);
    g_autoptr (TuttiTake) take = name ? find_take (door, name, room) : NULL;
    const char *query = g_uri_get_query (soup_server_message_get_uri (message));
    TuttiDownload download = {.name = file, .save = query != NULL, .caching = CACHING};
    int descriptor = take ? tutti_store_open (tutti_rooms_get_store (door->rooms), file, NULL) : -1;

    if (descriptor < 0)
        answer_not_found (message);
    else
        tutti_downloads_serve (door->downloads, message, descriptor, &download);
}

/* name: of a take, or of one of its files. */
static void
serve_one (TuttiRecordingsDoor *door, SoupServerMessage *message, const char *name,
           const char *room)
{
    g_autoptr (TuttiTake) take = find_take (door, name, room);

    if (take)
        answer_json (message,
                     tutti_recordings_list_write_files (tutti_rooms_get_store (door->rooms), take));
    else
        serve_file (door, message, name, room);
}

static void
delete_take (TuttiRecordingsDoor *door, SoupServerMessage *message, const char *name,
             const char *room)
{
    g_autoptr (TuttiTake) take = find_take (door, name, room);
    g_autoptr (GError) error = NULL;

    if (!take)
        answer_not_found (message);
    else if (tutti_store_delete (tutti_rooms_get_store (door->rooms), name, &error))
        answer_done (message);
    else
        tutti_problem_answer_error (message, error);
}

/* rest: what is behind the page's path: "", ".json", "/NAME". */
static void
dispatch (TuttiRecordingsDoor *door, SoupServerMessage *message, const char *rest, const char *room)
{
    gboolean is_below = rest[0] == '/';

    if (!tutti_rooms_get_store (door->rooms))
        tutti_problem_answer (message, SOUP_STATUS_NOT_FOUND, "unsupported",
                              "this server has no [record] directory");
    else if (is_below && soup_server_message_get_method (message) == SOUP_METHOD_DELETE)
        delete_take (door, message, rest + 1, room);
    else if (!is_reading (message))
        tutti_problem_answer_bad_method (message, is_below ? "GET, HEAD, DELETE" : "GET, HEAD");
    else if (is_below)
        serve_one (door, message, rest + 1, room);
    else
        serve_list (door, message, room);
}

/* --- Requests. --- */

static void
on_request (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer user_data)
{
    TuttiRecordingsDoor *door = user_data;
    g_autoptr (GError) error = NULL;
    g_autofree char *room = NULL;

    /* Pages of other sites can't even show that a file is there. */
    soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                  "Cross-Origin-Resource-Policy", "same-origin");
    if (g_str_equal (path, PATH) || g_str_equal (path, PATH "/")) {
        if (is_reading (message))
            tutti_page_serve (door->page, message, "recordings.html");
        else
            tutti_problem_answer_bad_method (message, "GET, HEAD");
        return;
    }
    if (!check_page (door, message))
        return;
    if (tutti_recordings_gate_check (door->gate, message, &room, &error))
        dispatch (door, message, path + strlen (PATH), room);
    else
        tutti_problem_answer_error (message, error);
}

static void
sign_in (TuttiRecordingsDoor *door, SoupServerMessage *message)
{
    g_autoptr (GBytes) body =
        soup_message_body_flatten (soup_server_message_get_request_body (message));
    g_autofree char *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
    g_autoptr (GHashTable) form = soup_form_decode (text);
    const char *token = g_hash_table_lookup (form, "token");
    g_autoptr (GError) error = NULL;

    if (tutti_recordings_gate_sign_in (door->gate, message, token ? token : "", &error))
        answer_done (message);
    else
        tutti_problem_answer_error (message, error);
}

static void
on_session (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer user_data)
{
    TuttiRecordingsDoor *door = user_data;

    if (!check_page (door, message))
        return;
    if (soup_server_message_get_method (message) == SOUP_METHOD_POST) {
        sign_in (door, message);
    } else if (soup_server_message_get_method (message) == SOUP_METHOD_DELETE) {
        tutti_recordings_gate_sign_out (message);
        answer_done (message);
    } else {
        tutti_problem_answer_bad_method (message, "POST, DELETE");
    }
}

/* The only body that is kept: bounded before it comes. */
static void
on_session_headers (SoupServer *soup, SoupServerMessage *message, const char *path,
                    GHashTable *query, gpointer user_data)
{
    SoupMessageHeaders *request = soup_server_message_get_request_headers (message);

    if (soup_server_message_get_method (message) != SOUP_METHOD_POST)
        return;
    if (soup_message_headers_get_encoding (request) != SOUP_ENCODING_CONTENT_LENGTH ||
        soup_message_headers_get_content_length (request) > FORM_MAX_BYTES)
        soup_server_message_set_status (message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, NULL);
    else
        soup_message_body_set_accumulate (soup_server_message_get_request_body (message), TRUE);
}

/* --- Life cycle. --- */

TuttiRecordingsDoor *
tutti_recordings_door_new (SoupServer *soup, TuttiRooms *rooms, TuttiPage *page,
                           TuttiRecordingsGate *gate)
{
    TuttiRecordingsDoor *door = g_new0 (TuttiRecordingsDoor, 1);

    door->rooms = rooms;
    door->page = page;
    door->gate = gate;
    door->downloads = tutti_downloads_new (DOWNLOADS_MAX);
    soup_server_add_handler (soup, PATH, on_request, door, NULL);
    soup_server_add_handler (soup, LIST, on_request, door, NULL);
    soup_server_add_early_handler (soup, SESSION, on_session_headers, door, NULL);
    soup_server_add_handler (soup, SESSION, on_session, door, NULL);
    return door;
}

void
tutti_recordings_door_free (TuttiRecordingsDoor *door)
{
    if (!door)
        return;
    tutti_downloads_free (door->downloads);
    g_free (door);
}
