/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * line.h: the half of a leg that lives on a net thread: transport and RTP session, between the
 * queues of the leg.
 *
 *   transport -> rtp-session -> in queues
 *   transport <- rtp-session <- out queues
 *
 * Role: main, except where said: calls reach over to the net thread and wait for it (microseconds,
 * a millisecond for the first accept()).
 */
#pragma once

#include <nice/agent.h>

#include "leg.h"

typedef struct _TuttiLine TuttiLine;

/* Role: net. */
typedef struct {
    void (*state) (TuttiLegState state, gpointer user_data);
    void (*candidate) (const char *candidate, gpointer user_data);
    void (*estimate) (guint bitrate_bps, gpointer user_data);
    /* The data channel is open, for texts of so many bytes; 0: closed. */
    void (*channel) (guint max_bytes, gpointer user_data);
    /* A text of the peer's on it; NULL: something that is none. */
    void (*said) (const char *text, gpointer user_data);
} TuttiLineEvents;

/* Of the setup: in, key_frame_wanted, name. */
TuttiLine *tutti_line_new (TuttiNet *net, const TuttiLegSetup *setup, const TuttiLineEvents *events,
                           gpointer user_data);
/* BYE, close_notify; no event comes any more when it returns. */
void tutti_line_free (TuttiLine *line);

typedef struct {
    const TuttiSession *offer;
    TuttiSession *answer;        /* media and setup are there; the transport's part is filled in */
    const GPtrArray *candidates; /* of NiceCandidate: the peer's */
    gboolean restart;            /* the offer has new ICE credentials */
} TuttiLineAcceptance;

/* FALSE, and nothing has changed, when no socket can be had. */
gboolean tutti_line_accept (TuttiLine *line, const TuttiLineAcceptance *acceptance, GError **error);

/* NULL: the peer has no more. After the first accept(). Doesn't wait: a crowd that comes brings
 * some for each, and nobody needs to know when they are in. */
void tutti_line_add_candidate (TuttiLine *line, const NiceCandidate *candidate);

/* Borrowed. Any thread may push. */
TuttiQueue *tutti_line_get_output (TuttiLine *line, TuttiKind kind);

/* One said() has been read. Role: main. */
void tutti_line_note_read (TuttiLine *line);
/* As those of leg.h. Role: main. */
void tutti_line_say (TuttiLine *line, const char *text);
void tutti_line_hang_up (TuttiLine *line);

/* As those of leg.h. Any thread. */
void tutti_line_want_key_frame (TuttiLine *line, TuttiTrack track);
void tutti_line_want_picture (TuttiLine *line, TuttiTrack track, int width, int height);
void tutti_line_set_uplink_limit (TuttiLine *line, guint bitrate_bps);
void tutti_line_set_wanted_rate (TuttiLine *line, guint bitrate_bps);
void tutti_line_get_stats (TuttiLine *line, TuttiLegStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiLine, tutti_line_free)
