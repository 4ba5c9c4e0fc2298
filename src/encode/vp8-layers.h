/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vp8-layers.h: three temporal layers of a VP8 stream: which frame is of which, what each refers to
 * and leaves behind. Pure; belongs to the rendition's job.
 */
#pragma once

#include <vpx/vpx_encoder.h>

#include <tutti/packet.h>

#define TUTTI_VP8_LAYERS 3
/* A frame in four is of the base, one of the second layer, two of the third. */
#define TUTTI_VP8_LAYERS_PERIOD 4

typedef struct {
    TuttiVp8Ids ids; /* of the last frame */
    guint at;        /* of the next frame in the pattern */
} TuttiVp8Layers;

/* Ids begin at random. */
void tutti_vp8_layers_init (TuttiVp8Layers *layers);

/* Tells the rate control of the layers; the rest of the configuration is the caller's. */
void tutti_vp8_layers_configure (vpx_codec_enc_cfg_t *config);

/* The next frame is of the base layer, as if the pattern began. */
void tutti_vp8_layers_restart (TuttiVp8Layers *layers);

/* Steps to the next frame: `ids` are then its own. is_key: it will be a key frame, which begins the
 * pattern. Gives libvpx's flags for it. */
vpx_enc_frame_flags_t tutti_vp8_layers_step (TuttiVp8Layers *layers, gboolean is_key);

/* Steps to a frame of the base that leaves nothing behind: peers decode it, and again, and what
 * comes after it needs none of them. */
vpx_enc_frame_flags_t tutti_vp8_layers_repeat (TuttiVp8Layers *layers);
