/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin.h: the admin API: JSON over HTTP/1.1 on a Unix socket (mode 0660), for tutti(1) and
 * scripts. Whoever may open the socket is an admin. Role: main.
 *
 *   GET    /v1/status
 *   GET    /v1/rooms
 *   GET    /v1/rooms/{room}                       DELETE closes it
 *   GET    /v1/rooms/{room}/participants
 *   GET    /v1/rooms/{room}/participants/{id}     DELETE kicks; PATCH {"audio_muted": true|false}
 *   GET    /v1/stats                              with ?room={room} its people too, with
 *                                                 &participant={id} one of them
 *
 * Errors are problem objects (RFC 9457).
 */
#pragma once

#include "rooms.h"

typedef struct _TuttiAdmin TuttiAdmin;

/* Listens on [admin] socket. A socket file left by a server that is gone is replaced; one that
 * answers is an error. config and rooms must outlive it. */
TuttiAdmin *tutti_admin_new (TuttiConfig *config, TuttiRooms *rooms, GError **error);
/* Removes the socket file. */
void tutti_admin_free (TuttiAdmin *admin);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiAdmin, tutti_admin_free)
