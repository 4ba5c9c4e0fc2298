/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * downlink.c: see downlink.h.
 */
#include "downlink.h"

#include "congestion.h"
#include "layers.h"
#include "meter.h"
#include "pacer.h"
#include "red.h"
#include "rtp-session.h"
#include "wishes.h"

/* A change of a twentieth is news: less is the estimate's own unrest. */
#define NEWS_PART 20
/* Beside an RTP packet the link carries IPv4 and UDP headers and SRTP's tag (RFC 7714: 16 bytes).
 */
#define LINK_BYTES (20 + 8 + 16)
/* Beside a picture's payload its RTP header and extensions as well. */
#define PAYLOAD_LINK_BYTES (LINK_BYTES + 28)
/* Kept free of what the estimate says: for RTCP and the estimate's own error. */
#define HEADROOM_PERCENT 5
/* Signs of congestion: a queue as long as a picture and a half, more loss than radio has. */
#define CONGESTED_QUEUE_US (50 * G_TIME_SPAN_MILLISECOND)
#define CONGESTED_PERMILLE 20
/* A way that showed none for so long takes a picture in one go, as it does where no pacing is: so
 * many packets leave at each wake-up, and most pictures need no further one. */
#define CALM_US (10 * G_USEC_PER_SEC)
#define CALM_BURST_US (40 * G_TIME_SPAN_MILLISECOND)
/* The net thread's timer is no finer; and a call that is due at once again would be made for ever.
 */
#define TICK_MIN_US G_TIME_SPAN_MILLISECOND
/* While pictures are sent the layers are judged so often: a queue that is too long for them is
 * twice that. */
#define ADAPT_US (50 * G_TIME_SPAN_MILLISECOND)
/* Of 256: with more lost than that, a key frame that was sent may not have come. */
#define LOSSY_FRACTION 13
/* How often repairs of the sound are looked at. What is lost while such a queue stands was dropped
 * for its being full, and repairs would only lengthen it; a while later that is no longer in what
 * feedback tells of loss. */
#define PROTECT_US (500 * G_TIME_SPAN_MILLISECOND)
#define FULL_QUEUE_US (100 * G_TIME_SPAN_MILLISECOND)
#define FORGET_US (2 * G_TIME_SPAN_SECOND)

struct _TuttiDownlink {
    TuttiDownlinkSetup setup;
    TuttiCongestion *congestion;
    TuttiPacer *pacer;
    TuttiLayers layers;
    TuttiWishes wishes;
    TuttiMeter meter, audio_meter;
    gint64 protect_us;        /* next look at the repairs of the sound */
    gint64 adapt_us, tick_us; /* next look at the layers; tick() as it said itself */

    gboolean has_video;
    gboolean has_shown; /* something since the last tick */
    guint probing_bps; /* what congestion was told to aim at */
    TuttiProbe probe;  /* id 0: none now */
    gint64 congested_us;
    guint round_trip_us;
    guint8 fraction_lost; /* of pictures */
    guint remb_bps;
    guint64 padding_bytes;

    guint told_bps;
    gint64 told_us;

    guint wanted_bps; /* atomic */
};

/* A packet on its way out. On the stack: one of each leg's own would be cold each time. */
typedef struct {
    gsize length_bytes;
    guint8 data[TUTTI_SENDER_BUFFER_BYTES + TUTTI_SRTP_TRAILER_BYTES];
} Draft;

static gboolean
is_news (const TuttiDownlink *downlink, guint estimate_bps, gint64 now_us)
{
    guint told_bps = downlink->told_bps;
    guint change_bps = estimate_bps > told_bps ? estimate_bps - told_bps : told_bps - estimate_bps;

    if (change_bps == 0 || change_bps < told_bps / NEWS_PART)
        return FALSE;
    return estimate_bps < told_bps || now_us - downlink->told_us >= TUTTI_DOWNLINK_NEWS_US;
}

static void
tell_estimate (TuttiDownlink *downlink, guint estimate_bps, gint64 now_us)
{
    if (downlink->setup.estimate == NULL || !is_news (downlink, estimate_bps, now_us))
        return;
    downlink->told_bps = estimate_bps;
    downlink->told_us = now_us;
    downlink->setup.estimate (estimate_bps, downlink->setup.user_data);
}

static void
make_wish (TuttiDownlink *downlink, gint64 now_us)
{
    gboolean is_lossy = downlink->fraction_lost >= LOSSY_FRACTION;

    if (tutti_wishes_take (&downlink->wishes, downlink->round_trip_us, is_lossy, now_us) &&
        downlink->setup.key_frame_wanted != NULL)
        tutti_wish_make (downlink->setup.key_frame_wanted);
}

/* --- What leaves --- */

