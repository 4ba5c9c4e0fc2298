/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin.c: the admin API's socket, and which resource a path means. Role: main.
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
#include "admin-routes.h"

/* /v1/rooms/{room}/participants/{id} */
#define PARTS_MAX 6

struct _TuttiAdmin {
    SoupServer *server;
    char *path;
};

/* --- Routes. --- */

static void
serve_status (TuttiAdminCall *call)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();

    if (!tutti_admin_allow (call, "GET, HEAD"))
        return;
    tutti_admin_json_status (builder, call->rooms);
    tutti_admin_answer (call->message, builder);
}

static void
dispatch (TuttiAdminCall *call)
{
    const char *first = call->n_parts > 0 ? call->parts[0] : "";

    if (g_str_equal (first, "status") && call->n_parts == 1)
        serve_status (call);
    else if (g_str_equal (first, "stats") && call->n_parts == 1)
        tutti_admin_serve_stats (call);
    else if (g_str_equal (first, "rooms") && call->n_parts == 1)
        tutti_admin_serve_rooms (call);
    else if (g_str_equal (first, "rooms"))
        tutti_admin_serve_below_rooms (call);
    else
        tutti_admin_answer_not_found (call, "resource", first);
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer user_data)
{
    g_auto (GStrv) parts = NULL;
    TuttiAdminCall call = {.rooms = user_data, .message = message, .query = query};

    if (!g_str_has_prefix (path, "/v1/")) {
        tutti_admin_answer_problem (message, SOUP_STATUS_NOT_FOUND, "not_found",
                                    "the API is below /v1/");
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

    admin->path = path[0] != '\0' ? g_strdup (path) : tutti_paths_admin_socket ();
    socket = bind_socket (admin->path, error);
    if (!socket) {
        g_clear_pointer (&admin->path, g_free); /* not ours to remove */
        return NULL;
    }
    admin->server = soup_server_new ("server-header", "tuttid", NULL);
    soup_server_add_handler (admin->server, NULL, on_request, rooms, NULL);
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
