/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vp8-encode.c: picture -> libvpx -> frame -> pay-vp8 -> packets. Role: video.
 *
 * Three temporal layers (vp8-layers), so that thin links can be given less of the same encode. What
 * stands still (vp8-still) is left out of the work; what others have shown as well (stills) is
 * sent without any, and without libvpx.
 */
#include "vp8-encode.h"

#include <vpx/vp8cx.h>
#include <vpx/vpx_encoder.h>

#include "pay-vp8.h"
#include "stillness.h"
#include "vp8-layers.h"
#include "vp8-still.h"

/* libvpx' cpu-used, by haste. On a 5x5 canvas of talking heads at 720p and 1.5 Mbit/s -12 saves a
 * seventh of the time for 0.5 dB, -16 a quarter for 1.3 dB: it looks at whole pixels only and
 * filters simply. Slower ones: -6 costs a tenth more for 0.1 dB (tests/bench-settings).
 */
static const int CPU_USED[] = {
    [TUTTI_HASTE_NONE] = -8,
    [TUTTI_HASTE_QUICK] = -12,
    [TUTTI_HASTE_QUICKEST] = -16,
    [TUTTI_HASTE_HALF] = -16,
};
/* Blocks that differ by less are skipped: 1 leaves out those that are exactly still. 1000 halves
 * the time of a quiet canvas, but loses 3 dB. */
#define STATIC_THRESHOLD 1
#define QUANTIZER_MIN 2
#define QUANTIZER_MAX 56
/* The rate control's leaky bucket, in ms of the bit rate: what a link's queue may be asked to hold.
 */
#define BUFFER_MS 600
/* Full: the first key frame is 1.7 dB better than with 400 ms; the mean of the first second is
 * still under the rate. */
#define BUFFER_INITIAL_MS 600
#define BUFFER_OPTIMAL_MS 500
#define UNDERSHOOT_PERCENT 100
#define OVERSHOOT_PERCENT 15
/* A key frame's size, in percent of a mean base frame, which is 1.8 mean frames: larger ones burst
 * on thin links, smaller ones are seen as a flash of blur. */
#define KEY_FRAME_PERCENT 250

typedef struct {
    gboolean is_open; /* FALSE: at rest */
    vpx_codec_ctx_t context;
    vpx_codec_enc_cfg_t config;
    vpx_image_t image;
    unsigned long duration_us;
    TuttiVp8Layers layers;
    TuttiHasteLevel haste;
    /* A frame that changes nothing in a decoder that has the picture encoded last, so that it may
     * be sent again and again; NULL: none made since. */
    guint8 *still;
    gsize still_bytes;
    TuttiVp8Still blocks;
    gboolean has_map; /* libvpx was told to leave some of them out */

    TuttiStills *stills; /* borrowed; NULL: everything is encoded here */
    TuttiStillKey key;   /* of the one that is shown; its number 0: none is */
    TuttiStill *shown;
    guint n_shown;     /* frames of it that were sent */
    GPtrArray *frames; /* of GBytes: kept while a still is made; NULL: none is */
} Vp8Encoder;

static void
fill_config (vpx_codec_enc_cfg_t *config, const TuttiEncoderSetup *setup)
{
    config->g_w = setup->width;
    config->g_h = setup->height;
    config->g_threads = setup->threads;
    config->g_timebase = (vpx_rational_t){1, G_USEC_PER_SEC};
    config->g_lag_in_frames = 0;
    /* The layers see to what may be left out; what is lost else is sent again. */
    config->g_error_resilient = 0;
    config->rc_end_usage = VPX_CBR;
    config->rc_target_bitrate = setup->bitrate_bps / 1000;
    config->rc_dropframe_thresh = 0;
    config->rc_min_quantizer = QUANTIZER_MIN;
    config->rc_max_quantizer = QUANTIZER_MAX;
    config->rc_undershoot_pct = UNDERSHOOT_PERCENT;
    config->rc_overshoot_pct = OVERSHOOT_PERCENT;
    config->rc_buf_sz = BUFFER_MS;
    config->rc_buf_initial_sz = BUFFER_INITIAL_MS;
    config->rc_buf_optimal_sz = BUFFER_OPTIMAL_MS;
    config->kf_mode = VPX_KF_DISABLED; /* the rendition says when */
}

