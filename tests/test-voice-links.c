/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-voice-links.c: a tone in Opus over bad links, through jitter buffer and decoder: how much of
 * it is heard as it was said.
 */
#include "mix-tone.h"
#include "src/decode/audio-source.h"

#include <opus/opus.h>
#include <tutti/packet.h>

#define N TUTTI_ROUND_SAMPLES
#define TONE_HZ 450.0 /* whole periods in 20 ms */
#define AMPLITUDE 8000.0
#define WAY_US 5000
#define QUEUE_PACKETS 512
/* The encoder has nothing more to learn of a steady tone. */
#define SETTLED 200

typedef gint64 (*Lateness) (guint index); /* us; -1: lost */
typedef double (*Loudness) (guint64 sample);

typedef struct {
    OpusEncoder *encoder;
    TuttiQueue *queue;
    TuttiAudioSource *source;
    TuttiSoundInput input;
    Loudness loudness; /* NULL: the tone is steady */
    guint n_red;       /* packets that each carries again */
    double rate;       /* of the sender's clock against ours */
    gint64 start_us;

    guint n_packets; /* of the whole call */
    TuttiPacket **packets;
    gint64 *arrival_us;
    GArray *coming; /* of Coming, by time */
    guint next;     /* of `coming` */

    guint round;
    gint16 *heard;
    guint8 *levels; /* what listen() gave */
} Call;

typedef struct {
    gint64 time_us;
    guint index;
    gboolean repair;
} Coming;

static TuttiPacket *
encode (Call *call, guint index)
{
    TuttiPacket *packet = tutti_packet_new ();
    gint16 pcm[N];
    gboolean is_silent = TRUE;

    for (guint i = 0; i < N; i++) {
        guint64 sample = (guint64)index * N + i;
        double loudness = call->loudness ? call->loudness (sample) : 1;

        is_silent &= loudness == 0;
        pcm[i] = (gint16)(AMPLITUDE * loudness *
                          sin (2 * G_PI * TONE_HZ * (double)sample / TUTTI_RATE_HZ));
    }
    if (!call->loudness && index >= SETTLED) { /* the very same sound again */
        packet->length_bytes = call->packets[SETTLED - 1]->length_bytes;
        memcpy (packet->data, call->packets[SETTLED - 1]->data, packet->length_bytes);
    } else {
        packet->length_bytes =
            (guint16)opus_encode (call->encoder, pcm, N, packet->data, TUTTI_PAYLOAD_MAX_BYTES);
    }
    packet->codec = TUTTI_CODEC_OPUS;
    packet->ssrc = 77;
    packet->seq = (guint16)(65000 + index);
    packet->timestamp = index * N;
    packet->level = is_silent ? TUTTI_LEVEL_SILENCE : 15;
    return packet;
}

static int
compare_time (gconstpointer a, gconstpointer b)
{
    const Coming *x = a, *y = b;

    if (x->time_us != y->time_us)
        return x->time_us < y->time_us ? -1 : 1;
    return (int)x->index - (int)y->index;
}

static void
plan (Call *call, Lateness lateness)
{
    for (guint i = 0; i < call->n_packets; i++) {
        gint64 late_us = lateness ? lateness (i) : 0;
        gint64 due_us = call->start_us + WAY_US + (gint64)(i * 20000.0 / call->rate);
        Coming coming = {due_us + late_us, i, FALSE};

        if (late_us < 0)
            continue;
        g_array_append_val (call->coming, coming);
        for (guint back = 1; back <= MIN (call->n_red, i); back++) {
            coming = (Coming){due_us + late_us, i - back, TRUE};
            g_array_append_val (call->coming, coming);
        }
    }
    g_array_sort (call->coming, compare_time);
}

static Call *
call_new (guint n_packets, guint bitrate_bps, int fec_percent)
{
    Call *call = g_new0 (Call, 1);

    call->encoder = opus_encoder_create (TUTTI_RATE_HZ, 1, OPUS_APPLICATION_VOIP, NULL);
    opus_encoder_ctl (call->encoder, OPUS_SET_BITRATE ((int)bitrate_bps));
    opus_encoder_ctl (call->encoder, OPUS_SET_INBAND_FEC (fec_percent > 0));
    opus_encoder_ctl (call->encoder, OPUS_SET_PACKET_LOSS_PERC (fec_percent));
    call->queue = tutti_queue_new (QUEUE_PACKETS, NULL, NULL);
    call->source = tutti_audio_source_new (call->queue, 1, 500);
    call->input = tutti_audio_source_get_input (call->source, 1);
    call->rate = 1;
    call->start_us = 1000 * (gint64)G_USEC_PER_SEC;
    call->n_packets = n_packets;
    call->coming = g_array_new (FALSE, FALSE, sizeof (Coming));
    call->heard = g_new0 (gint16, (gsize)(n_packets + 100) * N);
    call->levels = g_new0 (guint8, n_packets + 100);
    return call;
}

