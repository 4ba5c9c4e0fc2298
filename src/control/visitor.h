/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * visitor.h: a random name for a browser, kept in its cookie tutti-visitor as long as it is open:
 * so that who was kicked is known under another name too. It says nothing about anybody. Role:
 * main.
 */
#pragma once

#include <libsoup/soup.h>
#include <tutti/config.h>

/* Gives the browser one with this answer, unless it has one. */
void tutti_visitor_welcome (SoupServerMessage *message, TuttiConfig *config);
/* NULL: it has none. Free it. */
char *tutti_visitor_get (SoupServerMessage *message);
