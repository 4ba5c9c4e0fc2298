/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sdp-format.h: the payload types of one m-line: a=rtpmap, a=fmtp, a=rtcp-fb. Any thread.
 *
 * Order of use: list, then every a=rtpmap, then the others in any order, then close.
 */
#pragma once

#include <tutti/session.h>
#include <gst/sdp/gstsdpmessage.h>

/* An m-line being read. */
typedef struct {
    TuttiMedia *media;
    guint8 rtx[TUTTI_FORMATS_MAX]; /* payload types whose a=rtpmap says rtx */
    guint n_rtx;
    guint8 red; /* payload type of a sound's RFC 2198 format; 0: none */
} TuttiSdpReading;

/* The list of the m-line itself. FALSE: too long, or no payload types. */
gboolean tutti_sdp_format_list (TuttiSdpReading *reading, const GstSDPMedia *line);

/* Values of the attributes; nonsense is passed over. */
void tutti_sdp_format_read_rtpmap (TuttiSdpReading *reading, const char *value);
void tutti_sdp_format_read_fmtp (TuttiSdpReading *reading, const char *value);
void tutti_sdp_format_read_feedback (TuttiSdpReading *reading, const char *value);

/* Takes retransmissions and redundancy out of the list: they are part of the format they repair. */
void tutti_sdp_format_close (TuttiSdpReading *reading);

/* A decimal number at the start of *text, which moves behind it. */
gboolean tutti_sdp_take_number (const char **text, guint64 max, guint64 *number);
