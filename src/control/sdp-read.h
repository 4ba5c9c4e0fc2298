/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sdp-read.h: an SDP offer's text in, plain values out. Any thread; never blocks.
 */
#pragma once

#include <tutti/session.h>

/* A Chromium offer of 16 m-lines is about 50 KB. */
#define TUTTI_SDP_MAX_BYTES (64 * 1024)

/* One bundled transport is what we serve: its ICE and DTLS values are those of the first m-line of
 * the BUNDLE group that is not rejected (RFC 9143 section 7.2); m-lines outside of the group come
 * back as rejected. Errors: BAD_SDP, or UNSUPPORTED for an m-line of another kind than audio, video
 * and application; the message says what is wrong. */
TuttiSession *tutti_sdp_read (const char *text, GError **error);
