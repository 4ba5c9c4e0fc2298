/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * news-json.c: see news-json.h. Role: main.
 */
#include "news-json.h"

#include "event-json.h"
#include "json-add.h"

void
tutti_news_json_add_time (JsonBuilder *builder, const TuttiNews *news)
{
    gint64 wall_us = news->wall_us;
    g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (wall_us / G_USEC_PER_SEC);
    g_autofree char *seconds = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S");
    g_autofree char *text = g_strdup_printf ("%s.%03dZ", seconds,
                                             (int)(wall_us % G_USEC_PER_SEC / 1000)); /* RFC 3339 */

    tutti_json_add_string (builder, "time", text);
}

/* What a file, an output or a film is called here. */
static const char *
name_item (TuttiNewsType type)
{
    return type == TUTTI_NEWS_RECORDING ? "file" : type == TUTTI_NEWS_OUTPUT ? "output" : "title";
}

static void
add_clean (JsonBuilder *builder, const char *name, const char *value)
{
    g_autofree char *valid = g_utf8_make_valid (value, -1);

    tutti_json_add_string (builder, name, valid);
}

const char *
tutti_news_json_type (const TuttiNews *news)
{
    return news->event ? tutti_event_json_type (news->event->type) : tutti_news_name (news->type);
}

void
tutti_news_json_add (JsonBuilder *builder, const TuttiNews *news)
{
    if (news->room)
        tutti_json_add_string (builder, "room", news->room);
    if (news->event)
        tutti_event_json_add (builder, news->event, "");
    if (news->item)
        add_clean (builder, name_item (news->type), news->item);
    if (news->state)
        tutti_json_add_string (builder, "state", news->state);
    if (news->text && news->text[0] != '\0')
        add_clean (builder, "reason", news->text);
}

char *
tutti_news_json_write (const TuttiNews *news)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    g_autoptr (JsonNode) root = NULL;

    json_builder_begin_object (builder);
    tutti_json_add_string (builder, "type", tutti_news_json_type (news));
    tutti_news_json_add_time (builder, news);
    tutti_news_json_add (builder, news);
    json_builder_end_object (builder);
    root = json_builder_get_root (builder);
    return json_to_string (root, FALSE);
}