static void
find_probe (TuttiDownlink *downlink, gint64 now_us)
{
    if (!downlink->has_video ||
        !tutti_congestion_get_probe (downlink->congestion, &downlink->probe, now_us))
        downlink->probe.id = 0;
}

static void
emit (TuttiDownlink *downlink, TuttiKind kind, Draft *draft, gint64 now_us)
{
    TuttiSender *sender = downlink->setup.senders[kind];
    gsize link_bytes = draft->length_bytes + LINK_BYTES;

    if (tutti_sender_wants_stamp (sender))
        tutti_sender_stamp (sender,
                            tutti_congestion_take_sent (downlink->congestion, link_bytes,
                                                        downlink->probe.id, now_us),
                            draft->data);
    tutti_pacer_count (downlink->pacer, link_bytes, now_us);
    tutti_meter_count (&downlink->meter, link_bytes, now_us);
    downlink->has_shown |= kind == TUTTI_KIND_VIDEO;
    downlink->setup.output (draft->data, draft->length_bytes, kind, now_us,
                            downlink->setup.user_data);
}

static void
send_sound (TuttiDownlink *downlink, TuttiPacket *packet, gint64 now_us)
{
    Draft draft;

    draft.length_bytes =
        tutti_sender_write (downlink->setup.senders[TUTTI_KIND_AUDIO], packet, now_us, draft.data);
    if (draft.length_bytes == 0)
        return;
    tutti_meter_count (&downlink->audio_meter, draft.length_bytes + LINK_BYTES, now_us);
    emit (downlink, TUTTI_KIND_AUDIO, &draft, now_us);
}

static void
send_picture (TuttiDownlink *downlink, TuttiPacket *packet, gint64 now_us)
{
    const guint key_end = TUTTI_PACKET_KEY_FRAME | TUTTI_PACKET_MARKER;
    TuttiSender *sender = downlink->setup.senders[TUTTI_KIND_VIDEO];
    TuttiLayersVerdict verdict = tutti_layers_pass (&downlink->layers, packet);
    Draft draft;

    if (verdict != TUTTI_LAYERS_PASS) {
        tutti_sender_skip (sender, verdict == TUTTI_LAYERS_SKIP_PICTURE ? 1 : 0);
        return;
    }
    draft.length_bytes = tutti_sender_write (sender, packet, now_us, draft.data);
    if (draft.length_bytes == 0)
        return;
    if ((packet->flags & key_end) == key_end)
        tutti_wishes_note_key_frame (&downlink->wishes);
    emit (downlink, TUTTI_KIND_VIDEO, &draft, now_us);
}

static void
repeat (TuttiDownlink *downlink, guint16 seq, gint64 now_us)
{
    Draft draft;

    draft.length_bytes = tutti_sender_write_again (downlink->setup.senders[TUTTI_KIND_VIDEO], seq,
                                                   now_us, downlink->round_trip_us, draft.data);
    if (draft.length_bytes > 0)
        emit (downlink, TUTTI_KIND_VIDEO, &draft, now_us);
}

static void
pump (TuttiDownlink *downlink, gint64 now_us)
{
    TuttiPaced paced;

    while (tutti_pacer_pop (downlink->pacer, &paced, now_us)) {
        if (paced.packet == NULL) {
            repeat (downlink, paced.seq, now_us);
            continue;
        }
        if (paced.skipped_pictures > 0)
            tutti_sender_skip (downlink->setup.senders[TUTTI_KIND_VIDEO], paced.skipped_pictures);
        send_picture (downlink, paced.packet, now_us);
        tutti_packet_unref (paced.packet);
    }
}

/* What a probe lacks when nothing waits. Gives when to go on. */
static gint64
pad (TuttiDownlink *downlink, gint64 now_us)
{
    TuttiSender *sender = downlink->setup.senders[TUTTI_KIND_VIDEO];

    find_probe (downlink, now_us);
    while (downlink->probe.id != 0) {
        Draft draft;

        if (!tutti_pacer_is_open (downlink->pacer, now_us))
            return tutti_pacer_get_open (downlink->pacer, now_us);
        draft.length_bytes = tutti_sender_write_padding (sender, now_us, draft.data);
        if (draft.length_bytes == 0)
            break;
        downlink->padding_bytes += draft.length_bytes;
        emit (downlink, TUTTI_KIND_VIDEO, &draft, now_us);
        /* What isn't stamped isn't counted: the probe would never be full. */
        if (!tutti_sender_wants_stamp (sender))
            break;
        find_probe (downlink, now_us);
    }
    return G_MAXINT64;
}

/* --- How fast --- */

