/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * origin.c: compares origins. The scheme of our own page is not compared: a proxy before us may
 * speak TLS while we don't.
 */
#include "origin.h"

#include <string.h>

/* "https://host:port" without a path, from a URL that may have one. */
static char *
cut_path (const char *url)
{
    const char *host = strstr (url, "://");
    gsize n = host ? (gsize)(host - url) + 3 + strcspn (host + 3, "/") : strlen (url);

    return g_strndup (url, n);
}

static gboolean
is_same (const char *origin, const char *url)
{
    g_autofree char *other = cut_path (url);

    return g_ascii_strcasecmp (origin, other) == 0;
}

gboolean
tutti_origin_is_allowed (const char *origin, const char *host, const char *allowed,
                         const char *public_url)
{
    g_auto (GStrv) others = g_strsplit_set (allowed, " ,", -1);
    const char *place;

    if (!origin)
        return TRUE;
    place = strstr (origin, "://");
    if (place && host && g_ascii_strcasecmp (place + 3, host) == 0)
        return TRUE;
    if (public_url[0] && is_same (origin, public_url))
        return TRUE;
    for (guint i = 0; others[i]; i++)
        if (others[i][0] && (g_str_equal (others[i], "*") || is_same (origin, others[i])))
            return TRUE;
    return FALSE;
}
