/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * paths.c: default places.
 */
#include <tutti/paths.h>

#include <string.h>
#include <unistd.h>

/* systemd gives a list separated by colons; the first is ours. */
static char *
first_of (const char *variable)
{
    const char *list = g_getenv (variable);

    if (!list || list[0] == '\0')
        return NULL;
    return g_strndup (list, strcspn (list, ":"));
}

char *
tutti_paths_state (void)
{
    char *given = first_of ("STATE_DIRECTORY");
    const char *xdg = g_getenv ("XDG_STATE_HOME");

    if (given)
        return given;
    if (xdg && g_path_is_absolute (xdg))
        return g_build_filename (xdg, "tutti", NULL);
    if (geteuid () == 0)
        return g_strdup ("/var/lib/tutti");
    return g_build_filename (g_get_user_state_dir (), "tutti", NULL);
}

char *
tutti_paths_admin_socket (void)
{
    g_autofree char *given = first_of ("RUNTIME_DIRECTORY");

    if (given)
        return g_build_filename (given, "admin.sock", NULL);
    if (geteuid () == 0)
        return g_strdup ("/run/tutti/admin.sock");
    return g_build_filename (g_get_user_runtime_dir (), "tutti", "admin.sock", NULL);
}

char *
tutti_paths_live (void)
{
    g_autofree char *admin_socket = tutti_paths_admin_socket ();
    g_autofree char *directory = g_path_get_dirname (admin_socket);

    return g_build_filename (directory, "live", NULL);
}
