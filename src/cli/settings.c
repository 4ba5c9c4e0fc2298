/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * settings.c: see settings.h. What is plainly wrong is said here, before the server is asked.
 */
#include "settings.h"

#include "span.h"

#include <string.h>

/* Where the values go: GLib's table has no place to name another. */
static JsonObject *given;
static const char *first;

typedef gboolean (*TakeFunc) (const char *member, const char *value, GError **error);

/* --- Each kind of value; FALSE: wrong. --- */

static gboolean
refuse (GError **error, const char *member, const char *value, const char *wanted)
{
    g_autofree char *flag = g_strdelimit (g_strdup (member), "_", '-');

    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--%s is %s, not '%s'", flag,
                 wanted, value);
    return FALSE;
}

static gboolean
take_text (const char *member, const char *value, GError **error)
{
    json_object_set_string_member (given, member, value);
    return TRUE;
}

static gboolean
take_count (const char *member, const char *value, GError **error)
{
    guint64 n;

    if (!g_ascii_string_to_unsigned (value, 10, 0, G_MAXINT, &n, NULL))
        return refuse (error, member, value, "a number");
    json_object_set_int_member (given, member, (gint64)n);
    return TRUE;
}

static gboolean
take_switch (const char *member, const char *value, GError **error)
{
    gboolean on = g_str_equal (value, "on");

    if (!on && !g_str_equal (value, "off"))
        return refuse (error, member, value, "on or off");
    json_object_set_boolean_member (given, member, on);
    return TRUE;
}

/* A number alone is seconds. */
static gboolean
take_span (const char *member, const char *value, GError **error)
{
    gboolean is_number = value[0] != '\0' && value[strspn (value, "0123456789")] == '\0';
    gint64 s = tutti_span_parse (value);

    if (is_number)
        return take_count (member, value, error);
    if (s == 0)
        return refuse (error, member, value, "a number and s, m, h or d, like 90m");
    json_object_set_int_member (given, member, s);
    return TRUE;
}

/* In local time where it names no zone; "+2h" is from now. */
static GDateTime *
parse_time (const char *value)
{
    g_autoptr (GDateTime) now = g_date_time_new_now_local ();
    gint64 s = value[0] == '+' ? tutti_span_parse (value + 1) : 0;

    if (s > 0)
        return g_date_time_add_seconds (now, (double)s);
    return g_date_time_new_from_iso8601 (value, g_date_time_get_timezone (now));
}

static gboolean
take_time (const char *member, const char *value, GError **error)
{
    g_autoptr (GDateTime) time = NULL;
    g_autoptr (GDateTime) utc = NULL;
    g_autofree char *text = NULL;

    if (value[0] == '\0' || g_str_equal (value, "never"))
        return take_text (member, "", error);
    time = parse_time (value);
    if (!time)
        return refuse (error, member, value,
                       "a time like 2026-12-01T18:30:00, +2h from now, or never");
    utc = g_date_time_to_utc (time);
    text = g_date_time_format (utc, "%Y-%m-%dT%H:%M:%SZ"); /* RFC 3339 */
    return take_text (member, text, error);
}

/* Further ones are added. */
static gboolean
take_moderator (const char *member, const char *value, GError **error)
{
    if (!json_object_has_member (given, "moderators"))
        json_object_set_array_member (given, "moderators", json_array_new ());
    json_array_add_string_element (json_object_get_array_member (given, "moderators"), value);
    return TRUE;
}

static gboolean
take_no_moderators (const char *member, const char *value, GError **error)
{
    json_object_set_array_member (given, "moderators", json_array_new ());
    return TRUE;
}

static gboolean
take_no_pin (const char *member, const char *value, GError **error)
{
    return take_text ("pin", "", error);
}

static gboolean on_option (const char *flag, const char *value, gpointer data, GError **error);

#define WITH "With room create, set: "
#define FLAG_OF(name, flags, text, value)                                                          \
    {                                                                                              \
        name, 0, flags, G_OPTION_ARG_CALLBACK, (gpointer)on_option, WITH text, value               \
    }

static const GOptionEntry options[] = {
    FLAG_OF ("limit", 0, "so many people", "NUMBER"),
    FLAG_OF ("layout", 0, "grid, speaker or presenter", "LAYOUT"),
    FLAG_OF ("canvas", 0, "the picture's size, like 1280x720", "SIZE"),
    FLAG_OF ("frame-rate", 0, "pictures a second", "NUMBER"),
    FLAG_OF ("record", 0, "from the first one in", "on|off"),
    FLAG_OF ("locked", 0, "nobody but moderators comes in", "on|off"),
    FLAG_OF ("pin", 0, "asked of who comes without a token", "PIN"),
    FLAG_OF ("no-pin", G_OPTION_FLAG_NO_ARG, "it has none", NULL),
    FLAG_OF ("waiting-room", 0, "people are let in one by one", "on|off"),
    FLAG_OF ("share", 0, "who may share a screen", "anyone|moderator"),
    FLAG_OF ("moderator", 0, "whose token makes a moderator; again for more", "NAME"),
    FLAG_OF ("no-moderators", G_OPTION_FLAG_NO_ARG, "nobody's does by itself", NULL),
    FLAG_OF ("closes-at", 0, "when it ends: a time, +2h, never", "TIME"),
    FLAG_OF ("max-duration", 0, "how long it lasts, like 90m; 0: for ever", "TIME"),
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

static const struct {
    const char *flag;
    TakeFunc take;
} takers[] = {
    {"limit", take_count},
    {"layout", take_text},
    {"canvas", take_text},
    {"frame-rate", take_count},
    {"record", take_switch},
    {"locked", take_switch},
    {"pin", take_text},
    {"no-pin", take_no_pin},
    {"waiting-room", take_switch},
    {"share", take_text},
    {"moderator", take_moderator},
    {"no-moderators", take_no_moderators},
    {"closes-at", take_time},
    {"max-duration", take_span},
};

static gboolean
on_option (const char *flag, const char *value, gpointer data, GError **error)
{
    if (!given)
        given = json_object_new ();
    for (gsize i = 0; i < G_N_ELEMENTS (takers); i++) {
        g_autofree char *member = g_strdelimit (g_strdup (takers[i].flag), "-", '_');

        if (!g_str_equal (flag + strlen ("--"), takers[i].flag))
            continue;
        first = first ? first : takers[i].flag;
        return takers[i].take (member, value, error);
    }
    return FALSE;
}

const GOptionEntry *
tutti_settings_get_options (void)
{
    return options;
}

const char *
tutti_settings_first (void)
{
    return first;
}

JsonObject *
tutti_settings_take (void)
{
    return given ? g_steal_pointer (&given) : json_object_new ();
}
