/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recording-auto.c: recordings that begin by themselves, where [room] record says so: whenever
 * somebody is in. Role: main.
 */
#include <tutti/clock.h>

#include "recording-inside.h"
#include "room.h"

/* One that failed is begun anew by itself so much later: a full disk isn't asked all the time. */
#define RETRY_US (60 * G_USEC_PER_SEC)

static gboolean
is_anybody_connected (TuttiRoom *room)
{
    for (guint i = 0; i < room->members->len; i++) {
        if (tutti_member_is_connected (room->members->pdata[i]))
            return TRUE;
    }
    return FALSE;
}

gboolean
tutti_recording_is_waiting (TuttiRoom *room)
{
    return room->record.retry_us != 0 && !room->recording && !room->record.is_held;
}

void
tutti_recording_hold_off (TuttiRoom *room)
{
    if (room->record.is_wanted)
        room->record.retry_us = tutti_clock_now_us (room->shared->clock) + RETRY_US;
}

static void
start_by_itself (TuttiRoom *room)
{
    g_autoptr (GError) error = NULL;

    room->record.retry_us = 0;
    if (tutti_room_start_recording (room, NULL, &error))
        return;
    g_warning ("room %s: not recorded: %s", room->name, error->message);
    tutti_recording_hold_off (room);
}

void
tutti_recording_follow (TuttiRoom *room, gint64 now_us)
{
    if (room->recording)
        tutti_recording_note_layout (room->recording);
    else if (room->record.is_wanted && !room->record.is_held && now_us >= room->record.retry_us &&
             is_anybody_connected (room))
        start_by_itself (room);
}

void
tutti_recording_leave_empty (TuttiRoom *room)
{
    tutti_recording_end (room, "everybody has left");
    room->record.is_held = FALSE;
    room->record.retry_us = 0;
}
