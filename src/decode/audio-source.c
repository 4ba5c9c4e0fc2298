/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * audio-source.c: a voice's rounds: packets into the jitter buffer, decoded samples into `fifo`, 20
 * ms out of it. Sound made up fades away, real sound fades in after it, and the fifo is shortened
 * or stretched as the jitter buffer asks. Role: audio; statistics leave by a lock that is only
 * tried.
 */
#include "audio-source.h"
#include "fifo.h"
#include "jitter.h"
#include "opus-decode.h"
#include "time-scale.h"

#include <string.h>
#include <tutti/packet.h>
#include <tutti/role.h>
#include <tutti/work.h>

/* Real sound is back at full strength after 5 ms; made up sound is kept for 20 ms and then fades
 * until the jitter buffer calls it silence. */
#define FADE_IN_SAMPLES (TUTTI_RATE_HZ * 5 / 1000)
#define FADE_OUT_SAMPLES (TUTTI_JITTER_MUTE_SAMPLES - TUTTI_ROUND_SAMPLES)
/* Level lost in each round of concealment: silent when the fade has ended. */
#define LEVEL_DECAY 14
/* From here on delay matters more than a seam that might be heard. */
#define EXCESS_FORCED (3 * TUTTI_ROUND_SAMPLES)
/* As the mixer has it (TUTTI_AUDIBLE_LEVEL): quieter is a room's noise, which nobody misses. */
#define QUIET_LEVEL 70
/* Opus in DTX: one or two bytes, which only say that there is nothing (RFC 7587 section 3.1.3). */
#define COMFORT_MAX_BYTES 2
/* Taken from the queue in one go: a round brings one or two. */
#define DRAIN_PACKETS 8

struct _TuttiAudioSource {
    TuttiQueue *queue;
    TuttiSync *sync;        /* NULL: nobody asks */
    TuttiHistogram *delays; /* NULL: nobody asks */
    TuttiJitter *jitter;
    TuttiOpusDecoder *decoder;

    /* the last one passed over: warms up the decoder when it is needed again */
    TuttiPacket *passed;
    gboolean is_cold; /* the decoder missed packets */
    guint concealed;  /* samples made up without a break */
    struct {
        guint pieces, samples; /* made up while nothing was known: a pause or late packets */
    } unknown;
    guint8 level, next_level;
    TuttiAudioSourceStats now;
    TuttiFifo fifo;

    GMutex lock; /* published */
    TuttiAudioSourceStats published;
};

/* TRUE: it is the sound itself, from the next packet's FEC. */
static gboolean
append_made_up (TuttiAudioSource *source, const TuttiPacket *next, guint samples)
{
    gboolean is_recovered;
    float to;

    /* A part of a frame is nothing that Opus can make. */
    samples -= samples % TUTTI_OPUS_SAMPLES_MIN;
    if (samples == 0)
        return FALSE;
    is_recovered =
        tutti_opus_decoder_conceal (source->decoder, next, tutti_fifo_end (&source->fifo), samples);
    source->concealed = is_recovered ? 0 : source->concealed + samples;
    to = 1 - ((float)source->concealed - TUTTI_ROUND_SAMPLES) / FADE_OUT_SAMPLES;
    tutti_fifo_append (&source->fifo, samples, CLAMP (to, 0, 1),
                       is_recovered ? FADE_IN_SAMPLES : samples);
    source->now.recovered_by_fec += is_recovered;
    return is_recovered;
}

static void
count_concealed (TuttiAudioSource *source, guint pieces, guint samples)
{
    source->now.concealed += pieces;
    source->now.concealed_samples += samples;
}

/* No packet to decode. */
static void
append_gap (TuttiAudioSource *source, TuttiJitterVerdict verdict, const TuttiJitterPiece *piece)
{
    gboolean is_recovered;

    if (source->is_cold) {
        tutti_fifo_append_silence (&source->fifo, piece->samples);
        return;
    }
    is_recovered = append_made_up (source, piece->packet, piece->samples);
    if (verdict == TUTTI_JITTER_UNKNOWN) {
        source->unknown.pieces++;
        source->unknown.samples += piece->samples;
    } else if (!is_recovered && !piece->after_pause) {
        count_concealed (source, 1, piece->samples);
    }
}

/* What was made up before this was in place of sound, unless the sender paused. */
static void
judge_unknown (TuttiAudioSource *source, const TuttiJitterPiece *piece)
{
    if (!piece->after_pause)
        count_concealed (source, source->unknown.pieces, source->unknown.samples);
    source->unknown.pieces = source->unknown.samples = 0;
}

