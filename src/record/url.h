/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * url.h: where a live output goes, read from what an operator wrote: only transports that we know,
 * and of their options only those that mean no harm. libavformat alone would take files, pipes and
 * protocols within protocols. Pure. Any thread.
 */
#pragma once

#include <glib.h>

typedef enum {
    TUTTI_URL_RTMP,
    TUTTI_URL_RTMPS,
    TUTTI_URL_SRT,
    TUTTI_URL_RTP, /* MPEG-TS in RTP (RFC 2250) */
    TUTTI_URL_UDP, /* MPEG-TS */
    TUTTI_URL_HLS, /* "hls:"; into a directory */
} TuttiUrlScheme;

/* libavformat's RTMP keeps a URL in buffers of 1024. */
#define TUTTI_URL_MAX_BYTES 1000

typedef struct {
    TuttiUrlScheme scheme;
    char *target;   /* to be opened, without what became an option; HLS: "" */
    char **options; /* of libavformat's protocol: name, value, name, value, ..., NULL */
} TuttiUrl;

void tutti_url_clear (TuttiUrl *url);
/* Errors: BAD_MESSAGE; UNSUPPORTED: another scheme. */
gboolean tutti_url_parse (TuttiUrl *url, const char *text, GError **error);
/* Of any text: scheme, host, port, and for RTMP the path but for its last part. Free it. */
char *tutti_url_describe (const char *text);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TuttiUrl, tutti_url_clear)