static gboolean
set_controls (vpx_codec_ctx_t *context, TuttiHasteLevel haste)
{
    return vpx_codec_control (context, VP8E_SET_CPUUSED, CPU_USED[haste]) == VPX_CODEC_OK &&
           vpx_codec_control (context, VP8E_SET_STATIC_THRESHOLD, STATIC_THRESHOLD) ==
               VPX_CODEC_OK &&
           vpx_codec_control (context, VP8E_SET_NOISE_SENSITIVITY, 0) == VPX_CODEC_OK &&
           vpx_codec_control (context, VP8E_SET_TOKEN_PARTITIONS, VP8_ONE_TOKENPARTITION) ==
               VPX_CODEC_OK &&
           vpx_codec_control (context, VP8E_SET_MAX_INTRA_BITRATE_PCT, KEY_FRAME_PERCENT) ==
               VPX_CODEC_OK;
}

static void
vp8_rest (gpointer user_data)
{
    Vp8Encoder *self = user_data;

    if (self->is_open)
        vpx_codec_destroy (&self->context);
    self->is_open = FALSE;
    tutti_vp8_still_forget (&self->blocks);
}

static gboolean
wake (Vp8Encoder *self)
{
    self->config.rc_min_quantizer = QUANTIZER_MIN;
    self->has_map = FALSE;
    self->is_open =
        vpx_codec_enc_init (&self->context, vpx_codec_vp8_cx (), &self->config, 0) == VPX_CODEC_OK;
    if (self->is_open && !set_controls (&self->context, self->haste))
        vp8_rest (self);
    return self->is_open;
}

static void
vp8_destroy (gpointer user_data)
{
    Vp8Encoder *self = user_data;

    vp8_rest (self);
    tutti_vp8_still_clear (&self->blocks);
    g_clear_pointer (&self->shown, tutti_still_unref);
    g_clear_pointer (&self->frames, g_ptr_array_unref);
    g_free (self->still);
    g_free (self);
}

static gpointer
vp8_make (const TuttiEncoderSetup *setup)
{
    Vp8Encoder *self = g_new0 (Vp8Encoder, 1);

    self->duration_us = G_USEC_PER_SEC / setup->frame_rate;
    tutti_vp8_layers_init (&self->layers);
    vpx_codec_enc_config_default (vpx_codec_vp8_cx (), &self->config, 0);
    fill_config (&self->config, setup);
    tutti_vp8_layers_configure (&self->config);
    tutti_vp8_still_init (&self->blocks, setup->width, setup->height);
    self->stills = setup->stills;
    self->key =
        (TuttiStillKey){0, setup->width, setup->height, setup->frame_rate, setup->bitrate_bps};
    if (setup->stills == NULL && !wake (self)) {
        vp8_destroy (self);
        return NULL;
    }
    return self;
}

/* libvpx copies the picture into its own borders. */
static void
wrap_picture (vpx_image_t *image, const TuttiPicture *picture)
{
    vpx_img_wrap (image, VPX_IMG_FMT_I420, picture->width, picture->height, 1, picture->plane[0]);
    for (int i = 0; i < 3; i++) {
        image->planes[i] = picture->plane[i];
        image->stride[i] = picture->stride[i];
    }
}

static void
take_frame (Vp8Encoder *self, const vpx_codec_cx_pkt_t *frame, gboolean *key, GPtrArray *packets)
{
    *key = (frame->data.frame.flags & VPX_FRAME_IS_KEY) != 0;
    if (self->frames != NULL)
        g_ptr_array_add (self->frames, g_bytes_new (frame->data.frame.buf, frame->data.frame.sz));
    tutti_pay_vp8 (packets, frame->data.frame.buf, frame->data.frame.sz, &self->layers.ids);
}

static gboolean
set_floor (Vp8Encoder *self, int quantizer)
{
    guint floor = CLAMP (quantizer, QUANTIZER_MIN, QUANTIZER_MAX);

    if (self->config.rc_min_quantizer == floor)
        return TRUE;
    self->config.rc_min_quantizer = floor;
    return vpx_codec_enc_config_set (&self->context, &self->config) == VPX_CODEC_OK;
}

/* After a key frame each picture may be coded a step finer than the one before. The rate control
 * alone, whose upper layers know only quiet times, takes the next pictures for an occasion to mend
 * the key frame's blur at once: at 720p two key frames half a second apart then make that second
 * 25 % larger than others, and so 2 %. */
static gboolean
hold_quantizer (Vp8Encoder *self, gboolean is_key)
{
    int quantizer = (int)self->config.rc_min_quantizer;

    if (is_key &&
        vpx_codec_control (&self->context, VP8E_GET_LAST_QUANTIZER_64, &quantizer) != VPX_CODEC_OK)
        return FALSE;
    return set_floor (self, quantizer - 1);
}

