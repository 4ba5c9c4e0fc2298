/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * story.c: see story.h. Pure.
 */
#include "story.h"

#include <string.h>

/* The mixer tells of a few talkers; this bounds what a change of them costs. */
#define SPEAKERS_MAX 16

typedef void (*Take) (TuttiStory *story, const TuttiNote *note);

/* Escapes in JSON can make what is no text. */
static const char *
keep (TuttiStory *story, const char *string)
{
    g_autofree char *valid = NULL;

    if (!string)
        return NULL;
    valid = g_utf8_make_valid (string, -1);
    return g_string_chunk_insert_const (story->strings, valid);
}

static void
free_person (gpointer data)
{
    TuttiStoryPerson *person = data;

    g_array_unref (person->names);
    g_array_unref (person->present);
    g_array_unref (person->speaking);
    g_free (person);
}

static void
call (TuttiStory *story, TuttiStoryPerson *person, const char *name, gint64 time_us)
{
    TuttiMoment moment = {.time_us = time_us, .name = keep (story, name)};
    guint n = person->names->len;

    if (n > 0 && g_strcmp0 (g_array_index (person->names, TuttiMoment, n - 1).name, name) == 0)
        return;
    g_array_append_val (person->names, moment);
}

/* NULL: too many. */
static TuttiStoryPerson *
get_person (TuttiStory *story, const char *id)
{
    TuttiStoryPerson *person = id ? g_hash_table_lookup (story->by_id, id) : NULL;

    if (person || !id || story->people->len == TUTTI_STORY_PEOPLE_MAX)
        return person;
    person = g_new0 (TuttiStoryPerson, 1);
    person->id = keep (story, id);
    person->names = g_array_new (FALSE, FALSE, sizeof (TuttiMoment));
    person->present = g_array_new (FALSE, FALSE, sizeof (TuttiSpan));
    person->speaking = g_array_new (FALSE, FALSE, sizeof (TuttiSpan));
    g_ptr_array_add (story->people, person);
    g_hash_table_insert (story->by_id, (gpointer)person->id, person);
    return person;
}

static void
open_span (GArray *spans, gint64 time_us)
{
    TuttiSpan *last = spans->len > 0 ? &g_array_index (spans, TuttiSpan, spans->len - 1) : NULL;
    TuttiSpan span = {time_us, time_us, NULL};

    if (last && time_us <= last->to_us) /* goes on */
        return;
    g_array_append_val (spans, span);
}

static void
close_span (GArray *spans, gint64 time_us, const char *why)
{
    TuttiSpan *last = &g_array_index (spans, TuttiSpan, spans->len - 1);

    last->to_us = MAX (time_us, last->from_us);
    last->why = why;
}

static void
start_speaking (TuttiStory *story, TuttiStoryPerson *person, gint64 time_us)
{
    if (person->is_speaking)
        return;
    person->is_speaking = TRUE;
    open_span (person->speaking, time_us);
    g_ptr_array_add (story->speakers, person);
}

static void
stop_speaking (TuttiStory *story, TuttiStoryPerson *person, gint64 time_us)
{
    if (!person->is_speaking)
        return;
    person->is_speaking = FALSE;
    close_span (person->speaking, time_us, NULL);
    g_ptr_array_remove (story->speakers, person);
}

static void
add_moment (TuttiStory *story, GArray *moments, const TuttiNote *note, gint64 length_us)
{
    TuttiMoment moment = {note->time_us,
                          length_us,
                          keep (story, note->participant),
                          keep (story, note->name),
                          keep (story, note->value),
                          keep (story, note->text)};

    g_array_append_val (moments, moment);
}

static gint64
parse_length_us (const TuttiNote *note)
{
    return note->value ? MAX (g_ascii_strtoll (note->value, NULL, 10), 0) : 0;
}

static void
take_started (TuttiStory *story, const TuttiNote *note)
{
    story->room = keep (story, note->text);
    story->canvas = keep (story, note->value);
}

static void
take_joined (TuttiStory *story, const TuttiNote *note)
{
    TuttiStoryPerson *person = get_person (story, note->participant);

    if (!person)
        return;
    call (story, person, note->name ? note->name : note->participant, note->time_us);
    if (note->value)
        person->role = keep (story, note->value);
    if (person->is_present)
        return;
    person->is_present = TRUE;
    open_span (person->present, note->time_us);
}

static void
take_renamed (TuttiStory *story, const TuttiNote *note)
{
    TuttiStoryPerson *person = get_person (story, note->participant);

    if (person && note->name)
        call (story, person, note->name, note->time_us);
}

static void
take_left (TuttiStory *story, const TuttiNote *note)
{
    TuttiStoryPerson *person = get_person (story, note->participant);

    if (!person || !person->is_present)
        return;
    stop_speaking (story, person, note->time_us);
    person->is_present = FALSE;
    close_span (person->present, note->time_us, keep (story, note->value));
}

static void
take_speakers (TuttiStory *story, const TuttiNote *note)
{
    g_auto (GStrv) ids = g_strsplit (note->value ? note->value : "", " ", SPEAKERS_MAX);

    for (guint i = story->speakers->len; i > 0; i--) {
        TuttiStoryPerson *person = story->speakers->pdata[i - 1];

        if (!g_strv_contains ((const char *const *)ids, person->id))
            stop_speaking (story, person, note->time_us);
    }
    for (guint i = 0; ids[i]; i++) {
        TuttiStoryPerson *person = *ids[i] != '\0' ? get_person (story, ids[i]) : NULL;

        if (person)
            start_speaking (story, person, note->time_us);
    }
}

