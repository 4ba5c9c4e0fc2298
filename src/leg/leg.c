/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * leg.c: one participant's network end, in two halves: main negotiates and hears of states through
 * the net's mailbox; the net thread moves packets. Main reaches over by tutti_loop_call() only, the
 * queues and what the headers mark as any thread's.
 */
#include "leg.h"

#include <string.h>

#include <tutti/error.h>
#include <tutti/packet.h>
#include <tutti/role.h>

#include "candidate.h"
#include "negotiate.h"
#include "net-private.h"
#include "rtp-session.h"
#include "transport.h"

/* Sound waits for nobody: 16 packets are 320 ms, older ones had better be lost. */
#define AUDIO_QUEUE_PACKETS 16
/* A key frame of a large canvas at a high rate, 550 KB; and the same again in the history. */
#define VIDEO_QUEUE_PACKETS 512
/* Sent in one go before other legs have their turn: the packets of a picture at 5 Mbit/s and 30
 * frames a second are 20; a key frame takes several turns. */
#define BURST_PACKETS 64

struct _TuttiLeg {
    struct {
        TuttiNet *net;
        TuttiLegEvents events;
        gpointer user_data;
        TuttiLegState state; /* as told */
        TuttiCodec *codecs;
        TuttiPolicy policy;
        TuttiIdentity identity;
        TuttiAgreement agreement;
        char ufrag[TUTTI_UFRAG_MAX + 1], pwd[TUTTI_PWD_MAX + 1]; /* of the last offer */
        guint8 digest[TUTTI_DIGEST_MAX_BYTES];
        GPtrArray *early; /* of NiceCandidate: came before the offer */
        gboolean has_all; /* the peer's candidates */
        guint n_remote;   /* candidates taken since the last restart */
        gboolean is_sending[TUTTI_N_TRACKS];
        TuttiCodec video_codec;
    } main;

    /* Made on main, constant then. */
    TuttiLoop *loop;
    char *name;
    TuttiQueue *out[2]; /* by TuttiKind */
    TuttiWish *key_frame_wanted;
    TuttiTransport *transport; /* its calls: net */
    TuttiRtpSession *rtp;      /* likewise, but for those of any thread */
};

/* --- On the net thread --- */

static void
on_mailed_state (gpointer owner, int number, const char *text)
{
    TuttiLeg *leg = owner;

    leg->main.state = (TuttiLegState)number;
    leg->main.events.state (leg, leg->main.state, leg->main.user_data);
}

static void
on_mailed_candidate (gpointer owner, int number, const char *text)
{
    TuttiLeg *leg = owner;

    leg->main.events.candidate (leg, text, leg->main.user_data);
}

static void
on_state (TuttiLegState state, gpointer user_data)
{
    TuttiLeg *leg = user_data;

    /* A decoder that starts, or starts again, wants a key frame; asking for it itself would take
     * the peer a round trip. */
    if (state == TUTTI_LEG_CONNECTED && leg->key_frame_wanted)
        tutti_wish_make (leg->key_frame_wanted);
    tutti_mailbox_post (tutti_net_get_mailbox (leg->main.net), leg, on_mailed_state, (int)state,
                        NULL);
}

static void
on_candidate (const char *candidate, gpointer user_data)
{
    TuttiLeg *leg = user_data;

    tutti_mailbox_post (tutti_net_get_mailbox (leg->main.net), leg, on_mailed_candidate, 0,
                        candidate);
}

static void
on_rtp (guint8 *data, gsize length_bytes, gint64 now_us, gpointer user_data)
{
    TuttiLeg *leg = user_data;

    tutti_rtp_session_receive_rtp (leg->rtp, data, length_bytes, now_us);
}

static void
on_rtcp (guint8 *data, gsize length_bytes, gint64 now_us, gpointer user_data)
{
    TuttiLeg *leg = user_data;

    tutti_rtp_session_receive_rtcp (leg->rtp, data, length_bytes, now_us);
}

static void
on_rtp_output (guint8 *data, gsize length_bytes, gboolean rtcp, gpointer user_data)
{
    TuttiLeg *leg = user_data;

    tutti_transport_send (leg->transport, data, length_bytes, rtcp);
}

