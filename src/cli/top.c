/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * top.c: rooms, or the people of one, on the whole terminal, read again each second.
 */
#include "commands.h"

#include "screen.h"
#include "top-rows.h"

#define PERIOD_US G_USEC_PER_SEC
#define HELP "p people  c processor  l loss  n name   up/down Enter: a room's people   q quit"
#define PEOPLE_HELP "up/down   Esc: the rooms   q quit"
/* Above the rows: what it is, headings. Below: keys. */
#define ROWS_FROM 2
#define LINES_BESIDE 3

typedef struct {
    TuttiRun *run;
    JsonNode *now, *before; /* before: NULL at first */
    gint64 due_us;          /* when it is read again */
    TuttiTopOrder order;
    char *selected; /* a room's name; NULL: the first */
    char *room;     /* whose people are shown; NULL: the rooms are */
    guint first;    /* row that is shown */
    guint at;       /* row that is selected */
    guint n_rows;
    int status;
    gboolean ends;
} Top;

/* What the client says while the screen is curses': shown there, or printed afterwards. */
static GString *complaints;

static void
on_complaint (const char *text)
{
    g_string_append (complaints, text);
}

/* --- Reading --- */

static char *
make_path (const Top *top)
{
    g_autofree char *room = NULL;

    if (!top->room)
        return g_strdup ("/v1/stats");
    room = g_uri_escape_string (top->room, NULL, TRUE);
    return g_strconcat ("/v1/stats?room=", room, NULL);
}

static void
show_rooms (Top *top)
{
    g_clear_pointer (&top->room, g_free);
    top->first = 0;
    top->due_us = 0;
}

static void
read_stats (Top *top)
{
    g_autofree char *path = make_path (top);
    JsonNode *node = NULL;

    g_string_truncate (complaints, 0);
    top->status = tutti_run_get (top->run, path, &node);
    top->due_us = g_get_monotonic_time () + PERIOD_US;
    if (top->status == TUTTI_EXIT_DONE) {
        g_clear_pointer (&top->before, json_node_unref);
        top->before = top->now;
        top->now = node;
        return;
    }
    g_clear_pointer (&node, json_node_unref);
    /* A room that is gone is no reason to end. */
    if (top->room && top->status == TUTTI_EXIT_REFUSED)
        show_rooms (top);
    else
        top->ends = TRUE;
}

static TuttiReading
get_reading (const Top *top)
{
    return tutti_reading_of (json_node_get_object (top->now),
                             top->before ? json_node_get_object (top->before) : NULL);
}

/* --- Drawing --- */

/* The table's headings and those of its rows that have room. */
static void
draw_table (Top *top, const char *text)
{
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
    guint height = tutti_screen_height (), n_shown;

    top->n_rows = g_strv_length (lines) - 2; /* headings, and what is behind the last end of line */
    n_shown = height > LINES_BESIDE ? height - LINES_BESIDE : 0;
    top->at = top->n_rows > 0 ? MIN (top->at, top->n_rows - 1) : 0;
    top->first = tutti_top_scroll (top->first, top->at, top->n_rows, n_shown);
    tutti_screen_draw (1, lines[0], TUTTI_LOOK_BAR);
    for (guint i = 0; i < n_shown && top->first + i < top->n_rows; i++) {
        gboolean is_selected = top->first + i == top->at;
        tutti_screen_draw (ROWS_FROM + i, lines[1 + top->first + i],
                           is_selected ? TUTTI_LOOK_BAR : TUTTI_LOOK_PLAIN);
    }
}

static void
draw_rooms (Top *top)
{
    g_autoptr (GArray) rooms = tutti_top_list_rooms (get_reading (top), top->order);
    g_autofree char *text = tutti_top_format_rooms (rooms, tutti_screen_width ());
    g_autofree char *title = NULL;
    gint64 n_people = 0;

    for (guint i = 0; i < rooms->len; i++)
        n_people += g_array_index (rooms, TuttiRoomFigures, i).n_people;
    title = g_strdup_printf (
        "tutti: %u room%s, %" G_GINT64_FORMAT " %s, by %s", rooms->len, rooms->len == 1 ? "" : "s",
        n_people, n_people == 1 ? "person" : "people", tutti_top_order_name (top->order));
    top->at = tutti_top_find (rooms, top->selected);
    tutti_screen_draw (0, title, TUTTI_LOOK_BOLD);
    draw_table (top, text);
}

static void
draw_people (Top *top)
{
    g_autofree char *text = tutti_show_stats_of_room (get_reading (top));
    g_autofree char *title = g_strdup_printf ("tutti: people of %s", top->room);

    tutti_screen_draw (0, title, TUTTI_LOOK_BOLD);
    draw_table (top, text);
}

static void
draw (Top *top)
{
    guint height = tutti_screen_height ();

    tutti_screen_clear ();
    if (top->room)
        draw_people (top);
    else
        draw_rooms (top);
    if (height > LINES_BESIDE)
        tutti_screen_draw (height - 1, top->room ? PEOPLE_HELP : HELP, TUTTI_LOOK_BOLD);
    tutti_screen_show ();
}

/* --- Keys --- */

/* By name: the row moves when figures do. */
static void
note_selected (Top *top)
{
    g_autoptr (GArray) rooms = tutti_top_list_rooms (get_reading (top), top->order);

    if (top->room || top->at >= rooms->len)
        return;
    g_free (top->selected);
    top->selected = g_strdup (g_array_index (rooms, TuttiRoomFigures, top->at).name);
}

static void
show_people (Top *top)
{
    note_selected (top);
    if (top->room || top->n_rows == 0)
        return;
    top->room = g_strdup (top->selected);
    top->first = top->at = 0;
    top->due_us = 0;
}

static void
move_by (Top *top, int rows)
{
    int at = (int)top->at + rows;

    top->at = (guint)CLAMP (at, 0, MAX ((int)top->n_rows - 1, 0));
    note_selected (top);
}

static void
handle (Top *top, int key)
{
    if (key == 'q' || key == TUTTI_KEY_QUIT)
        top->ends = TRUE;
    else if (key == TUTTI_KEY_UP || key == TUTTI_KEY_DOWN)
        move_by (top, key == TUTTI_KEY_UP ? -1 : 1);
    else if (key == TUTTI_KEY_ENTER)
        show_people (top);
    else if (key == TUTTI_KEY_BACK && top->room)
        show_rooms (top);
    else if (!top->room)
        tutti_top_order_of_key (key, &top->order);
}

/* --- Running --- */

static void
go_on (Top *top)
{
    while (!top->ends) {
        gint64 now_us = g_get_monotonic_time ();
        if (now_us >= top->due_us) {
            read_stats (top);
            continue;
        }
        draw (top);
        handle (top, tutti_screen_wait (top->due_us - now_us));
    }
}

static int
run_top (Top *top)
{
    GPrintFunc print;

    if (!tutti_screen_open ())
        return TUTTI_EXIT_USAGE;
    complaints = g_string_new (NULL);
    print = g_set_printerr_handler (on_complaint);
    go_on (top);
    g_set_printerr_handler (print);
    tutti_screen_close ();
    if (top->status != TUTTI_EXIT_DONE)
        g_printerr ("%s", complaints->str);
    g_string_free (complaints, TRUE);
    return top->status;
}

int
tutti_command_top (TuttiRun *run)
{
    Top top = {.run = run, .order = TUTTI_TOP_CPU};
    int status = run_top (&top);

    g_clear_pointer (&top.now, json_node_unref);
    g_clear_pointer (&top.before, json_node_unref);
    g_free (top.selected);
    g_free (top.room);
    return status;
}
