/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * decode-kit.c: see decode-kit.h.
 */
#include "decode-kit.h"

#include <math.h>
#include <string.h>
#include <vpx/vp8cx.h>
#include <vpx/vpx_encoder.h>
#include <wels/codec_api.h>

#define FPS 30
#define PAYLOAD_BYTES 200
#define START_CODE_BYTES 4

struct _KitSender {
    KitSetup setup;
    guint n_frames, layer, picture_id;
    guint8 base_index;
    guint16 seq;
    gint64 time_us;
    vpx_codec_ctx_t vpx;
    ISVCEncoder *wels;
};

/* Layers 0 2 1 2; every frame refers to the last base frame, so that upper ones are never needed.
 */
static const guint8 layer_of[] = {0, 2, 1, 2};

static void
open_vpx (KitSender *sender)
{
    vpx_codec_enc_cfg_t config;

    g_assert_cmpint (vpx_codec_enc_config_default (vpx_codec_vp8_cx (), &config, 0), ==, 0);
    config.g_w = (guint)sender->setup.width;
    config.g_h = (guint)sender->setup.height;
    config.g_timebase = (vpx_rational_t){1, FPS};
    config.g_lag_in_frames = 0;
    config.g_error_resilient = VPX_ERROR_RESILIENT_DEFAULT;
    config.rc_end_usage = VPX_CBR;
    config.rc_target_bitrate = 600;
    config.kf_mode = VPX_KF_DISABLED;
    g_assert_cmpint (vpx_codec_enc_init (&sender->vpx, vpx_codec_vp8_cx (), &config, 0), ==, 0);
    vpx_codec_control (&sender->vpx, VP8E_SET_CPUUSED, -8);
}

static void
open_wels (KitSender *sender)
{
    SEncParamExt p;
    int quiet = WELS_LOG_QUIET;

    g_assert_cmpint (WelsCreateSVCEncoder (&sender->wels), ==, 0);
    (*sender->wels)->SetOption (sender->wels, ENCODER_OPTION_TRACE_LEVEL, &quiet);
    (*sender->wels)->GetDefaultParams (sender->wels, &p);
    p.iUsageType = CAMERA_VIDEO_REAL_TIME;
    p.iPicWidth = sender->setup.width;
    p.iPicHeight = sender->setup.height;
    p.iTargetBitrate = 600000;
    p.fMaxFrameRate = FPS;
    p.iRCMode = RC_BITRATE_MODE;
    p.bEnableFrameSkip = 0;
    p.iMultipleThreadIdc = 1;
    p.uiIntraPeriod = 0;
    p.iSpatialLayerNum = 1;
    p.sSpatialLayers[0].iVideoWidth = p.iPicWidth;
    p.sSpatialLayers[0].iVideoHeight = p.iPicHeight;
    p.sSpatialLayers[0].fFrameRate = FPS;
    p.sSpatialLayers[0].iSpatialBitrate = p.iTargetBitrate;
    if (sender->setup.packetization == 0) {
        p.uiMaxNalSize = TUTTI_PAYLOAD_MAX_BYTES;
        p.sSpatialLayers[0].sSliceArgument.uiSliceMode = SM_SIZELIMITED_SLICE;
        p.sSpatialLayers[0].sSliceArgument.uiSliceSizeConstraint = sender->setup.payload_bytes;
    }
    g_assert_cmpint ((*sender->wels)->InitializeExt (sender->wels, &p), ==, 0);
}

static TuttiPacket *
add_packet (KitSender *sender, GPtrArray *packets)
{
    TuttiPacket *packet = tutti_packet_new ();

    packet->codec = sender->setup.codec;
    packet->ssrc = 99;
    packet->seq = sender->seq++;
    packet->timestamp = sender->n_frames * (TUTTI_VIDEO_CLOCK_HZ / FPS);
    packet->time_us = sender->time_us;
    packet->level = TUTTI_LEVEL_UNKNOWN;
    g_ptr_array_add (packets, packet);
    return packet;
}

static void
append (TuttiPacket *packet, const void *data, gsize length)
{
    g_assert_cmpuint (packet->length_bytes + length, <=, tutti_packet_capacity (packet));
    memcpy (packet->data + packet->length_bytes, data, length);
    packet->length_bytes += (guint16)length;
}

/* --- VP8, RFC 7741 section 4.2 --- */

