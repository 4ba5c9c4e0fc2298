/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * arrival.h: what came to one person, told by RTP headers alone. One net thread writes, any thread
 * reads.
 */
#pragma once

#include <stdatomic.h>

#include "client.h"

typedef struct {
    gboolean started;
    guint16 seq;
    gint64 last_us;
    guint32 timestamp;
} ArrivalStream;

typedef struct {
    ArrivalStream sound, pictures; /* net */
    _Atomic guint64 bytes, voices, voices_lost, gaps, n_pictures, video_packets, video_lost, resent;
} Arrival;

/* Role: net. */
void arrival_note (Arrival *arrival, const guint8 *data, gsize length_bytes, gint64 now_us);
/* Any thread. */
void arrival_get (Arrival *arrival, LoadReceived *received);
