/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * decode.c: the codecs by name, and the way of a decoder's rows into a picture of ours. Role:
 * video.
 */
#include "decode.h"
#include "h264-decode.h"
#include "vp8-decode.h"

#include <string.h>

struct _TuttiDecoder {
    const TuttiDecoderClass *klass;
    gpointer self;
};

static void
copy_rows (guint8 *to, int to_stride, const guint8 *from, int from_stride, int width, int height)
{
    for (int row = 0; row < height; row++)
        memcpy (to + row * to_stride, from + row * from_stride, (gsize)width);
}

const TuttiDecoderClass *
tutti_decoder_class (TuttiCodec codec)
{
    switch (codec) {
    case TUTTI_CODEC_VP8:
        return &tutti_vp8_decoder_class;
    case TUTTI_CODEC_H264:
        return &tutti_h264_decoder_class;
    default:
        return NULL;
    }
}

TuttiDecoder *
tutti_decoder_new (const TuttiDecoderClass *klass)
{
    TuttiDecoder *decoder = g_new0 (TuttiDecoder, 1);

    decoder->klass = klass;
    decoder->self = klass->new ();
    return decoder;
}

void
tutti_decoder_free (TuttiDecoder *decoder)
{
    if (!decoder)
        return;
    decoder->klass->free (decoder->self);
    g_free (decoder);
}

TuttiDecodeResult
tutti_decoder_push (TuttiDecoder *decoder, const TuttiCoded *coded, TuttiPicture **picture)
{
    return decoder->klass->push (decoder->self, coded, picture);
}

gboolean
tutti_decode_is_size_good (guint width, guint height)
{
    return width >= 1 && height >= 1 && width <= TUTTI_PICTURE_SIDE_MAX &&
           height <= TUTTI_PICTURE_SIDE_MAX && width * height <= TUTTI_DECODE_PIXELS_MAX;
}

TuttiPicture *
tutti_decode_copy_picture (int width, int height, const guint8 *const plane[3], const int stride[3])
{
    TuttiPicture *picture = tutti_picture_new (width, height);

    for (int i = 0; i < 3; i++)
        copy_rows (picture->plane[i], picture->stride[i], plane[i], stride[i],
                   i ? tutti_chroma (width) : width, i ? tutti_chroma (height) : height);
    return picture;
}
