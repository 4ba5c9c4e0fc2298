/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * negotiate.c: from an offer and our policy to the answer's media. Pure, any thread.
 *
 *   offer -> sane at all? -> each m-line its track -> formats, direction, extensions -> answer
 */
#include "negotiate.h"

#include <string.h>

#include <tutti/error.h>

#include "certificate.h"
#include "sctp.h"

/* RFC 8839 section 5.4 */
#define UFRAG_MIN 4
#define PWD_MIN 22

/* RFC 6184 section 8.1: profile_idc of Baseline, the first byte of profile-level-id. */
#define H264_BASELINE 0x42
/* constraint_set1_flag in the second byte: constrained baseline, which all decoders play. */
#define H264_CONSTRAINED 0x40

#define NO_TRACK TUTTI_N_TRACKS

static gboolean
refuse (GError **error, TuttiError code, const char *message)
{
    g_set_error_literal (error, TUTTI_ERROR, code, message);
    return FALSE;
}

static gboolean
check_fingerprint (const TuttiSession *offer, GError **error)
{
    const EVP_MD *hash = tutti_certificate_find_hash (offer->hash);

    if (offer->digest_bytes == 0)
        return refuse (error, TUTTI_ERROR_BAD_SDP, "the offer has no fingerprint");
    if (!hash)
        return refuse (error, TUTTI_ERROR_UNSUPPORTED, "unknown hash of the fingerprint");
    if (offer->digest_bytes != (guint)EVP_MD_get_size (hash))
        return refuse (error, TUTTI_ERROR_BAD_SDP, "the fingerprint's length is wrong");
    return TRUE;
}

static gboolean
check_offer (const TuttiSession *offer, GError **error)
{
    if (offer->n_media == 0)
        return refuse (error, TUTTI_ERROR_BAD_SDP, "the offer has no media");
    if (strlen (offer->ufrag) < UFRAG_MIN || strlen (offer->pwd) < PWD_MIN)
        return refuse (error, TUTTI_ERROR_BAD_SDP, "the offer has no ICE credentials");
    if (offer->lite)
        return refuse (error, TUTTI_ERROR_UNSUPPORTED, "ICE lite peers are not supported");
    return check_fingerprint (offer, error);
}

static gboolean
choose_setup (const TuttiSession *offer, const TuttiAgreement *previous, TuttiSetup *setup,
              GError **error)
{
    /* RFC 8842 section 5.3; passive when we may choose: the peer's ClientHello then comes as soon
     * as it has a path. */
    *setup = offer->setup == TUTTI_SETUP_PASSIVE ? TUTTI_SETUP_ACTIVE : TUTTI_SETUP_PASSIVE;
    if (previous->version == 0)
        return TRUE;
    if (offer->setup == TUTTI_SETUP_ACTPASS)
        *setup = previous->setup;
    if (*setup != previous->setup)
        return refuse (error, TUTTI_ERROR_UNSUPPORTED, "the DTLS role can't be changed");
    return TRUE;
}

/* Smaller is better; -1: not ours. */
static int
rank_format (const TuttiFormat *format, TuttiKind kind, const TuttiPolicy *policy)
{
    int rank = 0;

    if (kind == TUTTI_KIND_AUDIO)
        return format->codec == TUTTI_CODEC_OPUS ? 0 : -1;
    while (policy->video_codecs[rank] != TUTTI_CODEC_NONE &&
           policy->video_codecs[rank] != format->codec)
        rank++;
    if (policy->video_codecs[rank] == TUTTI_CODEC_NONE)
        return -1;
    rank *= 4;
    if (format->codec != TUTTI_CODEC_H264)
        return rank;
    /* Nothing said means Baseline (RFC 6184 section 8.1). */
    if (format->profile_level_id != 0 && format->profile_level_id >> 16 != H264_BASELINE)
        return -1;
    if (format->packetization_mode > 1)
        return -1;
    return rank + (format->packetization_mode == 1 ? 0 : 2) +
           ((format->profile_level_id >> 8 & H264_CONSTRAINED) ? 0 : 1);
}