static void
call_free (Call *call)
{
    tutti_audio_source_free (call->source);
    tutti_queue_unref (call->queue);
    opus_encoder_destroy (call->encoder);
    for (guint i = 0; i < call->n_packets; i++)
        tutti_packet_unref (call->packets[i]);
    g_free (call->packets);
    g_array_unref (call->coming);
    g_free (call->heard);
    g_free (call->levels);
    g_free (call);
    g_assert_cmpuint (tutti_packet_count_live (), ==, 0);
}

/* As the leg passes on what it received: each packet once, with its own time of arrival. */
static void
deliver (Call *call, const Coming *coming, guint8 *came)
{
    g_autoptr (TuttiPacket) packet = NULL;
    const TuttiPacket *sent = call->packets[coming->index];

    if (came[coming->index])
        return;
    came[coming->index] = TRUE;
    packet = tutti_packet_new ();
    memcpy (packet->data, sent->data, sent->length_bytes);
    packet->length_bytes = sent->length_bytes;
    packet->codec = sent->codec;
    packet->ssrc = sent->ssrc;
    packet->seq = sent->seq;
    packet->timestamp = sent->timestamp;
    packet->level = sent->level;
    packet->flags = coming->repair ? TUTTI_PACKET_RECOVERED : 0;
    packet->time_us = coming->time_us;
    tutti_queue_push (call->queue, packet);
}

/* The whole call. A voice quieter than the mixer's threshold is not heard. */
static void
run (Call *call, Lateness lateness)
{
    g_autofree guint8 *came = g_new0 (guint8, call->n_packets);

    call->packets = g_new0 (TuttiPacket *, call->n_packets);
    for (guint i = 0; i < call->n_packets; i++)
        call->packets[i] = encode (call, i);
    plan (call, lateness);
    for (; call->round < call->n_packets; call->round++) {
        gint64 now_us = call->start_us + call->round * (gint64)TUTTI_ROUND_US;
        gint16 *pcm = call->heard + (gsize)call->round * N;

        for (; call->next < call->coming->len; call->next++) {
            const Coming *coming = &g_array_index (call->coming, Coming, call->next);

            if (coming->time_us > now_us)
                break;
            deliver (call, coming, came);
        }
        call->levels[call->round] = call->input.klass->listen (call->source, now_us);
        if (call->levels[call->round] > 70)
            call->input.klass->skip (call->source);
        else if (!call->input.klass->pull (call->source, pcm, 1))
            memset (pcm, 0, N * sizeof *pcm);
    }
}

/* One window with the tone: sums of its products, by a table as there are many windows. */
static void
correlate (const gint16 *pcm, double *re, double *im)
{
    static double cosine[N], sine[N];

    for (guint i = 0; cosine[0] == 0 && i < N; i++) {
        cosine[N - 1 - i] = cos (2 * G_PI * TONE_HZ * (N - 1 - i) / TUTTI_RATE_HZ);
        sine[N - 1 - i] = sin (2 * G_PI * TONE_HZ * (N - 1 - i) / TUTTI_RATE_HZ);
    }
    *re = *im = 0;
    for (guint i = 0; i < N; i++) {
        *re += pcm[i] * cosine[i];
        *im += pcm[i] * sine[i];
    }
}

/* Share of the 20 ms windows from `from` on that hold the tone, less than 3 dB quieter or louder,
 * and little else. */
static double
count_intact (const Call *call, guint from)
{
    double nominal = AMPLITUDE / 32767.0;
    guint intact = 0;

    for (guint i = from; i < call->round; i++) {
        const gint16 *pcm = call->heard + (gsize)i * N;
        double energy = find_energy (pcm, N), tone, re, im;

        correlate (pcm, &re, &im);
        tone = 2 * hypot (re, im) / N / 32767;
        intact += tone > nominal * 0.71 && tone < nominal * 1.41 && tone * tone / 2 > energy * 0.8;
    }
    return (double)intact / (call->round - from);
}