static void
append_descriptor (KitSender *sender, TuttiPacket *packet, gboolean is_first)
{
    guint8 d[6] = {is_first ? 0x10 : 0};
    gsize n = 1;

    if (sender->setup.has_ids || sender->setup.has_layers) {
        d[0] |= 0x80;
        d[n++] = sender->setup.has_layers ? 0xe0 : 0x80;
        d[n++] = (guint8)(0x80 | sender->picture_id >> 8);
        d[n++] = (guint8)sender->picture_id;
    }
    if (sender->setup.has_layers) {
        d[n++] = sender->base_index;
        d[n++] = (guint8)(sender->layer << 6 | 0x20);
    }
    append (packet, d, n);
}

static void
cut_vp8 (KitSender *sender, GPtrArray *packets, const guint8 *data, gsize length)
{
    for (gsize at = 0; at < length; at += sender->setup.payload_bytes) {
        TuttiPacket *packet = add_packet (sender, packets);

        append_descriptor (sender, packet, at == 0);
        append (packet, data + at, MIN (sender->setup.payload_bytes, length - at));
    }
}

static void
encode_vp8 (KitSender *sender, TuttiPicture *picture, gboolean is_key, GPtrArray *packets)
{
    const vpx_codec_cx_pkt_t *out;
    vpx_codec_iter_t iterator = NULL;
    vpx_enc_frame_flags_t flags = is_key ? VPX_EFLAG_FORCE_KF : 0;
    vpx_image_t image;

    g_assert_nonnull (vpx_img_wrap (&image, VPX_IMG_FMT_I420, (guint)picture->width,
                                    (guint)picture->height, 1, picture->plane[0]));
    for (int i = 0; i < 3; i++) {
        image.planes[i] = picture->plane[i];
        image.stride[i] = picture->stride[i];
    }
    sender->layer = sender->setup.has_layers && !is_key
                        ? layer_of[sender->n_frames % G_N_ELEMENTS (layer_of)]
                        : 0;
    if (sender->setup.has_layers && !is_key) {
        flags |= VP8_EFLAG_NO_REF_GF | VP8_EFLAG_NO_REF_ARF | VP8_EFLAG_NO_UPD_GF |
                 VP8_EFLAG_NO_UPD_ARF | VP8_EFLAG_NO_UPD_ENTROPY;
        if (sender->layer > 0)
            flags |= VP8_EFLAG_NO_UPD_LAST;
    }
    sender->base_index += sender->layer == 0;
    sender->picture_id = (sender->picture_id + 1) & 0x7fff;
    g_assert_cmpint (
        vpx_codec_encode (&sender->vpx, &image, sender->n_frames, 1, flags, VPX_DL_REALTIME), ==,
        0);
    while ((out = vpx_codec_get_cx_data (&sender->vpx, &iterator)))
        if (out->kind == VPX_CODEC_CX_FRAME_PKT)
            cut_vp8 (sender, packets, out->data.frame.buf, out->data.frame.sz);
}

/* --- H.264, RFC 6184 sections 5.6 to 5.8 --- */

static void
cut_fragments (KitSender *sender, GPtrArray *packets, const guint8 *nal, gsize length)
{
    gsize step = sender->setup.payload_bytes;

    for (gsize at = 1; at < length; at += step) {
        TuttiPacket *packet = add_packet (sender, packets);
        guint8 start = at == 1 ? 0x80 : 0, end = at + step >= length ? 0x40 : 0;
        guint8 head[2] = {(guint8)((nal[0] & 0xe0) | 28), (guint8)(start | end | (nal[0] & 0x1f))};

        append (packet, head, 2);
        append (packet, nal + at, MIN (step, length - at));
    }
}

/* Parameter sets go together (STAP-A), what is long in fragments. */
static void
cut_nal (KitSender *sender, GPtrArray *packets, const guint8 *nal, gsize length)
{
    guint type = nal[0] & 0x1f;
    TuttiPacket *last = packets->len ? packets->pdata[packets->len - 1] : NULL;
    guint8 size[2] = {(guint8)(length >> 8), (guint8)length}, stap = 0x78;

    if (sender->setup.packetization == 1 && (type == 7 || type == 8)) {
        if (!last || last->data[0] != stap) {
            last = add_packet (sender, packets);
            append (last, &stap, 1);
        }
        append (last, size, 2);
        append (last, nal, length);
    } else if (sender->setup.packetization == 1 && length > sender->setup.payload_bytes) {
        cut_fragments (sender, packets, nal, length);
    } else {
        append (add_packet (sender, packets), nal, length);
    }
}

