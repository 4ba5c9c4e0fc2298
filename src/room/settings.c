/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * settings.c: a row for each setting of a room: how its text becomes a field. What follows from a
 * change in a room that runs, is done once for all that changed. Role: main.
 */
#include "settings-inside.h"

#include <stdio.h>

#include <tutti/clock.h>
#include <tutti/error.h>

#include "lobby.h"
#include "recording-inside.h"
#include "room.h"
#include "rooms-inside.h"

typedef struct {
    const char *key;
    void (*apply) (TuttiRoom *room, const char *value);
    gboolean is_fixed;     /* once the room is there */
    gboolean is_momentary; /* not in the configuration */
} Row;

/* What a change may have consequences for. */
typedef struct {
    TuttiRoomState state;
    TuttiShare share;
    gboolean record;
} Before;

/* --- Fields --- */

static gboolean
is_true (const char *value)
{
    return g_str_equal (value, "true");
}

static guint
to_number (const char *value)
{
    return (guint)g_ascii_strtoull (value, NULL, 10);
}

static void
apply_limit (TuttiRoom *room, const char *value)
{
    room->limit = to_number (value);
}

static void
apply_layout (TuttiRoom *room, const char *value)
{
    tutti_layout_from_name (value, &room->stage.layout);
}

static void
apply_canvas (TuttiRoom *room, const char *value)
{
    if (sscanf (value, "%dx%d", &room->canvas.width, &room->canvas.height) != 2)
        g_assert_not_reached (); /* it was judged */
    room->stage.width = room->canvas.width;
    room->stage.height = room->canvas.height;
}

static void
apply_frame_rate (TuttiRoom *room, const char *value)
{
    room->canvas.frame_rate = to_number (value);
}

static void
apply_record (TuttiRoom *room, const char *value)
{
    room->record.is_wanted = is_true (value);
}

static void
apply_locked (TuttiRoom *room, const char *value)
{
    room->locked = is_true (value);
}

static void
apply_pin (TuttiRoom *room, const char *value)
{
    room->policy.pin_changes += !g_str_equal (room->policy.pin, value);
    g_free (room->policy.pin);
    room->policy.pin = g_strdup (value);
}

static void
apply_waiting_room (TuttiRoom *room, const char *value)
{
    room->policy.waiting_room = is_true (value);
}

static void
apply_share (TuttiRoom *room, const char *value)
{
    room->policy.share = g_str_equal (value, tutti_share_name (TUTTI_SHARE_MODERATOR))
                             ? TUTTI_SHARE_MODERATOR
                             : TUTTI_SHARE_ANYONE;
}

static void
apply_moderators (TuttiRoom *room, const char *value)
{
    g_strfreev (room->policy.moderators);
    room->policy.moderators = tutti_policy_split_names (value);
}

static void
apply_closes_at (TuttiRoom *room, const char *value)
{
    room->policy.closes_at_us = tutti_policy_read_time (value);
}

static void
apply_max_duration (TuttiRoom *room, const char *value)
{
    room->policy.max_duration_us = (gint64)to_number (value) * G_USEC_PER_SEC;
}

static const Row ROWS[] = {
    {"limit", apply_limit, FALSE, FALSE},
    {"layout", apply_layout, FALSE, FALSE},
    {"canvas", apply_canvas, TRUE, FALSE},
    {"frame-rate", apply_frame_rate, TRUE, FALSE},
    {"record", apply_record, FALSE, FALSE},
    {"pin", apply_pin, FALSE, FALSE},
    {"waiting-room", apply_waiting_room, FALSE, FALSE},
    {"share", apply_share, FALSE, FALSE},
    {"moderators", apply_moderators, FALSE, FALSE},
    {"closes-at", apply_closes_at, FALSE, FALSE},
    {"max-duration", apply_max_duration, FALSE, FALSE},
    {"locked", apply_locked, FALSE, TRUE},
};

G_STATIC_ASSERT (G_N_ELEMENTS (ROWS) <= TUTTI_SETTINGS_MAX);

