/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config-judge.c: whether a value is good for its key, and what to say when not.
 */
#include "config-keys.h"

#include <gio/gio.h>
#include <string.h>

/* What a canvas or rendition may measure: smaller shows nothing, larger nobody decodes in time. */
#define SIDE_MIN 64
#define SIDE_MAX 3840

static char *
judge_int (const TuttiConfigRow *row, const char *value)
{
    gint64 number;

    if (!g_ascii_string_to_signed (value, 10, G_MININT64, G_MAXINT64, &number, NULL))
        return g_strdup_printf ("'%s' is not a whole number", value);
    if (number < row->low || number > row->top)
        return g_strdup_printf ("%s is out of range (%" G_GINT64_FORMAT " to %" G_GINT64_FORMAT ")",
                                value, row->low, row->top);
    return NULL;
}

static char *
judge_enum (const TuttiConfigRow *row, const char *value)
{
    g_auto (GStrv) choices = g_strsplit (row->choices, " ", -1);

    if (g_strv_contains ((const char *const *)choices, value))
        return NULL;
    return g_strdup_printf ("'%s' is none of: %s", value, row->choices);
}

static char *
judge_address (const char *value)
{
    g_autoptr (GSocketConnectable) address = g_network_address_parse (value, 0, NULL);
    const char *colon = strrchr (value, ':');
    gint64 port;

    if (!address || !colon || colon == value ||
        !g_ascii_string_to_signed (colon + 1, 10, 0, 65535, &port, NULL))
        return g_strdup_printf ("'%s' is not ADDRESS:PORT", value);
    return NULL;
}

static gboolean
is_side (gint64 n)
{
    return n >= SIDE_MIN && n <= SIDE_MAX && n % 2 == 0;
}

/* "1280x720"; *end: what follows. */
static gboolean
read_size (const char *value, const char **end)
{
    char *at;
    gint64 width, height;

    if (!g_ascii_isdigit (value[0]))
        return FALSE;
    width = g_ascii_strtoll (value, &at, 10);
    if (*at != 'x' || !g_ascii_isdigit (at[1]))
        return FALSE;
    height = g_ascii_strtoll (at + 1, &at, 10);
    *end = at;
    return is_side (width) && is_side (height);
}

static char *
judge_size (const char *value)
{
    const char *end = NULL;

    if (read_size (value, &end) && *end == '\0')
        return NULL;
    return g_strdup_printf ("'%s' is not WIDTHxHEIGHT with even sides of %d to %d", value, SIDE_MIN,
                            SIDE_MAX);
}

static char *
judge_codecs (const char *value)
{
    g_auto (GStrv) names = g_strsplit_set (value, " ,", -1);
    guint n = 0;

    for (guint i = 0; names[i]; i++) {
        if (names[i][0] == '\0')
            continue;
        if (!g_str_equal (names[i], "VP8") && !g_str_equal (names[i], "H264"))
            return g_strdup_printf ("codec '%s' is not supported (VP8, H264)", names[i]);
        n++;
    }
    return n > 0 ? NULL : g_strdup ("names no codec");
}

/* 640x360@30:500k */
static gboolean
is_rendition (const char *text)
{
    const char *at = NULL;
    char *end;
    gint64 rate, kbits;

    if (!read_size (text, &at) || *at != '@')
        return FALSE;
    rate = g_ascii_strtoll (at + 1, &end, 10);
    if (rate < 1 || rate > 60 || *end != ':')
        return FALSE;
    kbits = g_ascii_strtoll (end + 1, &end, 10);
    return kbits >= 30 && kbits <= 50000 && g_str_equal (end, "k");
}

static char *
judge_renditions (const char *value)
{
    g_auto (GStrv) items = g_strsplit_set (value, " ,", -1);

    for (guint i = 0; items[i]; i++) {
        if (items[i][0] != '\0' && !is_rendition (items[i]))
            return g_strdup_printf ("'%s' is not WIDTHxHEIGHT@RATE:BITRATEk", items[i]);
    }
    return NULL;
}

static char *
judge_announce (const char *value)
{
    if (g_str_equal (value, "tone") || g_str_equal (value, "off") || g_path_is_absolute (value))
        return NULL;
    return g_strdup_printf ("'%s' is neither tone nor off nor an absolute path", value);
}

/* Shorter ones are guessed in an afternoon; longer ones nobody types. */
#define PIN_MIN_CHARS 4
#define PIN_MAX_CHARS 64

static char *
judge_pin (const char *value)
{
    glong n = 0;
    gboolean is_good = g_utf8_validate (value, -1, NULL);

    for (const char *p = value; is_good && *p; p = g_utf8_next_char (p), n++)
        is_good = g_unichar_isprint (g_utf8_get_char (p));
    if (is_good && n >= PIN_MIN_CHARS && n <= PIN_MAX_CHARS)
        return NULL;
    return g_strdup_printf ("is not %d to %d printable characters", PIN_MIN_CHARS, PIN_MAX_CHARS);
}

/* RFC 3339 section 5.6: what GLib takes of ISO 8601, with date, time and zone all there. */
static char *
judge_time (const char *value)
{
    g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (value, NULL);

    if (time && strlen (value) >= strlen ("2026-01-01T00:00:00Z") && value[4] == '-')
        return NULL;
    return g_strdup_printf ("'%s' is no time such as 2026-01-31T18:00:00Z", value);
}

char *
tutti_config_judge (const TuttiConfigRow *row, const char *value)
{
    if (value[0] == '\0' && row->key.default_value[0] == '\0')
        return NULL; /* unset */
    switch (row->kind) {
    case TUTTI_CONFIG_STRING:
        return NULL;
    case TUTTI_CONFIG_BOOL:
        if (g_str_equal (value, "true") || g_str_equal (value, "false"))
            return NULL;
        return g_strdup_printf ("'%s' is neither true nor false", value);
    case TUTTI_CONFIG_INT:
        return judge_int (row, value);
    case TUTTI_CONFIG_ENUM:
        return judge_enum (row, value);
    case TUTTI_CONFIG_ADDRESS_OR_OFF:
        return g_str_equal (value, "off") ? NULL : judge_address (value);
    case TUTTI_CONFIG_ADDRESS:
        return judge_address (value);
    case TUTTI_CONFIG_SIZE:
        return judge_size (value);
    case TUTTI_CONFIG_CODECS:
        return judge_codecs (value);
    case TUTTI_CONFIG_RENDITIONS:
        return judge_renditions (value);
    case TUTTI_CONFIG_PIN:
        return judge_pin (value);
    case TUTTI_CONFIG_TIME:
        return judge_time (value);
    case TUTTI_CONFIG_ANNOUNCE:
        return judge_announce (value);
    }
    g_assert_not_reached ();
}

char *
tutti_config_find_fault (const char *section, const char *key, const char *value)
{
    const TuttiConfigRow *row = tutti_config_find_row (section, key);

    g_assert (row);
    return tutti_config_judge (row, value);
}
