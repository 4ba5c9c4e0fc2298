/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rate-probe.h: short bursts at a rate that isn't known to be carried: how fast they arrive is what
 * the link carries. Pure. Role: net.
 */
#pragma once

#include "congestion.h"

typedef struct _TuttiRateProbe TuttiRateProbe;

TuttiRateProbe *tutti_rate_probe_new (void);
void tutti_rate_probe_free (TuttiRateProbe *probe);

/* Plans a burst, behind those planned before. FALSE: enough are planned. */
gboolean tutti_rate_probe_add (TuttiRateProbe *probe, guint rate_bps, gint64 now_us);
/* The burst to be sent now. */
gboolean tutti_rate_probe_get (TuttiRateProbe *probe, TuttiProbe *burst, gint64 now_us);
/* Is one planned, on its way, or not judged yet? */
gboolean tutti_rate_probe_is_busy (const TuttiRateProbe *probe);
/* When the oldest is over, whether taken or not; G_MAXINT64: none is there. */
gint64 tutti_rate_probe_get_end_us (const TuttiRateProbe *probe);
void tutti_rate_probe_reset (TuttiRateProbe *probe);

void tutti_rate_probe_take_sent (TuttiRateProbe *probe, guint id, guint bytes, gint64 now_us);
void tutti_rate_probe_take_arrival (TuttiRateProbe *probe, guint id, guint bytes, gint64 sent_us,
                                    gint64 arrived_us);

typedef struct {
    guint rate_bps; /* what is believed; 0: too little arrived to say */
    guint link_bps; /* what the link carries, where it didn't hold; or 0 */
    gboolean held;  /* it arrived as fast as it was sent */
} TuttiProbeResult;

/* What a burst is judged by. */
typedef struct {
    gint64 newest_us; /* when the last packet that arrived had been sent */
    gint64 noise_us;  /* by so much packets are late here without any queue */
    double own_loss;  /* the link's own */
} TuttiProbeLight;

/* One burst after the other, once all that can be known of it is. FALSE: none. */
gboolean tutti_rate_probe_judge (TuttiRateProbe *probe, const TuttiProbeLight *light,
                                 TuttiProbeResult *result, gint64 now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiRateProbe, tutti_rate_probe_free)
