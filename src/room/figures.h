/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * figures.h: what is known of one participant's media, each way, as plain values. Counts are since
 * its media began; those of a picture since its source or its rendition was made. Directions are
 * the participant's: up is what it sends.
 */
#pragma once

#include <tutti/types.h>

/* One RTP stream. */
typedef struct {
    guint64 packets, bytes;
    guint64 lost;             /* up: never came; down: by the peer's report */
    guint64 nacks, rtx, plis; /* up: those we sent, got repaired; down: those we got, answered */
    guint64 red;              /* up: packets that came only within a later one (RFC 2198) */
    guint8 red_blocks;        /* down: older ones that each packet carries now */
    guint jitter_us;
    guint8 fraction_lost; /* of 256, last report */
    guint8 layers;        /* up, simulcast: how many come now, of which one is decoded */
} TuttiFlowFigures;

/* A voice on its way to the mix. */
typedef struct {
    TuttiFlowFigures flow;
    guint delay_us, target_us; /* of the jitter buffer, now */
    guint64 late, duplicates;  /* packets */
    guint64 recovered_by_fec;  /* rounds */
    guint64 concealed_samples, shortened_samples, stretched_samples;
    guint8 level; /* -dBov of the last round */
} TuttiVoiceFigures;

/* A camera or screen on its way to the canvas. */
typedef struct {
    TuttiFlowFigures flow;
    int width, height; /* as received; 0: nothing yet */
    guint64 decoded, key_frames, dropped, errors, key_frame_wishes;
    guint held_us; /* waits for its sound so long */
} TuttiCameraFigures;

/* The picture that it is sent. */
typedef struct {
    TuttiFlowFigures flow;
    char codec[8];     /* "": it takes none */
    int width, height; /* 0: none is sent */
    guint frame_rate, bitrate_bps;
    guint encoded_bps;          /* really, over the last second */
    guint64 frames, key_frames; /* of the rendition, for all who watch it */
    guint haste;                /* of its encoder: TuttiHasteLevel */
    gboolean audio_only;        /* its link carries no picture */
    guint8 layer;               /* highest temporal layer that it gets: 0 to 2 */
    guint8 layers_left_out;     /* for want of room: 0 to 2 */
} TuttiPictureFigures;

/* The way to it. */
typedef struct {
    guint estimate_bps; /* what it carries; 0: not known */
    guint wanted_bps;   /* what it is probed for */
    guint remb_bps;     /* what the peer says; 0: nothing */
    guint send_rate_bps;
    guint pacer_queue_us; /* how long a packet waits at our end now */
    guint link_queue_us;  /* and how much longer than need be on its way */
    guint64 padding_bytes;
} TuttiWayFigures;

typedef struct {
    char state[16]; /* new, connecting, connected, lost, closed */
    char srtp_profile[32], pair[96];
    gint64 joined_us;
    guint round_trip_us; /* 0: not known */
    guint64 bad_packets; /* not authentic, replayed, malformed or of no stream */
    gboolean channel;    /* a data channel is open */
    guint64 channel_heard, channel_said; /* texts on it, from the peer and to it */

    TuttiVoiceFigures voice;
    TuttiCameraFigures camera, screen;
    TuttiFlowFigures sound;
    TuttiPictureFigures picture;
    TuttiWayFigures way;
} TuttiParticipantStats;

/* Packets, bytes and losses only. */
void tutti_flow_add (TuttiFlowFigures *sum, const TuttiFlowFigures *flow);
/* Of all streams of a direction. */
TuttiFlowFigures tutti_stats_sum_up (const TuttiParticipantStats *stats);
TuttiFlowFigures tutti_stats_sum_down (const TuttiParticipantStats *stats);
