/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * light-net.h: what light legs share: a net thread, a certificate, our address on the way to the
 * server, and the drain, which empties a socket in few calls.
 */
#pragma once

#include <sys/socket.h>

#include "leg/certificate.h"
#include "leg/loop.h"

typedef struct _LightNet LightNet;

/* host: the server's name or IPv4 address. Role: main. */
LightNet *light_net_new (const char *host, GError **error);
/* Every leg must be freed before. Role: main. */
void light_net_free (LightNet *net);

TuttiLoop *light_net_get_loop (LightNet *net);
TuttiCertificate *light_net_get_certificate (LightNet *net);
/* Dotted. */
const char *light_net_get_address (LightNet *net);

/* An IPv4 UDP socket that gives bursts whole and tells when they came; -1: none can be had. */
int light_net_open (LightNet *net, guint16 *port);

/* One datagram, room behind it as TuttiWirePacketFunc has it; data may be changed. time_us: when
 * the kernel got it, our clock. */
typedef void (*LightNetFunc) (guint8 *data, gsize length_bytes, gint64 time_us,
                              const struct sockaddr_storage *from, gpointer user_data);

/* Hands on all that the socket holds, or a bounded batch of that. Role: net. */
void light_net_drain (LightNet *net, int fd, gint64 now_us, LightNetFunc func, gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LightNet, light_net_free)