static gboolean
run_codec (Vp8Encoder *self, const TuttiPicture *picture, gint64 time_us,
           vpx_enc_frame_flags_t flags)
{
    wrap_picture (&self->image, picture);
    return vpx_codec_control (&self->context, VP8E_SET_TEMPORAL_LAYER_ID,
                              self->layers.ids.temporal_id) == VPX_CODEC_OK &&
           vpx_codec_encode (&self->context, &self->image, time_us, self->duration_us, flags,
                             VPX_DL_REALTIME) == VPX_CODEC_OK;
}

/* libvpx keeps the last map: it is told of another, or that there is none any more. */
static gboolean
leave_out_still (Vp8Encoder *self, const TuttiPicture *picture, gboolean is_key)
{
    TuttiVp8Still *blocks = &self->blocks;
    vpx_active_map_t map = {NULL, (guint)blocks->rows, (guint)blocks->columns};
    gboolean is_base = self->layers.ids.temporal_id == 0;

    if (tutti_vp8_still_look (blocks, picture, is_base, is_key) > 0)
        map.active_map = blocks->active;
    if (map.active_map == NULL && !self->has_map)
        return TRUE;
    self->has_map = map.active_map != NULL;
    return vpx_codec_control (&self->context, VP8E_SET_ACTIVEMAP, &map) == VPX_CODEC_OK;
}

static gboolean
encode_live (Vp8Encoder *self, const TuttiPicture *picture, gint64 time_us, gboolean *key,
             GPtrArray *packets)
{
    const vpx_codec_cx_pkt_t *part;
    vpx_codec_iter_t iterator = NULL;
    vpx_enc_frame_flags_t flags;
    guint from = packets->len;

    *key = *key || !self->is_open;
    flags = tutti_vp8_layers_step (&self->layers, *key);
    if ((!self->is_open && !wake (self)) || !leave_out_still (self, picture, *key) ||
        !run_codec (self, picture, time_us, flags))
        return FALSE;
    while ((part = vpx_codec_get_cx_data (&self->context, &iterator)) != NULL)
        if (part->kind == VPX_CODEC_CX_FRAME_PKT)
            take_frame (self, part, key, packets);
    return packets->len > from && hold_quantizer (self, *key);
}

static void
vp8_restart (gpointer user_data)
{
    Vp8Encoder *self = user_data;

    tutti_vp8_layers_restart (&self->layers);
    set_floor (self, QUANTIZER_MIN); /* pictures are rare: this one may be good at once */
}

/* No macroblock is coded: the frame says "as before" of each, in some 100 bytes. */
static gboolean
run_inactive (Vp8Encoder *self, const TuttiPicture *picture, gint64 time_us,
              vpx_enc_frame_flags_t flags)
{
    vpx_active_map_t map = {.rows = ((guint)picture->height + 15) / 16,
                            .cols = ((guint)picture->width + 15) / 16};
    g_autofree guint8 *nothing = g_malloc0 ((gsize)map.rows * map.cols);
    gboolean done;

    map.active_map = nothing;
    if (vpx_codec_control (&self->context, VP8E_SET_ACTIVEMAP, &map) != VPX_CODEC_OK)
        return FALSE;
    done = run_codec (self, picture, time_us, flags);
    map.active_map = NULL;
    return vpx_codec_control (&self->context, VP8E_SET_ACTIVEMAP, &map) == VPX_CODEC_OK && done;
}

static gboolean
make_still (Vp8Encoder *self, const TuttiPicture *picture, gint64 time_us,
            vpx_enc_frame_flags_t flags)
{
    const vpx_codec_cx_pkt_t *part;
    vpx_codec_iter_t iterator = NULL;

    if (picture == NULL || !self->is_open || !run_inactive (self, picture, time_us, flags))
        return FALSE;
    while ((part = vpx_codec_get_cx_data (&self->context, &iterator)) != NULL) {
        if (part->kind != VPX_CODEC_CX_FRAME_PKT || self->still != NULL)
            continue;
        self->still = g_memdup2 (part->data.frame.buf, part->data.frame.sz);
        self->still_bytes = part->data.frame.sz;
    }
    return self->still != NULL;
}

static void
pay_frame (Vp8Encoder *self, GBytes *frame, GPtrArray *packets)
{
    gsize bytes;
    gconstpointer data = g_bytes_get_data (frame, &bytes);

    tutti_pay_vp8 (packets, data, bytes, &self->layers.ids);
}

/* An inter frame that refers to the last base frame and is kept in no buffer (RFC 6386 section 9.7)
 * gives the same picture each time it is decoded. */
