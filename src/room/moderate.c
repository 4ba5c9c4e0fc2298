/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * moderate.c: what a moderator may do to a room and to those in it: one function an action, in a
 * table. Role: main.
 */
#include <tutti/error.h>

#include "lobby.h"
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
mute_all (const Order *order, GError **error)
{
    tutti_room_mute_all (order->room, g_strcmp0 (order->value, "false") != 0);
    return TRUE;
}

static gboolean
admit (const Order *order, GError **error)
{
    if (order->target)
        return tutti_room_admit (order->room, order->target, error);
    return tutti_room_admit_all (order->room, error);
}

static gboolean
reject (const Order *order, GError **error)
{
    if (!order->target) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE, "reject whom?");
        return FALSE;
    }
    tutti_room_reject (order->room, order->target);
    return TRUE;
}

static gboolean
unban (const Order *order, GError **error)
{
    TuttiBans *bans = order->room->policy.bans;

    if (g_strcmp0 (order->value, "all") == 0)
        tutti_bans_clear (bans);
    else if (!order->value || !tutti_bans_remove (bans, order->value)) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE, "no such ban");
        return FALSE;
    }
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
    TuttiParticipant *(*find) (TuttiRoom *room, const char *participant_id); /* whom it is for */
} ACTIONS[] = {
    {"mute", mute, tutti_room_find},           {"mute_all", mute_all, tutti_room_find},
    {"kick", kick, tutti_room_find},           {"unban", unban, tutti_room_find},
    {"admit", admit, tutti_room_find_waiting}, {"reject", reject, tutti_room_find_waiting},
    {"spotlight", spotlight, tutti_room_find}, {"lock", lock, tutti_room_find},
    {"unlock", unlock, tutti_room_find},       {"layout", set_layout, tutti_room_find},
    {"close", close_room, tutti_room_find},    {"record", record, tutti_room_find},
};

static gboolean
check_caller (const TuttiParticipant *caller, GError **error)
{
    if (!caller->room || caller->is_waiting) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_NOT_JOINED, "not in the room");
        return FALSE;
    }
    if (caller->role != TUTTI_PERSON_MODERATOR) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_FORBIDDEN, "you are no moderator");
        return FALSE;
    }
    return TRUE;
}

static gboolean
follow_order (guint action, Order *order, const char *target, GError **error)
{
    if (target)
        order->target = ACTIONS[action].find (order->room, target);
    if (!target || order->target)
        return ACTIONS[action].func (order, error);
    g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE, "no such participant");
    return FALSE;
}

gboolean
tutti_participant_moderate (TuttiParticipant *participant, const char *action, const char *target,
                            const char *value, GError **error)
{
    Order order = {.room = participant->room, .caller = participant, .value = value};

    if (!check_caller (participant, error))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS (ACTIONS); i++) {
        if (g_strcmp0 (action, ACTIONS[i].action) == 0)
            return follow_order (i, &order, target, error);
    }
    g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE, "no action '%s'", action);
    return FALSE;
}

void
tutti_room_mute_all (TuttiRoom *room, gboolean muted)
{
    for (guint i = 0; i < room->members->len; i++) {
        TuttiParticipant *member = room->members->pdata[i];
        if (member->role != TUTTI_PERSON_MODERATOR && !member->playback)
            tutti_participant_mute (member, muted);
    }
}
