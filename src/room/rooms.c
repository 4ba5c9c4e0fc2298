/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rooms.c: the table of rooms and the rules of entering. Role: main.
 */
#include <string.h>

#include <tutti/error.h>

#include "lobby-inside.h"
#include "news.h"
#include "recording-inside.h"
#include "room.h"
#include "rooms-inside.h"

static const char NAME_CHARS[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

#define ROOM_NAME_MAX 64

/* A round due for so long hangs: the longest stall of a machine that is merely loaded, or of a
 * virtual one being moved, is well below. */
#define HUNG_US (5 * G_USEC_PER_SEC)

/* --- Rules --- */

static gboolean
may_create (TuttiRooms *rooms, const TuttiJoin *join)
{
    const char *who = tutti_config_room_string (rooms->shared->config, join->room, "create");

    if (g_str_equal (who, "anyone") || tutti_config_has_room (rooms->shared->config, join->room))
        return TRUE;
    return g_str_equal (who, "moderator") && join->may_moderate;
}

static gboolean
check_open (TuttiRooms *rooms, const char *name, GError **error)
{
    if (!tutti_room_name_is_valid (name)) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_ROOM,
                     "a room's name is 1 to %d of A-Z a-z 0-9 . _ -", ROOM_NAME_MAX);
        return FALSE;
    }
    if (rooms->draining) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_OVERLOADED,
                             "the server is shutting down");
        return FALSE;
    }
    return TRUE;
}

static gboolean
check_person (TuttiRooms *rooms, const TuttiJoin *join, GError **error)
{
    if (!check_open (rooms, join->room, error))
        return FALSE;
    if (tutti_rooms_get_overload (rooms) >= TUTTI_OVERLOAD_REFUSES) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_OVERLOADED,
                             "the server has more to do than it can");
        return FALSE;
    }
    if (join->role == TUTTI_PERSON_MODERATOR && !join->may_moderate) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_FORBIDDEN,
                             "you may not be a moderator here");
        return FALSE;
    }
    return TRUE;
}

static gboolean
check_enter (TuttiRoom *room, const TuttiJoin *join, GError **error)
{
    guint n_people = tutti_room_count_people (room);

    if (n_people >= room->limit) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_FULL_ROOM, "%u are in the room already",
                     n_people);
        return FALSE;
    }
    /* Moderators can unlock it, so the lock isn't meant for them. */
    if (room->locked && join->role != TUTTI_PERSON_MODERATOR) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_LOCKED, "the room is locked");
        return FALSE;
    }
    return TRUE;
}

static gboolean
check_space (TuttiRooms *rooms, GError **error)
{
    guint max_rooms = (guint)tutti_config_int (rooms->shared->config, "room", "max-rooms");

    if (g_hash_table_size (rooms->by_name) < max_rooms)
        return TRUE;
    g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_OVERLOADED, "too many rooms");
    return FALSE;
}

static gboolean
check_create (TuttiRooms *rooms, const TuttiJoin *join, GError **error)
{
    if (!check_space (rooms, error))
        return FALSE;
    if (!may_create (rooms, join)) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_FORBIDDEN,
                             "you may not create rooms here");
        return FALSE;
    }
    return TRUE;
}

/* --- Life --- */

TuttiRooms *
tutti_rooms_new (TuttiConfig *config, GError **error)
{
    TuttiShared *shared = tutti_shared_new (config, tutti_member_tell, error);
    TuttiRooms *rooms;

    if (!shared)
        return NULL;
    rooms = g_new0 (TuttiRooms, 1);
    rooms->shared = shared;
    rooms->started_us = g_get_monotonic_time ();
    rooms->by_name = g_hash_table_new (g_str_hash, g_str_equal);
    rooms->ids = g_hash_table_new (g_str_hash, g_str_equal);
    rooms->followers = tutti_rooms_new_followers ();
    rooms->recordings = tutti_recordings_new (rooms);
    rooms->outputs = tutti_outputs_new (config);
    return rooms;
}

void
tutti_rooms_free (TuttiRooms *rooms)
{
    if (!rooms)
        return;
    tutti_rooms_close_all (rooms, "the server has stopped");
    g_clear_handle_id (&rooms->load_id, g_source_remove);
    tutti_recordings_free (rooms->recordings);
    tutti_outputs_free (rooms->outputs);
    g_hash_table_unref (rooms->by_name);
    g_hash_table_unref (rooms->ids);
    g_array_unref (rooms->followers);
    tutti_shared_free (rooms->shared);
    g_free (rooms);
}