/* The decoder's state follows the sound: after a rest it is set up by the last packet it missed. */
static void
warm_up (TuttiAudioSource *source)
{
    tutti_opus_decoder_reset (source->decoder);
    if (source->passed)
        tutti_opus_decoder_push (source->decoder, source->passed, tutti_fifo_end (&source->fifo));
    g_clear_pointer (&source->passed, tutti_packet_unref);
    source->is_cold = FALSE;
}

static void
append_packet (TuttiAudioSource *source, const TuttiJitterPiece *piece)
{
    guint samples;

    if (source->is_cold)
        warm_up (source);
    samples =
        tutti_opus_decoder_push (source->decoder, piece->packet, tutti_fifo_end (&source->fifo));
    if (samples == 0) {
        append_made_up (source, NULL, piece->samples);
        count_concealed (source, 1, piece->samples);
        return;
    }
    source->concealed = 0;
    tutti_fifo_append (&source->fifo, samples, 1, FADE_IN_SAMPLES);
    source->now.decoded++;
}

static void
pass_over (TuttiAudioSource *source, const TuttiJitterPiece *piece)
{
    tutti_fifo_append_silence (&source->fifo, piece->samples);
    source->is_cold = TRUE;
    if (!piece->packet)
        return;
    g_clear_pointer (&source->passed, tutti_packet_unref);
    source->passed = tutti_packet_ref (piece->packet);
    source->now.skipped++;
}

static guint8
level_of (const TuttiPacket *packet)
{
    return packet->length_bytes <= COMFORT_MAX_BYTES ? TUTTI_LEVEL_SILENCE : packet->level;
}

static gboolean
is_quiet (const TuttiPacket *packet)
{
    return level_of (packet) != TUTTI_LEVEL_UNKNOWN && level_of (packet) > QUIET_LEVEL;
}

/* What the old stream's sound would go on with, fading. */
static void
append_end (TuttiAudioSource *source, guint samples)
{
    if (source->is_cold || source->fifo.gain == 0 || samples % TUTTI_OPUS_SAMPLES_MIN != 0) {
        tutti_fifo_append_silence (&source->fifo, samples);
        return;
    }
    tutti_opus_decoder_conceal (source->decoder, NULL, tutti_fifo_end (&source->fifo), samples);
    tutti_fifo_append (&source->fifo, samples, 0, samples);
}

static void
change_stream (TuttiAudioSource *source)
{
    if (source->fifo.gain > 0)
        append_end (source, FADE_IN_SAMPLES);
    source->is_cold = TRUE;
    g_clear_pointer (&source->passed, tutti_packet_unref);
}

/* One step of take(). FALSE: nothing more to play. */
static gboolean
append_next (TuttiAudioSource *source, gboolean is_heard)
{
    TuttiJitterPiece piece = {0};
    TuttiJitterVerdict verdict = tutti_jitter_take (source->jitter, &piece);
    g_autoptr (TuttiPacket) packet = verdict == TUTTI_JITTER_PACKET ? piece.packet : NULL;

    if (verdict == TUTTI_JITTER_IDLE)
        return FALSE;
    if (piece.fresh)
        change_stream (source);
    if (verdict != TUTTI_JITTER_UNKNOWN)
        judge_unknown (source, &piece);
    if (packet)
        source->next_level = level_of (packet);
    if (!is_heard) {
        piece.packet = packet;
        pass_over (source, &piece);
    } else if (packet) {
        append_packet (source, &piece);
    } else {
        append_gap (source, verdict, &piece);
    }
    return TRUE;
}

/* FALSE: there is nothing but silence. A round begun is ended, with what is made up fading. */
static gboolean
fill (TuttiAudioSource *source, gboolean is_heard)
{
    while (source->fifo.n_samples < TUTTI_ROUND_SAMPLES)
        if (!append_next (source, is_heard))
            break;
    if (source->fifo.n_samples == 0 && source->fifo.gain == 0)
        return FALSE;
    if (source->fifo.n_samples < TUTTI_ROUND_SAMPLES)
        append_end (source, TUTTI_ROUND_SAMPLES - source->fifo.n_samples);
    return TRUE;
}

static void
shorten (TuttiAudioSource *source, guint excess)
{
    TuttiTimeScaleMode mode =
        excess >= EXCESS_FORCED ? TUTTI_TIME_SCALE_FORCED : TUTTI_TIME_SCALE_CAREFUL;
    guint cut;

    while (source->fifo.n_samples < 2 * TUTTI_ROUND_SAMPLES &&
           tutti_jitter_peek (source->jitter, 0, NULL))
        append_next (source, TRUE);
    cut = MIN (excess, source->fifo.n_samples - TUTTI_ROUND_SAMPLES);
    cut = tutti_time_scale_shorten (source->fifo.pcm, source->fifo.n_samples, source->fifo.channels,
                                    cut, mode);
    source->fifo.n_samples -= cut;
    source->now.shortened_samples += cut;
}

