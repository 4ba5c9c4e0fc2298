/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin.c: the admin API's socket and routes. Role: main.
 */
#include "admin.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>
#include <sys/stat.h>
#include <tutti/error.h>
#include <tutti/paths.h>

#include "admin-json.h"
#include "participant.h"

/* A PATCH names a field or two. */
#define BODY_MAX_BYTES 4096
/* /v1/rooms/{room}/participants/{id} */
#define PARTS_MAX 6

struct _TuttiAdmin {
    TuttiConfig *config;
    TuttiRooms *rooms;
    SoupServer *server;
    char *path;
};

/* A request on its way through the routes. */
typedef struct {
    TuttiAdmin *admin;
    SoupServerMessage *message;
    const char *method;
    char **parts; /* below /v1/ */
    guint n_parts;
} Call;

/* --- Answers. --- */

static void
answer (SoupServerMessage *message, guint status, const char *type, JsonBuilder *builder)
{
    g_autoptr (JsonGenerator) generator = json_generator_new ();
    g_autoptr (JsonNode) root = json_builder_get_root (builder);
    gsize length = 0;
    char *text;

    json_generator_set_root (generator, root);
    text = json_generator_to_data (generator, &length);
    soup_server_message_set_status (message, status, NULL);
    soup_server_message_set_response (message, type, SOUP_MEMORY_TAKE, text, length);
}

/* RFC 9457. */
static void
answer_problem (SoupServerMessage *message, guint status, const char *code, const char *detail)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();

    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "type");
    json_builder_add_string_value (builder, "about:blank");
    json_builder_set_member_name (builder, "title");
    json_builder_add_string_value (builder, soup_status_get_phrase (status));
    json_builder_set_member_name (builder, "status");
    json_builder_add_int_value (builder, status);
    json_builder_set_member_name (builder, "code");
    json_builder_add_string_value (builder, code);
    json_builder_set_member_name (builder, "detail");
    json_builder_add_string_value (builder, detail);
    json_builder_end_object (builder);
    answer (message, status, "application/problem+json", builder);
}

static void
answer_done (SoupServerMessage *message)
{
    soup_server_message_set_status (message, SOUP_STATUS_NO_CONTENT, NULL);
}

/* TRUE if the method is one of those allowed; else answers 405 with them. */
static gboolean
allow (Call *call, const char *methods)
{
    g_auto (GStrv) list = g_strsplit (methods, ", ", -1);

    if (g_strv_contains ((const char *const *)list, call->method))
        return TRUE;
    soup_message_headers_replace (soup_server_message_get_response_headers (call->message), "Allow",
                                  methods);
    answer_problem (call->message, SOUP_STATUS_METHOD_NOT_ALLOWED, "bad_message",
                    "this method is not for this resource");
    return FALSE;
}

/* --- Routes. --- */

static void
serve_status (Call *call)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();

    if (!allow (call, "GET, HEAD"))
        return;
    tutti_admin_json_status (builder, call->admin->rooms);
    answer (call->message, SOUP_STATUS_OK, "application/json", builder);
}

static void
serve_rooms (Call *call)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();

    if (!allow (call, "GET, HEAD"))
        return;
    tutti_admin_json_rooms (builder, call->admin->rooms);
    answer (call->message, SOUP_STATUS_OK, "application/json", builder);
}

static void
serve_room (Call *call, TuttiRoom *room)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();

    if (!allow (call, "GET, HEAD, DELETE"))
        return;
    if (g_str_equal (call->method, "DELETE")) {
        tutti_room_close (room, "closed by the administrator");
        answer_done (call->message);
        return;
    }
    tutti_admin_json_room (builder, room);
    answer (call->message, SOUP_STATUS_OK, "application/json", builder);
}

static void
serve_participants (Call *call, TuttiRoom *room)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();

    if (!allow (call, "GET, HEAD"))
        return;
    tutti_admin_json_participants (builder, room);
    answer (call->message, SOUP_STATUS_OK, "application/json", builder);
}

/* The body's {"audio_muted": BOOL}; FALSE if it is anything else. */
static gboolean
read_muted (SoupServerMessage *message, gboolean *muted)
{
    SoupMessageBody *body = soup_server_message_get_request_body (message);
    g_autoptr (JsonParser) parser = json_parser_new ();
    JsonNode *root, *value;

    if (body->length > BODY_MAX_BYTES ||
        !json_parser_load_from_data (parser, body->data, body->length, NULL))
        return FALSE;
    root = json_parser_get_root (parser);
    if (!root || !JSON_NODE_HOLDS_OBJECT (root))
        return FALSE;
    value = json_object_get_member (json_node_get_object (root), "audio_muted");
    if (!value || json_node_get_value_type (value) != G_TYPE_BOOLEAN)
        return FALSE;
    *muted = json_node_get_boolean (value);
    return TRUE;
}

static void
patch_participant (Call *call, TuttiParticipant *participant)
{
    gboolean muted;

    if (!read_muted (call->message, &muted)) {
        answer_problem (call->message, SOUP_STATUS_BAD_REQUEST, "bad_message",
                        "the body must be {\"audio_muted\": true} or false");
        return;
    }
    tutti_participant_mute (participant, muted);
    answer_done (call->message);
}

static void
serve_participant (Call *call, TuttiParticipant *participant)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();

    if (!allow (call, "GET, HEAD, PATCH, DELETE"))
        return;
    if (g_str_equal (call->method, "PATCH")) {
        patch_participant (call, participant);
    } else if (g_str_equal (call->method, "DELETE")) {
        tutti_participant_kick (participant, "removed by the administrator");
        answer_done (call->message);
    } else {
        tutti_admin_json_participant (builder, participant);
        answer (call->message, SOUP_STATUS_OK, "application/json", builder);
    }
}

