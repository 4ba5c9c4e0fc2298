/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * url.c: see url.h. A URL is taken apart, each part judged, and one of our own put together from
 * what may stay; what a query may say becomes an option with a known name. Pure.
 */
#include "url.h"

#include <string.h>

#include <tutti/error.h>

typedef struct {
    const char *name;
    TuttiUrlScheme scheme;
    gboolean has_path; /* else no path nor user, but a port and perhaps a query */
} Scheme;

static const Scheme SCHEMES[] = {
    {"rtmp", TUTTI_URL_RTMP, TRUE}, {"rtmps", TUTTI_URL_RTMPS, TRUE}, {"srt", TUTTI_URL_SRT, FALSE},
    {"rtp", TUTTI_URL_RTP, FALSE},  {"udp", TUTTI_URL_UDP, FALSE},    {"hls", TUTTI_URL_HLS, FALSE},
};

/* What a query may hold. A number's value is multiplied by `scale` (0: it is text); bounds are of
 * the value, or of the text's length. */
typedef struct {
    const char *name, *option;
    guint schemes; /* bits */
    gint64 low, top, scale;
} Option;

#define BIT(scheme) (1u << (scheme))

static const Option OPTIONS[] = {
    /* libsrt: 10 to 79 characters; a stream's id has at most 512 (SRT access control). */
    {"passphrase", "passphrase", BIT (TUTTI_URL_SRT), 10, 79, 0},
    {"streamid", "streamid", BIT (TUTTI_URL_SRT), 1, 512, 0},
    {"pbkeylen", "pbkeylen", BIT (TUTTI_URL_SRT), 16, 32, 1},
    /* In ms, as SRT's own tools have it; libavformat wants us. More than 8 s is a mistake. */
    {"latency", "latency", BIT (TUTTI_URL_SRT), 0, 8000, 1000},
    {"ttl", "ttl", BIT (TUTTI_URL_RTP) | BIT (TUTTI_URL_UDP), 1, 255, 1},
};

typedef struct {
    char *scheme, *user, *host, *path, *query, *fragment;
    int port;
} Parts;

static void
clear_parts (Parts *parts)
{
    g_free (parts->scheme);
    g_free (parts->user);
    g_free (parts->host);
    g_free (parts->path);
    g_free (parts->query);
    g_free (parts->fragment);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parts, clear_parts)

static gboolean
refuse (GError **error, const char *why)
{
    g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE, "bad URL: %s", why);
    return FALSE;
}

static gboolean
split (const char *text, Parts *parts)
{
    return g_uri_split (text, G_URI_FLAGS_ENCODED, &parts->scheme, &parts->user, &parts->host,
                        &parts->port, &parts->path, &parts->query, &parts->fragment, NULL);
}

static const Scheme *
find_scheme (const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS (SCHEMES); i++) {
        if (g_ascii_strcasecmp (SCHEMES[i].name, name) == 0)
            return &SCHEMES[i];
    }
    return NULL;
}

/* RFC 3986 appendix A: nothing else stands in a URL unescaped. */
static gboolean
is_of_url (const char *text)
{
    return strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                         "-._~:/?#[]@!$&'()*+,;=%") == strlen (text);
}

static gboolean
is_printable (const char *text)
{
    for (; *text != '\0'; text++) {
        if (!g_ascii_isprint (*text))
            return FALSE;
    }
    return TRUE;
}

/* A name, or an address of IPv4 or IPv6; RFC 1035 section 2.3.4: 255 octets. */
static gboolean
is_host (const char *host)
{
    gsize length = host ? strlen (host) : 0;

    return length > 0 && length <= 255 &&
           strspn (host, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:") ==
               length;
}

/* --- Options --- */

static const Option *
find_option (TuttiUrlScheme scheme, const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS (OPTIONS); i++) {
        if ((OPTIONS[i].schemes & BIT (scheme)) != 0 && g_str_equal (OPTIONS[i].name, name))
            return &OPTIONS[i];
    }
    return NULL;
}

/* What libavformat is given; NULL: out of bounds. */
static char *
convert (const Option *option, const char *value)
{
    gint64 number, length = (gint64)strlen (value);

    if (option->scale == 0) {
        gboolean is_good = length >= option->low && length <= option->top && is_printable (value);
        return is_good ? g_strdup (value) : NULL;
    }
    if (!g_ascii_string_to_signed (value, 10, option->low, option->top, &number, NULL))
        return NULL;
    return g_strdup_printf ("%" G_GINT64_FORMAT, number * option->scale);
}

static gboolean
add_option (GPtrArray *options, TuttiUrlScheme scheme, const char *name, const char *value,
            GError **error)
{
    const Option *option = find_option (scheme, name);
    g_autofree char *converted = NULL;

    /* Said for completeness in many a tool's URL; we always are the caller. */
    if (scheme == TUTTI_URL_SRT && g_str_equal (name, "mode") && g_str_equal (value, "caller"))
        return TRUE;
    if (!option)
        return refuse (error, "an option that is not known");
    converted = convert (option, value);
    if (!converted)
        return refuse (error, "an option's value is out of bounds");
    g_ptr_array_add (options, g_strdup (option->option));
    g_ptr_array_add (options, g_steal_pointer (&converted));
    return TRUE;
}

