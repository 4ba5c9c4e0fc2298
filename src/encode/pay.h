/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pay.h: what the packetisers have in common. Any thread.
 */
#pragma once

#include <glib.h>

/* So many bytes of `bytes` go into each packet but the last, which may get fewer: as few packets of
 * at most max_bytes as can be, alike in size. */
static inline gsize
tutti_pay_slice (gsize bytes, gsize max_bytes)
{
    gsize n = (bytes + max_bytes - 1) / max_bytes;

    return n == 0 ? 0 : (bytes + n - 1) / n;
}
