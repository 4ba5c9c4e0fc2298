/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * moderate.c: what a moderator may do to a room and to those in it: one function an action, in a
 * table. Role: main.
 */
#include <tutti/error.h>

#include "recording.h"
#include "room.h"

typedef struct {
    TuttiRoom *room;
    TuttiParticipant *caller;
    TuttiParticipant *target; /* NULL: nobody in particular */
    const char *value;        /* may be NULL */
} Order;

/* Without a target: everybody else. "false" lifts it, where its owner has not. */
static gboolean
mute (const Order *order, GError **error)
{
    gboolean muted = g_strcmp0 (order->value, "false") != 0;

    if (order->target) {
        tutti_participant_mute (order->target, muted);
        return TRUE;
    }
    for (guint i = 0; i < order->room->members->len; i++) {
        TuttiParticipant *member = order->room->members->pdata[i];
        if (member != order->caller)
            tutti_participant_mute (member, muted);
    }
    return TRUE;
}

static gboolean
kick (const Order *order, GError **error)
{
    if (!order->target) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE, "kick whom?");
        return FALSE;
    }
    tutti_participant_kick (order->target, order->value ? order->value : "by a moderator");
    return TRUE;
}

static gboolean
spotlight (const Order *order, GError **error)
{
    return tutti_room_spotlight (order->room, order->target ? order->target->id : NULL, error);
}

static gboolean
lock (const Order *order, GError **error)
{
    tutti_room_set_locked (order->room, TRUE);
    return TRUE;
}

static gboolean
unlock (const Order *order, GError **error)
{
    tutti_room_set_locked (order->room, FALSE);
    return TRUE;
}

static gboolean
set_layout (const Order *order, GError **error)
{
    return tutti_room_set_layout (order->room, order->value ? order->value : "", error);
}

static gboolean
close_room (const Order *order, GError **error)
{
    tutti_room_close (order->room, order->value ? order->value : "closed by a moderator");
    return TRUE;
}

static gboolean
record (const Order *order, GError **error)
{
    const TuttiRecordingOptions options = {.by = order->caller->id};
    const char *value = order->value ? order->value : "on";

    if (g_str_equal (value, "on"))
        return tutti_room_start_recording (order->room, &options, error);
    if (g_str_equal (value, "pause"))
        return tutti_room_pause_recording (order->room, error);
    if (g_str_equal (value, "resume"))
        return tutti_room_resume_recording (order->room, error);
    if (g_str_equal (value, "off"))
        return tutti_room_stop_recording (order->room, "ended by a moderator", error);
    g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE,
                 "'%s' is none of on, pause, resume, off", value);
    return FALSE;
}

static const struct {
    const char *action;
    gboolean (*func) (const Order *order, GError **error);
} ACTIONS[] = {
    {"mute", mute},     {"kick", kick},         {"spotlight", spotlight}, {"lock", lock},
    {"unlock", unlock}, {"layout", set_layout}, {"close", close_room},    {"record", record},
};

static gboolean
fill_order (TuttiParticipant *caller, const char *target, const char *value, Order *order,
            GError **error)
{
    if (!caller->room) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_NOT_JOINED, "no longer in the room");
        return FALSE;
    }
    if (caller->role != TUTTI_PERSON_MODERATOR) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_FORBIDDEN, "you are no moderator");
        return FALSE;
    }
    *order = (Order){.room = caller->room, .caller = caller, .value = value};
    if (!target)
        return TRUE;
    order->target = tutti_room_find (caller->room, target);
    if (order->target)
        return TRUE;
    g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE, "no such participant");
    return FALSE;
}

gboolean
tutti_participant_moderate (TuttiParticipant *participant, const char *action, const char *target,
                            const char *value, GError **error)
{
    Order order;

    if (!fill_order (participant, target, value, &order, error))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS (ACTIONS); i++) {
        if (g_strcmp0 (action, ACTIONS[i].action) == 0)
            return ACTIONS[i].func (&order, error);
    }
    g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE, "no action '%s'", action);
    return FALSE;
}
