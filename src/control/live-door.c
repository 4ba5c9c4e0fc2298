/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * live-door.c: see live-door.h. A name leads to a file only if it has nothing but letters, digits
 * and . _ - in it and does not begin with a dot, and no link is followed. Role: main.
 */
#include "live-door.h"
#include "address.h"
#include "cookie.h"
#include "downloads.h"
#include "live-playlist.h"
#include "outputs.h"
#include "problem.h"

#include <fcntl.h>
#include <string.h>
#include <tutti/error.h>
#include <unistd.h>

#define PREFIX "/live/"
#define COOKIE "tutti_live"
/* Viewers fetch a segment every few seconds and have it in one: some hundred each. */
#define DOWNLOADS_MAX 512
/* Ours have some ten lines. */
#define PLAYLIST_MAX_BYTES (64 * 1024)

struct _TuttiLiveDoor {
    TuttiLiveSetup setup;
    TuttiDownloads *downloads;
};

typedef struct {
    SoupServerMessage *message;
    char *room;
    const char *file;  /* "" the page */
    const char *token; /* of the query; NULL */
} Visit;

/* --- Who. --- */

/* The latest reason in *fault; it stays NULL if there is no token. */
static gboolean
try_token (TuttiLiveDoor *door, const char *text, const char *room, GError **fault)
{
    g_autoptr (TuttiToken) token = NULL;

    if (!text)
        return FALSE;
    g_clear_error (fault);
    token = tutti_admission_read_token (door->setup.admission, text, room,
                                        g_get_real_time () / G_USEC_PER_SEC, fault);
    return token != NULL;
}

/* Errors: UNAUTHORIZED; RATE_LIMITED: and has been too often. */
static gboolean
is_welcome (TuttiLiveDoor *door, const Visit *visit, GError **error)
{
    g_autofree char *cookie = tutti_cookie_get (visit->message, COOKIE);
    g_autofree char *address =
        tutti_address_key (soup_server_message_get_remote_address (visit->message));
    g_autoptr (GError) fault = NULL;

    if (tutti_admission_is_open (door->setup.admission) ||
        try_token (door, visit->token, visit->room, &fault) ||
        try_token (door, tutti_cookie_get_bearer (visit->message), visit->room, &fault) ||
        try_token (door, cookie, visit->room, &fault))
        return TRUE;
    if (!fault)
        g_set_error_literal (&fault, TUTTI_ERROR, TUTTI_ERROR_UNAUTHORIZED,
                             "a token for the room is needed");
    tutti_admission_refuse (door->setup.admission, TUTTI_DOOR_LIVE, address,
                            g_get_monotonic_time (), &fault);
    g_propagate_error (error, g_steal_pointer (&fault));
    return FALSE;
}

/* --- What. --- */

/* The token goes into a cookie, so that the page's player needs to know nothing of it. */
static void
serve_page (TuttiLiveDoor *door, const Visit *visit)
{
    g_autofree char *path = g_strconcat (PREFIX, visit->room, "/", NULL);
    g_autoptr (GError) fault = NULL;

    if (try_token (door, visit->token, visit->room, &fault))
        tutti_cookie_set (visit->message, COOKIE, visit->token, path,
                          tutti_cookie_is_secure (door->setup.config));
    tutti_page_serve (door->setup.page, visit->message, "live.html");
}

static gboolean
is_name (const char *name)
{
    return name[0] != '.' && name[0] != '\0' &&
           strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._-") == strlen (name);
}