static gboolean
vp8_repeat (gpointer user_data, const TuttiPicture *picture, gint64 time_us, GPtrArray *packets)
{
    Vp8Encoder *self = user_data;
    vpx_enc_frame_flags_t flags = tutti_vp8_layers_repeat (&self->layers);

    if (self->shown != NULL) {
        pay_frame (self, self->shown->same, packets);
        return TRUE;
    }
    if (self->still == NULL && !make_still (self, picture, time_us, flags))
        return FALSE;
    tutti_pay_vp8 (packets, self->still, self->still_bytes, &self->layers.ids);
    return TRUE;
}

/* --- Stills --- */

/* The key frame and all that the rendition would have it refined by, now. */
static gboolean
run_frames (Vp8Encoder *self, const TuttiPicture *picture, gint64 *time_us)
{
    g_autoptr (GPtrArray) packets =
        g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_packet_unref);

    self->frames = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
    for (guint i = 0; i <= TUTTI_STILL_REFINEMENTS; i++) {
        gboolean key = i == 0;

        vp8_restart (self);
        if (!encode_live (self, picture, *time_us, &key, packets))
            return FALSE;
        *time_us += 2 * (gint64)self->duration_us;
    }
    return vp8_repeat (self, picture, *time_us, packets);
}

static TuttiStill *
make_frames (const Vp8Encoder *self, const TuttiPicture *picture)
{
    TuttiEncoderSetup setup = {.width = self->key.width,
                               .height = self->key.height,
                               .frame_rate = self->key.frame_rate,
                               .bitrate_bps = self->key.bitrate_bps,
                               .threads = self->config.g_threads};
    Vp8Encoder *maker = vp8_make (&setup);
    TuttiStill *still = NULL;
    gint64 time_us = 0;

    if (maker == NULL)
        return NULL;
    if (run_frames (maker, picture, &time_us))
        still = tutti_still_new (g_steal_pointer (&maker->frames),
                                 g_bytes_new (maker->still, maker->still_bytes));
    vp8_destroy (maker);
    return still;
}

/* FALSE: the picture is nobody else's, or libvpx failed. */
static gboolean
choose_still (Vp8Encoder *self, const TuttiPicture *picture)
{
    if (self->shown != NULL && self->key.still == picture->still)
        return TRUE;
    g_clear_pointer (&self->shown, tutti_still_unref);
    self->key.still = picture->still;
    self->n_shown = 0;
    if (picture->still == 0 || self->stills == NULL)
        return FALSE;
    self->shown = tutti_stills_find (self->stills, &self->key);
    if (self->shown == NULL) {
        self->shown = make_frames (self, picture);
        if (self->shown != NULL)
            tutti_stills_add (self->stills, &self->key, self->shown);
    }
    return self->shown != NULL;
}

/* All its frames are of the base. After the last of them there is nothing that could be finer. */
static void
play (Vp8Encoder *self, gboolean *key, GPtrArray *packets)
{
    GPtrArray *frames = self->shown->frames;

    vp8_rest (self);
    *key = *key || self->n_shown == 0;
    if (*key)
        self->n_shown = 0;
    tutti_vp8_layers_restart (&self->layers);
    tutti_vp8_layers_step (&self->layers, *key);
    pay_frame (self, self->n_shown < frames->len ? frames->pdata[self->n_shown] : self->shown->same,
               packets);
    self->n_shown = MIN (self->n_shown + 1, frames->len);
}

static gboolean
vp8_encode (gpointer user_data, const TuttiPicture *picture, gint64 time_us, gboolean *key,
            GPtrArray *packets)
{
    Vp8Encoder *self = user_data;

    g_clear_pointer (&self->still, g_free);
    if (!choose_still (self, picture))
        return encode_live (self, picture, time_us, key, packets);
    play (self, key, packets);
    return TRUE;
}

/* What libvpx refuses it goes on without. */
static void
vp8_set_haste (gpointer user_data, TuttiHasteLevel level)
{
    Vp8Encoder *self = user_data;

    self->haste = level;
    if (self->is_open)
        vpx_codec_control (&self->context, VP8E_SET_CPUUSED, CPU_USED[level]);
}

static gboolean
vp8_is_playing (gpointer user_data)
{
    Vp8Encoder *self = user_data;

    return self->shown != NULL;
}

const TuttiEncoderClass tutti_vp8_encoder_class = {vp8_make,      vp8_destroy,   vp8_encode,
                                                   vp8_restart,   vp8_repeat,    vp8_rest,
                                                   vp8_set_haste, vp8_is_playing};
