/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-repair.c: a camera's frames over links that lose and reorder, through RTP sessions at both
 * ends and the frame assembly: how many come to be decoded, how late, at the cost of what. Time is
 * simulated.
 */
#include "rtp-fixture.h"

#include "src/decode/assemble.h"
#include "src/decode/pace.h"

#define FRAME_US (G_USEC_PER_SEC / 30)
#define DELTA_PACKETS_MIN 2
#define DELTA_PACKETS_MAX 4
#define KEY_PACKETS 12
#define PACKETS_MAX 200000
/* Until the round trip and the losses are known. */
#define WARM_UP_S 5

#define WANTED_BPS 2000000

typedef struct {
    guint32 frame;
    guint8 parts;
    gboolean is_last;
} Sent;

typedef struct {
    double loss;
    gint64 one_way_us, jitter_us;
    guint seconds;
} Weather;

typedef struct {
    double decoded_fps, shown_fps; /* shown: pictures of which the next canvas tick shows one */
    double plis;                   /* a minute */
    double late_ms;                /* mean, beyond the way itself */
    double late_95_ms;
    double longest_ms; /* between two pictures */
    double asked;      /* packets asked for, of those sent */
    double again;      /* packets sent again, of those sent */
} Outcome;

typedef struct {
    FixtureLink *link;
    Sent *sent;
    gint64 *taken_us; /* of each frame */
    guint32 n_packets, n_frames;
    TuttiAssembler *assembler;
    TuttiPace pace;
    gint64 due_us;   /* of the picture decoded last */
    GArray *held_us; /* when those that wait are due */
    GArray *late_us;
    gint64 started_us, decoded_us, longest_us, tick;
    guint n_decoded, n_shown;
    guint32 ssrc;
} Run;

/* --- The sender --- */

static void
send_frame (Run *run)
{
    FixtureLink *link = run->link;
    gboolean is_key = tutti_wish_take (link->a.key_frame_wanted) || run->n_frames == 0;
    guint n =
        is_key ? KEY_PACKETS
               : (guint)g_rand_int_range (link->random, DELTA_PACKETS_MIN, DELTA_PACKETS_MAX + 1);

    for (guint i = 0; i < n; i++) {
        guint8 flags = (guint8)((i == 0 ? TUTTI_PACKET_FRAME_START : 0) |
                                (i == n - 1 ? TUTTI_PACKET_MARKER : 0) |
                                (is_key ? TUTTI_PACKET_KEY_FRAME : 0));
        g_autoptr (TuttiPacket) packet =
            fixture_packet (TUTTI_CODEC_VP8, run->n_packets, flags, link->now_us);

        g_assert_cmpuint (run->n_packets, <, PACKETS_MAX);
        run->sent[run->n_packets++] = (Sent){
            run->n_frames,
            (guint8)((i == 0 ? TUTTI_PART_START : 0) |
                     (is_key ? (i == 0 ? TUTTI_PART_KEY_FRAME : TUTTI_PART_KEY) : 0)),
            i == n - 1,
        };
        tutti_rtp_session_send (link->a.session, packet, link->now_us);
    }
    run->taken_us[run->n_frames++] = link->now_us;
}

/* --- The receiver --- */

static void
take_packets (Run *run)
{
    for (;;) {
        g_autoptr (TuttiPacket) packet = tutti_queue_pop (run->link->b.in[TUTTI_TRACK_CAMERA]);
        TuttiPayload payload = {.picture_id_bits = 15};
        const Sent *sent;

        if (packet == NULL)
            return;
        sent = &run->sent[fixture_packet_number (packet)];
        payload.parts = sent->parts;
        payload.picture_id = sent->frame & 0x7fff;
        packet->source = sent->frame;
        run->ssrc = packet->ssrc;
        tutti_assembler_push (run->assembler, packet, &payload);
    }
}

static void
note_decoded (Run *run, guint32 frame)
{
    gint64 now_us = run->link->now_us;
    gint64 late_us = now_us - run->taken_us[frame] - run->link->delay_us, due_us;

    if (now_us >= run->started_us) {
        g_array_append_val (run->late_us, late_us);
        run->n_decoded++;
        run->longest_us = MAX (run->longest_us, now_us - run->decoded_us);
    }
    run->decoded_us = now_us;
    due_us = tutti_pace_take (&run->pace, (guint32)(run->taken_us[frame] * 9 / 100), now_us);
    run->due_us = MAX (run->due_us, due_us);
    g_array_append_val (run->held_us, run->due_us);
}

