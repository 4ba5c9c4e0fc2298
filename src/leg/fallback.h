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
} TuttiFallback;

void tutti_fallback_take_remb (TuttiFallback *fallback, guint bitrate_bps);
/* fraction_lost: of 256. With reports alone the estimate begins at TUTTI_CONGESTION_START_BPS,
 * climbs by 8 % a second towards wanted_bps while less than 2 % are lost, and falls by half of the
 * loss while it is more than 10 % (draft-ietf-rmcat-gcc-02 section 6). */
void tutti_fallback_take_loss (TuttiFallback *fallback, guint8 fraction_lost, guint wanted_bps,
                               gint64 now_us);
/* 0: nothing came. */
guint tutti_fallback_get_estimate (const TuttiFallback *fallback);
