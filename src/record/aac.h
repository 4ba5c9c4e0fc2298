/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * aac.h: the shared mix as AAC-LC, for receivers that know no Opus: RTMP, MPEG-TS, many players. A
 * gapless row of frames on our clock, whatever the mix leaves out. Role: file.
 *
 *   Opus packets -> libopus -> [place by time, silence in gaps] -> 1024 samples -> AAC frames
 */
#pragma once

#include <tutti/types.h>

typedef struct _TuttiAac TuttiAac;

/* ISO/IEC 14496-3: samples of a frame. */
#define TUTTI_AAC_FRAME_SAMPLES 1024

/* position_samples: where its sound begins, 48 kHz from the origin; never negative. data: only
 * during the call. */
typedef void (*TuttiAacFunc) (gint64 position_samples, const guint8 *data, gsize length_bytes,
                              gpointer user_data);

/* origin_us: our clock; sound before it is left out. Errors: UNSUPPORTED. */
TuttiAac *tutti_aac_new (guint channels, guint bitrate_bps, gint64 origin_us, GError **error);
void tutti_aac_free (TuttiAac *aac);

/* Calls func for each frame that it fills, as fill() does. */
void tutti_aac_set_func (TuttiAac *aac, TuttiAacFunc func, gpointer user_data);
/* AudioSpecificConfig (ISO/IEC 14496-3 section 1.6); borrowed. */
const guint8 *tutti_aac_get_config (TuttiAac *aac, gsize *length_bytes);

/* An Opus packet whose sound was mixed at time_us. What can't be decoded is left out. */
void tutti_aac_push (TuttiAac *aac, const guint8 *data, gsize length_bytes, gint64 time_us);
/* No sound from before until_us will come any more: silence takes its place. */
void tutti_aac_fill (TuttiAac *aac, gint64 until_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiAac, tutti_aac_free)
