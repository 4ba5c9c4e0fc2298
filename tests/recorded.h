/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recorded.h: a recording as its viewer finds it: decoded by FFmpeg, asked for tones and colours at
 * an instant.
 */
#pragma once

#include <tutti/types.h>

typedef struct _Recorded Recorded;

/* The whole file is read; it must be one. */
Recorded *recorded_open (const char *path);
void recorded_free (Recorded *recorded);

/* "vp8", "h264", "opus" and so on; "" there is none. */
const char *recorded_get_codec (Recorded *recorded, TuttiKind kind);
/* As the container says. */
double recorded_get_duration_s (Recorded *recorded);
guint recorded_count_pictures (Recorded *recorded);
/* The longest time for which no new picture came. */
double recorded_get_longest_gap_s (Recorded *recorded);
/* The longest time in which there is no key frame: no place to jump to. */
double recorded_get_longest_jump_s (Recorded *recorded);

/* Level of a tone, dB of full scale: the median of the 50 ms windows from then to then. */
double recorded_get_tone_db (Recorded *recorded, guint tone_hz, double from_s, double to_s);
/* Y, U, V at a place of the picture shown then, both sides from 0 to 1. FALSE: there is none. */
gboolean recorded_look_at (Recorded *recorded, double at_s, double x, double y, guint8 *colour);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Recorded, recorded_free)
