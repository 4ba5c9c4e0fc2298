/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * privileges.h: a server that root starts becomes another user's, in two steps: files are that
 * user's own from the first, ports below 1024 and keys that only root may read are had in between.
 *
 *   begin -> (bind, read keys, make directories, start threads) -> finish
 *
 * Role: main.
 */
#pragma once

#include <glib.h>

/* Files made from now on are the user's; no program that is executed gains anything. To be called
 * before any thread is started. Sets HOME, USER and LOGNAME. FALSE, and error set, if there is no
 * such user or this isn't root; that user himself needs nothing and is let be. */
gboolean tutti_privileges_begin (const char *user, GError **error);

/* Gives up the rest for good, in all threads, but for CAP_SYS_NICE of this one, which audio rounds
 * of rooms to come need. FALSE: it did not work, and the server must not go on. Without begin:
 * nothing. */
gboolean tutti_privileges_finish (GError **error);
