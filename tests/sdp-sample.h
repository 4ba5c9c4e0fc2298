/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sdp-sample.h: offers for the tests of SDP: recorded ones and a small one to be damaged.
 */
#pragma once

#include "control/sdp-read.h"

#include <string.h>

#define SAMPLE_ICE "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n"
#define SAMPLE_PRINT                                                                               \
    "a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:"  \
    "77:88:99:aa:bb:cc:dd:ee:ff\r\n"
#define SAMPLE_HEAD "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"
#define SAMPLE_AUDIO                                                                               \
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=rtpmap:111 "              \
    "opus/48000/2\r\na=setup:actpass\r\n"
#define SAMPLE_VIDEO                                                                               \
    "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\na=rtpmap:96 VP8/90000\r\n"
#define SAMPLE_OFFER                                                                               \
    SAMPLE_HEAD SAMPLE_AUDIO SAMPLE_ICE SAMPLE_PRINT SAMPLE_VIDEO SAMPLE_ICE SAMPLE_PRINT

/* The text of tests/data/offers/NAME.sdp. */
static inline char *
sample_load (const char *name)
{
    g_autofree char *file = g_strconcat (name, ".sdp", NULL);
    g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "offers", file, NULL);
    g_autoptr (GError) error = NULL;
    char *text = NULL;

    g_file_get_contents (path, &text, NULL, &error);
    g_assert_no_error (error);
    return text;
}

static inline TuttiSession *
sample_read (const char *name)
{
    g_autofree char *text = sample_load (name);
    g_autoptr (GError) error = NULL;
    TuttiSession *session = tutti_sdp_read (text, &error);

    g_assert_no_error (error);
    return session;
}

/* The offer with every `from` replaced. */
static inline char *
sample_damage (const char *from, const char *to)
{
    g_auto (GStrv) parts = g_strsplit (SAMPLE_OFFER, from, -1);

    return g_strjoinv (to, parts);
}

static inline const TuttiFormat *
sample_format (const TuttiMedia *media, guint8 payload_type)
{
    for (guint i = 0; i < media->n_formats; i++)
        if (media->formats[i].payload_type == payload_type)
            return &media->formats[i];
    g_assert_not_reached ();
}
