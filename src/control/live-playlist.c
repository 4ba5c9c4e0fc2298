/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * live-playlist.c: line by line. The playlists are our own: each address is a plain file name. Any
 * thread.
 */
#include "live-playlist.h"

#include <string.h>

#define URI_ATTRIBUTE "URI=\""

static void
sign_line (GString *signed_text, const char *line, const char *query)
{
    const char *uri = strstr (line, URI_ATTRIBUTE);
    const char *end = uri ? strchr (uri + strlen (URI_ATTRIBUTE), '"') : NULL;

    if (line[0] == '#' && end) { /* RFC 8216 section 4.2: quoted strings hold no quote */
        g_string_append_len (signed_text, line, end - line);
        g_string_append (signed_text, query);
        g_string_append (signed_text, end);
    } else {
        g_string_append (signed_text, line);
        if (line[0] != '#' && line[0] != '\0')
            g_string_append (signed_text, query);
    }
}

char *
tutti_live_playlist_sign (const char *text, const char *token)
{
    g_autofree char *escaped = g_uri_escape_string (token, NULL, FALSE);
    g_autofree char *query = g_strconcat ("?token=", escaped, NULL);
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
    GString *signed_text = g_string_new (NULL);

    for (guint i = 0; lines[i]; i++) {
        if (i > 0)
            g_string_append_c (signed_text, '\n');
        sign_line (signed_text, lines[i], query);
    }
    return g_string_free (signed_text, FALSE);
}
