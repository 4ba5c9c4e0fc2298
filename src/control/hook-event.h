/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hook-event.h: news as webhooks have them: hierarchical types, a body of their own. Role: main.
 */
#pragma once

#include "news.h"

/* "room.created", "participant.left", "recording.on", "output.live", ...; free it. NULL: it is none
 * for a webhook: what is said, and who speaks. */
char *tutti_hook_event_type (const TuttiNews *news);
/* Whether one of the patterns, separated by spaces, is the type's; * stands for anything. */
gboolean tutti_hook_event_matches (const char *patterns, const char *type);
/* JSON: id, type, time, data. */
GBytes *tutti_hook_event_write (const TuttiNews *news, const char *id, const char *type);
