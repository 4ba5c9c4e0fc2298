/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * scale.h: a source's picture at a tile's size: a new picture. Any thread.
 */
#pragma once

#include <tutti/frame.h>

/* width and height: even. fit FALSE: the picture's middle fills the tile, what is over at two sides
 * is cut (cameras). fit TRUE: the whole picture, with bars at two sides (screens). The shape of
 * what is seen never changes. */
TuttiPicture *tutti_scale_picture (const TuttiPicture *source, int width, int height, gboolean fit);
