/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * demux.h: which track a received RTP packet belongs to (RFC 8843 section 9.2): by its mid, by what
 * was learnt of its SSRC, by the description's a=ssrc, or by its payload type where only one m-line
 * has it; and of simulcast which layer: by its rid or SSRC. What was found is latched. Role: net.
 */
#pragma once

#include <tutti/session.h>

#include "rtp.h"

/* Sound, and two pictures of four layers, of two SSRCs (media, RTX) each, and room for those they
 * had before: these are remembered for a while, so that their last packets don't pass for a new
 * stream. */
#define TUTTI_DEMUX_SSRCS 32
#define TUTTI_DEMUX_RETIRED_US (2 * G_USEC_PER_SEC)

typedef struct _TuttiDemux TuttiDemux;

typedef struct {
    TuttiTrack track;
    guint layer; /* of the track's media; 0 where there is but one */
    gboolean rtx;
    gboolean repaired;         /* at first: as rtx */
    gboolean red;              /* its payload is RFC 2198's */
    const TuttiFormat *format; /* of the original; the demux's own */
} TuttiRoute;

TuttiDemux *tutti_demux_new (void);
void tutti_demux_free (TuttiDemux *demux);

/* SSRCs learnt for tracks that remain as they were are kept. */
void tutti_demux_configure (TuttiDemux *demux, const TuttiSession *offer,
                            const TuttiSession *answer);

/* The answer's m-line of a track, copied; NULL: the peer doesn't send it. */
const TuttiMedia *tutti_demux_get_media (const TuttiDemux *demux, TuttiTrack track);

/* TuttiFeedback of any of its formats; 0 where there is no such track. */
guint8 tutti_demux_get_feedback (const TuttiDemux *demux, TuttiTrack track);

/* FALSE: nobody's, or a straggler of a stream that was replaced. */
gboolean tutti_demux_route (TuttiDemux *demux, const TuttiRtp *rtp, gint64 now_us,
                            TuttiRoute *route);

/* The peer ended it (BYE). */
void tutti_demux_forget (TuttiDemux *demux, guint32 ssrc);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiDemux, tutti_demux_free)
