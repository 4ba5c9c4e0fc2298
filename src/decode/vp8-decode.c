/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vp8-decode.c: one thread, no error concealment: a frame is good or it isn't. Role: video.
 */
#include "vp8-decode.h"
#include <tutti/payload.h>

#include <vpx/vp8dx.h>
#include <vpx/vpx_decoder.h>

/* RFC 6386 section 9.1: frame tag of 3 bytes, bit 0 clear on key frames, which go on with a start
 * code and 14 bits each of width and height. */
#define KEY_HEADER_BYTES 10
#define MASK_SIDE 0x3fff

typedef struct {
    vpx_codec_ctx_t vpx;
    gboolean is_open;
} Vp8Decoder;

static gboolean
is_key_frame (const TuttiCoded *coded)
{
    return coded->length > 0 && (coded->data[0] & 1) == 0;
}

/* Looked at before libvpx allocates for it. */
static TuttiDecodeResult
check_key_header (const TuttiCoded *coded)
{
    const guint8 *data = coded->data;

    if (coded->length < KEY_HEADER_BYTES || data[3] != 0x9d || data[4] != 0x01 || data[5] != 0x2a)
        return TUTTI_DECODE_DAMAGED;
    if (!tutti_decode_is_size_good ((guint)(data[6] | data[7] << 8) & MASK_SIDE,
                                    (guint)(data[8] | data[9] << 8) & MASK_SIDE))
        return TUTTI_DECODE_TOO_LARGE;
    return TUTTI_DECODE_OK;
}

static TuttiDecodeResult
copy_image (const vpx_image_t *image, TuttiPicture **picture)
{
    if (image->fmt != VPX_IMG_FMT_I420)
        return TUTTI_DECODE_DAMAGED;
    if (!tutti_decode_is_size_good (image->d_w, image->d_h))
        return TUTTI_DECODE_TOO_LARGE;
    *picture = tutti_decode_copy_picture ((int)image->d_w, (int)image->d_h,
                                          (const guint8 *const *)image->planes, image->stride);
    return TUTTI_DECODE_OK;
}

static void
close_codec (Vp8Decoder *decoder)
{
    if (decoder->is_open)
        vpx_codec_destroy (&decoder->vpx);
    decoder->is_open = FALSE;
}

static gboolean
open_codec (Vp8Decoder *decoder)
{
    const vpx_codec_dec_cfg_t setup = {.threads = 1};

    if (!decoder->is_open)
        decoder->is_open =
            vpx_codec_dec_init (&decoder->vpx, vpx_codec_vp8_dx (), &setup, 0) == VPX_CODEC_OK;
    return decoder->is_open;
}

static gpointer
on_new (void)
{
    return g_new0 (Vp8Decoder, 1);
}

static void
on_free (gpointer self)
{
    close_codec (self);
    g_free (self);
}

static TuttiDecodeResult
on_push (gpointer self, const TuttiCoded *coded, TuttiPicture **picture)
{
    Vp8Decoder *decoder = self;
    vpx_codec_iter_t iterator = NULL;
    const vpx_image_t *image;
    int is_corrupt = 0;

    if (is_key_frame (coded)) {
        TuttiDecodeResult result = check_key_header (coded);

        if (result != TUTTI_DECODE_OK)
            return result;
    }
    if (!open_codec (decoder))
        return TUTTI_DECODE_DAMAGED;
    if (vpx_codec_decode (&decoder->vpx, coded->data, (guint)coded->length, NULL, 0) !=
            VPX_CODEC_OK ||
        vpx_codec_control (&decoder->vpx, VP8D_GET_FRAME_CORRUPTED, &is_corrupt) != VPX_CODEC_OK ||
        is_corrupt) {
        /* libvpx may refuse the next good key frame after an error within one. */
        close_codec (decoder);
        return TUTTI_DECODE_DAMAGED;
    }
    image = vpx_codec_get_frame (&decoder->vpx, &iterator);
    return image ? copy_image (image, picture) : TUTTI_DECODE_OK;
}

const TuttiDecoderClass tutti_vp8_decoder_class = {on_new, on_free, on_push, tutti_vp8_look,
                                                   tutti_vp8_depay};
