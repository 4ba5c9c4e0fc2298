/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * page.c: files by name. A name with anything but letters, digits and . _ - is not looked for, so
 * no path leads out of the directory.
 */
#include "page.h"
#include "media-type.h"

#include "web.h"

#include <string.h>

/* No file of ours comes near; a mistaken web-directory might hold a film. */
#define FILE_MAX_BYTES (4 * 1024 * 1024)
#define YEAR "31536000"

struct _TuttiPage {
    char *directory; /* NULL: compiled in */
};

static gboolean
is_name (const char *name)
{
    return name[0] != '\0' && name[0] != '.' &&
           strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._-") == strlen (name);
}

static GBytes *
read_file (const char *directory, const char *name)
{
    g_autofree char *path = g_build_filename (directory, name, NULL);
    g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);

    if (!file || g_mapped_file_get_length (file) > FILE_MAX_BYTES)
        return NULL;
    /* A copy: an editor may cut the file short while it is being sent. */
    return g_bytes_new (g_mapped_file_get_contents (file), g_mapped_file_get_length (file));
}

static GBytes *
load (TuttiPage *page, const char *name)
{
    g_autofree char *path = NULL;

    if (!is_name (name))
        return NULL;
    if (page->directory)
        return read_file (page->directory, name);
    path = g_strconcat (TUTTI_WEB_PREFIX, name, NULL);
    return g_resource_lookup_data (tutti_web_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE,
                                   NULL);
}

/* RFC 9110 section 8.8.3: a strong validator. */
static char *
make_tag (GBytes *content)
{
    g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, content);

    return g_strdup_printf ("\"%.32s\"", digest);
}

static gboolean
client_has (SoupServerMessage *message, const char *tag)
{
    const char *tags = soup_message_headers_get_list (
        soup_server_message_get_request_headers (message), "If-None-Match");

    return tags && strstr (tags, tag);
}

TuttiPage *
tutti_page_new (const char *directory)
{
    TuttiPage *page = g_new0 (TuttiPage, 1);

    page->directory = directory[0] ? g_strdup (directory) : NULL;
    return page;
}

void
tutti_page_free (TuttiPage *page)
{
    if (!page)
        return;
    g_free (page->directory);
    g_free (page);
}

void
tutti_page_serve (TuttiPage *page, SoupServerMessage *message, const char *name)
{
    SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
    g_autoptr (GBytes) content = load (page, name);
    g_autofree char *tag = NULL;

    if (!content) {
        soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
        return;
    }
    tag = make_tag (content);
    soup_message_headers_replace (headers, "ETag", tag);
    /* A new version of the server must not meet an old page: always ask, mostly 304. */
    soup_message_headers_replace (headers, "Cache-Control", "no-cache");
    if (client_has (message, tag)) {
        soup_server_message_set_status (message, SOUP_STATUS_NOT_MODIFIED, NULL);
        return;
    }
    soup_message_headers_replace (headers, "Content-Type", tutti_media_type_of (name));
    soup_message_body_append_bytes (soup_server_message_get_response_body (message), content);
    soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
}

void
tutti_page_secure (SoupServerMessage *message, gboolean https)
{
    SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

    soup_message_headers_replace (headers, "Content-Security-Policy", TUTTI_WEB_POLICY);
    soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
    soup_message_headers_replace (headers, "Referrer-Policy", "no-referrer");
    soup_message_headers_replace (headers, "Cross-Origin-Opener-Policy", "same-origin");
    soup_message_headers_replace (headers, "Permissions-Policy",
                                  "camera=(self), microphone=(self), display-capture=(self)");
    if (https)
        soup_message_headers_replace (headers, "Strict-Transport-Security", "max-age=" YEAR);
}
