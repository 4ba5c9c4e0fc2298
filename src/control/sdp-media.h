/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sdp-media.h: one m-line of an SDP text: codecs, feedback, header extensions, SSRCs, data channel.
 * What belongs to the transport (ICE, DTLS) is sdp-read's. Any thread.
 */
#pragma once

#include <tutti/session.h>
#include <gst/sdp/gstsdpmessage.h>

/* Fills an empty media. whole: for attributes that may stand at session level. BAD_SDP,
 * UNSUPPORTED; the message names the m-line by its index. */
gboolean tutti_sdp_media_read (const GstSDPMessage *whole, guint index, TuttiMedia *media,
                               GError **error);

/* Shared with sdp-read: RFC 8866 `token`, not empty, at most max_bytes. */
gboolean tutti_sdp_is_token (const char *text, gsize max_bytes);
