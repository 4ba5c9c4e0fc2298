/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * screen.c: see screen.h.
 */
#include "screen.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "top-rows.h"

/* Windows are spoken to by functions, not by macros that compilers complain of. */
#define NCURSES_NOMACROS 1
#include <curses.h>

/* After Escape, for the rest of a key that begins with it. */
#define ESCAPE_MS 25
#define ESCAPE 27
#define DELETE 127

static SCREEN *screen;
static volatile sig_atomic_t is_interrupted;

static void
on_interrupt (int number)
{
    is_interrupted = 1;
}

/* Without SA_RESTART: waiting for a key ends. */
static void
catch_interrupts (void)
{
    struct sigaction action = {.sa_handler = on_interrupt};

    sigemptyset (&action.sa_mask);
    sigaction (SIGINT, &action, NULL);
}

gboolean
tutti_screen_open (void)
{
    if (!isatty (STDOUT_FILENO) || !isatty (STDIN_FILENO)) {
        g_printerr ("tutti: this needs a terminal; for files and pipes there is `tutti stats`\n");
        return FALSE;
    }
    screen = newterm (NULL, stdout, stdin);
    if (!screen) {
        g_printerr ("tutti: $TERM names no terminal that is known here; there is `tutti stats`\n");
        return FALSE;
    }
    catch_interrupts ();
    cbreak ();
    noecho ();
    nonl ();
    keypad (stdscr, TRUE);
    set_escdelay (ESCAPE_MS);
    curs_set (0);
    return TRUE;
}

void
tutti_screen_close (void)
{
    endwin ();
    g_clear_pointer (&screen, delscreen);
}

guint
tutti_screen_height (void)
{
    return (guint)MAX (getmaxy (stdscr), 0);
}

guint
tutti_screen_width (void)
{
    return (guint)MAX (getmaxx (stdscr), 0);
}

void
tutti_screen_clear (void)
{
    erase ();
}

/* In the terminal's character set. */
static char *
encode (const char *text)
{
    const char *charset;
    char *encoded;

    if (g_get_charset (&charset))
        return g_strdup (text);
    encoded = g_convert_with_fallback (text, -1, charset, "UTF-8", "?", NULL, NULL, NULL);
    return encoded ? encoded : g_str_to_ascii (text, NULL);
}

void
tutti_screen_draw (guint line, const char *text, TuttiLook look)
{
    g_autofree char *cut = tutti_top_cut (text, (guint)MAX (getmaxx (stdscr), 0));
    g_autofree char *encoded = encode (cut);

    if (line >= tutti_screen_height ())
        return;
    mvaddstr ((int)line, 0, encoded);
    if (look != TUTTI_LOOK_PLAIN)
        mvchgat ((int)line, 0, -1, look == TUTTI_LOOK_BAR ? A_REVERSE : A_BOLD, 0, NULL);
}

void
tutti_screen_show (void)
{
    refresh ();
}

static int
name_key (int key)
{
    switch (key) {
    case KEY_UP:
        return TUTTI_KEY_UP;
    case KEY_DOWN:
        return TUTTI_KEY_DOWN;
    case KEY_ENTER:
    case '\n':
    case '\r':
        return TUTTI_KEY_ENTER;
    case ESCAPE:
    case DELETE:
    case KEY_BACKSPACE:
    case KEY_LEFT:
    case '\b':
        return TUTTI_KEY_BACK;
    case KEY_RESIZE:
        return TUTTI_KEY_RESIZE;
    default:
        return key > 0 && key < 128 ? key : TUTTI_KEY_NONE;
    }
}

int
tutti_screen_wait (gint64 at_most_us)
{
    gint64 until_us = g_get_monotonic_time () + MAX (at_most_us, 0);
    int key;

    timeout ((int)(MAX (at_most_us, 0) / 1000));
    key = getch ();
    if (is_interrupted)
        return TUTTI_KEY_QUIT;
    if (key != ERR)
        return name_key (key);
    /* A terminal that is gone gives nothing at once, again and again. */
    if (!isatty (STDIN_FILENO))
        return TUTTI_KEY_QUIT;
    if (g_get_monotonic_time () + 1000 < until_us)
        g_usleep (1000);
    return TUTTI_KEY_NONE;
}
