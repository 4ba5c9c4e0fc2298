/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * chapters.c: see chapters.h. Pure.
 */
#include "chapters.h"

/* A pause for breath ends no chapter. */
#define MERGE_US G_USEC_PER_SEC
/* A cough or a "yes" begins none. */
#define SHORT_US G_USEC_PER_SEC

typedef struct {
    gint64 from_us, to_us;
    const char *name;
} Cue;

static void
add_cue (GArray *cues, const TuttiStoryPerson *person, const TuttiSpan *span)
{
    Cue cue = {span->from_us, span->to_us, tutti_story_name_at (person, span->from_us)};

    if (span->to_us - span->from_us >= SHORT_US)
        g_array_append_val (cues, cue);
}

static void
add_person (GArray *cues, const TuttiStoryPerson *person)
{
    TuttiSpan whole = {0};

    for (guint i = 0; i < person->speaking->len; i++) {
        const TuttiSpan *span = &g_array_index (person->speaking, TuttiSpan, i);

        if (i > 0 && span->from_us - whole.to_us < MERGE_US) {
            whole.to_us = MAX (whole.to_us, span->to_us);
            continue;
        }
        add_cue (cues, person, &whole);
        whole = *span;
    }
    add_cue (cues, person, &whole);
}

/* By their beginnings; of those that begin at once the longest first. */
static int
compare (gconstpointer a, gconstpointer b)
{
    const Cue *one = a, *other = b;

    if (one->from_us != other->from_us)
        return one->from_us < other->from_us ? -1 : 1;
    return (one->to_us < other->to_us) - (one->to_us > other->to_us);
}

/* Who is interrupted for good has ended: no cue may begin within another and end after it. */
static void
nest (GArray *cues)
{
    g_autoptr (GPtrArray) open = g_ptr_array_new ();

    for (guint i = 0; i < cues->len; i++) {
        Cue *cue = &g_array_index (cues, Cue, i);

        while (open->len > 0) {
            Cue *outer = open->pdata[open->len - 1];

            if (outer->to_us >= cue->to_us)
                break;
            outer->to_us = MIN (outer->to_us, cue->from_us);
            g_ptr_array_set_size (open, (int)open->len - 1);
        }
        g_ptr_array_add (open, cue);
    }
}

static void
append_time (GString *text, gint64 time_us)
{
    gint64 time_ms = time_us / 1000;

    g_string_append_printf (text, "%02" G_GINT64_FORMAT ":%02d:%02d.%03d", time_ms / 3600000,
                            (int)(time_ms / 60000 % 60), (int)(time_ms / 1000 % 60),
                            (int)(time_ms % 1000));
}

/* One line of text, without tags: "-->" can't be in it either. */
static void
append_text (GString *text, const char *name)
{
    for (const char *at = name; *at != '\0'; at = g_utf8_next_char (at)) {
        gunichar c = g_utf8_get_char (at);

        if (c == '&')
            g_string_append (text, "&amp;");
        else if (c == '<')
            g_string_append (text, "&lt;");
        else if (c == '>')
            g_string_append (text, "&gt;");
        else
            g_string_append_unichar (text, g_unichar_iscntrl (c) ? ' ' : c);
    }
}

char *
tutti_chapters_make (const TuttiStory *story)
{
    g_autoptr (GArray) cues = g_array_new (FALSE, FALSE, sizeof (Cue));
    GString *text = g_string_new ("WEBVTT\n");

    for (guint i = 0; i < story->people->len; i++)
        add_person (cues, story->people->pdata[i]);
    g_array_sort (cues, compare);
    nest (cues);
    for (guint i = 0; i < cues->len; i++) {
        const Cue *cue = &g_array_index (cues, Cue, i);

        if (cue->to_us / 1000 <= cue->from_us / 1000) /* a cue's end is after its beginning */
            continue;
        g_string_append_c (text, '\n');
        append_time (text, cue->from_us);
        g_string_append (text, " --> ");
        append_time (text, cue->to_us);
        g_string_append_c (text, '\n');
        append_text (text, cue->name);
        g_string_append_c (text, '\n');
    }
    return g_string_free (text, FALSE);
}
