/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz-h264.c: H264 payloads of strangers through depacketiser and frame assembly.
 */
#include "fuzz-frames.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
    fuzz_frames (TUTTI_CODEC_H264, data, size);
    return 0;
}