static void
take_chat (TuttiStory *story, const TuttiNote *note)
{
    add_moment (story, story->chat, note, 0);
}

static void
take_layout (TuttiStory *story, const TuttiNote *note)
{
    add_moment (story, story->layouts, note, 0);
}

static void
take_paused (TuttiStory *story, const TuttiNote *note)
{
    add_moment (story, story->pauses, note, -1);
}

static void
take_resumed (TuttiStory *story, const TuttiNote *note)
{
    GArray *pauses = story->pauses;
    TuttiMoment *last =
        pauses->len > 0 ? &g_array_index (pauses, TuttiMoment, pauses->len - 1) : NULL;

    if (last && last->length_us < 0)
        last->length_us = parse_length_us (note);
}

static void
take_gap (TuttiStory *story, const TuttiNote *note)
{
    add_moment (story, story->gaps, note, parse_length_us (note));
}

static void
take_track (TuttiStory *story, const TuttiNote *note)
{
    add_moment (story, story->tracks, note, 0);
}

static void
take_stopped (TuttiStory *story, const TuttiNote *note)
{
    story->why = keep (story, note->value);
}

static void
take_truncated (TuttiStory *story, const TuttiNote *note)
{
    (void)note;
    story->is_truncated = TRUE;
}

static const Take takes[TUTTI_N_NOTES] = {
    [TUTTI_NOTE_STARTED] = take_started,     [TUTTI_NOTE_JOINED] = take_joined,
    [TUTTI_NOTE_RENAMED] = take_renamed,     [TUTTI_NOTE_LEFT] = take_left,
    [TUTTI_NOTE_SPEAKERS] = take_speakers,   [TUTTI_NOTE_CHAT] = take_chat,
    [TUTTI_NOTE_LAYOUT] = take_layout,       [TUTTI_NOTE_PAUSED] = take_paused,
    [TUTTI_NOTE_RESUMED] = take_resumed,     [TUTTI_NOTE_GAP] = take_gap,
    [TUTTI_NOTE_TRACK] = take_track,         [TUTTI_NOTE_STOPPED] = take_stopped,
    [TUTTI_NOTE_TRUNCATED] = take_truncated,
};

static void
read_lines (TuttiStory *story, const char *data, const char *end)
{
    g_autoptr (JsonParser) parser = json_parser_new_immutable ();
    gint64 newest_us = 0;

    while (data < end) {
        const char *stop = memchr (data, '\n', (gsize)(end - data));
        TuttiNote note;

        if (!stop) /* half a line */
            return;
        if (tutti_note_line_read (parser, data, (gsize)(stop - data), &note)) {
            newest_us = note.time_us = CLAMP (note.time_us, newest_us, story->duration_us);
            takes[note.kind](story, &note);
        }
        data = stop + 1;
    }
}

static void
read_header (TuttiStory *story, const char *data, gsize length_bytes)
{
    static const char prefix[] = "{\"wall_us\":";

    if (length_bytes > strlen (prefix) + 2 && memcmp (data, prefix, strlen (prefix)) == 0)
        story->wall_us = g_ascii_strtoll (data + strlen (prefix), NULL, 10);
}

static void
close_all (TuttiStory *story)
{
    for (guint i = 0; i < story->people->len; i++) {
        TuttiStoryPerson *person = story->people->pdata[i];

        stop_speaking (story, person, story->duration_us);
        if (person->is_present)
            close_span (person->present, story->duration_us, NULL);
    }
}

static GArray *
new_moments (void)
{
    return g_array_new (FALSE, FALSE, sizeof (TuttiMoment));
}

TuttiStory *
tutti_story_read (const char *data, gsize length_bytes, gint64 duration_us)
{
    TuttiStory *story = g_new0 (TuttiStory, 1);

    story->strings = g_string_chunk_new (4096);
    story->people = g_ptr_array_new_with_free_func (free_person);
    story->speakers = g_ptr_array_new ();
    story->by_id = g_hash_table_new (g_str_hash, g_str_equal);
    story->chat = new_moments ();
    story->layouts = new_moments ();
    story->pauses = new_moments ();
    story->gaps = new_moments ();
    story->tracks = new_moments ();
    story->duration_us = MAX (duration_us, 0);
    read_header (story, data, length_bytes);
    read_lines (story, data, data + length_bytes);
    close_all (story);
    return story;
}

void
tutti_story_free (TuttiStory *story)
{
    if (!story)
        return;
    g_array_unref (story->chat);
    g_array_unref (story->layouts);
    g_array_unref (story->pauses);
    g_array_unref (story->gaps);
    g_array_unref (story->tracks);
    g_hash_table_unref (story->by_id);
    g_ptr_array_unref (story->speakers);
    g_ptr_array_unref (story->people);
    g_string_chunk_free (story->strings);
    g_free (story);
}

const char *
tutti_story_name_at (const TuttiStoryPerson *person, gint64 time_us)
{
    const char *name = person->id;

    for (guint i = 0; i < person->names->len; i++) {
        const TuttiMoment *moment = &g_array_index (person->names, TuttiMoment, i);

        if (i > 0 && moment->time_us > time_us)
            break;
        if (moment->name && *moment->name != '\0')
            name = moment->name;
    }
    return name;
}