/* Pictures that are due; a canvas shows the newest of them at its next tick. */
static void
show_pictures (Run *run)
{
    gint64 now_us = run->link->now_us;
    guint n = 0;

    while (n < run->held_us->len && g_array_index (run->held_us, gint64, n) <= now_us)
        n++;
    if (n == 0)
        return;
    g_array_remove_range (run->held_us, 0, n);
    run->n_shown += now_us >= run->started_us && now_us / FRAME_US != run->tick;
    run->tick = now_us / FRAME_US;
}

static void
take_frames (Run *run)
{
    TuttiAssembled frame;
    TuttiPacket *packet;
    guint32 number = 0;
    guint16 seq;

    tutti_assembler_set_wait (run->assembler,
                              tutti_sync_get_patience_us (run->link->b.sync, TUTTI_TRACK_CAMERA));
    while (tutti_assembler_next (run->assembler, run->link->now_us, &frame)) {
        while ((packet = tutti_assembler_shift (run->assembler))) {
            number = packet->source;
            tutti_packet_unref (packet);
        }
        note_decoded (run, number);
    }
    if (tutti_assembler_get_needed (run->assembler, &seq))
        tutti_sync_set_needed (run->link->b.sync, TUTTI_TRACK_CAMERA, run->ssrc, seq);
    if (tutti_assembler_wants_key_frame (run->assembler) && run->n_packets > 0)
        tutti_rtp_session_want_key_frame (run->link->b.session, TUTTI_TRACK_CAMERA);
}

/* --- The whole --- */

static int
compare_times (gconstpointer a, gconstpointer b)
{
    gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

    return (x > y) - (x < y);
}

static void
judge (Run *run, const Weather *weather, Outcome *outcome)
{
    TuttiLegStats in, out;
    double sum_us = 0;

    fixture_get_stats (&run->link->a, &out);
    fixture_get_stats (&run->link->b, &in);
    g_array_sort (run->late_us, compare_times);
    for (guint i = 0; i < run->late_us->len; i++)
        sum_us += (double)g_array_index (run->late_us, gint64, i);
    *outcome = (Outcome){
        .decoded_fps = (double)run->n_decoded / weather->seconds,
        .shown_fps = (double)run->n_shown / weather->seconds,
        .plis = (double)in.in[TUTTI_TRACK_CAMERA].plis * 60 / (weather->seconds + WARM_UP_S),
        .late_ms = sum_us / run->late_us->len / 1000,
        .late_95_ms =
            (double)g_array_index (run->late_us, gint64, run->late_us->len * 95 / 100) / 1000,
        .longest_ms = (double)run->longest_us / 1000,
        .asked = (double)in.in[TUTTI_TRACK_CAMERA].nacks / run->n_packets,
        .again = (double)out.out[TUTTI_KIND_VIDEO].rtx / run->n_packets,
    };
    g_test_message ("loss %2.0f %%, round trip %3.0f ms, jitter %2.0f ms: %.1f fps decoded, %.1f "
                    "shown, %.1f PLI a minute, late %.0f ms (95 %%: %.0f), longest %.0f ms, asked "
                    "%.1f %%, again %.1f %%",
                    weather->loss * 100, (double)weather->one_way_us / 500,
                    (double)weather->jitter_us / 1000, outcome->decoded_fps, outcome->shown_fps,
                    outcome->plis, outcome->late_ms, outcome->late_95_ms, outcome->longest_ms,
                    outcome->asked * 100, outcome->again * 100);
}

static void
step (Run *run, guint ms)
{
    if (ms % 20 == 0) { /* so that the round trip is known */
        fixture_send (&run->link->a, TUTTI_CODEC_OPUS, ms, 0);
        fixture_send (&run->link->b, TUTTI_CODEC_OPUS, ms, 0);
    }
    if ((gint64)ms * 1000 >= run->n_frames * (gint64)FRAME_US)
        send_frame (run);
    fixture_link_run (run->link, 1000);
    take_packets (run);
    take_frames (run);
    show_pictures (run);
}

