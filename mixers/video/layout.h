/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * layout.h: pure geometry: where tiles stand on a canvas. Any thread.
 */
#pragma once

#include <tutti/types.h>

#include "scene.h"

typedef enum {
    TUTTI_LAYOUT_GRID,      /* all alike */
    TUTTI_LAYOUT_SPEAKER,   /* the first large, the others in a strip below */
    TUTTI_LAYOUT_PRESENTER, /* the first (a screen) as large as can be, the others in a strip at the
                               right */
} TuttiLayout;

/* FALSE for an unknown name. Names: grid, speaker, presenter. */
gboolean tutti_layout_from_name (const char *name, TuttiLayout *layout);
const char *tutti_layout_name (TuttiLayout layout);

/* Writes n rectangles (1 <= n <= TUTTI_TILES_MAX): even coordinates, inside the canvas, disjoint,
 * tiles 16:9 as nearly as even pixels allow, the last row centred. */
void tutti_layout_place (TuttiLayout layout, guint n, int width, int height, TuttiRect *rects);
