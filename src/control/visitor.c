/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * visitor.c: see visitor.h. Role: main.
 */
#include "visitor.h"
#include "cookie.h"

#include <string.h>
#include <sys/random.h>

#define NAME "tutti-visitor"
/* Nobody else's is met by chance, or found by trying. */
#define VALUE_BYTES 16

static gboolean
is_ours (const char *value)
{
    return strlen (value) == 2 * VALUE_BYTES &&
           strspn (value, "0123456789abcdef") == 2 * VALUE_BYTES;
}

void
tutti_visitor_welcome (SoupServerMessage *message, TuttiConfig *config)
{
    g_autofree char *known = tutti_visitor_get (message);
    guint8 bytes[VALUE_BYTES];
    char value[2 * VALUE_BYTES + 1];

    if (known)
        return;
    /* So few bytes are given whole, once the kernel has any (getrandom(2)). */
    while (getrandom (bytes, sizeof bytes, 0) != sizeof bytes)
        ;
    for (guint i = 0; i < sizeof bytes; i++)
        g_snprintf (value + 2 * i, 3, "%02x", bytes[i]);
    tutti_cookie_set_lax (message, NAME, value, "/", tutti_cookie_is_secure (config));
}

char *
tutti_visitor_get (SoupServerMessage *message)
{
    g_autofree char *value = tutti_cookie_get (message, NAME);

    return value && is_ours (value) ? g_steal_pointer (&value) : NULL;
}
