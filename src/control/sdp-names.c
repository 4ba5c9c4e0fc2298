/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sdp-names.c: tables of SDP words.
 */
#include "sdp-names.h"

static const TuttiSdpCodec codecs[] = {
    {"opus", TUTTI_KIND_AUDIO, TUTTI_CODEC_OPUS, TUTTI_RATE_HZ, 2}, /* RFC 7587 section 7 */
    {"VP8", TUTTI_KIND_VIDEO, TUTTI_CODEC_VP8, TUTTI_VIDEO_CLOCK_HZ, 0},
    {"H264", TUTTI_KIND_VIDEO, TUTTI_CODEC_H264, TUTTI_VIDEO_CLOCK_HZ, 0},
};

static const char *const extension_uris[TUTTI_N_EXTENSIONS] = {
    [TUTTI_EXTENSION_MID] = "urn:ietf:params:rtp-hdrext:sdes:mid",
    [TUTTI_EXTENSION_LEVEL] = "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    [TUTTI_EXTENSION_TRANSPORT_CC] =
        "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    [TUTTI_EXTENSION_ABS_SEND_TIME] = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    [TUTTI_EXTENSION_ROTATION] = "urn:3gpp:video-orientation",
    [TUTTI_EXTENSION_RID] = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
    [TUTTI_EXTENSION_REPAIRED_RID] = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
};

/* In the order of TuttiFeedback's bits. */
static const char *const feedback_names[] = {"nack", "nack pli", "ccm fir", "goog-remb",
                                             "transport-cc"};

static const char *const direction_names[] = {
    [TUTTI_DIRECTION_INACTIVE] = "inactive",
    [TUTTI_DIRECTION_SEND] = "sendonly",
    [TUTTI_DIRECTION_RECEIVE] = "recvonly",
    [TUTTI_DIRECTION_BOTH] = "sendrecv",
};

static const char *const setup_names[] = {
    [TUTTI_SETUP_ACTPASS] = "actpass",
    [TUTTI_SETUP_ACTIVE] = "active",
    [TUTTI_SETUP_PASSIVE] = "passive",
};

static const char *const kind_names[] = {
    [TUTTI_KIND_AUDIO] = "audio",
    [TUTTI_KIND_VIDEO] = "video",
    [TUTTI_KIND_APPLICATION] = "application",
};

static int
find (const char *const *names, guint n_names, const char *name)
{
    for (guint i = 0; i < n_names; i++)
        if (g_str_equal (names[i], name))
            return (int)i;
    return -1;
}

const TuttiSdpCodec *
tutti_sdp_codec_by_name (TuttiKind kind, const char *name, guint clock_hz)
{
    for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
        if (codecs[i].kind == kind && codecs[i].clock_hz == clock_hz &&
            g_ascii_strcasecmp (codecs[i].name, name) == 0)
            return &codecs[i];
    return NULL;
}

const TuttiSdpCodec *
tutti_sdp_codec (TuttiCodec codec)
{
    for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
        if (codecs[i].codec == codec)
            return &codecs[i];
    return NULL;
}

int
tutti_sdp_extension_by_uri (const char *uri)
{
    return find (extension_uris, G_N_ELEMENTS (extension_uris), uri);
}

const char *
tutti_sdp_extension_uri (TuttiExtension extension)
{
    return extension_uris[extension];
}

TuttiFeedback
tutti_sdp_feedback_by_name (const char *name)
{
    int bit = find (feedback_names, G_N_ELEMENTS (feedback_names), name);

    return bit < 0 ? 0 : 1 << bit;
}

const char *
tutti_sdp_feedback_name (TuttiFeedback feedback)
{
    return feedback_names[g_bit_nth_lsf (feedback, -1)];
}

int
tutti_sdp_direction_by_name (const char *name)
{
    return find (direction_names, G_N_ELEMENTS (direction_names), name);
}

const char *
tutti_sdp_direction_name (TuttiDirection direction)
{
    return direction_names[direction];
}

int
tutti_sdp_setup_by_name (const char *name)
{
    return find (setup_names, G_N_ELEMENTS (setup_names), name);
}

const char *
tutti_sdp_setup_name (TuttiSetup setup)
{
    return setup_names[setup];
}

int
tutti_sdp_kind_by_name (const char *name)
{
    return find (kind_names, G_N_ELEMENTS (kind_names), name);
}

const char *
tutti_sdp_kind_name (TuttiKind kind)
{
    return kind_names[kind];
}