/* --- Judging --- */

static const Row *
find_row (const char *key)
{
    for (guint i = 0; i < G_N_ELEMENTS (ROWS); i++) {
        if (g_str_equal (ROWS[i].key, key))
            return &ROWS[i];
    }
    return NULL;
}

/* A sentence's end; NULL: it is good. */
static char *
find_fault (const char *key, const char *value)
{
    const Row *row = find_row (key);
    gint64 time_us;

    if (!row)
        return g_strdup ("is no setting of a room");
    if (row->is_momentary)
        return is_true (value) || g_str_equal (value, "false")
                   ? NULL
                   : g_strdup_printf ("'%s' is neither true nor false", value);
    if (!g_str_equal (key, "closes-at"))
        return tutti_config_find_fault ("room", key, value);
    time_us = tutti_policy_read_time (value);
    if (time_us != 0 && time_us <= g_get_real_time ())
        return g_strdup_printf ("'%s' is past", value);
    return tutti_config_find_fault ("room", key, value);
}

static gboolean
judge_all (TuttiSettings *settings, GError **error)
{
    for (guint i = 0; i < settings->n; i++) {
        const char *key = settings->items[i].key;
        g_autofree char *fault = find_fault (key, settings->items[i].value);
        if (!fault)
            continue;
        settings->faulty = key;
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE, "%s: %s", key, fault);
        return FALSE;
    }
    return TRUE;
}

static gboolean
is_as_it_is (TuttiRoom *room, const char *key, const char *value)
{
    g_autofree char *canvas = g_strdup_printf ("%dx%d", room->canvas.width, room->canvas.height);

    return g_str_equal (key, "canvas") ? g_str_equal (value, canvas)
                                       : to_number (value) == room->canvas.frame_rate;
}

static gboolean
check_fixed (TuttiRoom *room, TuttiSettings *settings, GError **error)
{
    for (guint i = 0; i < settings->n; i++) {
        const char *key = settings->items[i].key;
        if (!find_row (key)->is_fixed || is_as_it_is (room, key, settings->items[i].value))
            continue;
        settings->faulty = key;
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_CONFLICT,
                     "%s: can't be changed in a room that is there", key);
        return FALSE;
    }
    return TRUE;
}

/* --- Consequences --- */

static void
note (TuttiRoom *room, Before *before)
{
    tutti_room_get_state (room, &before->state);
    before->share = room->policy.share;
    before->record = room->record.is_wanted;
}

static gboolean
is_same_state (const TuttiRoomState *a, const TuttiRoomState *b)
{
    return a->locked == b->locked && a->waiting_room == b->waiting_room &&
           a->has_pin == b->has_pin && a->limit == b->limit && a->ends_at_s == b->ends_at_s &&
           g_str_equal (a->layout, b->layout) && g_str_equal (a->share, b->share);
}

static void
follow_share (TuttiRoom *room)
{
    for (guint i = 0; i < room->members->len; i++) {
        tutti_member_follow_share (room->members->pdata[i]);
        tutti_member_tell_changes (room->members->pdata[i]);
    }
}

static void
follow_record (TuttiRoom *room)
{
    room->record.is_held = FALSE;
    room->record.retry_us = 0;
    if (!room->record.is_wanted)
        tutti_recording_end (room, "the room is no longer to be recorded");
}

static void
follow (TuttiRoom *room, const Before *before)
{
    TuttiRoomState state;

    tutti_closing_follow (room, tutti_clock_now_us (room->shared->clock), g_get_real_time ());
    if (room->policy.share != before->share)
        follow_share (room);
    if (room->record.is_wanted != before->record)
        follow_record (room);
    tutti_room_get_state (room, &state);
    if (!is_same_state (&state, &before->state))
        tutti_room_tell_room (room);
    if (!room->policy.waiting_room)
        tutti_room_admit_all (room, NULL);
    tutti_room_touch (room);
    tutti_room_watch_time (room);
}

/* --- */

