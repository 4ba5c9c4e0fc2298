/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * demux.c: see demux.h.
 */
#include "demux.h"

#include <string.h>

#define NO_TRACK TUTTI_N_TRACKS
#define LIVE (-1) /* retired_us of a stream in use */

typedef struct {
    gboolean used;
    guint32 ssrc;
    TuttiTrack track;
    guint layer;
    gboolean rtx;
    gint64 retired_us;
} Learnt;

typedef struct {
    gboolean sent;          /* by the peer */
    guint32 ssrc, rtx_ssrc; /* the offer's; 0: not said */
    TuttiMedia media;
} Track;

struct _TuttiDemux {
    Track tracks[TUTTI_N_TRACKS];
    /* All tracks have one id for the mid, as RFC 8843 section 9.1 asks (werift has several): a mid
     * that is nobody's is a stranger then, not another extension. */
    gboolean one_mid_id;
    Learnt learnt[TUTTI_DEMUX_SSRCS];
};

/* Fills all of the route but the track; format NULL: not negotiated. */
static void
find_format (const Track *track, guint8 payload_type, TuttiRoute *route)
{
    route->format = NULL;
    for (guint i = 0; track->sent && i < track->media.n_formats; i++) {
        const TuttiFormat *format = &track->media.formats[i];

        if (format->codec == TUTTI_CODEC_NONE)
            continue;
        route->rtx = format->rtx_payload_type != 0 && format->rtx_payload_type == payload_type;
        route->red = format->red_payload_type != 0 && format->red_payload_type == payload_type;
        if (route->rtx || route->red || format->payload_type == payload_type) {
            route->format = format;
            return;
        }
    }
}

static TuttiTrack
find_by_mid (const TuttiDemux *demux, const TuttiRtp *rtp, gboolean *stranger)
{
    *stranger = FALSE;
    for (guint i = 0; rtp->extensions != NULL && i < TUTTI_N_TRACKS; i++) {
        const TuttiMedia *media = &demux->tracks[i].media;
        gsize bytes = 0;
        const guint8 *mid = NULL;

        if (demux->tracks[i].sent)
            mid = tutti_rtp_find_extension (rtp, media->extension[TUTTI_EXTENSION_MID], &bytes);
        if (mid == NULL)
            continue;
        if (bytes == strlen (media->mid) && memcmp (mid, media->mid, bytes) == 0)
            return (TuttiTrack)i;
        *stranger = demux->one_mid_id;
    }
    return NO_TRACK;
}

static gboolean
has_layer_ssrc (const TuttiMedia *media, guint32 ssrc)
{
    for (guint i = 0; i < media->n_layers; i++)
        if (media->layers[i].ssrc == ssrc || media->layers[i].rtx_ssrc == ssrc)
            return TRUE;
    return FALSE;
}

static TuttiTrack
find_by_signalled_ssrc (const TuttiDemux *demux, guint32 ssrc)
{
    for (guint i = 0; ssrc != 0 && i < TUTTI_N_TRACKS; i++)
        if (demux->tracks[i].sent &&
            (demux->tracks[i].ssrc == ssrc || demux->tracks[i].rtx_ssrc == ssrc ||
             has_layer_ssrc (&demux->tracks[i].media, ssrc)))
            return (TuttiTrack)i;
    return NO_TRACK;
}

static TuttiTrack
find_by_payload_type (const TuttiDemux *demux, guint8 payload_type)
{
    TuttiTrack found = NO_TRACK;
    TuttiRoute route;

    for (guint i = 0; i < TUTTI_N_TRACKS; i++) {
        find_format (&demux->tracks[i], payload_type, &route);
        if (route.format == NULL)
            continue;
        if (found != NO_TRACK)
            return NO_TRACK; /* two m-lines have it */
        found = (TuttiTrack)i;
    }
    return found;
}

/* The layer that a header extension names; -1: none of the track's. */
static int
find_rid (const TuttiMedia *media, const TuttiRtp *rtp, TuttiExtension extension)
{
    gsize bytes = 0;
    const guint8 *rid = tutti_rtp_find_extension (rtp, media->extension[extension], &bytes);

    for (guint i = 0; rid != NULL && i < media->n_layers; i++)
        if (bytes == strlen (media->layers[i].rid) && bytes > 0 &&
            memcmp (rid, media->layers[i].rid, bytes) == 0)
            return (int)i;
    return -1;
}