static guint
find_room (TuttiDownlink *downlink, guint estimate_bps, gint64 now_us)
{
    guint audio_bps = tutti_meter_get_bps (&downlink->audio_meter, now_us);
    guint usable_bps = estimate_bps / 100 * (100 - HEADROOM_PERCENT);

    if (estimate_bps == 0)
        return 0;
    return usable_bps > audio_bps ? usable_bps - audio_bps : 1;
}

static guint
choose_rate (TuttiDownlink *downlink, const TuttiCongestionState *state)
{
    /* A peer that tells nothing is not slowed down. */
    if (state->estimate_bps == 0)
        return 0;
    if (downlink->probe.id != 0)
        return MAX (downlink->probe.rate_bps, 1);
    return MAX (tutti_congestion_get_pacing_bps (downlink->congestion), 1);
}

static void
protect_sound (TuttiDownlink *downlink, const TuttiCongestionState *state, gint64 now_us)
{
    TuttiSender *sender = downlink->setup.senders[TUTTI_KIND_AUDIO];
    TuttiRedundancy *redundancy = tutti_sender_get_redundancy (sender);
    gboolean is_full = state->link_queue_us > FULL_QUEUE_US;

    if (!state->has_feedback || (now_us < downlink->protect_us && !is_full))
        return;
    tutti_redundancy_limit (redundancy, is_full ? 0 : TUTTI_RED_PAST_MAX);
    downlink->protect_us = now_us + (is_full ? FORGET_US : PROTECT_US);
    if (!is_full)
        tutti_redundancy_take (redundancy, state->loss_permille / 1000.0, now_us);
}

static void
adapt (TuttiDownlink *downlink, gint64 now_us)
{
    TuttiCongestionState state;
    gboolean is_calm;

    tutti_congestion_get_state (downlink->congestion, &state);
    protect_sound (downlink, &state, now_us);
    if (state.overused || state.link_queue_us > CONGESTED_QUEUE_US ||
        state.loss_permille > CONGESTED_PERMILLE)
        downlink->congested_us = now_us;
    is_calm = now_us - downlink->congested_us >= CALM_US;
    find_probe (downlink, now_us);
    tutti_pacer_set_rate (downlink->pacer, choose_rate (downlink, &state),
                          is_calm && downlink->probe.id == 0 ? CALM_BURST_US : TUTTI_PACER_BATCH_US,
                          now_us);
    tutti_layers_judge (&downlink->layers, find_room (downlink, state.estimate_bps, now_us),
                        tutti_pacer_get_queue_us (downlink->pacer), now_us);
    tutti_pacer_set_layer (downlink->pacer, downlink->layers.highest);
    tell_estimate (downlink, state.estimate_bps, now_us);
}

static void
aim (TuttiDownlink *downlink)
{
    guint aim_bps = downlink->has_video ? (guint)g_atomic_int_get (&downlink->wanted_bps) : 0;

    if (aim_bps == downlink->probing_bps)
        return;
    downlink->probing_bps = aim_bps;
    tutti_congestion_set_wanted (downlink->congestion, aim_bps);
}

static gint64
find_due (const TuttiDownlink *downlink, gint64 now_us)
{
    gint64 due_us = MIN (downlink->tick_us, tutti_pacer_get_due (downlink->pacer, now_us));

    return MIN (due_us, tutti_wishes_get_due (&downlink->wishes, downlink->round_trip_us));
}

TuttiDownlink *
tutti_downlink_new (const TuttiDownlinkSetup *setup)
{
    TuttiDownlink *downlink = g_new0 (TuttiDownlink, 1);

    downlink->setup = *setup;
    downlink->congestion = tutti_congestion_new ();
    downlink->pacer = tutti_pacer_new ();
    tutti_layers_init (&downlink->layers);
    downlink->told_us = downlink->congested_us = G_MININT64 / 2;
    return downlink;
}

void
tutti_downlink_free (TuttiDownlink *downlink)
{
    if (downlink == NULL)
        return;
    tutti_congestion_free (downlink->congestion);
    tutti_pacer_free (downlink->pacer);
    g_free (downlink);
}

void
tutti_downlink_reconfigure (TuttiDownlink *downlink)
{
    downlink->has_video = tutti_sender_ssrc (downlink->setup.senders[TUTTI_KIND_VIDEO]) != 0;
    if (!downlink->has_video)
        tutti_pacer_clear (downlink->pacer);
}

void
tutti_downlink_send (TuttiDownlink *downlink, TuttiPacket *packet, gint64 now_us)
{
    if (packet->codec == TUTTI_CODEC_OPUS) {
        send_sound (downlink, packet, now_us);
        return;
    }
    if (!downlink->has_video)
        return;
    tutti_layers_count (&downlink->layers, packet, PAYLOAD_LINK_BYTES, now_us);
    if (tutti_pacer_pass (downlink->pacer, packet, now_us)) {
        send_picture (downlink, packet, now_us);
        return;
    }
    if (!tutti_pacer_push (downlink->pacer, packet, now_us))
        tutti_downlink_ask_key_frame (downlink, now_us);
    pump (downlink, now_us);
}

