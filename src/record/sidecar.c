/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sidecar.c: see sidecar.h. Pure.
 */
#include "sidecar.h"

#include "json-text.h"

#include <string.h>

#define SCHEMA_VERSION 1

typedef void (*Fill) (TuttiJsonText *json, const TuttiMoment *moment);

static void
add_started (TuttiJsonText *json, gint64 wall_us)
{
    g_autoptr (GDateTime) start = NULL;
    g_autofree char *text = NULL;

    if (wall_us > 0)
        start = g_date_time_new_from_unix_utc (wall_us / G_USEC_PER_SEC);
    if (start)
        text = g_date_time_format_iso8601 (start);
    tutti_json_text_add_string (json, "started", text);
}

static void
add_head (TuttiJsonText *json, const TuttiStory *story, const TuttiNotesSummary *summary)
{
    tutti_json_text_add_count (json, "version", SCHEMA_VERSION);
    tutti_json_text_add_string (json, "room", story->room);
    add_started (json, story->wall_us);
    tutti_json_text_add_seconds (json, "duration_s", story->duration_us);
    tutti_json_text_add_string (json, "canvas", story->canvas);
    tutti_json_text_add_boolean (json, "recovered", summary->recovered);
    tutti_json_text_add_boolean (json, "truncated", story->is_truncated);
    tutti_json_text_add_string (json, "ended", story->why);
}

static void
add_spans (TuttiJsonText *json, const char *key, const GArray *spans)
{
    tutti_json_text_open (json, key, '[');
    for (guint i = 0; i < spans->len; i++) {
        const TuttiSpan *span = &g_array_index (spans, TuttiSpan, i);

        tutti_json_text_open_flat (json, NULL, '{');
        tutti_json_text_add_seconds (json, "from_s", span->from_us);
        tutti_json_text_add_seconds (json, "to_s", span->to_us);
        tutti_json_text_add_string (json, "left", span->why);
        tutti_json_text_close (json, '}');
    }
    tutti_json_text_close (json, ']');
}

static void
add_moments (TuttiJsonText *json, const char *key, const GArray *moments, guint from, Fill fill)
{
    tutti_json_text_open (json, key, '[');
    for (guint i = from; i < moments->len; i++) {
        tutti_json_text_open_flat (json, NULL, '{');
        fill (json, &g_array_index (moments, TuttiMoment, i));
        tutti_json_text_close (json, '}');
    }
    tutti_json_text_close (json, ']');
}

static void
fill_name (TuttiJsonText *json, const TuttiMoment *moment)
{
    tutti_json_text_add_seconds (json, "time_s", moment->time_us);
    tutti_json_text_add_string (json, "name", moment->name);
}

static void
fill_chat (TuttiJsonText *json, const TuttiMoment *moment)
{
    tutti_json_text_add_seconds (json, "time_s", moment->time_us);
    tutti_json_text_add_string (json, "from", moment->participant);
    tutti_json_text_add_string (json, "name", moment->name);
    tutti_json_text_add_string (json, "text", moment->text);
}

/* A list that can be read is written anew. */
static void
add_tiles (TuttiJsonText *json, const char *text)
{
    g_autoptr (JsonParser) parser = json_parser_new_immutable ();
    g_autofree char *clean = NULL;
    JsonNode *root;

    if (!text || !tutti_note_json_is_shallow (text, strlen (text)) ||
        !json_parser_load_from_data (parser, text, -1, NULL))
        return;
    root = json_parser_get_root (parser);
    if (!root || !JSON_NODE_HOLDS_ARRAY (root))
        return;
    clean = json_to_string (root, FALSE);
    tutti_json_text_add_raw (json, "tiles", clean);
}

static void
fill_layout (TuttiJsonText *json, const TuttiMoment *moment)
{
    tutti_json_text_add_seconds (json, "time_s", moment->time_us);
    tutti_json_text_add_string (json, "layout", moment->value);
    add_tiles (json, moment->text);
}

static void
fill_length (TuttiJsonText *json, const TuttiMoment *moment)
{
    tutti_json_text_add_seconds (json, "time_s", moment->time_us);
    if (moment->length_us >= 0)
        tutti_json_text_add_seconds (json, "length_s", moment->length_us);
}

static void
fill_track (TuttiJsonText *json, const TuttiMoment *moment)
{
    tutti_json_text_add_string (json, "participant", moment->participant);
    tutti_json_text_add_string (json, "kind", moment->text);
    tutti_json_text_add_string (json, "file", moment->value);
    tutti_json_text_add_seconds (json, "offset_s", moment->time_us);
}

static void
add_people (TuttiJsonText *json, const TuttiStory *story)
{
    tutti_json_text_open (json, "participants", '[');
    for (guint i = 0; i < story->people->len; i++) {
        const TuttiStoryPerson *person = story->people->pdata[i];

        tutti_json_text_open (json, NULL, '{');
        tutti_json_text_add_string (json, "id", person->id);
        tutti_json_text_add_string (json, "name", tutti_story_name_at (person, G_MAXINT64));
        tutti_json_text_add_string (json, "role", person->role);
        if (person->names->len > 1)
            add_moments (json, "renamed", person->names, 1, fill_name);
        add_spans (json, "present", person->present);
        add_spans (json, "speaking", person->speaking);
        tutti_json_text_close (json, '}');
    }
    tutti_json_text_close (json, ']');
}

static void
add_recorder (TuttiJsonText *json, const TuttiNotesSummary *summary)
{
    tutti_json_text_open_flat (json, "recorder", '{');
    tutti_json_text_add_count (json, "bytes", summary->bytes);
    tutti_json_text_add_count (json, "pictures", summary->pictures);
    tutti_json_text_add_count (json, "sounds", summary->sounds);
    tutti_json_text_add_count (json, "lost_pictures", summary->lost_pictures);
    tutti_json_text_add_count (json, "gaps", summary->gaps);
    tutti_json_text_add_seconds (json, "gap_s", summary->gap_us);
    tutti_json_text_close (json, '}');
}

char *
tutti_sidecar_make (const TuttiStory *story, const TuttiNotesSummary *summary, const char *file,
                    const char *container)
{
    TuttiJsonText json = {.text = g_string_new (NULL)};

    tutti_json_text_open (&json, NULL, '{');
    add_head (&json, story, summary);
    tutti_json_text_add_string (&json, "file", file);
    tutti_json_text_add_string (&json, "container", container);
    add_people (&json, story);
    add_moments (&json, "chat", story->chat, 0, fill_chat);
    add_moments (&json, "layouts", story->layouts, 0, fill_layout);
    add_moments (&json, "pauses", story->pauses, 0, fill_length);
    add_moments (&json, "gaps", story->gaps, 0, fill_length);
    add_moments (&json, "tracks", story->tracks, 0, fill_track);
    add_recorder (&json, summary);
    tutti_json_text_close (&json, '}');
    return g_string_free (json.text, FALSE);
}