/* -1: there is no such file. */
static int
open_file (TuttiLiveDoor *door, const Visit *visit)
{
    const char *directory = tutti_rooms_get_live_directory (door->setup.rooms);
    g_autofree char *path = NULL;
    int folder, file;

    if (!directory || !is_name (visit->room) || !is_name (visit->file))
        return -1;
    path = g_build_filename (directory, visit->room, NULL);
    folder = open (path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0)
        return -1;
    /* A pipe must not keep us waiting. */
    file = openat (folder, visit->file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    close (folder);
    return file;
}

/* Read at once: it is small, and was written to memory or disk a moment ago. */
static void
serve_playlist (const Visit *visit, int descriptor)
{
    SoupMessageHeaders *response = soup_server_message_get_response_headers (visit->message);
    g_autofree char *text = g_malloc0 (PLAYLIST_MAX_BYTES + 1);
    char *signed_text;

    if (read (descriptor, text, PLAYLIST_MAX_BYTES) < 0) {
        soup_server_message_set_status (visit->message, SOUP_STATUS_NOT_FOUND, NULL);
        return;
    }
    signed_text =
        visit->token ? tutti_live_playlist_sign (text, visit->token) : g_steal_pointer (&text);
    soup_message_headers_replace (response, "Cache-Control", "no-cache");
    soup_server_message_set_status (visit->message, SOUP_STATUS_OK, NULL);
    /* RFC 8216 section 4 */
    soup_server_message_set_response (visit->message, "application/vnd.apple.mpegurl",
                                      SOUP_MEMORY_TAKE, signed_text, strlen (signed_text));
}

/* A segment never changes; the header of them all (.mp4) does when the output begins anew. */
static const char *
get_caching (TuttiLiveDoor *door, const char *file)
{
    if (g_str_has_suffix (file, ".mp4"))
        return "no-cache";
    return tutti_admission_is_open (door->setup.admission) ? "max-age=60" : "private, max-age=60";
}

static void
serve_file (TuttiLiveDoor *door, const Visit *visit)
{
    int descriptor = open_file (door, visit);
    TuttiDownload download = {.name = visit->file, .caching = get_caching (door, visit->file)};

    if (descriptor < 0) {
        tutti_problem_answer (visit->message, SOUP_STATUS_NOT_FOUND, "not_found",
                              "nothing is sent here at the moment");
    } else if (g_str_has_suffix (visit->file, ".m3u8")) {
        serve_playlist (visit, descriptor);
        close (descriptor);
    } else {
        tutti_downloads_serve (door->downloads, visit->message, descriptor, &download);
    }
}

/* Pages of other sites may have players too: what they need is in the address. */
static void
open_to_all (SoupServerMessage *message)
{
    SoupMessageHeaders *response = soup_server_message_get_response_headers (message);

    soup_message_headers_replace (response, "Access-Control-Allow-Origin", "*");
    soup_message_headers_replace (response, "Access-Control-Expose-Headers",
                                  "Content-Length, Content-Range, ETag");
    soup_message_headers_replace (response, "Cross-Origin-Resource-Policy", "cross-origin");
}

static void
serve (TuttiLiveDoor *door, const Visit *visit)
{
    g_autoptr (GError) error = NULL;

    if (!tutti_room_name_is_valid (visit->room)) {
        tutti_problem_answer (visit->message, SOUP_STATUS_BAD_REQUEST, "bad_room",
                              "a room's name has 1 to 64 of A-Z a-z 0-9 . _ -");
    } else if (visit->file[0] == '\0') {
        serve_page (door, visit);
    } else {
        open_to_all (visit->message);
        if (is_welcome (door, visit, &error))
            serve_file (door, visit);
        else
            tutti_problem_answer_error (visit->message, error);
    }
}

/* So that what is in the page is looked for below the room. */
static void
add_slash (SoupServerMessage *message, const char *path)
{
    const char *query = g_uri_get_query (soup_server_message_get_uri (message));
    g_autofree char *escaped = g_uri_escape_string (path, "/", FALSE);
    g_autofree char *place = g_strconcat (escaped, "/", query ? "?" : "", query ? query : "", NULL);

    soup_server_message_set_redirect (message, SOUP_STATUS_MOVED_PERMANENTLY, place);
}

static void
on_request (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer user_data)
{
    const char *method = soup_server_message_get_method (message);
    const char *rest = g_str_has_prefix (path, PREFIX) ? path + strlen (PREFIX) : "";
    const char *slash = strchr (rest, '/');
    g_autofree char *room = slash ? g_strndup (rest, (gsize)(slash - rest)) : NULL;
    Visit visit = {message, room, slash ? slash + 1 : "",
                   query ? g_hash_table_lookup (query, "token") : NULL};

    if (method != SOUP_METHOD_GET && method != SOUP_METHOD_HEAD)
        tutti_problem_answer_bad_method (message, "GET, HEAD");
    else if (room)
        serve (user_data, &visit);
    else if (rest[0] != '\0')
        add_slash (message, path);
    else
        tutti_problem_answer (message, SOUP_STATUS_NOT_FOUND, "not_found", "which room?");
}

/* --- Life cycle. --- */

TuttiLiveDoor *
tutti_live_door_new (SoupServer *soup, const TuttiLiveSetup *setup)
{
    TuttiLiveDoor *door = g_new0 (TuttiLiveDoor, 1);

    door->setup = *setup;
    door->downloads = tutti_downloads_new (DOWNLOADS_MAX);
    soup_server_add_handler (soup, "/live", on_request, door, NULL);
    return door;
}

void
tutti_live_door_free (TuttiLiveDoor *door)
{
    if (!door)
        return;
    tutti_downloads_free (door->downloads);
    g_free (door);
}
