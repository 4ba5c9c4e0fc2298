/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bench-settings-vp8.c: libvpx with this setting or that; see vp8-encode.c for what is common. */
#include <vpx/vp8cx.h>
#include <vpx/vpx_encoder.h>

#include "bench-settings.h"
#include "encode/pay-vp8.h"
#include "encode/vp8-layers.h"
#include "encode/vp8-still.h"

#define FRAME_US (G_USEC_PER_SEC / 30)

typedef struct {
    vpx_codec_ctx_t context;
    TuttiVp8Layers layers;
    TuttiVp8Still blocks;
    gboolean has_layers, leaves_out_still;
} Coder;

/*   name, cpu-used, static threshold, partitions, noise, threads, screen, layers, still */
static const BenchSetting settings[] = {
    {"tutti's", -8, 1, 0, 0, 1, 0, TRUE, TRUE},
    {"cpu-used -4", -4, 1, 0, 0, 1, 0, TRUE, TRUE},
    {"cpu-used -6", -6, 1, 0, 0, 1, 0, TRUE, TRUE},
    {"cpu-used -10", -10, 1, 0, 0, 1, 0, TRUE, TRUE},
    {"cpu-used -12", -12, 1, 0, 0, 1, 0, TRUE, TRUE},
    {"cpu-used -16", -16, 1, 0, 0, 1, 0, TRUE, TRUE},
    {"still blocks not left out", -8, 1, 0, 0, 1, 0, TRUE, FALSE},
    {"static threshold 0", -8, 0, 0, 0, 1, 0, TRUE, TRUE},
    {"static threshold 100", -8, 100, 0, 0, 1, 0, TRUE, TRUE},
    {"static threshold 400", -8, 400, 0, 0, 1, 0, TRUE, TRUE},
    {"static threshold 1000", -8, 1000, 0, 0, 1, 0, TRUE, TRUE},
    {"4 token partitions", -8, 1, 2, 0, 1, 0, TRUE, TRUE},
    {"2 threads, 2 partitions", -8, 1, 1, 0, 2, 0, TRUE, TRUE},
    {"noise sensitivity 1", -8, 1, 0, 1, 1, 0, TRUE, TRUE},
    {"screen content 1", -8, 1, 0, 0, 1, 1, TRUE, TRUE},
    {"one temporal layer", -8, 1, 0, 0, 1, 0, FALSE, TRUE},
};

static void
fill_config (vpx_codec_enc_cfg_t *config, const BenchSetting *setting, const BenchSize *size)
{
    vpx_codec_enc_config_default (vpx_codec_vp8_cx (), config, 0);
    config->g_w = size->width;
    config->g_h = size->height;
    config->g_threads = setting->threads;
    config->g_timebase = (vpx_rational_t){1, G_USEC_PER_SEC};
    config->g_lag_in_frames = 0;
    config->rc_end_usage = VPX_CBR;
    config->rc_target_bitrate = size->bitrate_bps / 1000;
    config->rc_dropframe_thresh = 0;
    config->rc_min_quantizer = 2;
    config->rc_max_quantizer = 56;
    config->rc_overshoot_pct = 15;
    config->rc_buf_sz = config->rc_buf_initial_sz = 600;
    config->rc_buf_optimal_sz = 500;
    config->kf_mode = VPX_KF_DISABLED;
    if (setting->has_layers)
        tutti_vp8_layers_configure (config);
}

static gpointer
make (const BenchSetting *setting, const BenchSize *size)
{
    Coder *self = g_new0 (Coder, 1);
    vpx_codec_enc_cfg_t config;

    fill_config (&config, setting, size);
    self->has_layers = setting->has_layers;
    self->leaves_out_still = setting->leaves_out_still;
    tutti_vp8_layers_init (&self->layers);
    tutti_vp8_still_init (&self->blocks, size->width, size->height);
    g_assert_cmpint (vpx_codec_enc_init (&self->context, vpx_codec_vp8_cx (), &config, 0), ==, 0);
    vpx_codec_control (&self->context, VP8E_SET_CPUUSED, setting->speed);
    vpx_codec_control (&self->context, VP8E_SET_STATIC_THRESHOLD, (guint)setting->static_threshold);
    vpx_codec_control (&self->context, VP8E_SET_NOISE_SENSITIVITY, (guint)setting->noise);
    vpx_codec_control (&self->context, VP8E_SET_TOKEN_PARTITIONS, setting->partitions);
    vpx_codec_control (&self->context, VP8E_SET_SCREEN_CONTENT_MODE, (guint)setting->screen);
    vpx_codec_control (&self->context, VP8E_SET_MAX_INTRA_BITRATE_PCT, 250u);
    return self;
}

static void
leave_out_still (Coder *self, const TuttiPicture *picture, gboolean is_key)
{
    vpx_active_map_t map = {NULL, (guint)self->blocks.rows, (guint)self->blocks.columns};

    if (tutti_vp8_still_look (&self->blocks, picture, self->layers.ids.temporal_id == 0, is_key) >
        0)
        map.active_map = self->blocks.active;
    vpx_codec_control (&self->context, VP8E_SET_ACTIVEMAP, &map);
}

static void
encode (gpointer user_data, const TuttiPicture *picture, guint n, GPtrArray *packets)
{
    Coder *self = user_data;
    vpx_enc_frame_flags_t flags = 0;
    const vpx_codec_cx_pkt_t *part;
    vpx_codec_iter_t iterator = NULL;
    vpx_image_t image;

    if (self->has_layers)
        flags = tutti_vp8_layers_step (&self->layers, n == 0);
    else
        self->layers.ids.picture_id = n & 0x7fff;
    if (self->leaves_out_still)
        leave_out_still (self, picture, n == 0);
    vpx_img_wrap (&image, VPX_IMG_FMT_I420, picture->width, picture->height, 1, picture->plane[0]);
    for (int i = 0; i < 3; i++) {
        image.planes[i] = picture->plane[i];
        image.stride[i] = picture->stride[i];
    }
    if (self->has_layers)
        vpx_codec_control (&self->context, VP8E_SET_TEMPORAL_LAYER_ID,
                           self->layers.ids.temporal_id);
    g_assert_cmpint (vpx_codec_encode (&self->context, &image, (gint64)n * FRAME_US, FRAME_US,
                                       flags, VPX_DL_REALTIME),
                     ==, 0);
    while ((part = vpx_codec_get_cx_data (&self->context, &iterator)) != NULL)
        if (part->kind == VPX_CODEC_CX_FRAME_PKT)
            tutti_pay_vp8 (packets, part->data.frame.buf, part->data.frame.sz, &self->layers.ids);
}

static void
end (gpointer user_data)
{
    Coder *self = user_data;

    vpx_codec_destroy (&self->context);
    tutti_vp8_still_clear (&self->blocks);
    g_free (self);
}

const BenchCoder bench_vp8 = {"VP8", TUTTI_CODEC_VP8, settings, G_N_ELEMENTS (settings),
                              make,  encode,          end};
