/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * meter.h: a stream around a client's stream that counts what goes through. libsoup's WebSocket
 * neither tells how much waits in its output queue nor bounds a message that comes in endless
 * fragments, and its HTTP waits for ever for a request that comes byte by byte; all can be known
 * from here. Role: main.
 *
 *   libsoup <-> meter <-> TLS <-> socket
 */
#pragma once

#include <gio/gio.h>

#define TUTTI_TYPE_METER (tutti_meter_get_type ())
G_DECLARE_FINAL_TYPE (TuttiMeter, tutti_meter, TUTTI, METER, GIOStream)

/* base: the stream to pass everything to, kept; socket: the one at its bottom. */
TuttiMeter *tutti_meter_new (GIOStream *base, GSocket *socket);

/* Borrowed. */
GSocket *tutti_meter_get_socket (TuttiMeter *meter);

/* Bytes that left since the last call. */
gsize tutti_meter_take_written (TuttiMeter *meter);

/* Reading fails once n_bytes more have come. Without a call: no bound. */
void tutti_meter_allow (TuttiMeter *meter, gsize n_bytes);

/* Reading fails when what it reads goes on for longer than that, from the next look for it on;
 * another call begins anew. 0 and without a call: no bound. */
void tutti_meter_expect (TuttiMeter *meter, gint64 within_us);

/* Between two requests, until something comes. libsoup before 3.4 forgets a connection that ends
 * there, descriptor and all (GNOME/libsoup d20c6601), but takes notice of an end within a request:
 * so the end comes after one byte of a request. */
void tutti_meter_rest (TuttiMeter *meter);

/* Reading and writing fail when nothing moved for so long. */
void tutti_meter_set_timeout (TuttiMeter *meter, guint seconds);
