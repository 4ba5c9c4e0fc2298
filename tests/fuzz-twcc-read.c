/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz-twcc-read.c: transport-wide feedback messages, two bytes of length before each, to an
 * estimate that waits for them.
 */
#include "leg/bytes.h"
#include "leg/congestion.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
    g_autoptr (TuttiCongestion) congestion = tutti_congestion_new ();
    TuttiRtcpFeedback feedback = {.format = TUTTI_RTCP_FMT_TRANSPORT_CC};
    TuttiCongestionState state;
    gint64 now_us = 1;

    tutti_congestion_set_wanted (congestion, 2000000);
    for (const guint8 *end = data + size; end - data >= 2; data += feedback.fci_bytes) {
        for (guint i = 0; i < 20; i++)
            tutti_congestion_take_sent (congestion, 1200, i / 10, now_us += 5000);
        feedback.fci_bytes = MIN (tutti_get_u16 (data), (gsize)(end - data - 2));
        feedback.fci = data += 2;
        tutti_congestion_take_feedback (congestion, &feedback, now_us);
        g_assert_cmpint (tutti_congestion_tick (congestion, now_us), >, 0);
        tutti_congestion_get_state (congestion, &state);
        g_assert_cmpuint (state.estimate_bps, <=, TUTTI_CONGESTION_MAX_BPS);
    }
    return 0;
}