static void
insert_format (TuttiMedia *media, int *ranks, const TuttiFormat *format, int rank)
{
    guint at = media->n_formats++;

    for (; at > 0 && ranks[at - 1] > rank; at--) {
        media->formats[at] = media->formats[at - 1];
        ranks[at] = ranks[at - 1];
    }
    media->formats[at] = *format;
    ranks[at] = rank;
}

static void
adapt_format (TuttiFormat *format, const TuttiPolicy *policy)
{
    if (format->codec == TUTTI_CODEC_OPUS) {
        format->feedback &= TUTTI_FEEDBACK_TRANSPORT_CC;
        format->stereo = policy->stereo;
        format->fec = policy->fec;
        format->dtx = policy->dtx;
        format->max_bitrate_bps = 0;
        /* Its place before or after Opus is the offer's: Chromium sends what stands first in the
         * answer, and takes either. */
        if (!policy->fec)
            format->red_payload_type = 0;
        return;
    }
    format->feedback &= TUTTI_FEEDBACK_NACK | TUTTI_FEEDBACK_PLI | TUTTI_FEEDBACK_FIR |
                        TUTTI_FEEDBACK_REMB | TUTTI_FEEDBACK_TRANSPORT_CC;
}

static void
choose_formats (const TuttiMedia *offered, const TuttiPolicy *policy, TuttiMedia *media)
{
    int ranks[TUTTI_FORMATS_MAX];

    for (guint i = 0; i < offered->n_formats && media->n_formats < TUTTI_FORMATS_MAX; i++) {
        int rank = rank_format (&offered->formats[i], offered->kind, policy);

        if (rank >= 0)
            insert_format (media, ranks, &offered->formats[i], rank);
    }
    /* One sound is sent and one is understood: a second payload type for it has no use. */
    if (offered->kind == TUTTI_KIND_AUDIO)
        media->n_formats = MIN (media->n_formats, 1);
    for (guint i = 0; i < media->n_formats; i++)
        adapt_format (&media->formats[i], policy);
}

static TuttiDirection
choose_direction (const TuttiMedia *offered, TuttiTrack track)
{
    guint direction = TUTTI_DIRECTION_INACTIVE;

    if (offered->direction & TUTTI_DIRECTION_SEND)
        direction |= TUTTI_DIRECTION_RECEIVE;
    if ((offered->direction & TUTTI_DIRECTION_RECEIVE) && track != TUTTI_TRACK_SCREEN)
        direction |= TUTTI_DIRECTION_SEND;
    return (TuttiDirection)direction;
}

/* Not accepted: what nothing of ours reads. Without video-orientation browsers turn the picture
 * themselves. The sequence numbers of transport-cc come up and are reported, and go down and are
 * reported to us: a peer then estimates nothing itself and sends no REMB. */
static void
choose_extensions (const TuttiMedia *offered, TuttiMedia *media)
{
    media->extension[TUTTI_EXTENSION_MID] = offered->extension[TUTTI_EXTENSION_MID];
    if (media->formats[0].feedback & TUTTI_FEEDBACK_TRANSPORT_CC)
        media->extension[TUTTI_EXTENSION_TRANSPORT_CC] =
            offered->extension[TUTTI_EXTENSION_TRANSPORT_CC];
    if (offered->kind == TUTTI_KIND_AUDIO)
        media->extension[TUTTI_EXTENSION_LEVEL] = offered->extension[TUTTI_EXTENSION_LEVEL];
}

/* All layers are taken, else the peer would send but one of its own choice. Without the extension
 * that names them nobody knows which is which, and browsers refuse such an answer. */
static void
choose_layers (const TuttiMedia *offered, TuttiMedia *media)
{
    gboolean has_rids = offered->n_layers > 0 && offered->layers[0].rid[0];

    if (!(media->direction & TUTTI_DIRECTION_RECEIVE) ||
        (has_rids && offered->extension[TUTTI_EXTENSION_RID] == 0))
        return;
    media->n_layers = offered->n_layers;
    memcpy (media->layers, offered->layers, sizeof media->layers);
    if (!has_rids)
        return;
    media->extension[TUTTI_EXTENSION_RID] = offered->extension[TUTTI_EXTENSION_RID];
    media->extension[TUTTI_EXTENSION_REPAIRED_RID] =
        offered->extension[TUTTI_EXTENSION_REPAIRED_RID];
}