static void
stretch (TuttiAudioSource *source, guint lack)
{
    TuttiTimeScaleMode mode =
        lack > TUTTI_ROUND_SAMPLES ? TUTTI_TIME_SCALE_FORCED : TUTTI_TIME_SCALE_CAREFUL;
    guint added = tutti_time_scale_stretch (source->fifo.pcm, source->fifo.n_samples,
                                            source->fifo.channels, lack, mode);

    source->fifo.n_samples += added;
    source->now.stretched_samples += added;
}

static void
adapt (TuttiAudioSource *source)
{
    int excess = tutti_jitter_excess (source->jitter, source->fifo.n_samples);

    if (excess > 0)
        shorten (source, (guint)excess);
    else if (excess < 0)
        stretch (source, (guint)-excess);
}

static void
put_in_order (TuttiAudioSource *source, TuttiPacket *packet)
{
    TuttiJitterTraits traits = {0};

    if (packet->codec == TUTTI_CODEC_OPUS)
        traits.samples = tutti_opus_samples (packet);
    if (traits.samples == 0)
        return;
    traits.has_fec = tutti_opus_has_fec (packet);
    traits.quiet = is_quiet (packet);
    tutti_jitter_push (source->jitter, packet, &traits);
}

static void
drain (TuttiAudioSource *source)
{
    TuttiPacket *packets[DRAIN_PACKETS];
    guint n;

    do {
        n = tutti_queue_pop_all (source->queue, packets, DRAIN_PACKETS);
        for (guint i = 0; i < n; i++) {
            put_in_order (source, packets[i]);
            tutti_packet_unref (packets[i]);
        }
    } while (n == DRAIN_PACKETS);
}

/* What the sender says of the packets that the next round takes: of the loudest. FALSE: none. */
static gboolean
peek_level (TuttiAudioSource *source, guint8 *loudest)
{
    guint filled = source->fifo.n_samples, samples;
    const TuttiPacket *packet;

    *loudest = TUTTI_LEVEL_SILENCE;
    for (guint i = 0; filled < TUTTI_ROUND_SAMPLES; i++, filled += samples) {
        packet = tutti_jitter_peek (source->jitter, i, &samples);
        if (!packet)
            return i > 0;
        if (level_of (packet) == TUTTI_LEVEL_UNKNOWN) {
            *loudest = TUTTI_LEVEL_UNKNOWN;
            return TRUE;
        }
        *loudest = MIN (*loudest, level_of (packet));
    }
    return TRUE;
}

static guint8
look_ahead (TuttiAudioSource *source)
{
    guint8 level = source->next_level;

    if (source->fifo.n_samples < TUTTI_ROUND_SAMPLES && !peek_level (source, &level))
        return (guint8)MIN (source->level + LEVEL_DECAY, TUTTI_LEVEL_SILENCE);
    if (level != TUTTI_LEVEL_UNKNOWN)
        return level;
    fill (source, TRUE);
    return tutti_fifo_level (&source->fifo);
}

/* Never waits: a reader that holds the lock gets this round's figures with the next. */
static void
publish (TuttiAudioSource *source)
{
    TuttiJitterStats jitter;

    tutti_jitter_get_stats (source->jitter, &jitter);
    source->now.packets = jitter.packets;
    source->now.late = jitter.late;
    source->now.duplicates = jitter.duplicates;
    source->now.resets = jitter.resets;
    source->now.delay_us = jitter.delay_us;
    source->now.target_us = jitter.target_us;
    source->now.level = source->level;
    if (!g_mutex_trylock (&source->lock))
        return;
    source->published = source->now;
    g_mutex_unlock (&source->lock);
}

/* The picture follows the sound; a picture that is later all the same is waited for a little. */
static void
keep_sync (TuttiAudioSource *source, gint64 now_us)
{
    guint32 ssrc, timestamp;

    if (!source->sync)
        return;
    tutti_jitter_set_extra (source->jitter, tutti_sync_get_delay_us (source->sync, now_us));
    if (tutti_jitter_get_position (source->jitter, source->fifo.n_samples, &ssrc, &timestamp))
        tutti_sync_play (source->sync, ssrc, timestamp, now_us);
}

