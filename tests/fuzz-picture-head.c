/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz-picture-head.c: the first bytes of a stranger's key frame. The first byte chooses the codec.
 */
#include "leg/picture-head.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
    TuttiPictureHead head;

    if (size == 0)
        return 0;
    tutti_picture_head_read (data[0] & 1 ? TUTTI_CODEC_H264 : TUTTI_CODEC_VP8, data + 1, size - 1,
                             &head);
    g_assert_cmpint (head.width, >=, 0);
    g_assert_cmpint (head.height, >=, 0);
    return 0;
}
