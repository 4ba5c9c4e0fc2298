/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recording-notes.c: what a recording notes of its room: who is there, who speaks, what is written
 * and shown. Role: main.
 */
#include <tutti/clock.h>

#include "news.h"
#include "recording-inside.h"
#include "room.h"

static void
add (TuttiRecording *recording, TuttiNote note)
{
    note.time_us = tutti_clock_now_us (recording->room->shared->clock);
    tutti_recorder_note (recording->recorder, &note);
}

/* A name is noted when it is new. */
static void
note_person (TuttiRecording *recording, const TuttiPerson *person)
{
    const char *known = g_hash_table_lookup (recording->names, person->id);
    TuttiNote note = {.kind = known ? TUTTI_NOTE_RENAMED : TUTTI_NOTE_JOINED,
                      .participant = person->id,
                      .name = person->name};

    if (g_strcmp0 (known, person->name) == 0)
        return;
    if (!known)
        note.value = tutti_person_role_name (person->role);
    add (recording, note);
    g_hash_table_insert (recording->names, g_strdup (person->id), g_strdup (person->name));
}

static void
note_left (TuttiRecording *recording, const TuttiEvent *event)
{
    add (recording, (TuttiNote){.kind = TUTTI_NOTE_LEFT,
                                .participant = event->left.participant,
                                .value = tutti_left_reason_name (event->left.reason)});
    g_hash_table_remove (recording->names, event->left.participant);
}

static void
note_speakers (TuttiRecording *recording, guint n, const char *const *ids)
{
    g_autoptr (GString) list = g_string_new (NULL);

    for (guint i = 0; i < n; i++)
        g_string_append_printf (list, "%s%s", i > 0 ? " " : "", ids[i]);
    add (recording, (TuttiNote){.kind = TUTTI_NOTE_SPEAKERS, .value = list->str});
}

static void
note_chat (TuttiRecording *recording, const TuttiEvent *event)
{
    add (recording, (TuttiNote){.kind = TUTTI_NOTE_CHAT,
                                .participant = event->chat.from,
                                .name = event->chat.name,
                                .text = event->chat.text});
}

static void
note_event (TuttiRecording *recording, const TuttiEvent *event)
{
    switch (event->type) {
    case TUTTI_EVENT_PARTICIPANT_JOINED:
    case TUTTI_EVENT_PARTICIPANT_UPDATED:
        note_person (recording, event->person);
        break;
    case TUTTI_EVENT_PARTICIPANT_LEFT:
        note_left (recording, event);
        break;
    case TUTTI_EVENT_ACTIVE_SPEAKER:
        note_speakers (recording, event->speakers.n, event->speakers.participants);
        break;
    case TUTTI_EVENT_CHAT:
        note_chat (recording, event);
        break;
    default:
        break;
    }
}

/* JSON text; ids need no escape. */
static char *
write_tiles (TuttiRoom *room, const TuttiView *view)
{
    GString *text = g_string_new ("[");

    for (guint i = 0; i < view->n_spots; i++) {
        const TuttiSpot *spot = &view->spots[i];
        TuttiParticipant *member = tutti_room_get (room, spot->id);
        if (!member)
            continue;
        g_string_append_printf (
            text,
            "%s{\"participant\":\"%s\",\"source\":\"%s\",\"x\":%d,\"y\":%d,\"width\":%d,"
            "\"height\":%d}",
            text->len > 1 ? "," : "", member->id, spot->screen ? "screen" : "camera", spot->rect.x,
            spot->rect.y, spot->rect.width, spot->rect.height);
    }
    g_string_append_c (text, ']');
    return g_string_free (text, FALSE);
}

void
tutti_recording_note_start (TuttiRecording *recording)
{
    TuttiRoom *room = recording->room;
    const char *ids[TUTTI_TALKERS_MAX];
    guint n = 0;

    for (guint i = 0; i < room->members->len; i++) {
        TuttiPerson person;
        tutti_participant_get_person (room->members->pdata[i], &person);
        note_person (recording, &person);
    }
    for (guint i = 0; i < room->speakers.told.n; i++) {
        TuttiParticipant *member = tutti_room_get (room, room->speakers.told.ids[i]);
        if (member)
            ids[n++] = member->id;
    }
    note_speakers (recording, n, ids);
}

void
tutti_recording_note_layout (TuttiRecording *recording)
{
    const TuttiView *view = tutti_spectator_get_view (recording->spectator);
    g_autofree char *tiles = NULL;

    if (!view || view->version == recording->layout_version)
        return;
    recording->layout_version = view->version;
    tiles = write_tiles (recording->room, view);
    add (recording, (TuttiNote){.kind = TUTTI_NOTE_LAYOUT,
                                .value = tutti_layout_name (view->key.layout),
                                .text = tiles});
}

void
tutti_recordings_on_news (const TuttiNews *news, gpointer user_data)
{
    TuttiRecordings *recordings = user_data;
    TuttiRoom *room = news->event ? tutti_rooms_find (recordings->rooms, news->room) : NULL;

    if (room && room->recording)
        note_event (room->recording, news->event);
}
