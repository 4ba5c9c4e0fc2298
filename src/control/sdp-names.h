/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sdp-names.h: the words of SDP that reader and writer share: codecs, header extensions, feedback,
 * directions, setup roles. Lookups by name give -1 for what we don't know. Any thread.
 */
#pragma once

#include <tutti/session.h>

typedef struct {
    const char *name; /* as in a=rtpmap; compared without case (GStreamer writes OPUS) */
    TuttiKind kind;
    TuttiCodec codec;
    guint clock_hz;
    guint channels; /* 0: not written */
} TuttiSdpCodec;

const TuttiSdpCodec *tutti_sdp_codec_by_name (TuttiKind kind, const char *name, guint clock_hz);
const TuttiSdpCodec *tutti_sdp_codec (TuttiCodec codec);

int tutti_sdp_extension_by_uri (const char *uri);
const char *tutti_sdp_extension_uri (TuttiExtension extension);

/* The value of a=rtcp-fb after the payload type, e.g. "nack pli". 0: unknown. */
TuttiFeedback tutti_sdp_feedback_by_name (const char *name);
const char *tutti_sdp_feedback_name (TuttiFeedback feedback);

int tutti_sdp_direction_by_name (const char *name);
const char *tutti_sdp_direction_name (TuttiDirection direction);

int tutti_sdp_setup_by_name (const char *name);
const char *tutti_sdp_setup_name (TuttiSetup setup);

int tutti_sdp_kind_by_name (const char *name);
const char *tutti_sdp_kind_name (TuttiKind kind);
