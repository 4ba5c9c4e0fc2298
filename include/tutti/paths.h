/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * paths.h: where the server and its admin command look for things when nothing is configured. Any
 * thread. Each gives a new string.
 */
#pragma once

#include <glib.h>

/* $STATE_DIRECTORY (systemd), else $XDG_STATE_HOME/tutti, else /var/lib/tutti as root, else
 * ~/.local/state/tutti. Not made. */
char *tutti_paths_state (void);

/* $RUNTIME_DIRECTORY/admin.sock (systemd), else /run/tutti/admin.sock as root, else
 * $XDG_RUNTIME_DIR/tutti/admin.sock. */
char *tutti_paths_admin_socket (void);

/* Of HLS outputs: "live" beside the admin socket. Not made. */
char *tutti_paths_live (void);
