/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-door.h: the admin API over TCP, for whoever has one of the tokens of [admin] token-file
 * (RFC 6750). TLS, with the certificate of the server for people, unless only this machine can
 * reach it. Role: main.
 *
 *   listener --> token? --> admin-router
 */
#pragma once

#include "admin-call.h"

typedef struct _TuttiAdminDoor TuttiAdminDoor;

/* Whether it could be opened, as far as configuration and the token file go. BAD_CONFIG. */
gboolean tutti_admin_door_check (TuttiConfig *config, GError **error);

/* Listens on [admin] listen, if that isn't off. setup must outlive it. BAD_CONFIG, INTERNAL. */
TuttiAdminDoor *tutti_admin_door_new (const TuttiAdminSetup *setup, GError **error);
void tutti_admin_door_free (TuttiAdminDoor *door);

/* Reads tokens and certificate again; on failure the old ones stay. */
gboolean tutti_admin_door_reload (TuttiAdminDoor *door, GError **error);

/* Where it listens; none: it is off. Free it. */
char **tutti_admin_door_get_urls (TuttiAdminDoor *door);
/* Requests turned away: without a good token, or too many of those from one address. */
guint64 tutti_admin_door_n_refused (TuttiAdminDoor *door);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiAdminDoor, tutti_admin_door_free)
