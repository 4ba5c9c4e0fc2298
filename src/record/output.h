/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * output.h: a live output: the packets of a rendition and of the shared mix, muxed and sent to one
 * peer (RTMP, SRT, RTP) or into a directory (HLS) by a thread of its own. What the peer does not
 * take in time is dropped up to the next key frame; a peer that is gone is called again, with
 * back-off.
 *
 * Role: main, except where said.
 */
#pragma once

#include <tutti/port.h>

typedef struct _TuttiOutput TuttiOutput;

typedef enum {
    TUTTI_OUTPUT_CONNECTING,
    TUTTI_OUTPUT_LIVE,
    TUTTI_OUTPUT_WAITING, /* it failed, and is tried again */
    TUTTI_OUTPUT_ENDED,   /* stopped */
} TuttiOutputState;

/* "connecting", "live", "waiting", "ended". */
const char *tutti_output_state_name (TuttiOutputState state);

typedef struct {
    TuttiOutputState state;
    guint attempts, reconnects;
    gint64 live_us;                  /* how long it has been live, this time; 0: it isn't */
    guint64 bytes, pictures, sounds; /* of all connections; without the container's own */
    guint64 dropped;                 /* packets of pictures that the peer was too slow for */
    guint bitrate_bps;               /* over the last seconds */
    char why[128];                   /* the last failure, for people, without secrets; "" none */
} TuttiOutputStats;

typedef struct {
    const char *url;          /* rtmp: rtmps: srt: rtp: udp: (MPEG-TS), hls: (then directory) */
    const char *directory;    /* HLS: where playlist and segments go; made, emptied at the start */
    guint segment_s;          /* HLS: at least so long; each begins with a key frame */
    const char *certificates; /* RTMPS: file of those who may vouch for the peer; NULL: the
                                 system's */
    TuttiCodec video_codec;   /* H.264: what all these receivers take */
    int width, height;
    guint frame_rate, channels;
    guint bitrate_bps;       /* of the pictures, as encoded */
    guint audio_bitrate_bps; /* of the AAC that the mix becomes */
    TuttiWish *key_frame;    /* made when it must begin anew; a reference is kept */
    void (*told) (TuttiOutput *output, gpointer user_data); /* its state changed; on main */
    gpointer user_data;
} TuttiOutputSetup;

/* TRUE if the scheme is known and nothing in it could reach what it should not (files, other
 * protocols by options). Errors: BAD_MESSAGE, UNSUPPORTED. */
gboolean tutti_output_check_url (const char *url, GError **error);
/* The URL without user, password, stream key: for logs and listings. Free it. */
char *tutti_output_describe_url (const char *url);

/* Errors: BAD_MESSAGE, UNSUPPORTED. */
TuttiOutput *tutti_output_new (const TuttiOutputSetup *setup, GError **error);
/* Says farewell to the peer, and told() of ENDED when that is done. Returns at once. */
void tutti_output_stop (TuttiOutput *output);
/* Ends it; waits until its thread has ended, TUTTI_OUTPUT_PATIENCE_US at most: one that hangs
 * longer is left to itself, with all it needs. */
#define TUTTI_OUTPUT_PATIENCE_US (2 * G_USEC_PER_SEC)
void tutti_output_free (TuttiOutput *output);
/* Where packets go; borrowed. */
TuttiQueue *tutti_output_get_input (TuttiOutput *output, TuttiKind kind);
void tutti_output_get_stats (TuttiOutput *output, TuttiOutputStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiOutput, tutti_output_free)
