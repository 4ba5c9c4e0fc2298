/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * indent.c: see indent.h. Brackets and strings are all that it knows of JSON: the server is trusted
 * to have written some.
 */
#include "indent.h"

#include <string.h>

#define INDENT 2
/* The server's answers have fewer than ten. */
#define DEPTH_MAX 16

typedef struct {
    GString *out;
    const char *next, *end;
    char closing[DEPTH_MAX]; /* of the containers that are open */
    guint depth;
} Walk;

static void
break_line (Walk *walk)
{
    static const char SPACES[] = "                                "; /* at DEPTH_MAX */

    G_STATIC_ASSERT (sizeof SPACES == DEPTH_MAX * INDENT + 1);

    g_string_append_c (walk->out, '\n');
    g_string_append_len (walk->out, SPACES, (gssize)walk->depth * INDENT);
}

static void
skip_spaces (Walk *walk)
{
    while (walk->next < walk->end && memchr (" \t\r\n", *walk->next, 4))
        walk->next++;
}

/* FALSE: it does not end. */
static gboolean
copy_string (Walk *walk)
{
    const char *start = walk->next++;

    while (walk->next < walk->end && *walk->next != '"')
        walk->next += *walk->next == '\\' && walk->end - walk->next > 1 ? 2 : 1;
    if (walk->next == walk->end)
        return FALSE;
    walk->next++;
    g_string_append_len (walk->out, start, walk->next - start);
    return TRUE;
}

static gboolean
begin_container (Walk *walk)
{
    char bracket = *walk->next++;
    char closing = bracket == '{' ? '}' : ']';

    g_string_append_c (walk->out, bracket);
    skip_spaces (walk);
    if (walk->next < walk->end && *walk->next == closing) {
        walk->next++;
        g_string_append_c (walk->out, closing);
        return TRUE;
    }
    if (walk->depth == DEPTH_MAX)
        return FALSE;
    walk->closing[walk->depth++] = closing;
    break_line (walk);
    return TRUE;
}

static gboolean
end_container (Walk *walk)
{
    char bracket = *walk->next++;

    if (walk->depth == 0 || walk->closing[--walk->depth] != bracket)
        return FALSE;
    break_line (walk);
    g_string_append_c (walk->out, bracket);
    return TRUE;
}

static gboolean
copy_mark (Walk *walk)
{
    char mark = *walk->next++;

    if (mark == ':')
        g_string_append (walk->out, " : ");
    else
        g_string_append_c (walk->out, mark);
    if (mark == ',')
        break_line (walk);
    return walk->depth > 0;
}

/* The next of what the text is made of. */
static gboolean
step (Walk *walk)
{
    switch (*walk->next) {
    case '"':
        return copy_string (walk);
    case '{':
    case '[':
        return begin_container (walk);
    case '}':
    case ']':
        return end_container (walk);
    default: /* a comma, a colon, or of a number or a word */
        return copy_mark (walk);
    }
}

char *
tutti_indent_json (const char *text, gsize n_bytes)
{
    /* An object of figures is mostly short members, whose indents come on top. */
    g_autoptr (GString) out = g_string_sized_new (2 * n_bytes);
    Walk walk = {.out = out, .next = text, .end = text + n_bytes};
    gboolean is_good;

    skip_spaces (&walk);
    is_good = walk.next < walk.end && *walk.next == '{' && step (&walk);
    while (is_good && walk.depth > 0) {
        skip_spaces (&walk);
        is_good = walk.next < walk.end && step (&walk);
    }
    skip_spaces (&walk);
    if (!is_good || walk.next != walk.end)
        return NULL;
    g_string_append_c (out, '\n');
    return g_string_free (g_steal_pointer (&out), FALSE);
}