static guint8
on_listen (gpointer self, gint64 now_us)
{
    TuttiAudioSource *source = self;
    TuttiWork work;

    tutti_assert_role (TUTTI_ROLE_AUDIO);
    work = tutti_work_enter (TUTTI_WORK_JITTER);
    drain (source);
    tutti_jitter_settle (source->jitter, now_us, source->fifo.n_samples);
    keep_sync (source, now_us);
    source->level = look_ahead (source);
    publish (source);
    tutti_work_enter (work);
    return source->level;
}

static gboolean
copy_round (TuttiAudioSource *source, gint16 *pcm, guint channels)
{
    if (!fill (source, TRUE))
        return FALSE;
    adapt (source);
    memcpy (pcm, source->fifo.pcm, TUTTI_ROUND_SAMPLES * channels * sizeof *pcm);
    tutti_fifo_consume (&source->fifo, TUTTI_ROUND_SAMPLES);
    return TRUE;
}

static gboolean
on_pull (gpointer self, gint16 *pcm, guint channels)
{
    TuttiAudioSource *source = self;
    TuttiWork work;
    gboolean is_heard;

    tutti_assert_role (TUTTI_ROLE_AUDIO);
    g_assert (channels == source->fifo.channels);
    work = tutti_work_enter (TUTTI_WORK_JITTER);
    is_heard = copy_round (source, pcm, channels);
    if (is_heard && source->delays)
        tutti_histogram_note (source->delays, source->now.delay_us);
    tutti_work_enter (work);
    return is_heard;
}

/* The next packet says of itself that nobody would miss it. */
static gboolean
may_pass_over (TuttiAudioSource *source)
{
    const TuttiPacket *packet = tutti_jitter_peek (source->jitter, 0, NULL);

    return packet && is_quiet (packet) &&
           source->fifo.n_samples + TUTTI_OPUS_SAMPLES_MAX <= TUTTI_FIFO_SAMPLES;
}

/* Nobody hears it: the delay is put right by passing over more, or less; but what the mixer was not
 * asked about yet is passed over only if it is quiet. */
static void
pass_round (TuttiAudioSource *source)
{
    int samples;

    if (!fill (source, FALSE))
        return;
    samples = TUTTI_ROUND_SAMPLES + tutti_jitter_excess (source->jitter, source->fifo.n_samples);
    while ((int)source->fifo.n_samples < samples && may_pass_over (source))
        append_next (source, FALSE);
    tutti_fifo_consume (&source->fifo, (guint)CLAMP (samples, 0, (int)source->fifo.n_samples));
}

static void
on_skip (gpointer self)
{
    TuttiWork work = tutti_work_enter (TUTTI_WORK_JITTER);

    tutti_assert_role (TUTTI_ROLE_AUDIO);
    pass_round (self);
    tutti_work_enter (work);
}

static const TuttiSoundInputClass input_class = {on_listen, on_pull, on_skip};

TuttiAudioSource *
tutti_audio_source_new (TuttiQueue *queue, guint channels, guint jitter_max_ms)
{
    TuttiAudioSource *source = g_new0 (TuttiAudioSource, 1);

    g_assert (channels >= 1 && channels <= TUTTI_CHANNELS_MAX);
    source->queue = tutti_queue_ref (queue);
    source->fifo.channels = channels;
    source->jitter = tutti_jitter_new (jitter_max_ms);
    source->decoder = tutti_opus_decoder_new (channels);
    source->level = source->next_level = TUTTI_LEVEL_SILENCE;
    g_mutex_init (&source->lock);
    return source;
}

void
tutti_audio_source_set_sync (TuttiAudioSource *source, TuttiSync *sync)
{
    g_assert (!source->sync);
    source->sync = tutti_sync_ref (sync);
}

void
tutti_audio_source_set_delays (TuttiAudioSource *source, TuttiHistogram *delays)
{
    source->delays = delays;
}

void
tutti_audio_source_free (TuttiAudioSource *source)
{
    if (!source)
        return;
    g_clear_pointer (&source->passed, tutti_packet_unref);
    tutti_opus_decoder_free (source->decoder);
    tutti_jitter_free (source->jitter);
    tutti_queue_unref (source->queue);
    tutti_sync_unref (source->sync);
    g_mutex_clear (&source->lock);
    g_free (source);
}

TuttiSoundInput
tutti_audio_source_get_input (TuttiAudioSource *source, guint id)
{
    return (TuttiSoundInput){&input_class, source, id};
}

void
tutti_audio_source_get_stats (TuttiAudioSource *source, TuttiAudioSourceStats *stats)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&source->lock);

    *stats = source->published;
}