static gboolean
read_query (TuttiUrl *url, const char *query, GError **error)
{
    g_autoptr (GPtrArray) options = g_ptr_array_new_with_free_func (g_free);
    GUriParamsIter iter;
    g_autoptr (GError) bad = NULL;

    g_uri_params_iter_init (&iter, query, -1, "&", G_URI_PARAMS_NONE);
    while (TRUE) {
        g_autofree char *name = NULL;
        g_autofree char *value = NULL;

        if (!g_uri_params_iter_next (&iter, &name, &value, &bad))
            break;
        if (!add_option (options, url->scheme, name, value, error))
            return FALSE;
    }
    if (bad)
        return refuse (error, "its query can't be read");
    g_ptr_array_add (options, NULL);
    g_strfreev (url->options);
    url->options = (char **)g_ptr_array_free (g_steal_pointer (&options), FALSE);
    return TRUE;
}

/* --- Transports --- */

static char *
join_host (const Parts *parts)
{
    gboolean is_ipv6 = strchr (parts->host, ':') != NULL;
    g_autofree char *port = parts->port > 0 ? g_strdup_printf (":%d", parts->port) : g_strdup ("");

    return g_strdup_printf ("%s%s%s%s", is_ipv6 ? "[" : "", parts->host, is_ipv6 ? "]" : "", port);
}

/* A publishing point is an application and a stream's name. What follows '?' is the server's own:
 * libavformat passes it on as it is. */
static gboolean
read_publishing_point (TuttiUrl *url, const Scheme *scheme, const Parts *parts, GError **error)
{
    g_autofree char *host = join_host (parts);

    if (!g_str_has_prefix (parts->path, "/") || strlen (parts->path) < 2)
        return refuse (error, "a path is missing: rtmp://HOST/APPLICATION/STREAM");
    url->target = g_strdup_printf (
        "%s://%s%s%s%s%s%s", scheme->name, parts->user ? parts->user : "", parts->user ? "@" : "",
        host, parts->path, parts->query ? "?" : "", parts->query ? parts->query : "");
    return TRUE;
}

static gboolean
read_address (TuttiUrl *url, const Scheme *scheme, const Parts *parts, GError **error)
{
    g_autofree char *host = join_host (parts);

    if (parts->user)
        return refuse (error, "this transport knows no user");
    if (parts->port <= 0 || parts->port > G_MAXUINT16)
        return refuse (error, "a port is missing");
    if (strlen (parts->path) > 0 && !g_str_equal (parts->path, "/"))
        return refuse (error, "this transport knows no path");
    url->target = g_strdup_printf ("%s://%s", scheme->name, host);
    return !parts->query || read_query (url, parts->query, error);
}

static gboolean
read_parts (TuttiUrl *url, const Scheme *scheme, const Parts *parts, GError **error)
{
    if (parts->fragment)
        return refuse (error, "it has a fragment (a '#' must be written %23)");
    if (scheme->scheme == TUTTI_URL_HLS) {
        url->target = g_strdup ("");
        return (!parts->host && !parts->query && strlen (parts->path) == 0) ||
               refuse (error, "'hls:' stands alone");
    }
    if (!is_host (parts->host))
        return refuse (error, "no host's name or address");
    return scheme->has_path ? read_publishing_point (url, scheme, parts, error)
                            : read_address (url, scheme, parts, error);
}

void
tutti_url_clear (TuttiUrl *url)
{
    g_clear_pointer (&url->target, g_free);
    g_clear_pointer (&url->options, g_strfreev);
}

gboolean
tutti_url_parse (TuttiUrl *url, const char *text, GError **error)
{
    g_auto (Parts) parts = {0};
    g_auto (TuttiUrl) read = {.options = g_new0 (char *, 1)};
    const Scheme *scheme;

    if (strlen (text) > TUTTI_URL_MAX_BYTES)
        return refuse (error, "it is too long");
    if (!is_of_url (text) || !split (text, &parts))
        return refuse (error, "it can't be read");
    scheme = find_scheme (parts.scheme ? parts.scheme : "");
    if (!scheme) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_UNSUPPORTED,
                             "live outputs go to rtmp, rtmps, srt, rtp, udp or hls URLs");
        return FALSE;
    }
    read.scheme = scheme->scheme;
    if (!read_parts (&read, scheme, &parts, error))
        return FALSE;
    *url = read;
    read = (TuttiUrl){0};
    return TRUE;
}

char *
tutti_url_describe (const char *text)
{
    g_auto (Parts) parts = {0};
    g_autofree char *host = NULL;
    const Scheme *scheme;

    if (!is_of_url (text) || !split (text, &parts))
        return g_strdup ("(no URL)");
    scheme = find_scheme (parts.scheme ? parts.scheme : "");
    if (!scheme)
        return g_strdup ("(no URL)");
    if (!is_host (parts.host))
        return g_strdup_printf ("%s:", scheme->name);
    host = join_host (&parts);
    if (!scheme->has_path)
        return g_strdup_printf ("%s://%s", scheme->name, host);
    /* The last part is the stream's key. */
    if (strrchr (parts.path, '/'))
        *strrchr (parts.path, '/') = '\0';
    return g_strdup_printf ("%s://%s%s/...", scheme->name, host, parts.path);
}
