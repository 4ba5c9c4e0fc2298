/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fallback.h: the estimate where there is no transport-wide feedback: the peer's own (REMB), or,
 * where there isn't even that, from what its reports say was lost. Pure. Role: net.
 */
#pragma once

#include <glib.h>

/* Open, because it is small and has one owner. Zeroed before use. */
typedef struct {
    guint remb_bps, report_bps; /* 0: none came */
    gint64 report_us;
    guint permille; /* lost, by the last report */
    struct {
        guint bps,
            from_bps; /* what is tried beyond a REMB, and the REMB when it last rose; 0: nothing */
        gint64 from_us, pause_until_us;
    } trial;
} TuttiFallback;

/* A receiver's REMB is held down by what it is sent: near that of sound alone it says little of the
 * way. So up to TUTTI_FALLBACK_TRIAL_BPS, what a small picture takes, it is tried to go beyond it:
 * 8 % more with each good report, up to what is wanted; until it falls, or packets are lost, or it
 * has not risen for TUTTI_FALLBACK_TRIAL_US, which may be its holder's wish. Then it is kept to for
 * TUTTI_FALLBACK_PAUSE_US. */
#define TUTTI_FALLBACK_TRIAL_BPS 250000
#define TUTTI_FALLBACK_TRIAL_US (30 * (gint64)G_USEC_PER_SEC)
#define TUTTI_FALLBACK_PAUSE_US (60 * (gint64)G_USEC_PER_SEC)
void tutti_fallback_take_remb (TuttiFallback *fallback, guint bitrate_bps, gint64 now_us);
/* fraction_lost: of 256. With reports alone the estimate begins at TUTTI_CONGESTION_START_BPS,
 * climbs by 8 % a second towards wanted_bps while less than 2 % are lost, and falls by half of the
 * loss while it is more than 10 % (draft-ietf-rmcat-gcc-02 section 6). */
void tutti_fallback_take_loss (TuttiFallback *fallback, guint8 fraction_lost, guint wanted_bps,
                               gint64 now_us);
/* 0: nothing came. */
guint tutti_fallback_get_estimate (const TuttiFallback *fallback);
