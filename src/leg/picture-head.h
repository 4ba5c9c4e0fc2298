/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * picture-head.h: whether a received payload begins a key frame, and how large its picture is: a
 * look at the first bytes, before anything is decoded. Bytes are a stranger's. Pure. Role: net.
 */
#pragma once

#include <tutti/types.h>

typedef struct {
    int width, height; /* 0: it does not say */
} TuttiPictureHead;

/* TRUE: a key frame begins with this payload (VP8: RFC 7741, RFC 6386 section 9.1; H.264: a
 * sequence parameter set or the first part of an IDR picture, RFC 6184). */
gboolean tutti_picture_head_read (TuttiCodec codec, const guint8 *data, gsize bytes,
                                  TuttiPictureHead *head);
