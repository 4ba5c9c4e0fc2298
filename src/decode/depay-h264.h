/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * depay-h264.h: H.264 out of RTP payloads (RFC 6184), packetization modes 0 and 1: single NAL
 * units, STAP-A, FU-A; into a byte stream with start codes (H.264 annex B). Pure. Role: video.
 */
#pragma once

#include "payload.h"

/* FALSE: no payload of these modes. */
gboolean tutti_h264_look (const guint8 *data, gsize length, TuttiPayload *payload);
/* FALSE: no payload of these modes, a fragment out of place, or too much. */
gboolean tutti_h264_depay (TuttiCoded *coded, const guint8 *data, gsize length);
