/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cors.h: which web pages of other sites may use our WHIP and WHEP (Fetch, section 3.2), told to
 * their browsers. Role: main.
 */
#pragma once

#include <libsoup/soup.h>
#include <tutti/config.h>

/* Adds what the answer needs. FALSE: a page asks that may not: its origin is none of those allowed,
 * and no token is needed here, so that any page could enter rooms in its visitor's name. Where a
 * token is needed all pages may: it is they who must have it. */
gboolean tutti_cors_check (SoupServerMessage *message, TuttiConfig *config);
/* Answers OPTIONS. post: what POST takes, e.g. "application/sdp". */
void tutti_cors_answer_options (SoupServerMessage *message, const char *methods, const char *post);
