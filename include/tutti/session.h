/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * session.h: a session description as plain values: what SDP text says, without its text. Control
 * reads and writes the text, the leg negotiates and uses the values, room passes them along.
 *
 * Directions and setup roles are those of the side that is described, as in SDP.
 */
#pragma once

#include <tutti/types.h>

/* RFC 8839 section 5.4: ice-ufrag 4 to 256, ice-pwd 22 to 256 characters. */
#define TUTTI_UFRAG_MAX 256
#define TUTTI_PWD_MAX 256
/* A mid is a token; browsers use one or two characters, GStreamer `video0`. RFC 8843 advises 3
 * bytes for the header extension; one-byte extensions carry at most 16. */
#define TUTTI_MID_MAX 32
/* One audio, a camera, a screen and a data channel are used; the rest are answered as rejected. */
#define TUTTI_MEDIA_MAX 16
#define TUTTI_FORMATS_MAX 64
/* Simulcast: browsers send three layers, OBS up to four. */
#define TUTTI_SIMULCAST_MAX 4
/* What a one-byte header extension carries (RFC 8285 section 4.2; RFC 8852 advises it). */
#define TUTTI_RID_MAX 16
/* More than any client gathers; a longer list is a fault. */
#define TUTTI_CANDIDATES_MAX 64
#define TUTTI_CANDIDATE_MAX_BYTES 512
/* RFC 8122 section 5: the longest hash is SHA-512. */
#define TUTTI_DIGEST_MAX_BYTES 64

typedef enum {
    TUTTI_DIRECTION_INACTIVE = 0,
    TUTTI_DIRECTION_SEND = 1 << 0,
    TUTTI_DIRECTION_RECEIVE = 1 << 1,
    TUTTI_DIRECTION_BOTH = TUTTI_DIRECTION_SEND | TUTTI_DIRECTION_RECEIVE,
} TuttiDirection;

typedef enum {
    TUTTI_SETUP_ACTPASS,
    TUTTI_SETUP_ACTIVE,
    TUTTI_SETUP_PASSIVE,
} TuttiSetup;

/* RTP header extensions, as indices of TuttiMedia.extension[]; 0 there: not negotiated. */
typedef enum {
    TUTTI_EXTENSION_MID,   /* urn:ietf:params:rtp-hdrext:sdes:mid */
    TUTTI_EXTENSION_LEVEL, /* urn:ietf:params:rtp-hdrext:ssrc-audio-level */
    TUTTI_EXTENSION_TRANSPORT_CC, /* http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
                                   */
    TUTTI_EXTENSION_ABS_SEND_TIME, /* http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time */
    TUTTI_EXTENSION_ROTATION,      /* urn:3gpp:video-orientation */
    TUTTI_EXTENSION_RID,           /* urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id */
    TUTTI_EXTENSION_REPAIRED_RID,  /* urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id */
    TUTTI_N_EXTENSIONS,
} TuttiExtension;

typedef enum {
    TUTTI_FEEDBACK_NACK = 1 << 0,
    TUTTI_FEEDBACK_PLI = 1 << 1,
    TUTTI_FEEDBACK_FIR = 1 << 2,
    TUTTI_FEEDBACK_REMB = 1 << 3,
    TUTTI_FEEDBACK_TRANSPORT_CC = 1 << 4,
} TuttiFeedback;

typedef struct {
    TuttiCodec codec; /* NONE: one we don't speak; kept out of answers */
    guint8 payload_type;
    guint8 rtx_payload_type;   /* 0: none */
    guint8 red_payload_type;   /* Opus: of the RFC 2198 format that may carry it; 0: none */
    gboolean red_first;        /* it stands before Opus itself: the peer is to send it */
    guint8 feedback;           /* TuttiFeedback */
    guint8 packetization_mode; /* H264 */
    guint8 channels;           /* audio */
    gboolean fec, dtx, stereo; /* Opus useinbandfec, usedtx, stereo */
    guint32 profile_level_id;  /* H264, 24 bits; 0: not said */
    guint32 max_bitrate_bps;   /* Opus maxaveragebitrate; 0: not said */
} TuttiFormat;

/* One encoding of a picture that is sent in several at once: named by a=rid (RFC 8851), or, as
 * browsers once did, by the SSRCs of an a=ssrc-group of SIM. */
typedef struct {
    char rid[TUTTI_RID_MAX + 1]; /* "": by SSRC */
    guint32 ssrc, rtx_ssrc;      /* 0: not said */
} TuttiLayer;

typedef struct {
    TuttiKind kind;
    gboolean rejected; /* port 0 and not bundle-only */
    char mid[TUTTI_MID_MAX + 1];
    TuttiDirection direction;
    TuttiTrack track; /* answers: which uplink track it carries */
    guint n_formats;
    TuttiFormat formats[TUTTI_FORMATS_MAX]; /* in order of preference */
    guint8 extension[TUTTI_N_EXTENSIONS];   /* ids; 1 to 14, or to 255 (RFC 8285) */
    guint32 ssrc, rtx_ssrc;                 /* a=ssrc and its FID partner; 0: not said */
    guint n_layers;                         /* of simulcast: offers: sent; answers: taken; or 0 */
    TuttiLayer layers[TUTTI_SIMULCAST_MAX]; /* in the order of the description */
    gboolean rtcp_mux;
    guint16 max_packet_ms;     /* of sound (RFC 8866 section 6.4); 0: not said */
    guint16 sctp_port;         /* application; 0: closed (RFC 8841 section 5.1) */
    gboolean sctp_legacy;      /* application: "DTLS/SCTP PORT", as before RFC 8841 */
    guint32 max_message_bytes; /* application */
} TuttiMedia;

typedef struct {
    char ufrag[TUTTI_UFRAG_MAX + 1];
    char pwd[TUTTI_PWD_MAX + 1];
    char hash[16]; /* "sha-256" */
    guint8 digest[TUTTI_DIGEST_MAX_BYTES];
    guint digest_bytes;
    TuttiSetup setup;
    gboolean trickle, lite;
    guint n_media;
    TuttiMedia media[TUTTI_MEDIA_MAX]; /* m-lines in order */
    GPtrArray *candidates;             /* of char*: values of a=candidate without "a=" */
    gboolean end_of_candidates;
    char cname[64], stream[64]; /* answers: RTCP CNAME and a=msid stream of our downlink */
    guint64 id, version;        /* answers: o= line */
} TuttiSession;

/* All zero and empty. The structure is large (~80 KB): never on a stack. */
TuttiSession *tutti_session_new (void);
void tutti_session_free (TuttiSession *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiSession, tutti_session_free)
