/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin.c: the admin API's socket, and what belongs to the API as a whole. Role: main.
 */
#include "admin.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <tutti/error.h>
#include <tutti/paths.h>

#include "admin-door.h"
#include "admin-router.h"
#include "listener.h"

struct _TuttiAdmin {
    TuttiAdminSetup setup;
    SoupServer *server;
    TuttiListener *listener;
    char *path;
    TuttiAdminDoor *door;
};

static void
on_request_started (SoupServer *server, SoupServerMessage *message, gpointer user_data)
{
    tutti_admin_bound_body (message);
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer user_data)
{
    TuttiAdmin *admin = user_data;

    tutti_admin_route (&admin->setup, message, path, query);
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
tutti_admin_new (TuttiConfig *config, TuttiRooms *rooms, const TuttiAdminHands *hands,
                 GError **error)
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
    admin->setup = (TuttiAdminSetup){.config = config,
                                     .rooms = rooms,
                                     .hands = *hands,
                                     .streams = tutti_event_streams_new (rooms)};
    /* A name may hold an escaped slash: the router unescapes. */
    admin->server = soup_server_new ("server-header", "tuttid", "raw-paths", TRUE, NULL);
    g_signal_connect (admin->server, "request-started", G_CALLBACK (on_request_started), NULL);
    soup_server_add_handler (admin->server, NULL, on_request, admin, NULL);
    admin->listener = tutti_listener_new (admin->server, NULL, error);
    if (!admin->listener)
        return NULL;
    tutti_listener_add_socket (admin->listener, socket);
    admin->door = tutti_admin_door_new (&admin->setup, error);
    if (!admin->door)
        return NULL;
    admin->setup.sources = (TuttiMetricsSources){rooms, admin->door, hands->hooks};
    return g_steal_pointer (&admin);
}

void
tutti_admin_free (TuttiAdmin *admin)
{
    if (!admin)
        return;
    tutti_event_streams_free (admin->setup.streams);
    tutti_admin_door_free (admin->door);
    tutti_listener_free (admin->listener);
    if (admin->server)
        soup_server_disconnect (admin->server);
    g_clear_object (&admin->server);
    if (admin->path)
        g_unlink (admin->path);
    g_free (admin->path);
    g_free (admin);
}

gboolean
tutti_admin_check (TuttiConfig *config, GError **error)
{
    return tutti_admin_door_check (config, error);
}

gboolean
tutti_admin_renew (TuttiAdmin *admin, GError **error)
{
    return tutti_admin_door_reload (admin->door, error);
}

char **
tutti_admin_get_urls (TuttiAdmin *admin)
{
    return tutti_admin_door_get_urls (admin->door);
}

const TuttiMetricsSources *
tutti_admin_get_sources (TuttiAdmin *admin)
{
    return &admin->setup.sources;
}