static void
weather_run (const Weather *weather, Outcome *outcome)
{
    Run run = {.link = fixture_link_new (), .assembler = tutti_assembler_new ()};

    run.sent = g_new0 (Sent, PACKETS_MAX);
    run.taken_us = g_new0 (gint64, PACKETS_MAX);
    run.late_us = g_array_new (FALSE, FALSE, sizeof (gint64));
    run.held_us = g_array_new (FALSE, FALSE, sizeof (gint64));
    tutti_pace_clear (&run.pace);
    run.link->loss = weather->loss;
    run.link->delay_us = weather->one_way_us;
    run.link->jitter_us = weather->jitter_us;
    run.started_us = run.link->now_us + WARM_UP_S * G_USEC_PER_SEC;
    fixture_link_configure (run.link);
    /* As much as is sent, repairs included, and a margin: what a browser probes for. */
    tutti_rtp_session_set_wanted_rate (run.link->a.session, WANTED_BPS);
    for (guint ms = 0; ms < (weather->seconds + WARM_UP_S) * 1000; ms++)
        step (&run, ms);
    judge (&run, weather, outcome);
    tutti_assembler_free (run.assembler);
    fixture_link_free (run.link);
    g_array_unref (run.late_us);
    g_array_unref (run.held_us);
    g_free (run.sent);
    g_free (run.taken_us);
    g_assert_cmpuint (tutti_packet_count_live (), ==, 0);
}

static void
test_clean (void)
{
    static const Weather weather = {0, 50000, 0, 30};
    Outcome outcome;

    weather_run (&weather, &outcome);
    g_assert_cmpfloat (outcome.decoded_fps, >, 29.9);
    g_assert_cmpfloat (outcome.late_95_ms, <, 2);
    g_assert_cmpfloat (outcome.plis, <, 2.1); /* the first picture's */
    g_assert_cmpfloat (outcome.asked, ==, 0);
}

/* Late packets are not asked for. */
static void
test_reordered (void)
{
    static const Weather weather = {0, 50000, 60000, 60};
    Outcome outcome;

    weather_run (&weather, &outcome);
    g_assert_cmpfloat (outcome.decoded_fps, >, 29.9);
    g_assert_cmpfloat (outcome.shown_fps, >, 29);
    g_assert_cmpfloat (outcome.late_95_ms, <, 61);
    g_assert_cmpfloat (outcome.plis, <, 2.1);
    g_assert_cmpfloat (outcome.asked, <, 0.06);
}

static void
test_losses (void)
{
    static const Weather near = {0.05, 10000, 10000, 60}, far = {0.05, 50000, 20000, 60};
    Outcome outcome;

    weather_run (&near, &outcome);
    g_assert_cmpfloat (outcome.decoded_fps, >, 29.5);
    g_assert_cmpfloat (outcome.shown_fps, >, 27.5);
    g_assert_cmpfloat (outcome.late_95_ms, <, 80);
    g_assert_cmpfloat (outcome.plis, <, 6);
    weather_run (&far, &outcome);
    g_assert_cmpfloat (outcome.decoded_fps, >, 29.5);
    g_assert_cmpfloat (outcome.shown_fps, >, 25);
    g_assert_cmpfloat (outcome.late_ms, <, 90);
    g_assert_cmpfloat (outcome.longest_ms, <, 700);
    g_assert_cmpfloat (outcome.plis, <, 6);
    g_assert_cmpfloat (outcome.again, <, 0.08);
}

/* The picture goes on, and it is repairs that keep it going, not key frames. */
static void
test_heavy_losses (void)
{
    static const Weather calm = {0.2, 50000, 0, 60}, rough = {0.2, 50000, 20000, 60};
    Outcome outcome;

    weather_run (&calm, &outcome);
    g_assert_cmpfloat (outcome.decoded_fps, >, 27);
    g_assert_cmpfloat (outcome.shown_fps, >, 18);
    g_assert_cmpfloat (outcome.late_ms, <, 250);
    g_assert_cmpfloat (outcome.plis, <, 12);
    weather_run (&rough, &outcome);
    g_assert_cmpfloat (outcome.decoded_fps, >, 27);
    g_assert_cmpfloat (outcome.shown_fps, >, 15);
    g_assert_cmpfloat (outcome.late_ms, <, 350);
    g_assert_cmpfloat (outcome.longest_ms, <, 1500);
    g_assert_cmpfloat (outcome.plis, <, 12);
    g_assert_cmpfloat (outcome.again, <, 0.35);
}

/* Half a world away one repair fits into the time there is. */
static void
test_far_away (void)
{
    static const Weather weather = {0.02, 150000, 10000, 60};
    Outcome outcome;

    weather_run (&weather, &outcome);
    g_assert_cmpfloat (outcome.decoded_fps, >, 28);
    g_assert_cmpfloat (outcome.late_95_ms, <, 500);
    g_assert_cmpfloat (outcome.plis, <, 6);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/repair/clean", test_clean);
    g_test_add_func ("/repair/reordered", test_reordered);
    g_test_add_func ("/repair/losses", test_losses);
    g_test_add_func ("/repair/heavy-losses", test_heavy_losses);
    g_test_add_func ("/repair/far-away", test_far_away);
    return g_test_run ();
}
