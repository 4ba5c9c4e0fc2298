/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * table.c: aligned columns.
 */
#include "table.h"

#include <unistd.h>

struct _TuttiTable {
    guint n_columns;
    gboolean *right;
    GPtrArray *cells; /* of char*, the headings first */
    GArray *colours;  /* of each cell */
    gboolean paints;
};

guint
tutti_table_width_of (gunichar c)
{
    if (g_unichar_iszerowidth (c))
        return 0;
    return g_unichar_iswide (c) ? 2 : 1;
}

static guint
width_of (const char *text)
{
    guint width = 0;

    for (const char *p = text; *p; p = g_utf8_next_char (p))
        width += tutti_table_width_of (g_utf8_get_char (p));
    return width;
}

/* Makes what came from elsewhere harmless to a terminal. Takes the text. */
static char *
clean (char *text)
{
    g_autofree char *given = text;
    g_autofree char *valid = g_utf8_make_valid (given, -1);
    g_autoptr (GString) out = g_string_new (NULL);

    for (const char *p = valid; *p; p = g_utf8_next_char (p)) {
        gunichar c = g_utf8_get_char (p);

        g_string_append_unichar (out, g_unichar_iscntrl (c) ? '?' : c);
    }
    return g_string_free (g_steal_pointer (&out), FALSE);
}

static gboolean
wants_colours (void)
{
    const char *no = g_getenv ("NO_COLOR"), *terminal = g_getenv ("TERM");

    return isatty (STDOUT_FILENO) && (!no || no[0] == '\0') && g_strcmp0 (terminal, "dumb") != 0;
}

/* Takes the text. */
static void
add (TuttiTable *table, char *text)
{
    TuttiColour colour = TUTTI_PLAIN;

    g_ptr_array_add (table->cells, text);
    g_array_append_val (table->colours, colour);
}

TuttiTable *
tutti_table_new (const char *headings)
{
    TuttiTable *table = g_new0 (TuttiTable, 1);
    g_auto (GStrv) names = g_strsplit (headings, "|", -1);

    table->n_columns = g_strv_length (names);
    table->right = g_new0 (gboolean, table->n_columns);
    table->cells = g_ptr_array_new_with_free_func (g_free);
    table->colours = g_array_new (FALSE, FALSE, sizeof (TuttiColour));
    table->paints = wants_colours ();
    for (guint i = 0; i < table->n_columns; i++) {
        table->right[i] = names[i][0] == '>';
        add (table, g_strdup (names[i] + table->right[i]));
    }
    return table;
}

void
tutti_table_free (TuttiTable *table)
{
    if (!table)
        return;
    g_ptr_array_unref (table->cells);
    g_array_unref (table->colours);
    g_free (table->right);
    g_free (table);
}

void
tutti_table_add (TuttiTable *table, const char *format, ...)
{
    va_list arguments;

    va_start (arguments, format);
    add (table, clean (g_strdup_vprintf (format, arguments)));
    va_end (arguments);
}

void
tutti_table_paint (TuttiTable *table, TuttiColour colour)
{
    g_array_index (table->colours, TuttiColour, table->colours->len - 1) = colour;
}

/* ECMA-48 section 8.3.117, select graphic rendition. */
static void
append_painted (GString *out, const char *text, TuttiColour colour)
{
    static const int codes[] = {0, 31, 32, 33};

    if (colour == TUTTI_PLAIN)
        g_string_append (out, text);
    else
        g_string_append_printf (out, "\033[%dm%s\033[0m", codes[colour], text);
}

static void
append_cell (TuttiTable *table, GString *out, guint i, guint width)
{
    const char *text = table->cells->pdata[i];
    guint pad = width - width_of (text), column = i % table->n_columns;
    gboolean right = table->right[column], last = column == table->n_columns - 1;
    TuttiColour colour = g_array_index (table->colours, TuttiColour, i);

    if (right)
        g_string_append_printf (out, "%*s", (int)pad, "");
    append_painted (out, text, table->paints ? colour : TUTTI_PLAIN);
    if (last)
        g_string_append_c (out, '\n');
    else
        g_string_append_printf (out, "%*s", (int)(right ? 2 : pad + 2), "");
}

char *
tutti_table_format (TuttiTable *table)
{
    GString *out = g_string_new (NULL);
    g_autofree guint *widths = g_new0 (guint, table->n_columns);

    for (guint i = 0; i < table->cells->len; i++) {
        guint column = i % table->n_columns;

        widths[column] = MAX (widths[column], width_of (table->cells->pdata[i]));
    }
    for (guint i = 0; i < table->cells->len; i++)
        append_cell (table, out, i, widths[i % table->n_columns]);
    return g_string_free (out, FALSE);
}
