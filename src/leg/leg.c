/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * leg.c: main's half of one participant's network end: offers, candidates, states as told. The
 * other half is the line, whose events come here through the net's mailbox. Role: main.
 */
#include "leg.h"

#include <string.h>

#include <tutti/error.h>
#include <tutti/role.h>

#include "candidate.h"
#include "line.h"
#include "negotiate.h"
#include "net-private.h"

struct _TuttiLeg {
    TuttiMailbox *mailbox;
    TuttiLine *line;
    TuttiLegEvents events;
    gpointer user_data;
    TuttiLegState state; /* as told */

    TuttiCodec *codecs;
    TuttiPolicy policy;
    TuttiIdentity identity;
    TuttiAgreement agreement;
    char ufrag[TUTTI_UFRAG_MAX + 1], pwd[TUTTI_PWD_MAX + 1]; /* of the last offer */
    guint8 digest[TUTTI_DIGEST_MAX_BYTES];                   /* of the first */
    gboolean is_sending[TUTTI_N_TRACKS];
    guint max_packet_ms;
    guint n_layers[TUTTI_N_TRACKS];
    TuttiCodec video_codec;

    GPtrArray *early;       /* of NiceCandidate: came before the offer */
    gboolean has_early_end; /* and the end of them did */
    guint n_remote;         /* candidates trickled since the last restart */
};

/* --- On the net thread --- */

static void
on_mailed_state (gpointer owner, int number, const char *text)
{
    TuttiLeg *leg = owner;

    leg->state = (TuttiLegState)number;
    leg->events.state (leg, leg->state, leg->user_data);
}

static void
on_mailed_candidate (gpointer owner, int number, const char *text)
{
    TuttiLeg *leg = owner;

    leg->events.candidate (leg, text, leg->user_data);
}

static void
on_mailed_estimate (gpointer owner, int number, const char *text)
{
    TuttiLeg *leg = owner;

    leg->events.estimate (leg, (guint)number, leg->user_data);
}

static void
on_mailed_channel (gpointer owner, int number, const char *text)
{
    TuttiLeg *leg = owner;

    if (leg->events.channel)
        leg->events.channel (leg, (guint)number, leg->user_data);
}

static void
on_mailed_text (gpointer owner, int number, const char *text)
{
    TuttiLeg *leg = owner;

    tutti_line_note_read (leg->line);
    if (leg->events.said)
        leg->events.said (leg, text, leg->user_data);
}

static void
on_state (TuttiLegState state, gpointer user_data)
{
    TuttiLeg *leg = user_data;

    tutti_mailbox_post (leg->mailbox, leg, on_mailed_state, (int)state, NULL);
}

static void
on_candidate (const char *candidate, gpointer user_data)
{
    TuttiLeg *leg = user_data;

    tutti_mailbox_post (leg->mailbox, leg, on_mailed_candidate, 0, candidate);
}

static void
on_estimate (guint bitrate_bps, gpointer user_data)
{
    TuttiLeg *leg = user_data;

    if (leg->events.estimate)
        tutti_mailbox_post_patiently (leg->mailbox, leg, on_mailed_estimate,
                                      (int)MIN (bitrate_bps, (guint)G_MAXINT));
}

static void
on_channel (guint max_bytes, gpointer user_data)
{
    TuttiLeg *leg = user_data;

    tutti_mailbox_post (leg->mailbox, leg, on_mailed_channel, (int)max_bytes, NULL);
}

static void
on_said (const char *text, gpointer user_data)
{
    TuttiLeg *leg = user_data;

    tutti_mailbox_post (leg->mailbox, leg, on_mailed_text, 0, text);
}

static const TuttiLineEvents line_events = {on_state, on_candidate, on_estimate, on_channel,
                                            on_said};

/* --- On main --- */

static GPtrArray *
new_candidates (void)
{
    return g_ptr_array_new_with_free_func ((GDestroyNotify)nice_candidate_free);
}