static guint32
hash (guint index)
{
    guint32 x = (index + 1) * 2654435761u;

    x ^= x >> 15;
    x *= 2246822519u;
    return x ^ x >> 13;
}

static gint64
link_5 (guint index)
{
    return hash (index) % 100 < 5 ? -1 : (gint64)(hash (index) >> 8) % 40000;
}

static gint64
link_20 (guint index)
{
    return hash (index) % 100 < 20 ? -1 : (gint64)(hash (index) >> 8) % 40000;
}

static gint64
link_jitter (guint index)
{
    return (gint64)(hash (index) >> 8) % 120000;
}

/* Three syllables a second: Opus takes a steady tone for noise and gives it no FEC. */
static double
syllables (guint64 sample)
{
    return pow (cos (G_PI * 3 * (double)sample / TUTTI_RATE_HZ), 4);
}

/* A steady tone over lossy links: with RED, and made up. */
static void
test_intact (void)
{
    static const struct {
        const char *name;
        Lateness lateness;
        guint n_red;
        double intact_min, concealed_max;
    } rows[] = {
        {"5 %, made up", link_5, 0, 0.98, 0.06},   {"5 %, RED 1", link_5, 1, 0.995, 0.01},
        {"20 %, made up", link_20, 0, 0.92, 0.22}, {"20 %, RED 1", link_20, 1, 0.98, 0.05},
        {"20 %, RED 2", link_20, 2, 0.99, 0.02},   {"60 ms jitter", link_jitter, 0, 0.99, 0.01},
    };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        Call *call = call_new (3000, 64000, 0);
        TuttiAudioSourceStats stats;
        double intact, concealed;

        call->n_red = rows[i].n_red;
        run (call, rows[i].lateness);
        intact = count_intact (call, 250);
        tutti_audio_source_get_stats (call->source, &stats);
        concealed = (double)stats.concealed_samples / (3000.0 * N);
        g_test_message ("%s: %.1f %% intact, %.2f %% made up, late %u, delay %u us, shortened %u, "
                        "stretched %u",
                        rows[i].name, intact * 100, concealed * 100, (guint)stats.late,
                        stats.delay_us, (guint)stats.shortened_samples,
                        (guint)stats.stretched_samples);
        g_assert_cmpfloat (intact, >=, rows[i].intact_min);
        g_assert_cmpfloat (concealed, <=, rows[i].concealed_max);
        call_free (call);
    }
}

static void
test_fec (void)
{
    Call *call = call_new (3000, 32000, 20);
    TuttiAudioSourceStats stats;

    opus_encoder_ctl (call->encoder, OPUS_SET_MAX_BANDWIDTH (OPUS_BANDWIDTH_WIDEBAND));
    call->loudness = syllables;
    run (call, link_5);
    tutti_audio_source_get_stats (call->source, &stats);
    g_test_message ("by FEC %u, made up %u, delay %u us", (guint)stats.recovered_by_fec,
                    (guint)stats.concealed, stats.delay_us);
    g_assert_cmpuint (stats.recovered_by_fec, >=, 75);
    g_assert_cmpuint (stats.concealed, <=, 75); /* of 150 lost; the quiet ones have no FEC */
    call_free (call);
}

static gint64
clean (guint index)
{
    return hash (index) % 2000;
}

/* Where the tone stands in the window at `round`, in samples of its period. */
static double
find_phase (const Call *call, guint round)
{
    double re, im;

    correlate (call->heard + (gsize)round * N, &re, &im);
    return -atan2 (im, re) * TUTTI_RATE_HZ / (2 * G_PI * TONE_HZ);
}

static int
steepest (const gint16 *pcm, guint n)
{
    int most = 0;

    for (guint i = 1; i < n; i++)
        most = MAX (most, ABS (pcm[i] - pcm[i - 1]));
    return most;
}

/* Ten minutes of a clock that is 300 ppm off, 180 ms in the end: the delay stays, all by cuts or
 * stretches that are whole periods, so that the tone goes on as if nothing were: no window is
 * without it, no step is steeper than the tone's own, and the windows' phases move only as the
 * clock does. */
