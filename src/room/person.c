/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * person.c: names of roles, reasons and states as the protocol has them, and the cleaning of names
 * that people give themselves: they are painted on everybody's canvas. Role: main.
 */
#include "person.h"

static const char *const ROLES[] = {
    [TUTTI_PERSON_PARTICIPANT] = "participant",
    [TUTTI_PERSON_LISTENER] = "listener",
    [TUTTI_PERSON_MODERATOR] = "moderator",
};

static const char *const REASONS[] = {
    [TUTTI_LEFT_LEFT] = "left",
    [TUTTI_LEFT_LOST] = "lost",
    [TUTTI_LEFT_KICKED] = "kicked",
};

static const char *const RECORDING_STATES[] = {
    [TUTTI_RECORDING_OFF] = "off",
    [TUTTI_RECORDING_ON] = "on",
    [TUTTI_RECORDING_PAUSED] = "paused",
};

/* Joiners (U+200C, U+200D) are needed by scripts and emoji. The other format characters are
 * invisible, and direction overrides among them could turn the text around a name. */
static gboolean
is_wanted (gunichar c)
{
    switch (g_unichar_type (c)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
        return FALSE;
    case G_UNICODE_FORMAT:
        return c == 0x200C || c == 0x200D;
    default:
        return TRUE;
    }
}

const char *
tutti_person_role_name (TuttiPersonRole role)
{
    return ROLES[role];
}

gboolean
tutti_person_role_from_name (const char *name, TuttiPersonRole *role)
{
    for (guint i = 0; i < G_N_ELEMENTS (ROLES); i++) {
        if (g_strcmp0 (name, ROLES[i]) == 0) {
            *role = (TuttiPersonRole)i;
            return TRUE;
        }
    }
    return FALSE;
}

const char *
tutti_recording_state_name (TuttiRecordingState state)
{
    return RECORDING_STATES[state];
}

const char *
tutti_left_reason_name (TuttiLeftReason reason)
{
    return REASONS[reason];
}

char *
tutti_person_clean_name (const char *name)
{
    GString *clean = g_string_new (NULL);
    guint n = 0;

    for (const char *p = name ? name : ""; *p && n < TUTTI_NAME_MAX_CHARS;) {
        gunichar c = g_utf8_get_char_validated (p, -1);
        if (c == (gunichar)-1 || c == (gunichar)-2) {
            p++;
            continue;
        }
        p = g_utf8_next_char (p);
        if (!is_wanted (c) || (clean->len == 0 && g_unichar_isspace (c)))
            continue;
        g_string_append_unichar (clean, c);
        n++;
    }
    return g_strchomp (g_string_free (clean, FALSE));
}