/* FALSE: a layer that nobody announced. */
static gboolean
find_layer (const Track *track, const TuttiRtp *rtp, const Learnt *learnt, TuttiRoute *route)
{
    const TuttiMedia *media = &track->media;
    int layer = -1;

    if (media->n_layers == 0)
        return TRUE;
    if (rtp->extensions != NULL)
        layer =
            find_rid (media, rtp, route->rtx ? TUTTI_EXTENSION_REPAIRED_RID : TUTTI_EXTENSION_RID);
    if (layer < 0 && learnt != NULL && learnt->track == route->track)
        layer = (int)learnt->layer;
    for (guint i = 0; layer < 0 && i < media->n_layers; i++)
        if (rtp->ssrc != 0 &&
            (media->layers[i].ssrc == rtp->ssrc || media->layers[i].rtx_ssrc == rtp->ssrc))
            layer = (int)i;
    route->layer = (guint)MAX (layer, 0);
    return layer >= 0;
}

static Learnt *
find_learnt (TuttiDemux *demux, guint32 ssrc)
{
    for (guint i = 0; i < TUTTI_DEMUX_SSRCS; i++)
        if (demux->learnt[i].used && demux->learnt[i].ssrc == ssrc)
            return &demux->learnt[i];
    return NULL;
}

static TuttiTrack
find_track (const TuttiDemux *demux, const TuttiRtp *rtp, const Learnt *learnt)
{
    gboolean stranger;
    TuttiTrack track = find_by_mid (demux, rtp, &stranger);

    if (track != NO_TRACK || stranger)
        return track;
    if (learnt != NULL)
        return learnt->track;
    track = find_by_signalled_ssrc (demux, rtp->ssrc);
    return track != NO_TRACK ? track : find_by_payload_type (demux, rtp->payload_type);
}

/* A free place, or that of the one retired longest ago: 18 at most are live. */
static Learnt *
find_place (TuttiDemux *demux)
{
    Learnt *oldest = NULL;

    for (guint i = 0; i < TUTTI_DEMUX_SSRCS; i++) {
        Learnt *learnt = &demux->learnt[i];

        if (!learnt->used)
            return learnt;
        if (learnt->retired_us != LIVE &&
            (oldest == NULL || learnt->retired_us < oldest->retired_us))
            oldest = learnt;
    }
    g_assert (oldest != NULL);
    return oldest;
}

static void
latch (TuttiDemux *demux, guint32 ssrc, const TuttiRoute *route, gint64 now_us)
{
    tutti_demux_forget (demux, ssrc);
    for (guint i = 0; i < TUTTI_DEMUX_SSRCS; i++) {
        Learnt *learnt = &demux->learnt[i];

        if (learnt->used && learnt->retired_us == LIVE && learnt->track == route->track &&
            learnt->layer == route->layer && learnt->rtx == route->rtx)
            learnt->retired_us = now_us;
    }
    *find_place (demux) = (Learnt){.used = TRUE,
                                   .ssrc = ssrc,
                                   .track = route->track,
                                   .layer = route->layer,
                                   .rtx = route->rtx,
                                   .retired_us = LIVE};
}

static void
copy_media (Track *track, const TuttiMedia *offered, const TuttiMedia *answered)
{
    track->sent = TRUE;
    track->media = *answered;
    track->ssrc = offered->ssrc;
    track->rtx_ssrc = offered->rtx_ssrc;
}

static void
check_mid_ids (TuttiDemux *demux)
{
    guint8 id = 0;

    demux->one_mid_id = TRUE;
    for (guint i = 0; i < TUTTI_N_TRACKS; i++) {
        guint8 other = demux->tracks[i].media.extension[TUTTI_EXTENSION_MID];

        if (!demux->tracks[i].sent)
            continue;
        if (id != 0 && id != other)
            demux->one_mid_id = FALSE;
        id = other;
    }
}

