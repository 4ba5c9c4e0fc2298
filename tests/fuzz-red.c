/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz-red.c: RFC 2198 payloads of strangers: what is read lies within the payload, in order.
 */
#include "leg/red.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
    g_autofree guint8 *payload = g_memdup2 (data, size);
    TuttiRedBlock blocks[TUTTI_RED_BLOCKS_MAX];
    const guint8 *at = payload;
    guint n = size > 0 ? tutti_red_read (payload, size, blocks) : 0;

    for (guint i = 0; i < n; i++) {
        g_assert_true (blocks[i].data >= at);
        at = blocks[i].data + blocks[i].length_bytes;
        g_assert_true (at <= payload + size);
        for (gsize b = 0; b < blocks[i].length_bytes; b++)
            g_assert_cmpuint (blocks[i].data[b], <=, G_MAXUINT8);
    }
    if (n > 0)
        g_assert_true (at == payload + size);
    return 0;
}
