/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reel.h: small films of known content, made by ffmpeg(1).
 */
#pragma once

#include <glib.h>

/* Flashes (white, else of a dark grey) and clicks (1 kHz) of 80 ms at each full second. */
#define FILM_FLASHES                                                                               \
    "-f lavfi -i color=c=0x303030:s=320x240:r=25:d=%g,drawbox=c=white:t=fill:enable='lt(mod(t\\,"  \
    "1)\\,0.08)' -f lavfi -i aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t\\,1)\\,0.08)':d=%g:s=48000 "
/* A tone of Hz, 0.25 loud, for so many seconds at a sampling rate. */
#define FILM_TONE "-f lavfi -i aevalsrc='0.25*sin(2*PI*%g*t)':d=%g:s=%d "

/* A file of this name's kind in a directory of the test's own, by ffmpeg's arguments; it is gone
 * with film_clear(). Free the path. NULL: there is no ffmpeg, and the test is skipped. */
char *film_make (const char *name, const char *arguments, ...) G_GNUC_PRINTF (2, 3);
/* The same with content of the test's own. */
char *film_write (const char *name, gconstpointer content, gsize length_bytes);
int film_open (const char *path);
void film_clear (void);
