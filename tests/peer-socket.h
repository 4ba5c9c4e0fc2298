/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * peer-socket.h: a socket that libnice has and doesn't tell.
 */
#pragma once

#include <glib.h>

/* The process's UDP socket of that port; -1: there is none. */
int peer_find_socket (guint16 port);
