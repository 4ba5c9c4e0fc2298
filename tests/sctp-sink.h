/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sctp-sink.h: an association that takes whatever it is given, for fuzzing. One thread.
 */
#pragma once

#include "leg/sctp.h"

typedef struct {
    TuttiLoop *loop;
    TuttiSeat *seat;
    TuttiSctp *sctp;
    gint64 now_us;
    guint32 tag; /* ours, network order */
} SctpSink;

void sctp_sink_set_up (SctpSink *sink);
/* Chunks, in a packet with our tag, or (init) with none. */
void sctp_sink_give (SctpSink *sink, const guint8 *chunks, gsize bytes, gboolean init);
void sctp_sink_tear_down (SctpSink *sink);
