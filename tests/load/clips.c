/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * clips.c: encoded once, sent for ever.
 */
#include "clips.h"

#include <math.h>
#include <string.h>

#include "encode/encoder.h"
#include "encode/opus-encode.h"

/* Long enough that its key frame is no load of its own, short enough to be made in no time. */
#define PICTURES 90
/* The flashing clip's changes: each second at 15 pictures a second. */
#define FLASH_PICTURES 15
#define FLASH_LIGHT 1.3
#define FLASH_DARK 0.3
/* A burst is 60 ms in each half second. */
#define BURST_EVERY 25
#define BURST_ROUNDS 3
#define PROBE_ROUNDS (2 * BURST_EVERY)
/* Louder than every voice: the probe is always among those who are mixed. */
#define PROBE_LEVEL 10

/* A camera's noise, from -2 to 2: made once, begun elsewhere in each row. */
#define NOISE_BYTES 4096

/* Of each size: the plain one and the flashing one. */
#define KINDS 2

struct _Clip {
    TuttiEncoderSetup encoding;
    gboolean flash;
    GPtrArray *pictures;      /* of GPtrArray of TuttiPacket */
    _Atomic gboolean is_made; /* main makes it, any thread may use it */
};

/* Sizes and rates that are asked for in one run; who is asked for more sends the first. */
#define SIZES_MAX 64
#define SIDE_MIN 16
const LoadUplink load_first_uplink = {320, 180, 15, 150000};

struct _Clips {
    gboolean is_fixed;     /* the first, whatever is asked for */
    _Atomic guint n_sizes; /* 0: no pictures */
    Clip clips[SIZES_MAX][KINDS];
    GPtrArray *voices[CLIPS_VOICES];
    GPtrArray *hiss, *probe;
    gint8 noise[NOISE_BYTES];
};

/* --- Pictures --- */

static void
make_noise (gint8 *noise)
{
    g_autoptr (GRand) random = g_rand_new_with_seed (7);

    for (guint i = 0; i < NOISE_BYTES; i++)
        noise[i] = (gint8)g_rand_int_range (random, -2, 3);
}

/* A face that nods before a plain wall. light: from 0 to 1. */
static void
draw (TuttiPicture *picture, guint n, const gint8 *noise, double light)
{
    double x = picture->width * (0.5 + 0.06 * sin (n * 0.11));
    double y = picture->height * (0.45 + 0.05 * sin (n * 0.17)), r = picture->height * 0.28;

    for (int row = 0; row < picture->height; row++) {
        double height = (row - y) * 0.8, half = sqrt (MAX (r * r - height * height, 0));
        int left = (int)(x - half), right = (int)(x + half), wall = 60 + row * 80 / picture->height;
        guint from = n * 1277 + (guint)row * 911;

        for (int column = 0; column < picture->width; column++) {
            gboolean face = column > left && column < right;
            int shade = face ? 150 + (row / 6 + column / 5) % 24 : wall;

            picture->plane[0][row * picture->stride[0] + column] = (guint8)CLAMP (
                shade * light + noise[(from + (guint)column) % NOISE_BYTES], 16, 235);
        }
    }
}

static void
fill (TuttiPicture *picture, int plane, guint8 value)
{
    for (int row = 0; row < tutti_chroma (picture->height); row++)
        memset (picture->plane[plane] + row * picture->stride[plane], value,
                (gsize)tutti_chroma (picture->width));
}

static gboolean
is_bright (guint n)
{
    return n / FLASH_PICTURES % 2 == 1;
}

static void
add_picture (Clip *clip, TuttiEncoder *encoder, guint n, const gint8 *noise)
{
    const TuttiEncoderSetup *of = &clip->encoding;
    g_autoptr (TuttiPicture) picture = tutti_picture_new (of->width, of->height);
    GPtrArray *packets = g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_packet_unref);
    gint64 time_us = (gint64)(n + 1) * G_USEC_PER_SEC / of->frame_rate;
    gboolean key = n == 0;

    fill (picture, 1, 118);
    fill (picture, 2, 138);
    draw (picture, n, noise, !clip->flash ? 1 : is_bright (n) ? FLASH_LIGHT : FLASH_DARK);
    picture->time_us = time_us;
    g_assert_true (tutti_encoder_encode (encoder, picture, time_us, &key, packets));
    g_ptr_array_add (clip->pictures, packets);
}

static void
make_clip (Clip *clip, const gint8 *noise)
{
    g_autoptr (TuttiEncoder) encoder = NULL;

    if (clip->is_made)
        return;
    encoder = tutti_encoder_new (TUTTI_CODEC_VP8, &clip->encoding);
    for (guint n = 0; n < PICTURES; n++)
        add_picture (clip, encoder, n, noise);
    clip->is_made = TRUE;
}

