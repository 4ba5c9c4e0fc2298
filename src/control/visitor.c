/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * visitor.c: see visitor.h. Role: main.
 */
#include "visitor.h"
#include "cookie.h"

#include <string.h>
#include <tutti/secret.h>

#define NAME "tutti-visitor"

static gboolean
is_ours (const char *value)
{
    return strlen (value) == TUTTI_SECRET_DIGITS &&
           strspn (value, "0123456789abcdef") == TUTTI_SECRET_DIGITS;
}

void
tutti_visitor_welcome (SoupServerMessage *message, TuttiConfig *config)
{
    g_autofree char *known = tutti_visitor_get (message);
    char value[TUTTI_SECRET_DIGITS + 1];

    if (known)
        return;
    tutti_secret_make (value);
    tutti_cookie_set_lax (message, NAME, value, "/", tutti_cookie_is_secure (config));
}

char *
tutti_visitor_get (SoupServerMessage *message)
{
    g_autofree char *value = tutti_cookie_get (message, NAME);

    return value && is_ours (value) ? g_steal_pointer (&value) : NULL;
}