void
tutti_downlink_send_again (TuttiDownlink *downlink, guint16 seq, gint64 now_us)
{
    tutti_pacer_push_again (downlink->pacer, seq, now_us);
    pump (downlink, now_us);
}

void
tutti_downlink_ask_key_frame (TuttiDownlink *downlink, gint64 now_us)
{
    tutti_wishes_ask (&downlink->wishes);
    make_wish (downlink, now_us);
}

gboolean
tutti_downlink_take_feedback (TuttiDownlink *downlink, const TuttiRtcpFeedback *feedback,
                              gint64 now_us)
{
    return tutti_congestion_take_feedback (downlink->congestion, feedback, now_us);
}

void
tutti_downlink_take_remb (TuttiDownlink *downlink, guint bitrate_bps, gint64 now_us)
{
    downlink->remb_bps = bitrate_bps;
    tutti_congestion_take_remb (downlink->congestion, bitrate_bps, now_us);
}

void
tutti_downlink_take_loss (TuttiDownlink *downlink, TuttiKind kind, guint8 fraction_lost,
                          gint64 now_us)
{
    TuttiSender *sound = downlink->setup.senders[TUTTI_KIND_AUDIO];
    TuttiCongestionState state;

    tutti_congestion_get_state (downlink->congestion, &state);
    if (kind == TUTTI_KIND_VIDEO)
        downlink->fraction_lost = fraction_lost;
    else if (!state.has_feedback)
        tutti_redundancy_take (tutti_sender_get_redundancy (sound), fraction_lost / 256.0, now_us);
    /* Where there are pictures, sound is too few packets to count by. */
    if (kind == TUTTI_KIND_VIDEO || !downlink->has_video)
        tutti_congestion_take_loss (downlink->congestion, fraction_lost, now_us);
}

void
tutti_downlink_take_round_trip (TuttiDownlink *downlink, guint round_trip_us)
{
    downlink->round_trip_us = round_trip_us;
    tutti_congestion_take_round_trip (downlink->congestion, round_trip_us);
}

void
tutti_downlink_reset (TuttiDownlink *downlink, gint64 now_us)
{
    tutti_congestion_reset (downlink->congestion, now_us);
    tutti_layers_init (&downlink->layers);
    downlink->remb_bps = 0;
    downlink->round_trip_us = 0;
    downlink->fraction_lost = 0;
    downlink->congested_us = G_MININT64 / 2;
    adapt (downlink, now_us);
}

gint64
tutti_downlink_tick (TuttiDownlink *downlink, gint64 now_us)
{
    gint64 due_us;

    aim (downlink);
    due_us = tutti_congestion_tick (downlink->congestion, now_us);
    adapt (downlink, now_us);
    pump (downlink, now_us);
    due_us = MIN (due_us, pad (downlink, now_us));
    make_wish (downlink, now_us);
    downlink->tick_us = due_us;
    downlink->adapt_us = now_us + ADAPT_US;
    downlink->has_shown = FALSE;
    return MAX (find_due (downlink, now_us), now_us + TICK_MIN_US);
}

gint64
tutti_downlink_get_due (const TuttiDownlink *downlink, gint64 now_us)
{
    if (downlink->probe.id != 0 || (downlink->has_shown && now_us >= downlink->adapt_us))
        return now_us;
    return find_due (downlink, now_us);
}

void
tutti_downlink_set_wanted (TuttiDownlink *downlink, guint bitrate_bps)
{
    g_atomic_int_set (&downlink->wanted_bps, bitrate_bps);
}

void
tutti_downlink_get_stats (TuttiDownlink *downlink, gint64 now_us, TuttiLegStats *stats)
{
    TuttiCongestionState state;

    tutti_congestion_get_state (downlink->congestion, &state);
    stats->remb_bps = downlink->remb_bps;
    stats->estimate_bps = state.estimate_bps;
    stats->send_rate_bps = tutti_meter_get_bps (&downlink->meter, now_us);
    stats->queue_us = (guint)tutti_pacer_get_queue_us (downlink->pacer);
    stats->link_queue_us = state.link_queue_us;
    stats->padding_bytes = downlink->padding_bytes;
    stats->layer = (guint8)tutti_layers_get_highest (&downlink->layers);
    stats->layers_left_out = (guint8)(TUTTI_LAYERS_MAX - 1 - downlink->layers.highest);
}