/* --- The table --- */

gboolean
tutti_room_name_is_valid (const char *name)
{
    gsize length = name ? strlen (name) : 0;
    return length >= 1 && length <= ROOM_NAME_MAX && strspn (name, NAME_CHARS) == length;
}

gboolean
tutti_rooms_check_new (TuttiRooms *rooms, const char *name, GError **error)
{
    return check_open (rooms, name, error) && check_space (rooms, error);
}

TuttiRoom *
tutti_rooms_make (TuttiRooms *rooms, const char *name, const TuttiSettings *settings)
{
    TuttiRoom *room = tutti_room_new (rooms, rooms->shared, name, settings);
    TuttiNews news = {.type = TUTTI_NEWS_ROOM_CREATED};

    g_hash_table_insert (rooms->by_name, room->name, room);
    tutti_rooms_watch_load (rooms);
    tutti_rooms_tell_news (rooms, room, &news);
    return room;
}

TuttiParticipant *
tutti_rooms_join (TuttiRooms *rooms, const TuttiJoin *join, TuttiEventFunc func, gpointer user_data,
                  gboolean *created, GError **error)
{
    TuttiRoom *room;

    if (!check_person (rooms, join, error))
        return NULL;
    room = tutti_rooms_find (rooms, join->room);
    if (!tutti_policy_check (rooms, room, join, error) ||
        (room ? !check_enter (room, join, error) : !check_create (rooms, join, error)))
        return NULL;
    *created = !room || room->members->len == 0;
    if (!room)
        room = tutti_rooms_make (rooms, join->room, NULL);
    if (tutti_policy_must_wait (room, join))
        return tutti_lobby_enter (room, join, func, user_data);
    return tutti_room_enter (room, join, func, user_data);
}

void
tutti_rooms_drop (TuttiRooms *rooms, TuttiRoom *room, const char *reason)
{
    TuttiNews news = {.type = TUTTI_NEWS_ROOM_CLOSED, .text = reason};

    tutti_rooms_tell_news (rooms, room, &news);
    g_hash_table_remove (rooms->by_name, room->name);
    tutti_room_free (room);
}

gboolean
tutti_rooms_has_id (TuttiRooms *rooms, const char *id)
{
    return g_hash_table_contains (rooms->ids, id);
}

void
tutti_rooms_add_id (TuttiRooms *rooms, TuttiParticipant *member)
{
    g_hash_table_insert (rooms->ids, member->id, member);
}

void
tutti_rooms_remove_id (TuttiRooms *rooms, TuttiParticipant *member)
{
    g_hash_table_remove (rooms->ids, member->id);
}

gboolean
tutti_rooms_is_alive (TuttiRooms *rooms, gint64 now_us)
{
    return tutti_rounds_overdue_us (rooms->shared->rounds, now_us) < HUNG_US;
}

void
tutti_rooms_drain (TuttiRooms *rooms)
{
    rooms->draining = TRUE;
}

gboolean
tutti_rooms_is_draining (TuttiRooms *rooms)
{
    return rooms->draining;
}

void
tutti_rooms_close_all (TuttiRooms *rooms, const char *reason)
{
    g_autoptr (GPtrArray) list = tutti_rooms_list (rooms);

    for (guint i = 0; i < list->len; i++)
        tutti_room_close (list->pdata[i], reason);
    tutti_letters_flush (rooms->shared->letters);
}

TuttiRoom *
tutti_rooms_find (TuttiRooms *rooms, const char *name)
{
    return g_hash_table_lookup (rooms->by_name, name);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
    return strcmp ((*(TuttiRoom *const *)a)->name, (*(TuttiRoom *const *)b)->name);
}

GPtrArray *
tutti_rooms_list (TuttiRooms *rooms)
{
    GPtrArray *list = g_ptr_array_new ();
    GHashTableIter iter;
    gpointer room;

    g_hash_table_iter_init (&iter, rooms->by_name);
    while (g_hash_table_iter_next (&iter, NULL, &room))
        g_ptr_array_add (list, room);
    g_ptr_array_sort (list, compare_names);
    return list;
}
