/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * types.h: the names every station knows: forward typedefs, ids, plain values.
 */
#pragma once

#include <glib.h>

typedef struct _TuttiPacket TuttiPacket;
typedef struct _TuttiPicture TuttiPicture;
typedef struct _TuttiQueue TuttiQueue;
typedef struct _TuttiSlot TuttiSlot;
typedef struct _TuttiWish TuttiWish;
typedef struct _TuttiClock TuttiClock;
typedef struct _TuttiJobs TuttiJobs;
typedef struct _TuttiJob TuttiJob;
typedef struct _TuttiRounds TuttiRounds;
typedef struct _TuttiConfig TuttiConfig;

/* What a stream carries. */
typedef enum {
    TUTTI_KIND_AUDIO,
    TUTTI_KIND_VIDEO,
    TUTTI_KIND_APPLICATION, /* data channel m-line; never a media stream */
} TuttiKind;

/* The streams a participant may send up: at most one of each. */
typedef enum {
    TUTTI_TRACK_AUDIO,
    TUTTI_TRACK_CAMERA,
    TUTTI_TRACK_SCREEN,
    TUTTI_N_TRACKS,
} TuttiTrack;

typedef enum {
    TUTTI_CODEC_NONE,
    TUTTI_CODEC_OPUS,
    TUTTI_CODEC_VP8,
    TUTTI_CODEC_H264,
} TuttiCodec;

/* A place on a canvas, in canvas pixels; x, y, width and height are even (4:2:0 chroma). */
typedef struct {
    int x, y, width, height;
} TuttiRect;

#define TUTTI_USEC_PER_MSEC 1000

/* Sound is 48 kHz everywhere inside; a round is 20 ms. Opus wants no resampling at 48 kHz. */
#define TUTTI_RATE_HZ 48000
#define TUTTI_ROUND_US 20000
#define TUTTI_ROUND_SAMPLES 960 /* a channel */
#define TUTTI_CHANNELS_MAX 2
#define TUTTI_ROUND_VALUES_MAX (TUTTI_ROUND_SAMPLES * TUTTI_CHANNELS_MAX)
#define TUTTI_VIDEO_CLOCK_HZ 90000

/* Levels as RFC 6464 has them: 0 (loudest) to 127 (silence), in -dBov. */
#define TUTTI_LEVEL_SILENCE 127
