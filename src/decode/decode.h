/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * decode.h: a video decoder of whichever codec: a frame's coded bytes in, a picture out. Frames
 * come whole, in order, with all their references; a decoder that finds fault with one gives no
 * picture. Role: video (one job at a time).
 */
#pragma once

#include <tutti/payload.h>

#include <tutti/frame.h>

typedef struct _TuttiDecoder TuttiDecoder;

/* 4096x2304, the largest camera picture: bounds what a decoder allocates. */
#define TUTTI_DECODE_PIXELS_MAX (4096 * 2304)

typedef enum {
    TUTTI_DECODE_OK,        /* *picture is set, or stays NULL for a frame that is not shown */
    TUTTI_DECODE_DAMAGED,   /* only a key frame can go on */
    TUTTI_DECODE_TOO_LARGE, /* beyond TUTTI_PICTURE_SIDE_MAX or TUTTI_DECODE_PIXELS_MAX */
} TuttiDecodeResult;

/* What a codec implements: opaque `self`, made without its stream. */
typedef struct {
    gpointer (*new) (void);
    void (*free) (gpointer self);
    TuttiDecodeResult (*push) (gpointer self, const TuttiCoded *coded, TuttiPicture **picture);
    /* The RTP side of the codec: see depay-*.h. */
    gboolean (*look) (const guint8 *data, gsize length, TuttiPayload *payload);
    gboolean (*depay) (TuttiCoded *coded, const guint8 *data, gsize length);
} TuttiDecoderClass;

/* NULL: no video codec that we know. */
const TuttiDecoderClass *tutti_decoder_class (TuttiCodec codec);

TuttiDecoder *tutti_decoder_new (const TuttiDecoderClass *klass);
void tutti_decoder_free (TuttiDecoder *decoder);
/* *picture: NULL before; the caller's reference after. */
TuttiDecodeResult tutti_decoder_push (TuttiDecoder *decoder, const TuttiCoded *coded,
                                      TuttiPicture **picture);

/* --- For the codecs --- */

gboolean tutti_decode_is_size_good (guint width, guint height);
/* A picture of the given planes. */
TuttiPicture *tutti_decode_copy_picture (int width, int height, const guint8 *const plane[3],
                                         const int stride[3]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiDecoder, tutti_decoder_free)
