/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * news-json.c: see news-json.h. Role: main.
 */
#include "news-json.h"

#include "event-json.h"
#include "json-write.h"

void
tutti_news_json_add_time (TuttiJson *json, const TuttiNews *news)
{
    gint64 wall_us = news->wall_us;
    g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (wall_us / G_USEC_PER_SEC);
    g_autofree char *seconds = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S");
    g_autofree char *text = g_strdup_printf ("%s.%03dZ", seconds,
                                             (int)(wall_us % G_USEC_PER_SEC / 1000)); /* RFC 3339 */

    tutti_json_add_string (json, "time", text);
}

/* What a file, an output or a film is called here. */
static const char *
name_item (TuttiNewsType type)
{
    return type == TUTTI_NEWS_RECORDING ? "file" : type == TUTTI_NEWS_OUTPUT ? "output" : "title";
}

const char *
tutti_news_json_type (const TuttiNews *news)
{
    return news->event ? tutti_event_json_type (news->event->type) : tutti_news_name (news->type);
}

void
tutti_news_json_add (TuttiJson *json, const TuttiNews *news)
{
    if (news->room)
        tutti_json_add_string (json, "room", news->room);
    if (news->event)
        tutti_event_json_add (json, news->event, "");
    if (news->item)
        tutti_json_add_string (json, name_item (news->type), news->item);
    if (news->state)
        tutti_json_add_string (json, "state", news->state);
    if (news->text && news->text[0] != '\0')
        tutti_json_add_string (json, "reason", news->text);
}

char *
tutti_news_json_write (const TuttiNews *news)
{
    g_autoptr (TuttiJson) json = tutti_json_new ();

    tutti_json_add_string (json, "type", tutti_news_json_type (news));
    tutti_news_json_add_time (json, news);
    tutti_news_json_add (json, news);
    return tutti_json_end (json);
}
