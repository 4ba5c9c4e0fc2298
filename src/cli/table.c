/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * table.c: aligned columns.
 */
#include "table.h"

struct _TuttiTable {
    guint n_columns;
    gboolean *right;
    GPtrArray *cells; /* of char*, the headings first */
};

static guint
width_of (const char *text)
{
    guint width = 0;

    for (const char *p = text; *p; p = g_utf8_next_char (p)) {
        gunichar c = g_utf8_get_char (p);

        if (!g_unichar_iszerowidth (c))
            width += g_unichar_iswide (c) ? 2 : 1;
    }
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

TuttiTable *
tutti_table_new (const char *headings)
{
    TuttiTable *table = g_new0 (TuttiTable, 1);
    g_auto (GStrv) names = g_strsplit (headings, "|", -1);

    table->n_columns = g_strv_length (names);
    table->right = g_new0 (gboolean, table->n_columns);
    table->cells = g_ptr_array_new_with_free_func (g_free);
    for (guint i = 0; i < table->n_columns; i++) {
        table->right[i] = names[i][0] == '>';
        g_ptr_array_add (table->cells, g_strdup (names[i] + table->right[i]));
    }
    return table;
}

void
tutti_table_free (TuttiTable *table)
{
    if (!table)
        return;
    g_ptr_array_unref (table->cells);
    g_free (table->right);
    g_free (table);
}

void
tutti_table_add (TuttiTable *table, const char *format, ...)
{
    va_list arguments;

    va_start (arguments, format);
    g_ptr_array_add (table->cells, clean (g_strdup_vprintf (format, arguments)));
    va_end (arguments);
}

static void
append_cell (GString *out, const char *text, guint width, gboolean right, gboolean last)
{
    guint pad = width - width_of (text);

    if (right)
        g_string_append_printf (out, "%*s", (int)pad, "");
    g_string_append (out, text);
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
    for (guint i = 0; i < table->cells->len; i++) {
        guint column = i % table->n_columns;

        append_cell (out, table->cells->pdata[i], widths[column], table->right[column],
                     column == table->n_columns - 1);
    }
    return g_string_free (out, FALSE);
}
