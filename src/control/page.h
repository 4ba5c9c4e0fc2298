/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * page.h: serves the web client: compiled in, or from a directory while somebody works on it. Role:
 * main.
 */
#pragma once

#include <libsoup/soup.h>

typedef struct _TuttiPage TuttiPage;

/* directory: "" for what is compiled in. */
TuttiPage *tutti_page_new (const char *directory);
void tutti_page_free (TuttiPage *page);

/* Answers GET and HEAD for a file by its name, which has no folders: 200, 304 when the client has
 * it already, 404. */
void tutti_page_serve (TuttiPage *page, SoupServerMessage *message, const char *name);

/* Headers that every answer of the server has. https: the certificate is one that browsers trust,
 * so they may insist on it (RFC 6797). */
void tutti_page_secure (SoupServerMessage *message, gboolean https);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiPage, tutti_page_free)
