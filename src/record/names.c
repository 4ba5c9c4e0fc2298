/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * names.c: see names.h.
 */
#include "names.h"

#include <limits.h>
#include <string.h>

#define STAMP_FORMAT "%Y%m%dT%H%M%SZ"
#define STAMP_LENGTH 16
#define ROOM_LENGTH_MAX 64
#define GUARD '@'

static const char *const container_names[] = {
    [TUTTI_CONTAINER_WEBM] = "webm",
    [TUTTI_CONTAINER_MKV] = "mkv",
    [TUTTI_CONTAINER_MP4] = "mp4",
};

static const TuttiEnding endings[] = {
    {TUTTI_PIECE_MIX, TUTTI_CONTAINER_WEBM, FALSE, ".webm"},
    {TUTTI_PIECE_MIX, TUTTI_CONTAINER_MKV, FALSE, ".mkv"},
    {TUTTI_PIECE_MIX, TUTTI_CONTAINER_MP4, FALSE, ".mp4"},
    {TUTTI_PIECE_PART, TUTTI_CONTAINER_WEBM, FALSE, ".webm.part"},
    {TUTTI_PIECE_PART, TUTTI_CONTAINER_MKV, FALSE, ".mkv.part"},
    {TUTTI_PIECE_PART, TUTTI_CONTAINER_MP4, FALSE, ".mp4.part"},
    {TUTTI_PIECE_RECOVERING, TUTTI_CONTAINER_WEBM, FALSE, ".webm.recovering"},
    {TUTTI_PIECE_RECOVERING, TUTTI_CONTAINER_MKV, FALSE, ".mkv.recovering"},
    {TUTTI_PIECE_RECOVERING, TUTTI_CONTAINER_MP4, FALSE, ".mp4.recovering"},
    {TUTTI_PIECE_BROKEN, TUTTI_CONTAINER_WEBM, FALSE, ".webm.broken"},
    {TUTTI_PIECE_BROKEN, TUTTI_CONTAINER_MKV, FALSE, ".mkv.broken"},
    {TUTTI_PIECE_BROKEN, TUTTI_CONTAINER_MP4, FALSE, ".mp4.broken"},
    {TUTTI_PIECE_SIDECAR, 0, FALSE, ".json"},
    {TUTTI_PIECE_CHAPTERS, 0, FALSE, ".vtt"},
    {TUTTI_PIECE_DRAFT, 0, TRUE, ".json.part"},
    {TUTTI_PIECE_DRAFT, 0, TRUE, ".vtt.part"},
    {TUTTI_PIECE_TRACKS, 0, FALSE, ".tracks"},
    {TUTTI_PIECE_NOTES, 0, TRUE, ".notes"},
};

G_STATIC_ASSERT (G_N_ELEMENTS (endings) <= TUTTI_ENDINGS_MAX);

static gboolean
is_room_char (char c)
{
    return g_ascii_isalnum (c) || c == '.' || c == '_' || c == '-';
}

/* A room's name as it stands in a file name, of length bytes. */
static gboolean
is_written_room (const char *text, gsize length)
{
    gboolean guarded = length > 0 && text[0] == GUARD;

    if (guarded) {
        text++;
        length--;
    }
    if (length == 0 || length > ROOM_LENGTH_MAX)
        return FALSE;
    if (guarded != (text[0] == '.' || text[0] == '-'))
        return FALSE;
    for (gsize i = 0; i < length; i++)
        if (!is_room_char (text[i]))
            return FALSE;
    return TRUE;
}

/* Two or four digits. */
static int
read_digits (const char *text, guint n)
{
    int value = 0;

    for (guint i = 0; i < n; i++) {
        if (!g_ascii_isdigit (text[i]))
            return -1;
        value = 10 * value + text[i] - '0';
    }
    return value;
}

static gboolean
read_stamp (const char *text, gint64 *wall_us)
{
    int year = read_digits (text, 4), month = read_digits (text + 4, 2);
    int day = read_digits (text + 6, 2), hour = read_digits (text + 9, 2);
    int minute = read_digits (text + 11, 2), second = read_digits (text + 13, 2);
    g_autoptr (GDateTime) time = NULL;

    if (text[8] != 'T' || text[15] != 'Z' || MIN (hour, MIN (minute, second)) < 0)
        return FALSE;
    time = g_date_time_new_utc (year, month, day, hour, minute, second);
    if (!time)
        return FALSE;
    *wall_us = g_date_time_to_unix (time) * G_USEC_PER_SEC;
    return TRUE;
}

/* Where the take's number begins ("-2"), else the length. */
static gsize
find_number (const char *take, gsize length)
{
    gsize at = length;

    while (at > 0 && length - at < 3 && g_ascii_isdigit (take[at - 1]))
        at--;
    if (at == length || at == 0 || take[at - 1] != '-' || take[at] == '0')
        return length;
    return at - 1;
}

const char *
tutti_container_name (TuttiContainer container)
{
    return container_names[container];
}

gboolean
tutti_container_from_name (const char *name, TuttiContainer *container)
{
    for (guint i = 0; i < G_N_ELEMENTS (container_names); i++) {
        if (g_strcmp0 (name, container_names[i]) != 0)
            continue;
        *container = i;
        return TRUE;
    }
    return FALSE;
}

const TuttiEnding *
tutti_ending_get (guint i)
{
    return i < G_N_ELEMENTS (endings) ? &endings[i] : NULL;
}

char *
tutti_take_name_new (const char *room, gint64 wall_us, guint number)
{
    g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (wall_us / G_USEC_PER_SEC);
    g_autofree char *stamp = g_date_time_format (time, STAMP_FORMAT);
    const char *guard = room[0] == '.' || room[0] == '-' ? (char[]){GUARD, '\0'} : "";

    if (number <= 1)
        return g_strdup_printf ("%s%s-%s", guard, room, stamp);
    return g_strdup_printf ("%s%s-%s-%u", guard, room, stamp, number);
}

gboolean
tutti_take_name_parse (const char *take, char **room, gint64 *started_us)
{
    gsize length = find_number (take, strlen (take));
    gint64 wall_us;

    if (length < STAMP_LENGTH + 2 || take[length - STAMP_LENGTH - 1] != '-')
        return FALSE;
    length -= STAMP_LENGTH;
    if (!read_stamp (take + length, &wall_us) || !is_written_room (take, length - 1))
        return FALSE;
    if (started_us)
        *started_us = wall_us;
    if (room && take[0] == GUARD)
        *room = g_strndup (take + 1, length - 2);
    else if (room)
        *room = g_strndup (take, length - 1);
    return TRUE;
}

char *
tutti_ending_file_new (const TuttiEnding *ending, const char *take)
{
    return g_strconcat (ending->is_hidden ? "." : "", take, ending->ending, NULL);
}

const TuttiEnding *
tutti_ending_parse (const char *file, char **take)
{
    for (guint i = 0; i < G_N_ELEMENTS (endings); i++) {
        g_autofree char *name = NULL;

        if (endings[i].is_hidden != (file[0] == '.') || !g_str_has_suffix (file, endings[i].ending))
            continue;
        name = g_strdup (endings[i].is_hidden ? file + 1 : file);
        name[strlen (name) - strlen (endings[i].ending)] = '\0';
        if (!tutti_take_name_parse (name, NULL, NULL))
            continue;
        *take = g_steal_pointer (&name);
        return &endings[i];
    }
    return NULL;
}

gboolean
tutti_file_name_is_safe (const char *name)
{
    gsize length = strlen (name);

    if (length == 0 || length > NAME_MAX || name[0] == '.')
        return FALSE;
    return !strchr (name, '/');
}
