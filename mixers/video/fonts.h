/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fonts.h: text by Pango, for any script the machine has fonts for.
 *
 * Pango's objects may be used by one thread at a time, and its default font map is one per thread:
 * each worker would load all fonts anew. So there is one font map with one lock, held while a text
 * is drawn (under a millisecond, and only when a name first appears). The first text
 * of all loads fonts for some 20 ms. Role: video.
 */
#pragma once

#include <pango/pangocairo.h>

/* Locks the fonts; from here to tutti_fonts_unlock() no other thread draws text. */
void tutti_fonts_lock (void);
void tutti_fonts_unlock (void);

/* One line, its end replaced by an ellipsis beyond max_width_px. Only between lock and unlock, the
 * free included. text: valid UTF-8. */
PangoLayout *tutti_fonts_new_layout (const char *text, double size_px, PangoWeight weight,
                                     int max_width_px);

/* Draws it with its left edge at x, centred on y. Only between lock and unlock. */
void tutti_fonts_show (cairo_t *cr, PangoLayout *layout, double x, double y);
