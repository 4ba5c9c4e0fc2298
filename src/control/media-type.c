/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * media-type.c: see media-type.h.
 */
#include "media-type.h"

#include <glib.h>

static const struct {
    const char *suffix, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"}, /* RFC 9239 */
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".woff2", "font/woff2"},
    {".webm", "video/webm"},
    {".mp4", "video/mp4"},
    {".m4s", "video/mp4"},
    {".mkv", "video/x-matroska"},
    {".mka", "audio/x-matroska"},
    {".m4a", "audio/mp4"},
    {".opus", "audio/ogg"}, /* RFC 7845 section 9 */
    {".ogg", "audio/ogg"},
    {".vtt", "text/vtt; charset=utf-8"},
    {".m3u8", "application/vnd.apple.mpegurl"}, /* RFC 8216 section 10 */
    {".ts", "video/mp2t"},
};

const char *
tutti_media_type_of (const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS (types); i++)
        if (g_str_has_suffix (name, types[i].suffix))
            return types[i].type;
    return "application/octet-stream";
}