static void
encode_h264 (KitSender *sender, TuttiPicture *picture, gboolean is_key, GPtrArray *packets)
{
    SSourcePicture in = {.iColorFormat = videoFormatI420,
                         .iPicWidth = picture->width,
                         .iPicHeight = picture->height,
                         .uiTimeStamp = sender->n_frames * 1000 / FPS};
    SFrameBSInfo out = {0};

    for (int i = 0; i < 3; i++) {
        in.pData[i] = picture->plane[i];
        in.iStride[i] = picture->stride[i];
    }
    if (is_key)
        (*sender->wels)->ForceIntraFrame (sender->wels, 1);
    g_assert_cmpint ((*sender->wels)->EncodeFrame (sender->wels, &in, &out), ==, 0);
    for (int layer = 0; layer < out.iLayerNum; layer++) {
        const SLayerBSInfo *info = &out.sLayerInfo[layer];
        const guint8 *at = info->pBsBuf;

        for (int i = 0; i < info->iNalCount; at += info->pNalLengthInByte[i], i++)
            cut_nal (sender, packets, at + START_CODE_BYTES,
                     (gsize)info->pNalLengthInByte[i] - START_CODE_BYTES);
    }
}

KitSender *
kit_sender_new (const KitSetup *setup)
{
    KitSender *sender = g_new0 (KitSender, 1);

    sender->setup = *setup;
    sender->seq = 65530; /* wraps soon */
    sender->picture_id = 0x7ffd;
    sender->base_index = 254;
    if (setup->payload_bytes == 0)
        sender->setup.payload_bytes = PAYLOAD_BYTES;
    if (setup->codec == TUTTI_CODEC_VP8)
        open_vpx (sender);
    else
        open_wels (sender);
    return sender;
}

void
kit_sender_free (KitSender *sender)
{
    if (!sender)
        return;
    if (sender->wels) {
        (*sender->wels)->Uninitialize (sender->wels);
        WelsDestroySVCEncoder (sender->wels);
    } else {
        vpx_codec_destroy (&sender->vpx);
    }
    g_free (sender);
}

GPtrArray *
kit_sender_next (KitSender *sender, gboolean is_key, gint64 base_us)
{
    g_autoptr (TuttiPicture) picture =
        kit_draw (sender->setup.width, sender->setup.height, sender->n_frames);
    GPtrArray *packets = g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_packet_unref);
    TuttiPacket *last;

    sender->time_us = base_us + sender->n_frames;
    if (sender->setup.codec == TUTTI_CODEC_VP8)
        encode_vp8 (sender, picture, is_key, packets);
    else
        encode_h264 (sender, picture, is_key, packets);
    g_assert_cmpuint (packets->len, >, 0);
    last = packets->pdata[packets->len - 1];
    last->flags |= TUTTI_PACKET_MARKER;
    sender->n_frames++;
    return packets;
}

guint
kit_sender_layer (const KitSender *sender)
{
    return sender->layer;
}

static guint8
texture (int x, int y, guint n)
{
    int wave = (int)(40 * sin (x / 9.0 + n / 5.0) + 40 * cos (y / 7.0 - n / 6.0));

    return (guint8)(128 + wave);
}

TuttiPicture *
kit_draw (int width, int height, guint n)
{
    TuttiPicture *picture = tutti_picture_new (width, height);
    int left = (int)(n * 7) % width, top = (int)(n * 5) % height;

    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            gboolean in_box = x >= left && x < left + width / 4 && y >= top && y < top + height / 4;

            picture->plane[0][y * picture->stride[0] + x] = in_box ? 220 : texture (x, y, n);
        }
    for (int i = 1; i < 3; i++)
        for (int y = 0; y < tutti_chroma (height); y++)
            memset (picture->plane[i] + y * picture->stride[i], 100 + 20 * i + y % 32,
                    (gsize)tutti_chroma (width));
    return picture;
}

double
kit_psnr (const TuttiPicture *a, const TuttiPicture *b)
{
    double sum = 0;

    g_assert_cmpint (a->width, ==, b->width);
    g_assert_cmpint (a->height, ==, b->height);
    for (int y = 0; y < a->height; y++)
        for (int x = 0; x < a->width; x++) {
            int d = a->plane[0][y * a->stride[0] + x] - b->plane[0][y * b->stride[0] + x];

            sum += d * d;
        }
    sum /= a->width * a->height;
    return sum > 0 ? 10 * log10 (255 * 255 / sum) : 99;
}
