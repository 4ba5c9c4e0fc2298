/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * news-json.h: news as JSON: `type`, `time`, `room`, and the members that the room protocol's
 * message of that type has. Role: main.
 */
#pragma once

#include "news.h"

/* Its `type`. */
const char *tutti_news_json_type (const TuttiNews *news);
/* One line. Free it. */
char *tutti_news_json_write (const TuttiNews *news);