/* Nobody looks at it before it is counted. */
static Clip *
plan_size (Clips *clips, const LoadUplink *uplink)
{
    guint n = clips->n_sizes;

    for (guint kind = 0; kind < KINDS; kind++)
        clips->clips[n][kind] = (Clip){
            .encoding = {.width = MAX (uplink->max_width & ~1, SIDE_MIN),
                         .height = MAX (uplink->max_height & ~1, SIDE_MIN),
                         .frame_rate = MAX (uplink->max_rate, 1),
                         .bitrate_bps = uplink->max_bitrate_bps,
                         .threads = 1},
            .flash = kind == 1,
            .pictures = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref),
        };
    clips->n_sizes = n + 1;
    return clips->clips[n];
}

static gboolean
is_asked_for (const Clip *clip, const LoadUplink *uplink)
{
    return clip->encoding.width == MAX (uplink->max_width & ~1, SIDE_MIN) &&
           clip->encoding.height == MAX (uplink->max_height & ~1, SIDE_MIN) &&
           clip->encoding.frame_rate == MAX (uplink->max_rate, 1);
}

/* NULL: there is none of that size and rate. */
static Clip *
find_size (const Clips *clips, const LoadUplink *uplink)
{
    for (guint i = 0; i < clips->n_sizes; i++)
        if (clips->is_fixed || is_asked_for (clips->clips[i], uplink))
            return (Clip *)clips->clips[i];
    return NULL;
}

/* --- Sound --- */

static TuttiOpusEncoder *
make_encoder (void)
{
    /* As browsers code: as a voice, with FEC. */
    TuttiOpusSetup setup = {
        .channels = 1, .bitrate_bps = 32000, .fec = TRUE, .loss_percent = 1, .complexity = 5};

    return tutti_opus_encoder_new (&setup);
}

/* As RFC 6464 has it: -dBov, 0 dBov being a full square wave. */
static guint8
measure_level (const gint16 *pcm)
{
    double energy = 1;

    for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++)
        energy += (double)pcm[i] * pcm[i] / TUTTI_ROUND_SAMPLES;
    return (guint8)CLAMP (lrint (-10 * log10 (energy / (32768.0 * 32768.0))), 0,
                          TUTTI_LEVEL_SILENCE);
}

/* Two formants with a syllable's rise and fall, and pauses between words. */
static void
speak (guint voice, guint n, gint16 *pcm)
{
    double pitch = 110 + 20 * voice, pace = 2.5 + 0.3 * voice;

    for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++) {
        double t = (n * TUTTI_ROUND_SAMPLES + i) / (double)TUTTI_RATE_HZ;
        double loud = 5000 * MAX (sin (2 * G_PI * pace * t) + 0.4, 0);

        pcm[i] = (gint16)(loud * (sin (2 * G_PI * pitch * t) + 0.5 * sin (10 * G_PI * pitch * t)));
    }
}

static void
sound_probe (guint n, gint16 *pcm)
{
    gboolean burst = n % BURST_EVERY < BURST_ROUNDS;

    for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++) {
        double t = (n * TUTTI_ROUND_SAMPLES + i) / (double)TUTTI_RATE_HZ;

        pcm[i] = (gint16)(3000 * sin (2 * G_PI * 300 * t) +
                          (burst ? 9000 * sin (2 * G_PI * CLIPS_BURST_HZ * t) : 0));
    }
}

static void
add_round (GPtrArray *rounds, TuttiOpusEncoder *encoder, const gint16 *pcm, guint8 level)
{
    gint64 time_us = (gint64)(rounds->len + 1) * TUTTI_ROUND_US;
    TuttiPacket *packet = tutti_opus_encoder_push (encoder, pcm, time_us);

    packet->level = level;
    g_ptr_array_add (rounds, packet);
}

static GPtrArray *
new_rounds (void)
{
    return g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_packet_unref);
}

static void
make_sounds (Clips *clips)
{
    g_autoptr (TuttiOpusEncoder) hiss = make_encoder ();
    g_autoptr (TuttiOpusEncoder) probe = make_encoder ();
    g_autoptr (GRand) random = g_rand_new_with_seed (7);
    gint16 pcm[TUTTI_ROUND_SAMPLES];

    for (guint voice = 0; voice < CLIPS_VOICES; voice++) {
        g_autoptr (TuttiOpusEncoder) encoder = make_encoder ();

        clips->voices[voice] = new_rounds ();
        for (guint n = 0; n < CLIPS_ROUNDS; n++) {
            speak (voice, n, pcm);
            add_round (clips->voices[voice], encoder, pcm, measure_level (pcm));
        }
    }
    clips->hiss = new_rounds ();
    clips->probe = new_rounds ();
    for (guint n = 0; n < PROBE_ROUNDS; n++) {
        for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++)
            pcm[i] = (gint16)g_rand_int_range (random, -3, 4);
        add_round (clips->hiss, hiss, pcm, measure_level (pcm));
        sound_probe (n, pcm);
        add_round (clips->probe, probe, pcm, PROBE_LEVEL);
    }
}

