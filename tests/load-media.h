/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * load-media.h: what the load's people send: a few seconds of talking head (VP8) and of voice
 * (Opus), encoded once at the start, so that sending costs the load next to nothing. Role: main.
 */
#pragma once

#include <tutti/packet.h>

typedef struct _LoadMedia LoadMedia;

typedef struct {
    int width, height; /* of the camera; even */
    guint frame_rate;
    guint bitrate_bps;
} LoadMediaSetup;

LoadMedia *load_media_new (const LoadMediaSetup *setup);
void load_media_free (LoadMedia *media);

/* Appends packets of the picture whose turn it is, stamped time_us. from_key: begin again with the
 * key frame. */
void load_media_next_picture (LoadMedia *media, gint64 time_us, gboolean from_key,
                              GPtrArray *packets);

/* The next 20 ms of voice; the caller owns the reference. */
TuttiPacket *load_media_next_voice (LoadMedia *media, gint64 time_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LoadMedia, load_media_free)
