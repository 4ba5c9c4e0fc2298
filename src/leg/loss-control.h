/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * loss-control.h: the rate that losses allow. A link that drops what is too much without queueing
 * it (a policer) loses less when less is sent; radio loses its share of whatever is sent. Which one
 * it is a trial tells: the rate is lowered to what arrived, and if the loss doesn't care, it is
 * the link's own and is lived with from then on. Pure. Role: net.
 */
#pragma once

#include "sent-log.h"

/* No limit. */
#define TUTTI_LOSS_UNLIMITED G_MAXUINT

/* What became of a stretch of packets. */
typedef struct {
    gint64 from_us, to_us; /* when they were sent */
    guint n, n_lost;       /* of those that feedback spoke of */
    guint64 bytes;         /* of all */
    guint64 told_bytes, lost_bytes;
} TuttiLossWindow;

typedef enum {
    TUTTI_LOSS_NO_TRIAL,
    TUTTI_LOSS_TRIAL,
} TuttiLossState;

/* Open, because it has one owner. Zeroed and started before use. */
typedef struct {
    guint limit_bps;
    double own;             /* the share that the link loses at any rate */
    double own_tried;       /* what the last trial said of it */
    guint acked_bps;        /* what arrives: the owner keeps it up to date */
    guint permille;         /* lost of late, while no queue stood */
    gint64 proven_us;       /* a probe raised the limit; 0: none did of late */
    guint proven_limit_bps; /* the limit before that */

    TuttiLossState state;
    gint64 heed_us; /* what was sent before was of a rate that is no more */
    guint tried_n;  /* packets that began it */
    double tried_loss;
    guint tried_carried_bps;             /* what arrived of that, by what was lost */
    guint tried_acked_bps;               /* and by what came */
    guint tried_bps;                     /* what was sent when it began */
    TuttiLossWindow seen, window, trial; /* all; to be judged; of the trial */
} TuttiLossControl;

void tutti_loss_control_start (TuttiLossControl *control);
/* A packet's fate is settled. queued: it may have been lost for a queue's being full, which is not
 * for this to judge. TRUE: the limit has become lower because a probe's result didn't hold. */
gboolean tutti_loss_control_take (TuttiLossControl *control, const TuttiSentPacket *sent,
                                  gboolean queued, gint64 now_us);
/* The way was dead until now: that is no loss. */
void tutti_loss_control_skip (TuttiLossControl *control, gint64 now_us);
void tutti_loss_control_prove (TuttiLossControl *control, guint rate_bps, gint64 now_us);
