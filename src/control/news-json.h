/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * news-json.h: news as JSON: `type`, `time`, `room`, and the members that the room protocol's
 * message of that type has. Role: main.
 */
#pragma once

#include "news.h"
#include "json-write.h"

/* Members of an object that is open: when it was; all else but the type. */
void tutti_news_json_add_time (TuttiJson *json, const TuttiNews *news);
void tutti_news_json_add (TuttiJson *json, const TuttiNews *news);

/* Its `type`. */
const char *tutti_news_json_type (const TuttiNews *news);
/* One line. Free it. */
char *tutti_news_json_write (const TuttiNews *news);
