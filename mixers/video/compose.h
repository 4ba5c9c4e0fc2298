/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * compose.h: what is done to a canvas: pure kernels over planes, no state. Rectangles are even and
 * inside the canvas. Any thread.
 */
#pragma once

#include <tutti/frame.h>

#include "colour.h"
#include "overlay.h"

void tutti_compose_fill (TuttiPicture *canvas, const TuttiRect *rect, TuttiYuv colour);

/* The whole canvas from another one of the same size. */
void tutti_compose_copy (TuttiPicture *canvas, const TuttiPicture *from);

/* tile: as large as rect. */
void tutti_compose_tile (TuttiPicture *canvas, const TuttiRect *rect, const TuttiPicture *tile);

/* Half the contrast, towards black: a picture that no longer moves. */
void tutti_compose_dim (TuttiPicture *canvas, const TuttiRect *rect);

/* A frame inside the rectangle; width_px even. */
void tutti_compose_border (TuttiPicture *canvas, const TuttiRect *rect, int width_px,
                           TuttiYuv colour);

/* x and y even; what lies outside the canvas is left out. */
void tutti_compose_overlay (TuttiPicture *canvas, int x, int y, const TuttiOverlay *overlay);