static gboolean
check_peer (TuttiLeg *leg, const TuttiSession *offer, GError **error)
{
    if (tutti_leg_is_of_peer (leg, offer))
        return TRUE;
    g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_UNSUPPORTED,
                 "the fingerprint can't change within a session");
    return FALSE;
}

/* The offer's and those that came before it. What is no candidate is passed over: the offer stands
 * without it. */
static GPtrArray *
take_candidates (TuttiLeg *leg, const TuttiSession *offer)
{
    GPtrArray *candidates = g_steal_pointer (&leg->early);

    leg->early = new_candidates ();
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
note_media (TuttiLeg *leg, const TuttiSession *offer, const TuttiSession *answer)
{
    leg->video_codec = TUTTI_CODEC_NONE;
    leg->max_packet_ms = 0;
    memset (leg->is_sending, 0, sizeof leg->is_sending);
    memset (leg->n_layers, 0, sizeof leg->n_layers);
    for (guint i = 0; i < answer->n_media; i++) {
        const TuttiMedia *media = &answer->media[i];

        if (media->rejected || media->kind == TUTTI_KIND_APPLICATION)
            continue;
        if (media->direction & TUTTI_DIRECTION_RECEIVE)
            leg->is_sending[media->track] = TRUE;
        leg->n_layers[media->track] = media->n_layers;
        if (media->kind == TUTTI_KIND_VIDEO && (media->direction & TUTTI_DIRECTION_SEND))
            leg->video_codec = media->formats[0].codec;
        if (media->kind == TUTTI_KIND_AUDIO && (media->direction & TUTTI_DIRECTION_SEND))
            leg->max_packet_ms = offer->media[i].max_packet_ms;
    }
}

static void
note_offer (TuttiLeg *leg, const TuttiSession *offer, const TuttiSession *answer)
{
    g_strlcpy (leg->ufrag, offer->ufrag, sizeof leg->ufrag);
    g_strlcpy (leg->pwd, offer->pwd, sizeof leg->pwd);
    memcpy (leg->digest, offer->digest, sizeof leg->digest);
    tutti_agreement_take (&leg->agreement, answer);
    note_media (leg, offer, answer);
    if (leg->state == TUTTI_LEG_NEW)
        leg->state = TUTTI_LEG_CONNECTING;
}

static gboolean
has_new_credentials (TuttiLeg *leg, const TuttiSession *offer)
{
    return leg->agreement.version > 0 &&
           (strcmp (leg->ufrag, offer->ufrag) != 0 || strcmp (leg->pwd, offer->pwd) != 0);
}

/* The caller's answer has the content, the draft what the caller had. */
static void
hand_over (TuttiSession *draft, TuttiSession *answer)
{
    GPtrArray *candidates = answer->candidates;

    *answer = *draft;
    draft->candidates = candidates;
}

static void
keep_early (TuttiLeg *leg, NiceCandidate *candidate)
{
    if (!candidate)
        leg->has_early_end = TRUE;
    else if (leg->early->len < TUTTI_CANDIDATES_MAX)
        g_ptr_array_add (leg->early, nice_candidate_copy (candidate));
}

static TuttiCodec *
copy_codecs (const TuttiCodec *codecs)
{
    guint n = 0;

    while (codecs[n] != TUTTI_CODEC_NONE)
        n++;
    return g_memdup2 (codecs, (n + 1) * sizeof *codecs);
}

TuttiLeg *
tutti_leg_new (TuttiNet *net, const TuttiLegSetup *setup, const TuttiLegEvents *events,
               gpointer user_data)
{
    TuttiLeg *leg = g_new0 (TuttiLeg, 1);

    tutti_assert_role (TUTTI_ROLE_MAIN);
    leg->mailbox = tutti_net_get_mailbox (net);
    leg->events = *events;
    leg->user_data = user_data;
    leg->codecs = copy_codecs (setup->video_codecs);
    tutti_identity_make (&leg->identity);
    leg->policy = (TuttiPolicy){
        .video_codecs = leg->codecs,
        .stereo = setup->stereo,
        .fec = setup->fec,
        .dtx = setup->dtx,
        .identity = &leg->identity,
    };
    leg->early = new_candidates ();
    leg->line = tutti_line_new (net, setup, &line_events, leg);
    return leg;
}

void
tutti_leg_free (TuttiLeg *leg)
{
    if (!leg)
        return;
    tutti_assert_role (TUTTI_ROLE_MAIN);
    tutti_line_free (leg->line);
    tutti_mailbox_forget (leg->mailbox, leg);
    g_ptr_array_unref (leg->early);
    g_free (leg->codecs);
    g_free (leg);
}

gboolean
tutti_leg_accept (TuttiLeg *leg, const TuttiSession *offer, TuttiSession *answer, GError **error)
{
    g_autoptr (TuttiSession) draft = tutti_session_new ();
    g_autoptr (GPtrArray) candidates = NULL;
    TuttiLineAcceptance acceptance = {.offer = offer, .answer = draft};

    tutti_assert_role (TUTTI_ROLE_MAIN);
    if (!check_peer (leg, offer, error) ||
        !tutti_negotiate (offer, &leg->policy, &leg->agreement, draft, error))
        return FALSE;
    candidates = take_candidates (leg, offer);
    acceptance.candidates = candidates;
    acceptance.restart = has_new_credentials (leg, offer);
    if (!tutti_line_accept (leg->line, &acceptance, error))
        return FALSE;
    if (acceptance.restart)
        leg->n_remote = 0;
    note_offer (leg, offer, draft);
    if (offer->end_of_candidates || leg->has_early_end)
        tutti_line_add_candidate (leg->line, NULL);
    leg->has_early_end = FALSE;
    hand_over (draft, answer);
    return TRUE;
}

gboolean
tutti_leg_is_of_peer (TuttiLeg *leg, const TuttiSession *offer)
{
    return leg->agreement.version == 0 ||
           memcmp (leg->digest, offer->digest, sizeof leg->digest) == 0;
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
    if (leg->agreement.version == 0)
        keep_early (leg, candidate);
    else if (is_end || leg->n_remote++ < TUTTI_CANDIDATES_MAX)
        tutti_line_add_candidate (leg->line, candidate);
    return TRUE;
}

TuttiQueue *
tutti_leg_get_output (TuttiLeg *leg, TuttiKind kind)
{
    return tutti_line_get_output (leg->line, kind);
}

TuttiCodec
tutti_leg_get_video_codec (TuttiLeg *leg)
{
    return leg->video_codec;
}

gboolean
tutti_leg_is_sending (TuttiLeg *leg, TuttiTrack track)
{
    return leg->is_sending[track];
}

guint
tutti_leg_get_max_packet_ms (TuttiLeg *leg)
{
    return leg->max_packet_ms;
}

guint
tutti_leg_get_layers (TuttiLeg *leg, TuttiTrack track)
{
    return leg->n_layers[track];
}

void
tutti_leg_want_key_frame (TuttiLeg *leg, TuttiTrack track)
{
    tutti_line_want_key_frame (leg->line, track);
}

void
tutti_leg_want_picture (TuttiLeg *leg, TuttiTrack track, int width, int height)
{
    tutti_line_want_picture (leg->line, track, width, height);
}

void
tutti_leg_set_uplink_limit (TuttiLeg *leg, guint bitrate_bps)
{
    tutti_line_set_uplink_limit (leg->line, bitrate_bps);
}

void
tutti_leg_set_wanted_rate (TuttiLeg *leg, guint bitrate_bps)
{
    tutti_line_set_wanted_rate (leg->line, bitrate_bps);
}

void
tutti_leg_say (TuttiLeg *leg, const char *text)
{
    tutti_line_say (leg->line, text);
}

void
tutti_leg_hang_up (TuttiLeg *leg)
{
    tutti_line_hang_up (leg->line);
}

TuttiLegState
tutti_leg_get_state (TuttiLeg *leg)
{
    return leg->state;
}

void
tutti_leg_get_stats (TuttiLeg *leg, TuttiLegStats *stats)
{
    *stats = (TuttiLegStats){0};
    tutti_line_get_stats (leg->line, stats);
}