static void
answer_media (const TuttiMedia *offered, TuttiTrack track, const TuttiPolicy *policy,
              TuttiMedia *media)
{
    const TuttiIdentity *identity = policy->identity;

    media->kind = offered->kind;
    media->rtcp_mux = TRUE;
    media->track = track;
    g_strlcpy (media->mid, offered->mid, sizeof media->mid);
    if (track != NO_TRACK && offered->rtcp_mux)
        choose_formats (offered, policy, media);
    if (media->n_formats == 0) {
        media->rejected = TRUE;
        return;
    }
    media->direction = choose_direction (offered, track);
    choose_extensions (offered, media);
    choose_layers (offered, media);
    if (!(media->direction & TUTTI_DIRECTION_SEND))
        return;
    media->ssrc = identity->ssrc[media->kind];
    if (media->formats[0].rtx_payload_type)
        media->rtx_ssrc = identity->rtx_ssrc[media->kind];
}

/* RFC 8841 section 10: nothing of it depends on what was agreed on before. */
static void
answer_channel (const TuttiMedia *offered, gboolean is_first, TuttiMedia *media)
{
    media->kind = offered->kind;
    media->track = NO_TRACK;
    g_strlcpy (media->mid, offered->mid, sizeof media->mid);
    media->rejected = !is_first || offered->rejected || offered->sctp_port == 0;
    media->sctp_port = TUTTI_SCTP_PORT;
    media->sctp_legacy = offered->sctp_legacy;
    media->max_message_bytes = TUTTI_SCTP_RECEIVE_MAX_BYTES;
}

/* The track that an m-line had in the last answer. */
static TuttiTrack
recall_track (const TuttiAgreement *previous, const TuttiMedia *offered)
{
    for (guint i = 0; i < previous->n_media; i++)
        if (!previous->media[i].rejected && previous->media[i].kind == offered->kind &&
            strcmp (previous->media[i].mid, offered->mid) == 0)
            return previous->media[i].track;

    return NO_TRACK;
}

static TuttiTrack
find_free_track (TuttiKind kind, const gboolean *taken)
{
    if (kind == TUTTI_KIND_AUDIO && !taken[TUTTI_TRACK_AUDIO])
        return TUTTI_TRACK_AUDIO;
    if (kind == TUTTI_KIND_VIDEO && !taken[TUTTI_TRACK_CAMERA])
        return TUTTI_TRACK_CAMERA;
    if (kind == TUTTI_KIND_VIDEO && !taken[TUTTI_TRACK_SCREEN])
        return TUTTI_TRACK_SCREEN;
    return NO_TRACK;
}

static gboolean
has_usable_format (const TuttiMedia *offered, const TuttiPolicy *policy)
{
    for (guint i = 0; i < offered->n_formats; i++)
        if (rank_format (&offered->formats[i], offered->kind, policy) >= 0)
            return TRUE;
    return FALSE;
}

/* An m-line that may have a track: not the data channel, not rejected, with a codec of ours. */
static gboolean
is_servable (const TuttiMedia *offered, const TuttiPolicy *policy)
{
    return offered->kind != TUTTI_KIND_APPLICATION && !offered->rejected && offered->rtcp_mux &&
           has_usable_format (offered, policy);
}

/* First those that have one already, then the others in order. */
static void
assign_tracks (const TuttiSession *offer, const TuttiPolicy *policy, const TuttiAgreement *previous,
               TuttiTrack *tracks)
{
    gboolean taken[TUTTI_N_TRACKS + 1] = {FALSE};

    for (guint i = 0; i < offer->n_media; i++) {
        TuttiTrack track = recall_track (previous, &offer->media[i]);

        tracks[i] = is_servable (&offer->media[i], policy) && !taken[track] ? track : NO_TRACK;
        taken[tracks[i]] = tracks[i] != NO_TRACK;
    }
    for (guint i = 0; i < offer->n_media; i++) {
        if (tracks[i] != NO_TRACK || !is_servable (&offer->media[i], policy))
            continue;
        tracks[i] = find_free_track (offer->media[i].kind, taken);
        taken[tracks[i]] = tracks[i] != NO_TRACK;
    }
}