static const char *
find_value (const TuttiSettings *settings, const char *key)
{
    for (guint i = settings ? settings->n : 0; i-- > 0;) {
        if (g_str_equal (settings->items[i].key, key))
            return settings->items[i].value;
    }
    return NULL;
}

/* Those that are not given are as configured. */
static void
apply_all (TuttiRoom *room, const TuttiSettings *settings, gboolean is_new)
{
    for (guint i = 0; i < G_N_ELEMENTS (ROWS); i++) {
        const Row *row = &ROWS[i];
        const char *value = find_value (settings, row->key);
        if (row->is_fixed && !is_new)
            continue;
        if (!value && !row->is_momentary)
            value = tutti_config_room_string (room->shared->config, room->name, row->key);
        if (value)
            row->apply (room, value);
    }
}

void
tutti_settings_add (TuttiSettings *settings, const char *key, const char *value)
{
    g_assert (settings->n < TUTTI_SETTINGS_MAX);
    settings->items[settings->n].key = key;
    settings->items[settings->n++].value = value;
}

void
tutti_settings_begin (TuttiRoom *room, const TuttiSettings *settings)
{
    apply_all (room, settings, TRUE);
    tutti_closing_follow (room, tutti_clock_now_us (room->shared->clock), g_get_real_time ());
}

gboolean
tutti_room_set (TuttiRoom *room, TuttiSettings *settings, GError **error)
{
    Before before;

    if (!judge_all (settings, error) || !check_fixed (room, settings, error))
        return FALSE;
    note (room, &before);
    for (guint i = 0; i < settings->n; i++)
        find_row (settings->items[i].key)->apply (room, settings->items[i].value);
    follow (room, &before);
    return TRUE;
}

static gboolean
replace (TuttiRoom *room, TuttiSettings *settings, GError **error)
{
    Before before;

    if (!check_fixed (room, settings, error))
        return FALSE;
    note (room, &before);
    apply_all (room, settings, FALSE);
    follow (room, &before);
    return TRUE;
}

/* What the configuration says, which nobody judged against the time of day. */
static gboolean
check_time (TuttiRooms *rooms, const char *name, const TuttiSettings *settings, GError **error)
{
    gint64 closes_at_us = tutti_policy_read_time (
        tutti_config_room_string (rooms->shared->config, name, "closes-at"));

    if (find_value (settings, "closes-at") || closes_at_us == 0 ||
        closes_at_us > g_get_real_time ())
        return TRUE;
    g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_TIME_OVER, "this room's time is over");
    return FALSE;
}

TuttiRoom *
tutti_rooms_put (TuttiRooms *rooms, const char *name, TuttiSettings *settings, gboolean *created,
                 GError **error)
{
    TuttiRoom *room = tutti_rooms_find (rooms, name);

    if (!judge_all (settings, error))
        return NULL;
    if (room ? !replace (room, settings, error)
             : !tutti_rooms_check_new (rooms, name, error) ||
                   !check_time (rooms, name, settings, error))
        return NULL;
    *created = !room;
    if (!room)
        room = tutti_rooms_make (rooms, name, settings);
    room->policy.is_kept = TRUE;
    if (room->members->len == 0)
        room->empty_since_us = 0;
    tutti_room_watch_time (room);
    return room;
}

gboolean
tutti_participant_change_settings (TuttiParticipant *participant, TuttiSettings *settings,
                                   GError **error)
{
    static const char *const allowed[] = {"waiting-room", "share", "pin", NULL};

    if (!participant->room || participant->is_waiting) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_NOT_JOINED, "not in the room");
        return FALSE;
    }
    if (participant->role != TUTTI_PERSON_MODERATOR) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_FORBIDDEN, "you are no moderator");
        return FALSE;
    }
    for (guint i = 0; i < settings->n; i++) {
        if (g_strv_contains (allowed, settings->items[i].key))
            continue;
        settings->faulty = settings->items[i].key;
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_FORBIDDEN, "%s: the administrator's to set",
                     settings->faulty);
        return FALSE;
    }
    return tutti_room_set (participant->room, settings, error);
}