/* What comes before there are keys, or after, is dropped: old media is worth nothing. */
static void
send_queue (TuttiLeg *leg, TuttiKind kind, gint64 now_us)
{
    TuttiLegState state = tutti_transport_get_state (leg->transport);

    for (guint i = 0; i < BURST_PACKETS; i++) {
        g_autoptr (TuttiPacket) packet = tutti_queue_pop (leg->out[kind]);

        if (!packet)
            return;
        if (state == TUTTI_LEG_CONNECTED)
            tutti_rtp_session_send (leg->rtp, packet, now_us);
    }
    if (tutti_queue_length (leg->out[kind]) > 0)
        tutti_seat_wake (tutti_transport_get_seat (leg->transport));
}

static void
on_woken (gint64 now_us, gpointer user_data)
{
    TuttiLeg *leg = user_data;

    send_queue (leg, TUTTI_KIND_AUDIO, now_us);
    send_queue (leg, TUTTI_KIND_VIDEO, now_us);
}

static gint64
on_tick (gint64 now_us, gpointer user_data)
{
    TuttiLeg *leg = user_data;

    /* Nobody is told anything before there are keys. */
    if (tutti_transport_get_state (leg->transport) != TUTTI_LEG_CONNECTED)
        return TUTTI_DEADLINE_NEVER;
    return tutti_rtp_session_tick (leg->rtp, now_us);
}

static const TuttiTransportEvents transport_events = {on_state, on_candidate, on_rtp,
                                                      on_rtcp,  on_woken,     on_tick};

static void
make_transport (gpointer user_data, gint64 now_us)
{
    TuttiLeg *leg = user_data;
    TuttiTransportSetup setup = {
        .loop = leg->loop,
        .ice = tutti_net_get_ice (leg->main.net),
        .certificate = tutti_net_get_certificate (leg->main.net),
        .name = leg->name,
        .events = &transport_events,
        .user_data = leg,
    };

    leg->transport = tutti_transport_new (&setup);
}

static void
end_transport (gpointer user_data, gint64 now_us)
{
    TuttiLeg *leg = user_data;

    if (tutti_transport_get_state (leg->transport) == TUTTI_LEG_CONNECTED)
        tutti_rtp_session_bye (leg->rtp, now_us);
    g_clear_pointer (&leg->transport, tutti_transport_free);
}

typedef struct {
    TuttiLeg *leg;
    const TuttiSession *offer;
    TuttiSession *answer;
    GPtrArray *candidates; /* of NiceCandidate, of the peer */
    gboolean restart;
    gboolean done;
    GError **error;
} Acceptance;

static void
run_acceptance (gpointer user_data, gint64 now_us)
{
    Acceptance *acceptance = user_data;
    TuttiLeg *leg = acceptance->leg;

    if (!tutti_transport_start (leg->transport, acceptance->error))
        return;
    if (acceptance->restart)
        tutti_transport_restart (leg->transport);
    tutti_transport_describe (leg->transport, acceptance->answer);
    tutti_rtp_session_configure (leg->rtp, acceptance->offer, acceptance->answer);
    tutti_transport_connect (leg->transport, acceptance->offer,
                             acceptance->answer->setup == TUTTI_SETUP_ACTIVE);
    for (guint i = 0; i < acceptance->candidates->len; i++)
        tutti_transport_add_remote (leg->transport, acceptance->candidates->pdata[i]);
    tutti_transport_settle (leg->transport, now_us);
    acceptance->done = TRUE;
}

typedef struct {
    TuttiLeg *leg;
    const NiceCandidate *candidate; /* NULL: the end */
} Addition;

static void
run_addition (gpointer user_data, gint64 now_us)
{
    Addition *addition = user_data;

    tutti_transport_add_remote (addition->leg->transport, addition->candidate);
    tutti_transport_settle (addition->leg->transport, now_us);
}

/* --- On main --- */

static gboolean
check_peer (TuttiLeg *leg, const TuttiSession *offer, GError **error)
{
    if (leg->main.agreement.version == 0 ||
        memcmp (leg->main.digest, offer->digest, sizeof leg->main.digest) == 0)
        return TRUE;
    g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_UNSUPPORTED,
                 "the fingerprint can't change within a session");
    return FALSE;
}

/* The offer's and those that came before it. What is no candidate is passed over: the offer stands
 * without it. */
