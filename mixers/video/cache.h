/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cache.h: a view's labels and avatars, each drawn once per text, size and state. Role: video, one
 * view's job at a time.
 */
#pragma once

#include "overlay.h"
#include "scene.h"

/* A full grid's labels and avatars, and those of the states before; beyond it all are forgotten. */
#define TUTTI_OVERLAYS_MAX (4 * TUTTI_TILES_MAX)

typedef struct _TuttiOverlayCache TuttiOverlayCache;

TuttiOverlayCache *tutti_overlay_cache_new (void);
void tutti_overlay_cache_free (TuttiOverlayCache *cache);

/* New references; NULL: nothing to draw. */
TuttiOverlay *tutti_overlay_cache_get_label (TuttiOverlayCache *cache, const TuttiTile *tile);
TuttiOverlay *tutti_overlay_cache_get_avatar (TuttiOverlayCache *cache, const TuttiTile *tile);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiOverlayCache, tutti_overlay_cache_free)