static void
answer_not_found (Call *call, const char *what, const char *name)
{
    g_autofree char *detail = g_strdup_printf ("there is no %s '%.80s'", what, name);
    g_autofree char *valid = g_utf8_make_valid (detail, -1);

    answer_problem (call->message, SOUP_STATUS_NOT_FOUND, "not_found", valid);
}

/* By id; by name too when exactly one has it: people type names. */
static TuttiParticipant *
find_participant (TuttiRoom *room, const char *id)
{
    TuttiParticipant *found = tutti_room_find (room, id);
    g_autoptr (GPtrArray) list = tutti_room_list (room);
    guint n_named = 0;

    if (found)
        return found;
    for (guint i = 0; i < list->len; i++) {
        TuttiPerson person = {0};

        tutti_participant_get_person (list->pdata[i], &person);
        if (g_strcmp0 (person.name, id) != 0)
            continue;
        found = list->pdata[i];
        n_named++;
    }
    return n_named == 1 ? found : NULL;
}

static void
serve_below_rooms (Call *call)
{
    const char *name = call->parts[1];
    TuttiRoom *room = tutti_rooms_find (call->admin->rooms, name);
    TuttiParticipant *participant;

    if (!room) {
        answer_not_found (call, "room", name);
    } else if (call->n_parts == 2) {
        serve_room (call, room);
    } else if (!g_str_equal (call->parts[2], "participants") || call->n_parts > 4) {
        answer_not_found (call, "resource", call->parts[2]);
    } else if (call->n_parts == 3) {
        serve_participants (call, room);
    } else {
        participant = find_participant (room, call->parts[3]);
        if (participant)
            serve_participant (call, participant);
        else
            answer_not_found (call, "participant", call->parts[3]);
    }
}

static void
dispatch (Call *call)
{
    const char *first = call->n_parts > 0 ? call->parts[0] : "";

    if (g_str_equal (first, "status") && call->n_parts == 1)
        serve_status (call);
    else if (g_str_equal (first, "rooms") && call->n_parts == 1)
        serve_rooms (call);
    else if (g_str_equal (first, "rooms"))
        serve_below_rooms (call);
    else
        answer_not_found (call, "resource", first);
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer user_data)
{
    g_auto (GStrv) parts = NULL;
    Call call = {.admin = user_data, .message = message};

    if (!g_str_has_prefix (path, "/v1/")) {
        answer_problem (message, SOUP_STATUS_NOT_FOUND, "not_found", "the API is below /v1/");
        return;
    }
    call.method = soup_server_message_get_method (message);
    call.parts = parts = g_strsplit (path + strlen ("/v1/"), "/", PARTS_MAX);
    call.n_parts = g_strv_length (parts);
    dispatch (&call);
}

/* --- The socket. --- */

/* A file that nobody answers on was left behind by a crash. */
static gboolean
clear_stale (const char *path, GError **error)
{
    g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
    g_autoptr (GSocket) probe = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, 0, error);

    if (!probe)
        return FALSE;
    if (g_socket_connect (probe, address, NULL, NULL)) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG,
                     "%s: another server answers on this admin socket", path);
        return FALSE;
    }
    if (g_file_test (path, G_FILE_TEST_EXISTS) && g_unlink (path) != 0) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG,
                     "%s: the old admin socket can't be removed: %s", path, g_strerror (errno));
        return FALSE;
    }
    return TRUE;
}

static GSocket *
bind_socket (const char *path, GError **error)
{
    g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
    g_autofree char *folder = g_path_get_dirname (path);
    g_autoptr (GSocket) socket = NULL;
    mode_t mask;
    gboolean bound;

    if (g_mkdir_with_parents (folder, 0755) != 0) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG,
                     "%s: the admin socket's directory can't be made: %s", folder,
                     g_strerror (errno));
        return NULL;
    }
    if (!clear_stale (path, error))
        return NULL;
    socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, 0, error);
    if (!socket)
        return NULL;
    /* 0660 from the first moment: never open to others in between. */
    mask = umask (0117);
    bound = g_socket_bind (socket, address, FALSE, error);
    umask (mask);
    if (!bound || !g_socket_listen (socket, error)) {
        g_prefix_error (error, "%s: ", path);
        return NULL;
    }
    return g_steal_pointer (&socket);
}

/* --- Life cycle. --- */

TuttiAdmin *
tutti_admin_new (TuttiConfig *config, TuttiRooms *rooms, GError **error)
{
    g_autoptr (TuttiAdmin) admin = g_new0 (TuttiAdmin, 1);
    const char *path = tutti_config_string (config, "admin", "socket");
    g_autoptr (GSocket) socket = NULL;

    admin->config = config;
    admin->rooms = rooms;
    admin->path = path[0] != '\0' ? g_strdup (path) : tutti_paths_admin_socket ();
    socket = bind_socket (admin->path, error);
    if (!socket) {
        g_clear_pointer (&admin->path, g_free); /* not ours to remove */
        return NULL;
    }
    admin->server = soup_server_new ("server-header", "tuttid", NULL);
    soup_server_add_handler (admin->server, NULL, on_request, admin, NULL);
    if (!soup_server_listen_socket (admin->server, socket, 0, error))
        return NULL;
    return g_steal_pointer (&admin);
}

void
tutti_admin_free (TuttiAdmin *admin)
{
    if (!admin)
        return;
    if (admin->server)
        soup_server_disconnect (admin->server);
    g_clear_object (&admin->server);
    if (admin->path)
        g_unlink (admin->path);
    g_free (admin->path);
    g_free (admin);
}
