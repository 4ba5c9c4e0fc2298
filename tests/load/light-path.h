/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * light-path.h: the way of a light peer (light.h) to the server: one socket, connectivity checks
 * until one is answered, then consent (RFC 7675). Role: net, except where said.
 */
#pragma once

#include <tutti/session.h>

#include "light-net.h"

typedef struct _LightPath LightPath;

/* Role: main, as of the next two. */
LightPath *light_path_new (LightNet *net);
void light_path_free (LightPath *path);
/* Writes credentials and our candidate. */
void light_path_describe (LightPath *path, TuttiSession *offer);

void light_path_set_remote (LightPath *path, const TuttiSession *answer, gint64 now_us);
/* An a=candidate value; of no use: forgotten. */
void light_path_add_remote (LightPath *path, const char *candidate, gint64 now_us);

/* A STUN message that came. TRUE: there is a path from now on. */
gboolean light_path_take (LightPath *path, const struct sockaddr_storage *from, const guint8 *data,
                          gsize length_bytes, gint64 now_us);
/* Sends the checks that are due, and when the next ones are. */
void light_path_tick (LightPath *path, gint64 now_us);
gint64 light_path_get_due (const LightPath *path);

/* -1: the kernel gave none. Any thread. */
int light_path_get_fd (const LightPath *path);
/* Leaves with the burst of the net thread. */
void light_path_send (LightPath *path, const guint8 *data, gsize length_bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LightPath, light_path_free)
