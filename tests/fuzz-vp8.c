/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz-vp8.c: VP8 payloads of strangers through depacketiser and frame assembly.
 */
#include "fuzz-frames.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
    fuzz_frames (TUTTI_CODEC_VP8, data, size);
    return 0;
}
