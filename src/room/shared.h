/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * shared.h: what all rooms share: net threads, audio rounds, video workers, the letters, and what
 * the configuration says for the whole server. Plain fields: they don't change while rooms exist.
 * Role: main.
 */
#pragma once

#include <tutti/config.h>
#include <tutti/histogram.h>
#include <tutti/jobs.h>
#include <tutti/rounds.h>

#include "encode/stills.h"
#include "leg/net.h"

#include "done.h"
#include "ladder.h"
#include "letters.h"
#include "overload.h"

/* The codecs we speak, and the end mark. */
#define TUTTI_VIDEO_CODECS_MAX 2

typedef struct {
    TuttiConfig *config; /* borrowed */
    TuttiClock *clock;   /* what timeouts go by */
    TuttiNet *net;
    TuttiJobs *jobs;
    TuttiRounds *rounds;
    TuttiStills *stills;
    TuttiLetters *letters;

    TuttiCodec codecs[TUTTI_VIDEO_CODECS_MAX + 1]; /* in order of preference, ended by NONE */
    TuttiLadder ladder;
    guint key_frame_interval_s;
    gboolean stereo, fec, dtx;
    guint audio_bitrate_bps, talkers, jitter_max_ms;

    TuttiOverload overload;      /* rooms-load.c keeps it */
    TuttiHistogram join_time;    /* from entering until media flows the first time */
    TuttiHistogram jitter_delay; /* of each round heard of each voice */
    TuttiHistogram encode_time[TUTTI_CODEC_H264 + 1]; /* of each picture or round; by codec */
    /* Who serves data channels (side-channel.h). close: outlives the class. */
    struct {
        const struct _TuttiSideClass *klass; /* NULL: nobody */
        gpointer user_data;
        void (*close) (gpointer side);
    } sides;
    guint last_number; /* participants' numbers; 0 is nobody */
    guint64 last_version;
    /* Of what is already freed: CPU time, and counts. */
    struct {
        gint64 decode_us, scale_us, compose_us, encode_us;
        guint64 late_pictures;
        TuttiDone done;
    } spent;
    /* All rooms', counted by the audio threads; atomic. */
    guint64 n_rounds, n_encoded;
    gint halved;             /* not 0: every second picture is left out (overload.h); atomic */
    guint64 n_late_pictures; /* those that nothing helped (encode/haste.h); atomic */
} TuttiShared;

TuttiShared *tutti_shared_new (TuttiConfig *config, TuttiTell tell, GError **error);
/* Every room must be gone. */
void tutti_shared_free (TuttiShared *shared);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiShared, tutti_shared_free)
