/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * screen.h: a whole terminal, by curses: lines of text and keys. One at a time.
 */
#pragma once

#include <glib.h>

/* What tutti_screen_wait() gives beside characters. */
enum {
    TUTTI_KEY_NONE = -1, /* time is over */
    TUTTI_KEY_UP = -2,
    TUTTI_KEY_DOWN = -3,
    TUTTI_KEY_ENTER = -4,
    TUTTI_KEY_BACK = -5,   /* Escape, backspace, left */
    TUTTI_KEY_RESIZE = -6, /* to be drawn again */
    TUTTI_KEY_QUIT = -7,   /* ^C, or there are no keys any more */
};

/* FALSE, and printed: it is no terminal, or one that is not known. */
gboolean tutti_screen_open (void);
/* The terminal is as it was. */
void tutti_screen_close (void);

guint tutti_screen_height (void);
guint tutti_screen_width (void);

typedef enum {
    TUTTI_LOOK_PLAIN,
    TUTTI_LOOK_BOLD,
    TUTTI_LOOK_BAR, /* reversed, from side to side */
} TuttiLook;

/* To be drawn: clear, lines, show. What is too long is cut off, what is too low isn't drawn. */
void tutti_screen_clear (void);
void tutti_screen_draw (guint line, const char *text, TuttiLook look);
void tutti_screen_show (void);

/* Waits at most so long. */
int tutti_screen_wait (gint64 at_most_us);