static gboolean
has_same_layers (const TuttiMedia *a, const TuttiMedia *b)
{
    gboolean is_same = a->n_layers == b->n_layers;

    for (guint i = 0; is_same && i < a->n_layers; i++)
        is_same = strcmp (a->layers[i].rid, b->layers[i].rid) == 0 &&
                  a->layers[i].ssrc == b->layers[i].ssrc;
    return is_same;
}

/* Streams of tracks that went or became another m-line are forgotten; those that the description
 * names again may return. */
static void
revise_learnt (TuttiDemux *demux, const Track *before)
{
    for (guint i = 0; i < TUTTI_DEMUX_SSRCS; i++) {
        Learnt *learnt = &demux->learnt[i];
        const Track *now = &demux->tracks[learnt->track];

        if (!learnt->used)
            continue;
        if (!now->sent || strcmp (now->media.mid, before[learnt->track].media.mid) != 0 ||
            !has_same_layers (&now->media, &before[learnt->track].media))
            learnt->used = FALSE;
        else if (learnt->retired_us != LIVE &&
                 find_by_signalled_ssrc (demux, learnt->ssrc) != NO_TRACK)
            learnt->used = FALSE;
    }
}

TuttiDemux *
tutti_demux_new (void)
{
    return g_new0 (TuttiDemux, 1);
}

void
tutti_demux_free (TuttiDemux *demux)
{
    g_free (demux);
}

void
tutti_demux_configure (TuttiDemux *demux, const TuttiSession *offer, const TuttiSession *answer)
{
    g_autofree Track *before = g_memdup2 (demux->tracks, sizeof demux->tracks);

    memset (demux->tracks, 0, sizeof demux->tracks);
    for (guint i = 0; i < answer->n_media && i < offer->n_media; i++) {
        const TuttiMedia *media = &answer->media[i];

        if (media->kind == TUTTI_KIND_APPLICATION || media->rejected ||
            !(media->direction & TUTTI_DIRECTION_RECEIVE) || media->track >= TUTTI_N_TRACKS)
            continue;
        copy_media (&demux->tracks[media->track], &offer->media[i], media);
    }
    check_mid_ids (demux);
    revise_learnt (demux, before);
}

const TuttiMedia *
tutti_demux_get_media (const TuttiDemux *demux, TuttiTrack track)
{
    return demux->tracks[track].sent ? &demux->tracks[track].media : NULL;
}

guint8
tutti_demux_get_feedback (const TuttiDemux *demux, TuttiTrack track)
{
    const TuttiMedia *media = tutti_demux_get_media (demux, track);
    guint8 feedback = 0;

    for (guint i = 0; media != NULL && i < media->n_formats; i++)
        feedback |= media->formats[i].feedback;
    return feedback;
}

gboolean
tutti_demux_route (TuttiDemux *demux, const TuttiRtp *rtp, gint64 now_us, TuttiRoute *route)
{
    Learnt *learnt = find_learnt (demux, rtp->ssrc);
    TuttiRoute found = {.track = find_track (demux, rtp, learnt)};

    if (found.track == NO_TRACK)
        return FALSE;
    find_format (&demux->tracks[found.track], rtp->payload_type, &found);
    if (found.format == NULL || !find_layer (&demux->tracks[found.track], rtp, learnt, &found))
        return FALSE;
    if (learnt == NULL || learnt->track != found.track || learnt->layer != found.layer) {
        latch (demux, rtp->ssrc, &found, now_us);
    } else if (learnt->retired_us != LIVE) {
        if (now_us - learnt->retired_us < TUTTI_DEMUX_RETIRED_US)
            return FALSE;
        latch (demux, rtp->ssrc, &found, now_us);
    } else if (learnt->rtx != found.rtx) {
        return FALSE; /* RFC 4588 section 4: originals and repairs have different SSRCs */
    }
    found.repaired = found.rtx;
    *route = found;
    return TRUE;
}

void
tutti_demux_forget (TuttiDemux *demux, guint32 ssrc)
{
    Learnt *learnt = find_learnt (demux, ssrc);

    if (learnt != NULL)
        learnt->used = FALSE;
}
