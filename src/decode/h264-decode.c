/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * h264-decode.c: one thread, no delay. Pictures in which libavcodec concealed something are
 * refused: nobody sent them. (Its concealment stays on: without, it finds fault with good pictures
 * of several slices.) Role: video.
 */
#include "h264-decode.h"
#include <tutti/payload.h>

#include <libavcodec/avcodec.h>

typedef struct {
    AVCodecContext *context; /* NULL: not opened */
    AVPacket *packet;
    AVFrame *frame;
} H264Decoder;

static gboolean
open_codec (H264Decoder *decoder)
{
    AVCodecContext *context;

    if (decoder->context)
        return TRUE;
    /* What peers send must not write into our log. */
    av_log_set_level (AV_LOG_QUIET);
    context = avcodec_alloc_context3 (avcodec_find_decoder (AV_CODEC_ID_H264));
    context->thread_count = 1;
    context->flags |= AV_CODEC_FLAG_LOW_DELAY;
    context->err_recognition = AV_EF_EXPLODE | AV_EF_BITSTREAM | AV_EF_BUFFER;
    context->max_pixels = TUTTI_DECODE_PIXELS_MAX;
    if (avcodec_open2 (context, context->codec, NULL) < 0) {
        avcodec_free_context (&context);
        return FALSE;
    }
    decoder->context = context;
    return TRUE;
}

static gboolean
is_420 (const AVFrame *frame)
{
    return frame->format == AV_PIX_FMT_YUV420P || frame->format == AV_PIX_FMT_YUVJ420P;
}

static TuttiDecodeResult
copy_frame (const AVFrame *frame, TuttiPicture **picture)
{
    if (!tutti_decode_is_size_good ((guint)frame->width, (guint)frame->height))
        return TUTTI_DECODE_TOO_LARGE;
    if (!is_420 (frame) || frame->decode_error_flags || frame->flags & AV_FRAME_FLAG_CORRUPT)
        return TUTTI_DECODE_DAMAGED;
    g_clear_pointer (picture, tutti_picture_unref);
    *picture = tutti_decode_copy_picture (frame->width, frame->height,
                                          (const guint8 *const *)frame->data, frame->linesize);
    return TUTTI_DECODE_OK;
}

/* A coded frame gives one picture at most with baseline's order; of more the last is the newest. */
static TuttiDecodeResult
receive (H264Decoder *decoder, TuttiPicture **picture)
{
    TuttiDecodeResult result = TUTTI_DECODE_OK;
    int error;

    while (result == TUTTI_DECODE_OK &&
           (error = avcodec_receive_frame (decoder->context, decoder->frame)) >= 0) {
        result = copy_frame (decoder->frame, picture);
        av_frame_unref (decoder->frame);
    }
    if (result == TUTTI_DECODE_OK && error != AVERROR (EAGAIN))
        return TUTTI_DECODE_DAMAGED;
    return result;
}

static gpointer
on_new (void)
{
    H264Decoder *decoder = g_new0 (H264Decoder, 1);

    decoder->packet = av_packet_alloc ();
    decoder->frame = av_frame_alloc ();
    return decoder;
}

static void
on_free (gpointer self)
{
    H264Decoder *decoder = self;

    avcodec_free_context (&decoder->context);
    av_packet_free (&decoder->packet);
    av_frame_free (&decoder->frame);
    g_free (decoder);
}

static TuttiDecodeResult
on_push (gpointer self, const TuttiCoded *coded, TuttiPicture **picture)
{
    H264Decoder *decoder = self;
    TuttiDecodeResult result = TUTTI_DECODE_DAMAGED;

    if (coded->is_open || !open_codec (decoder))
        return TUTTI_DECODE_DAMAGED;
    decoder->packet->data = coded->data;
    decoder->packet->size = (int)coded->length;
    if (avcodec_send_packet (decoder->context, decoder->packet) >= 0)
        result = receive (decoder, picture);
    if (result != TUTTI_DECODE_OK) {
        g_clear_pointer (picture, tutti_picture_unref);
        avcodec_free_context (&decoder->context);
    }
    return result;
}

const TuttiDecoderClass tutti_h264_decoder_class = {on_new, on_free, on_push, tutti_h264_look,
                                                    tutti_h264_depay};
