/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * chat.c: what people write to each other. Role: main.
 */
#include <string.h>

#include <tutti/clock.h>
#include <tutti/error.h>

#include "room.h"

static char *
format_now (void)
{
    g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
    return g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ"); /* RFC 3339 */
}

/* FALSE: too many of late. The ring's next place holds the oldest of the last TUTTI_CHAT_BURST. */
static gboolean
take_turn (TuttiParticipant *member, gint64 now_us)
{
    gint64 *oldest_us = &member->chats_us[member->next_chat];

    if (*oldest_us != 0 && now_us - *oldest_us < TUTTI_CHAT_BURST_US)
        return FALSE;
    *oldest_us = now_us;
    member->next_chat = (member->next_chat + 1) % TUTTI_CHAT_BURST;
    return TRUE;
}

static gboolean
check_text (const char *text, GError **error)
{
    gsize length = strlen (text);

    if (length > 0 && length <= TUTTI_CHAT_MAX_BYTES && g_utf8_validate (text, -1, NULL))
        return TRUE;
    g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE, "text must be 1 to %d bytes of UTF-8",
                 TUTTI_CHAT_MAX_BYTES);
    return FALSE;
}

gboolean
tutti_participant_chat (TuttiParticipant *member, const char *text, const char *to, GError **error)
{
    TuttiRoom *room = member->is_waiting ? NULL : member->room;
    TuttiParticipant *target = room && to ? tutti_room_find (room, to) : NULL;
    TuttiEvent event = {
        .type = TUTTI_EVENT_CHAT,
        .chat = {.from = member->id, .name = member->name, .text = text, .private = to != NULL},
    };
    g_autofree char *time = NULL;

    if (!room || (to && !target)) {
        g_set_error_literal (error, TUTTI_ERROR,
                             room ? TUTTI_ERROR_BAD_MESSAGE : TUTTI_ERROR_NOT_JOINED,
                             room ? "no such participant" : "not in the room");
        return FALSE;
    }
    if (!check_text (text, error))
        return FALSE;
    if (!take_turn (member, tutti_clock_now_us (room->shared->clock))) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_RATE_LIMITED, "too many messages");
        return FALSE;
    }
    event.chat.time = time = format_now ();
    if (target)
        tutti_letters_post (room->shared->letters, target, &event);
    else
        tutti_room_tell (room, NULL, &event);
    return TRUE;
}

void
tutti_room_announce (TuttiRoom *room, const char *text)
{
    g_autofree char *time = format_now ();
    TuttiEvent event = {
        .type = TUTTI_EVENT_CHAT,
        .chat = {.from = "", .name = "", .text = text, .time = time},
    };

    tutti_room_tell (room, NULL, &event);
}
