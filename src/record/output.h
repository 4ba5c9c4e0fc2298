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
    TUTTI_OUTPUT_ENDED,   /* stopped, or given up */
} TuttiOutputState;

/* "connecting", "live", "waiting", "ended". */
const char *tutti_output_state_name (TuttiOutputState state);

typedef struct {
    TuttiOutputState state;
    guint attempts, reconnects;
    gint64 live_us; /* how long it has been live, this time */
    guint64 bytes, pictures, sounds, dropped;
    guint bitrate_bps; /* over the last seconds */
    char why[128];     /* the last failure, for people, without secrets; "" none */
} TuttiOutputStats;

typedef struct {
    const char *url;       /* rtmp: rtmps: srt: rtp: udp: (MPEG-TS), hls: (then directory) */
    const char *directory; /* HLS: where playlist and segments go; made, emptied at the start */
    TuttiCodec video_codec;
    int width, height;
    guint frame_rate, channels, audio_bitrate_bps;
    TuttiWish *key_frame; /* made when it must begin anew; a reference is kept */
    void (*told) (TuttiOutput *output, gpointer user_data); /* its state changed; on main */
    gpointer user_data;
} TuttiOutputSetup;

/* TRUE if the scheme is known and nothing in it could reach what it should not (files, other
 * protocols by options). Errors: BAD_MESSAGE, UNSUPPORTED. */
gboolean tutti_output_check_url (const char *url, GError **error);
/* The URL without user, password, stream key: for logs and listings. Free it. */
char *tutti_output_describe_url (const char *url);

TuttiOutput *tutti_output_new (const TuttiOutputSetup *setup, GError **error);
/* Ends it; waits as tutti_recorder_free() does. */
void tutti_output_free (TuttiOutput *output);
TuttiQueue *tutti_output_get_input (TuttiOutput *output, TuttiKind kind);
void tutti_output_get_stats (TuttiOutput *output, TuttiOutputStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiOutput, tutti_output_free)
