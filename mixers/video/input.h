/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * input.h: a source as the mixers of all views share it: the newest picture of its slot, and the
 * scaled versions of that picture, each made once per distinct size. Any thread; the lock covers
 * pointer swaps only, never the scaling.
 */
#pragma once

#include <tutti/frame.h>

#include "scene.h"

/* A room has few views, each with one tile of a source: more sizes than this are scaled anew. */
#define TUTTI_SCALED_MAX 8

/* A new reference on the newest picture, or NULL; put_us: when it came. Pictures that came while
 * the camera was off don't count. */
TuttiPicture *tutti_video_input_peek (TuttiVideoInput *input, gint64 *put_us);

/* The camera is off now: what came until now is never to be seen again. */
void tutti_video_input_reject (TuttiVideoInput *input, gint64 now_us);

/* A new reference on `source` (from peek) at this size. *scaled (if not NULL): TRUE when it had to
 * be scaled, FALSE when another view or an earlier tick had done so. */
TuttiPicture *tutti_video_input_get_scaled (TuttiVideoInput *input, TuttiPicture *source,
                                            const TuttiRect *size, gboolean fit, gboolean *scaled);
