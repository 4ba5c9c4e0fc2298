/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hook-event.c: see hook-event.h. Role: main.
 */
#include "hook-event.h"
#include "json-write.h"
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
    g_autoptr (TuttiJson) json = tutti_json_new ();

    tutti_json_add_string (json, "id", id);
    tutti_json_add_string (json, "type", type);
    tutti_news_json_add_time (json, news);
    tutti_json_begin_object (json, "data");
    tutti_news_json_add (json, news);
    tutti_json_end_object (json);
    return tutti_json_end_bytes (json);
}
