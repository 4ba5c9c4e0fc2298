/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * depay-vp8.h: VP8 out of RTP payloads (RFC 7741). Pure. Role: video.
 */
#pragma once

#include "payload.h"

/* FALSE: no VP8 payload. */
gboolean tutti_vp8_look (const guint8 *data, gsize length, TuttiPayload *payload);
/* Appends what follows the payload descriptor. FALSE: no VP8 payload, or too much. */
gboolean tutti_vp8_depay (TuttiCoded *coded, const guint8 *data, gsize length);
