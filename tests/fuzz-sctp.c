/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz-sctp.c: packets for an association that has sent its INIT: each is a length byte times 4 and
 * so many bytes of chunks; ports, checksum and, as a bit of the length says, our tag are put right.
 */
#include "sctp-sink.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
    SctpSink sink;

    sctp_sink_set_up (&sink);
    for (gsize at = 1; at < size;) {
        gsize bytes = MIN ((gsize)(data[at - 1] & 0x7f) * 4, size - at);

        sctp_sink_give (&sink, data + at, bytes, data[at - 1] >> 7);
        at += bytes + 1;
    }
    sctp_sink_tear_down (&sink);
    return 0;
}