static void
test_skew (gconstpointer data)
{
    const int slope_max = (int)(AMPLITUDE * 2 * G_PI * TONE_HZ / TUTTI_RATE_HZ * 1.3);
    const guint n = 30000, settled = 500;
    int ppm = GPOINTER_TO_INT (data);
    Call *call = call_new (n, 64000, 0);
    TuttiAudioSourceStats stats;
    double first, last, moved = 0, period = TUTTI_RATE_HZ / TONE_HZ;
    guint64 scaled;
    double intact;

    call->rate = 1 + ppm * 1e-6;
    run (call, clean);
    tutti_audio_source_get_stats (call->source, &stats);
    call->round -= 20; /* a fast sender has ended before us */
    intact = count_intact (call, settled);
    scaled = ppm > 0 ? stats.shortened_samples : stats.stretched_samples;
    first = find_phase (call, settled);
    for (guint i = settled + 1; i < call->round; i++) {
        double step;

        last = find_phase (call, i);
        step = remainder (last - first, period);
        moved = MAX (moved, fabs (step));
        first = last;
    }
    g_test_message ("%d ppm: %.2f %% intact, %u samples cut, %u put in, delay %u us; steepest %d "
                    "of %d, greatest step of phase %.2f samples",
                    ppm, intact * 100, (guint)stats.shortened_samples,
                    (guint)stats.stretched_samples, stats.delay_us,
                    steepest (call->heard + (gsize)settled * N, (call->round - settled) * N),
                    slope_max, moved);
    g_assert_cmpuint (stats.concealed, ==, 0);
    g_assert_cmpuint (stats.late, ==, 0);
    g_assert_cmpfloat (intact, ==, 1);
    g_assert_cmpint (steepest (call->heard + (gsize)settled * N, (call->round - settled) * N), <=,
                     slope_max);
    g_assert_cmpuint (stats.delay_us, <=, 30000);
    g_assert_cmpuint (scaled, >=, TUTTI_RATE_HZ * 160 / 1000);
    g_assert_cmpuint (scaled, <=, TUTTI_RATE_HZ * 220 / 1000);
    call_free (call);
}

/* Silence, and one packet of sound in it: the 150th. */
static double
click (guint64 sample)
{
    return sample / N == 150 ? 1 : 0;
}

static double
sum_heard (const Call *call)
{
    return find_energy (call->heard, call->n_packets * N) * call->n_packets;
}

/* Held up by 100 ms with all around it, then all at once. */
static gint64
bunch (guint index)
{
    return index >= 146 && index < 152 ? (152 - (gint64)index) * 20000 : clean (index);
}

static gint64
long_bunch (guint index)
{
    return index >= 140 && index < 152 ? (152 - (gint64)index) * 20000 : clean (index);
}

/* One click of a participant whom nobody hears in between is heard, however it comes. */
static void
test_click (void)
{
    static const Lateness links[] = {clean, bunch, link_jitter, long_bunch};
    double whole = 0;

    for (guint i = 0; i < G_N_ELEMENTS (links); i++) {
        Call *call = call_new (300, 64000, 0);
        double energy;

        call->loudness = click;
        run (call, links[i]);
        energy = sum_heard (call);
        whole = i == 0 ? energy : whole;
        g_test_message ("link %u: %.0f %% of the click", i, 100 * energy / whole);
        g_assert_cmpfloat (energy, >=, whole * 0.5);
        call_free (call);
    }
    g_assert_cmpfloat (whole, >, 0.5 * (AMPLITUDE / 32767) * (AMPLITUDE / 32767) / 2);
}

/* Three seconds of nothing, then all of it. */
static gint64
stall (guint index)
{
    return index >= 300 && index < 450 ? (450 - (gint64)index) * 20000 : clean (index);
}

static void
test_stall (void)
{
    Call *call = call_new (550, 64000, 0);
    TuttiAudioSourceStats stats;

    run (call, stall);
    tutti_audio_source_get_stats (call->source, &stats);
    g_test_message ("two seconds later: delay %u us, target %u us, %u samples cut", stats.delay_us,
                    stats.target_us, (guint)stats.shortened_samples);
    g_assert_cmpuint (stats.delay_us, <=, 30000);
    g_assert_cmpfloat (count_intact (call, 460), >=, 0.98);
    call_free (call);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/voice-links/intact", test_intact);
    g_test_add_func ("/voice-links/fec", test_fec);
    g_test_add_data_func ("/voice-links/skew-fast", GINT_TO_POINTER (300), test_skew);
    g_test_add_data_func ("/voice-links/skew-slow", GINT_TO_POINTER (-300), test_skew);
    g_test_add_func ("/voice-links/click", test_click);
    g_test_add_func ("/voice-links/stall", test_stall);
    return g_test_run ();
}
