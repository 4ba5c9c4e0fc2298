/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * twcc.h: transport-wide congestion control feedback
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01): when each packet of the whole transport
 * arrived, told to the sender ten times a second; its bandwidth estimate works on that. Comfort
 * noise alone waits for the next receiver report. Pure. Role: net.
 */
#pragma once

#include "rtcp.h"

/* libwebrtc's default; from 50 to 250 ms are in use. */
#define TUTTI_TWCC_INTERVAL_US 100000
/* Sound alone, with less than TUTTI_TWCC_LAZY_PACKETS in an interval: nothing is estimated from it,
 * and it may wait for a report that takes it along, for so long (a delta reaches 8 s). A voice that
 * begins brings five within one interval. */
#define TUTTI_TWCC_LAZY_US (6 * G_USEC_PER_SEC)
#define TUTTI_TWCC_LAZY_PACKETS 5
/* Packets remembered: a report's interval of a 40 Mbit/s uplink. Also the most that one report
 * covers: with two bytes each at worst it stays within TUTTI_RTCP_MAX_BYTES. */
#define TUTTI_TWCC_PACKETS 400

typedef struct _TuttiTwcc TuttiTwcc;

TuttiTwcc *tutti_twcc_new (void);
void tutti_twcc_free (TuttiTwcc *twcc);

/* A packet arrived with this transport sequence number. */
void tutti_twcc_take (TuttiTwcc *twcc, guint16 seq, gint64 now_us);

/* The same for a packet of sound: the report may wait for more. */
void tutti_twcc_take_sound (TuttiTwcc *twcc, guint16 seq, gint64 now_us);

/* When the next report is due; G_MAXINT64: nothing arrived since the last one. */
gint64 tutti_twcc_due_us (const TuttiTwcc *twcc);

/* It may wait a little longer. */
gboolean tutti_twcc_is_lazy (const TuttiTwcc *twcc);

/* Writes one report. When much has arrived the next one is due at once. */
gboolean tutti_twcc_write (TuttiTwcc *twcc, TuttiRtcpWriter *writer, guint32 sender_ssrc,
                           guint32 media_ssrc, gint64 now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiTwcc, tutti_twcc_free)