static GPtrArray *
list_candidates (TuttiLeg *leg, const TuttiSession *offer)
{
    GPtrArray *candidates = leg->main.early;

    leg->main.early = g_ptr_array_new_with_free_func ((GDestroyNotify)nice_candidate_free);
    for (guint i = 0; i < offer->candidates->len; i++) {
        NiceCandidate *candidate = NULL;

        if (tutti_candidate_parse (offer->candidates->pdata[i], &candidate, NULL) && candidate)
            g_ptr_array_add (candidates, candidate);
    }
    if (candidates->len > TUTTI_CANDIDATES_MAX)
        g_ptr_array_set_size (candidates, TUTTI_CANDIDATES_MAX);
    return candidates;
}

static void
note_media (TuttiLeg *leg, const TuttiSession *answer)
{
    leg->main.video_codec = TUTTI_CODEC_NONE;
    memset (leg->main.is_sending, 0, sizeof leg->main.is_sending);
    for (guint i = 0; i < answer->n_media; i++) {
        const TuttiMedia *media = &answer->media[i];

        if (media->rejected)
            continue;
        if (media->direction & TUTTI_DIRECTION_RECEIVE)
            leg->main.is_sending[media->track] = TRUE;
        if (media->kind == TUTTI_KIND_VIDEO && (media->direction & TUTTI_DIRECTION_SEND))
            leg->main.video_codec = media->formats[0].codec;
    }
}

static void
note_offer (TuttiLeg *leg, const TuttiSession *offer, const TuttiSession *answer)
{
    g_strlcpy (leg->main.ufrag, offer->ufrag, sizeof leg->main.ufrag);
    g_strlcpy (leg->main.pwd, offer->pwd, sizeof leg->main.pwd);
    memcpy (leg->main.digest, offer->digest, sizeof leg->main.digest);
    tutti_agreement_take (&leg->main.agreement, answer);
    if (leg->main.state == TUTTI_LEG_NEW)
        leg->main.state = TUTTI_LEG_CONNECTING;
    note_media (leg, answer);
}

static void
add_candidate (TuttiLeg *leg, NiceCandidate *candidate)
{
    Addition addition = {leg, candidate};

    if (candidate && leg->main.n_remote++ >= TUTTI_CANDIDATES_MAX)
        return;
    tutti_loop_call (leg->loop, run_addition, &addition);
}

static TuttiCodec *
copy_codecs (const TuttiCodec *codecs)
{
    guint n = 0;

    while (codecs[n] != TUTTI_CODEC_NONE)
        n++;
    return g_memdup2 (codecs, (n + 1) * sizeof *codecs);
}

static void
on_output (gpointer user_data)
{
    tutti_seat_wake (user_data);
}

static void
make_media (TuttiLeg *leg, const TuttiLegSetup *setup)
{
    TuttiSeat *seat = tutti_transport_get_seat (leg->transport);
    TuttiRtpSetup rtp = {
        .key_frame_wanted = setup->key_frame_wanted,
        .output = on_rtp_output,
        .user_data = leg,
    };

    memcpy (rtp.in, setup->in, sizeof rtp.in);
    leg->rtp = tutti_rtp_session_new (&rtp);
    leg->out[TUTTI_KIND_AUDIO] = tutti_queue_new (AUDIO_QUEUE_PACKETS, on_output, seat);
    leg->out[TUTTI_KIND_VIDEO] = tutti_queue_new (VIDEO_QUEUE_PACKETS, on_output, seat);
}

TuttiLeg *
tutti_leg_new (TuttiNet *net, const TuttiLegSetup *setup, const TuttiLegEvents *events,
               gpointer user_data)
{
    TuttiLeg *leg = g_new0 (TuttiLeg, 1);

    tutti_assert_role (TUTTI_ROLE_MAIN);
    leg->main.net = net;
    leg->main.events = *events;
    leg->main.user_data = user_data;
    leg->main.codecs = copy_codecs (setup->video_codecs);
    tutti_identity_make (&leg->main.identity);
    leg->main.policy = (TuttiPolicy){
        .video_codecs = leg->main.codecs,
        .stereo = setup->stereo,
        .fec = setup->fec,
        .dtx = setup->dtx,
        .identity = &leg->main.identity,
    };
    leg->main.early = g_ptr_array_new_with_free_func ((GDestroyNotify)nice_candidate_free);
    leg->name = g_strdup (setup->name);
    if (setup->key_frame_wanted)
        leg->key_frame_wanted = tutti_wish_ref (setup->key_frame_wanted);
    leg->loop = tutti_net_pick_loop (net);
    tutti_loop_call (leg->loop, make_transport, leg);
    make_media (leg, setup);
    return leg;
}

