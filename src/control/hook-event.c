/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hook-event.c: see hook-event.h. Role: main.
 */
#include "hook-event.h"
#include "json-add.h"
#include "news-json.h"

#include <string.h>

/* room_created -> room.created; recording with its state -> recording.on. */
char *
tutti_hook_event_type (const TuttiNews *news)
{
    char *type, *underscore;

    if (news->type == TUTTI_NEWS_CHAT || news->type == TUTTI_NEWS_SPEAKERS)
        return NULL;
    if (news->state)
        return g_strconcat (tutti_news_json_type (news), ".", news->state, NULL);
    type = g_strdup (tutti_news_json_type (news));
    underscore = strchr (type, '_');
    if (underscore)
        *underscore = '.';
    return type;
}

gboolean
tutti_hook_event_matches (const char *patterns, const char *type)
{
    g_auto (GStrv) words = g_strsplit (patterns, " ", -1);

    for (guint i = 0; words[i]; i++) {
        if (g_pattern_match_simple (words[i], type))
            return TRUE;
    }
    return FALSE;
}

GBytes *
tutti_hook_event_write (const TuttiNews *news, const char *id, const char *type)
{
    g_autoptr (JsonBuilder) builder = json_builder_begin_object (json_builder_new ());
    g_autoptr (JsonNode) root = NULL;
    char *text;

    tutti_json_add_string (builder, "id", id);
    tutti_json_add_string (builder, "type", type);
    tutti_news_json_add_time (builder, news);
    tutti_json_begin_object (builder, "data");
    tutti_news_json_add (builder, news);
    json_builder_end_object (builder);
    json_builder_end_object (builder);
    root = json_builder_get_root (builder);
    text = json_to_string (root, FALSE);
    return g_bytes_new_take (text, strlen (text));
}
