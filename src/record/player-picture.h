/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * player-picture.h: a decoder's frame made a picture as the mixers take it: any pixel format,
 * depth, colour matrix, range, shape of pixels and rotation becomes I420, BT.601 limited range,
 * upright, square pixels, no larger than asked. Role: file.
 */
#pragma once

#include <libavutil/frame.h>

#include <tutti/frame.h>

typedef struct _TuttiPlayerScaler TuttiPlayerScaler;

TuttiPlayerScaler *tutti_player_scaler_new (int max_width, int max_height);
void tutti_player_scaler_free (TuttiPlayerScaler *scaler);

/* display: 3x3 matrix of the container, NULL none. NULL: this can't be converted, or is too large.
 */
TuttiPicture *tutti_player_scaler_convert (TuttiPlayerScaler *scaler, const AVFrame *frame,
                                           const gint32 *display);
