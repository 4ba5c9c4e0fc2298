/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * web.h: the web client, compiled in. Control serves it: "/" is index.html, "/r/{room}" is room.html,
 * "/assets/NAME" any file of the resource. Names are flat: there are no folders below the prefix.
 */
#pragma once

#include <gio/gio.h>

/* The files' path is this and their name, e.g. "/org/tutti/web/room.js". */
#define TUTTI_WEB_PREFIX "/org/tutti/web/"

/* What the page needs and no more, as Content-Security-Policy. Scripts and styles are files; the page
 * talks to its own host only; pictures and sound come from the camera and the peer connection. */
#define TUTTI_WEB_POLICY                                                                           \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " \
    "media-src 'self' blob: mediastream:; base-uri 'none'; form-action 'self'; "                    \
    "frame-ancestors 'none'"

/* A constant of the program, registered at the first call. Look up with g_resource_lookup_data(). Any
 * thread. */
GResource *tutti_web_get_resource (void);