void
tutti_leg_free (TuttiLeg *leg)
{
    if (!leg)
        return;
    tutti_assert_role (TUTTI_ROLE_MAIN);
    for (guint i = 0; i < G_N_ELEMENTS (leg->out); i++)
        tutti_queue_close (leg->out[i]);
    tutti_loop_call (leg->loop, end_transport, leg);
    tutti_mailbox_forget (tutti_net_get_mailbox (leg->main.net), leg);
    tutti_rtp_session_free (leg->rtp);
    for (guint i = 0; i < G_N_ELEMENTS (leg->out); i++)
        tutti_queue_unref (leg->out[i]);
    g_clear_pointer (&leg->key_frame_wanted, tutti_wish_unref);
    g_ptr_array_unref (leg->main.early);
    g_free (leg->main.codecs);
    g_free (leg->name);
    g_free (leg);
}

gboolean
tutti_leg_accept (TuttiLeg *leg, const TuttiSession *offer, TuttiSession *answer, GError **error)
{
    g_autoptr (TuttiSession) draft = tutti_session_new ();
    g_autoptr (GPtrArray) candidates = NULL;
    Acceptance acceptance = {.leg = leg, .offer = offer, .answer = draft, .error = error};
    GPtrArray *unused;

    tutti_assert_role (TUTTI_ROLE_MAIN);
    if (!check_peer (leg, offer, error) ||
        !tutti_negotiate (offer, &leg->main.policy, &leg->main.agreement, draft, error))
        return FALSE;
    candidates = list_candidates (leg, offer);
    acceptance.candidates = candidates;
    acceptance.restart =
        leg->main.agreement.version > 0 &&
        (strcmp (leg->main.ufrag, offer->ufrag) != 0 || strcmp (leg->main.pwd, offer->pwd) != 0);
    tutti_loop_call (leg->loop, run_acceptance, &acceptance);
    if (!acceptance.done)
        return FALSE;
    if (acceptance.restart)
        leg->main.n_remote = 0;
    note_offer (leg, offer, draft);
    if (offer->end_of_candidates || leg->main.has_all)
        add_candidate (leg, NULL);
    unused = answer->candidates;
    *answer = *draft;
    draft->candidates = unused;
    return TRUE;
}

gboolean
tutti_leg_add_candidate (TuttiLeg *leg, const char *text, GError **error)
{
    g_autoptr (NiceCandidate) candidate = NULL;
    gboolean is_end = tutti_candidate_is_end (text);

    tutti_assert_role (TUTTI_ROLE_MAIN);
    if (!is_end && !tutti_candidate_parse (text, &candidate, error))
        return FALSE;
    if (!is_end && !candidate)
        return TRUE;
    if (leg->main.agreement.version > 0)
        add_candidate (leg, candidate);
    else if (is_end)
        leg->main.has_all = TRUE;
    else if (leg->main.early->len < TUTTI_CANDIDATES_MAX)
        g_ptr_array_add (leg->main.early, g_steal_pointer (&candidate));
    return TRUE;
}

TuttiQueue *
tutti_leg_get_output (TuttiLeg *leg, TuttiKind kind)
{
    return leg->out[kind];
}

TuttiCodec
tutti_leg_get_video_codec (TuttiLeg *leg)
{
    return leg->main.video_codec;
}

gboolean
tutti_leg_is_sending (TuttiLeg *leg, TuttiTrack track)
{
    return leg->main.is_sending[track];
}

void
tutti_leg_want_key_frame (TuttiLeg *leg, TuttiTrack track)
{
    tutti_rtp_session_want_key_frame (leg->rtp, track);
    tutti_seat_wake (tutti_transport_get_seat (leg->transport));
}

void
tutti_leg_set_uplink_limit (TuttiLeg *leg, guint bitrate_bps)
{
    tutti_rtp_session_set_uplink_limit (leg->rtp, bitrate_bps);
    tutti_seat_wake (tutti_transport_get_seat (leg->transport));
}

TuttiLegState
tutti_leg_get_state (TuttiLeg *leg)
{
    return leg->main.state;
}

void
tutti_leg_get_stats (TuttiLeg *leg, TuttiLegStats *stats)
{
    *stats = (TuttiLegStats){0};
    tutti_rtp_session_get_stats (leg->rtp, stats);
    tutti_transport_get_stats (leg->transport, stats);
}