static gboolean
check_tracks (const TuttiSession *offer, const TuttiTrack *tracks, GError **error)
{
    gboolean lacks_mux = FALSE;

    for (guint i = 0; i < offer->n_media; i++) {
        lacks_mux |= offer->media[i].kind != TUTTI_KIND_APPLICATION && !offer->media[i].rejected &&
                     !offer->media[i].rtcp_mux;
        if (tracks[i] != NO_TRACK)
            return TRUE;
    }
    return refuse (error, TUTTI_ERROR_UNSUPPORTED,
                   lacks_mux ? "RTCP must be multiplexed (a=rtcp-mux)"
                             : "no audio or video with a codec in common");
}

static void
answer_all (const TuttiSession *offer, const TuttiTrack *tracks, const TuttiPolicy *policy,
            TuttiSession *answer)
{
    gboolean has_channel = FALSE;

    answer->n_media = offer->n_media;
    memset (answer->media, 0, sizeof answer->media);
    for (guint i = 0; i < offer->n_media; i++) {
        if (offer->media[i].kind != TUTTI_KIND_APPLICATION) {
            answer_media (&offer->media[i], tracks[i], policy, &answer->media[i]);
            continue;
        }
        answer_channel (&offer->media[i], !has_channel, &answer->media[i]);
        has_channel |= !answer->media[i].rejected;
    }
}

void
tutti_identity_make (TuttiIdentity *identity)
{
    g_autofree char *cname = g_uuid_string_random ();
    /* Four neighbours: distinct without asking, and never 0. */
    guint32 first = (g_random_int () & ~(guint32)3) | 4;

    for (guint kind = 0; kind < G_N_ELEMENTS (identity->ssrc); kind++) {
        identity->ssrc[kind] = first + 2 * kind;
        identity->rtx_ssrc[kind] = first + 2 * kind + 1;
    }
    g_strlcpy (identity->cname, cname, sizeof identity->cname);
    g_strlcpy (identity->stream, "tutti", sizeof identity->stream);
    /* RFC 8829 section 5.2.1: 63 bits, the highest one 0. */
    identity->id = ((guint64)g_random_int () << 32 | g_random_int ()) & G_MAXINT64;
}

gboolean
tutti_negotiate (const TuttiSession *offer, const TuttiPolicy *policy,
                 const TuttiAgreement *previous, TuttiSession *answer, GError **error)
{
    TuttiTrack tracks[TUTTI_MEDIA_MAX];
    TuttiSetup setup;

    if (!check_offer (offer, error) || !choose_setup (offer, previous, &setup, error))
        return FALSE;
    assign_tracks (offer, policy, previous, tracks);
    if (!check_tracks (offer, tracks, error))
        return FALSE;
    answer->setup = setup;
    answer_all (offer, tracks, policy, answer);
    g_strlcpy (answer->cname, policy->identity->cname, sizeof answer->cname);
    g_strlcpy (answer->stream, policy->identity->stream, sizeof answer->stream);
    answer->id = policy->identity->id;
    answer->version = previous->version + 1;
    return TRUE;
}

void
tutti_agreement_take (TuttiAgreement *agreement, const TuttiSession *answer)
{
    agreement->version = answer->version;
    agreement->setup = answer->setup;
    agreement->n_media = answer->n_media;
    for (guint i = 0; i < answer->n_media; i++) {
        agreement->media[i].kind = answer->media[i].kind;
        agreement->media[i].rejected = answer->media[i].rejected;
        agreement->media[i].track = answer->media[i].track;
        g_strlcpy (agreement->media[i].mid, answer->media[i].mid, TUTTI_MID_MAX + 1);
    }
}