/* Pushed packets are immutable, so the same payload at another time is another packet. */
static TuttiPacket *
copy_packet (const TuttiPacket *packet, gint64 time_us, guint32 source)
{
    TuttiPacket *copy = tutti_packet_new ();

    memcpy (copy->data, packet->data, packet->length_bytes);
    copy->length_bytes = packet->length_bytes;
    copy->time_us = time_us;
    copy->source = source;
    copy->flags = packet->flags;
    copy->codec = packet->codec;
    copy->vp8 = packet->vp8;
    copy->level = packet->level;
    return copy;
}

static TuttiPacket *
copy_round (GPtrArray *rounds, guint n, gint64 time_us)
{
    const TuttiPacket *packet = rounds->pdata[n % rounds->len];

    return copy_packet (packet, time_us, packet->source);
}

/* --- Life cycle --- */

Clips *
clips_new (const ClipsSetup *setup)
{
    Clips *clips = g_new0 (Clips, 1);

    make_sounds (clips);
    make_noise (clips->noise);
    if (!setup->cameras)
        return clips;
    clips->is_fixed = setup->fixed.max_width > 0;
    plan_size (clips, clips->is_fixed ? &setup->fixed : &load_first_uplink);
    for (guint kind = 0; kind < KINDS; kind++)
        make_clip (&clips->clips[0][kind], clips->noise);
    return clips;
}

void
clips_free (Clips *clips)
{
    if (!clips)
        return;
    for (guint i = 0; i < clips->n_sizes; i++) {
        for (guint kind = 0; kind < KINDS; kind++)
            g_ptr_array_unref (clips->clips[i][kind].pictures);
    }
    for (guint voice = 0; voice < CLIPS_VOICES; voice++)
        g_ptr_array_unref (clips->voices[voice]);
    g_ptr_array_unref (clips->hiss);
    g_ptr_array_unref (clips->probe);
    g_free (clips);
}

void
clips_prepare (Clips *clips, const LoadUplink *uplink, gboolean flash)
{
    Clip *sizes = find_size (clips, uplink);

    if (!sizes && clips->n_sizes < SIZES_MAX)
        sizes = plan_size (clips, uplink);
    if (sizes)
        make_clip (&sizes[flash != FALSE], clips->noise);
}

const Clip *
clips_find (const Clips *clips, const LoadUplink *uplink, gboolean flash)
{
    const Clip *sizes = find_size (clips, uplink);

    if (clips->n_sizes == 0)
        return NULL;
    if (!sizes || !sizes[flash != FALSE].is_made)
        sizes = clips->clips[0];
    return &sizes[flash != FALSE];
}

guint
clip_get_rate (const Clip *clip)
{
    return clip->encoding.frame_rate;
}

guint
clip_get_pictures (const Clip *clip)
{
    return clip->pictures->len;
}

gboolean
clip_is_change (const Clip *clip, guint n, gboolean *bright)
{
    *bright = is_bright (n);
    return clip->flash && n % FLASH_PICTURES == 0;
}

void
clip_copy (const Clip *clip, guint n, gint64 time_us, guint32 source, GPtrArray *packets)
{
    const GPtrArray *picture = clip->pictures->pdata[n];

    for (guint i = 0; i < picture->len; i++)
        g_ptr_array_add (packets, copy_packet (picture->pdata[i], time_us, source));
}

TuttiPacket *
clips_copy_voice (const Clips *clips, guint voice, guint n, gint64 time_us)
{
    return copy_round (clips->voices[voice % CLIPS_VOICES], n, time_us);
}

TuttiPacket *
clips_copy_hiss (const Clips *clips, guint n, gint64 time_us)
{
    return copy_round (clips->hiss, n, time_us);
}

TuttiPacket *
clips_copy_comfort (const Clips *clips, gint64 time_us)
{
    TuttiPacket *packet = copy_round (clips->hiss, 0, time_us);

    /* RFC 6716 section 3.1: the configuration alone, as libopus sends it in DTX. */
    packet->length_bytes = 1;
    packet->level = TUTTI_LEVEL_SILENCE;
    return packet;
}

TuttiPacket *
clips_copy_probe (const Clips *clips, guint n, gint64 time_us, gboolean *burst)
{
    *burst = n % BURST_EVERY == 0;
    return copy_round (clips->probe, n, time_us);
}
