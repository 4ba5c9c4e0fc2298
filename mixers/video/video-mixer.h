/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * video-mixer.h: one view's canvas. Role: video (one job at a time); new and free: main.
 *
 *   scene (snapshot) -> per tile: newest picture, scaled once per (source, size), or its avatar
 *   -> redraw only tiles whose picture, place, label or state changed -> a new canvas, or nothing
 */
#pragma once

#include <tutti/frame.h>

#include "scene.h"

/* Architecture rule 1: a stalled source keeps its last picture, dims, then becomes its avatar. */
#define TUTTI_STALL_DIM_US (2 * G_USEC_PER_SEC)
#define TUTTI_STALL_AVATAR_US (5 * G_USEC_PER_SEC)
/* Unchanged for so long, the canvas is let go; the next one is drawn whole, which takes 1 ms. */
#define TUTTI_CANVAS_REST_US (10 * G_USEC_PER_SEC)

typedef struct _TuttiVideoMixer TuttiVideoMixer;

typedef struct {
    guint64 ticks, canvases, tiles_drawn, scales;
    gint64 cpu_scale_us, cpu_compose_us;
} TuttiVideoMixerStats;

TuttiVideoMixer *tutti_video_mixer_new (void);
void tutti_video_mixer_free (TuttiVideoMixer *mixer);

/* The canvas of now: a new reference; NULL when nothing changed since the last one and no refresh
 * was asked for. The picture's time_us is now_us; that of a notice, which others show too, is 0. */
TuttiPicture *tutti_video_mixer_tick (TuttiVideoMixer *mixer, const TuttiScene *scene,
                                      gint64 now_us);

/* After a tick: when the next one with this scene is of use if no refresh is asked for. 0: it may
 * give something at any time, a tile has a camera that is on; else when the canvas is let go, or
 * G_MAXINT64: never. */
gint64 tutti_video_mixer_get_due (const TuttiVideoMixer *mixer);

/* The next tick gives a canvas even if nothing changed (a key frame is wanted). Any thread. */
void tutti_video_mixer_refresh (TuttiVideoMixer *mixer);

/* Any thread; a copy. */
void tutti_video_mixer_get_stats (TuttiVideoMixer *mixer, TuttiVideoMixerStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiVideoMixer, tutti_video_mixer_free)
