/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * letters.c: a queue of letters and a bell. Role: main.
 */
#include "letters.h"

#include "bell.h"

typedef struct {
    TuttiEvent event;
    GPtrArray *strings; /* what the event points to */
    guint n_refs;
} Copy;

typedef struct {
    TuttiParticipant *to;
    Copy *copy; /* NULL: the layout */
} Letter;

struct _TuttiLetters {
    TuttiTell tell;
    TuttiBell *bell;
    GQueue queue; /* of Letter */
};

/* --- Copies --- */

static const char *
keep (Copy *copy, const char *text)
{
    char *kept = g_strdup (text);

    if (kept)
        g_ptr_array_add (copy->strings, kept);
    return kept;
}

static void
keep_speakers (Copy *copy)
{
    guint n = copy->event.speakers.n;
    const char **ids = g_new0 (const char *, n + 1);

    for (guint i = 0; i < n; i++)
        ids[i] = keep (copy, copy->event.speakers.participants[i]);
    copy->event.speakers.participants = ids;
    g_ptr_array_add (copy->strings, ids);
}

static void
keep_person (Copy *copy)
{
    TuttiPerson *person = g_memdup2 (copy->event.person, sizeof *person);

    person->id = keep (copy, person->id);
    person->name = keep (copy, person->name);
    copy->event.person = person;
    g_ptr_array_add (copy->strings, person);
}

static void
keep_chat (Copy *copy)
{
    copy->event.chat.from = keep (copy, copy->event.chat.from);
    copy->event.chat.name = keep (copy, copy->event.chat.name);
    copy->event.chat.text = keep (copy, copy->event.chat.text);
    copy->event.chat.time = keep (copy, copy->event.chat.time);
}

static void
keep_strings (Copy *copy)
{
    TuttiEvent *event = &copy->event;

    switch (event->type) {
    case TUTTI_EVENT_PARTICIPANT_JOINED:
    case TUTTI_EVENT_PARTICIPANT_UPDATED:
    case TUTTI_EVENT_PARTICIPANT_WAITING:
        keep_person (copy);
        break;
    case TUTTI_EVENT_PARTICIPANT_LEFT:
        event->left.participant = keep (copy, event->left.participant);
        if (event->left.name)
            event->left.name = keep (copy, event->left.name);
        break;
    case TUTTI_EVENT_START_CALL:
    case TUTTI_EVENT_WAITING_LEFT:
        event->participant = keep (copy, event->participant);
        break;
    case TUTTI_EVENT_ACTIVE_SPEAKER:
        keep_speakers (copy);
        break;
    case TUTTI_EVENT_CHAT:
        keep_chat (copy);
        break;
    case TUTTI_EVENT_ICE_CANDIDATE:
        event->ice.candidate = keep (copy, event->ice.candidate);
        event->ice.sdp_mid = keep (copy, event->ice.sdp_mid);
        break;
    case TUTTI_EVENT_ROOM_UPDATED:
        event->room.layout = keep (copy, event->room.layout);
        event->room.share = keep (copy, event->room.share);
        break;
    case TUTTI_EVENT_KICKED:
    case TUTTI_EVENT_ROOM_CLOSED:
    case TUTTI_EVENT_LOST:
        event->reason = keep (copy, event->reason);
        break;
    case TUTTI_EVENT_UPLINK:
    case TUTTI_EVENT_DOWNLINK:
    case TUTTI_EVENT_RECORDING:
    case TUTTI_EVENT_ADMITTED:
    case TUTTI_EVENT_SHARE_REFUSED:
        break;
    case TUTTI_EVENT_LAYOUT:   /* is made when it is told */
    case TUTTI_EVENT_REPLACED: /* is told at once */
        g_assert_not_reached ();
    }
}

static Copy *
copy_new (const TuttiEvent *event)
{
    Copy *copy = g_new0 (Copy, 1);

    copy->event = *event;
    copy->strings = g_ptr_array_new_with_free_func (g_free);
    copy->n_refs = 1;
    keep_strings (copy);
    return copy;
}

static void
copy_unref (Copy *copy)
{
    if (!copy || --copy->n_refs > 0)
        return;
    g_ptr_array_unref (copy->strings);
    g_free (copy);
}

/* --- Letters --- */

static void
post (TuttiLetters *letters, TuttiParticipant *to, Copy *copy)
{
    Letter *letter = g_new0 (Letter, 1);

    letter->to = to;
    letter->copy = copy;
    if (copy)
        copy->n_refs++;
    g_queue_push_tail (&letters->queue, letter);
    tutti_bell_ring (letters->bell);
}

static void
letter_free (Letter *letter)
{
    copy_unref (letter->copy);
    g_free (letter);
}

static void
on_bell (gpointer user_data)
{
    tutti_letters_flush (user_data);
}

TuttiLetters *
tutti_letters_new (TuttiTell tell)
{
    TuttiLetters *letters = g_new0 (TuttiLetters, 1);

    letters->tell = tell;
    letters->bell = tutti_bell_new (on_bell, letters);
    g_queue_init (&letters->queue);
    return letters;
}

void
tutti_letters_free (TuttiLetters *letters)
{
    Letter *letter;

    if (!letters)
        return;
    while ((letter = g_queue_pop_head (&letters->queue)))
        letter_free (letter);
    tutti_bell_free (letters->bell);
    g_free (letters);
}

void
tutti_letters_post (TuttiLetters *letters, TuttiParticipant *to, const TuttiEvent *event)
{
    Copy *copy = copy_new (event);

    post (letters, to, copy);
    copy_unref (copy);
}

void
tutti_letters_post_all (TuttiLetters *letters, const GPtrArray *members,
                        const TuttiParticipant *except, const TuttiEvent *event)
{
    Copy *copy = copy_new (event);

    for (guint i = 0; i < members->len; i++) {
        if (members->pdata[i] != except)
            post (letters, members->pdata[i], copy);
    }
    copy_unref (copy);
}

void
tutti_letters_post_layout (TuttiLetters *letters, TuttiParticipant *to)
{
    post (letters, to, NULL);
}

void
tutti_letters_forget (TuttiLetters *letters, TuttiParticipant *to)
{
    for (GList *link = letters->queue.head, *next; link; link = next) {
        Letter *letter = link->data;

        next = link->next;
        if (letter->to == to) {
            letter_free (letter);
            g_queue_delete_link (&letters->queue, link);
        }
    }
}

void
tutti_letters_flush (TuttiLetters *letters)
{
    Letter *letter;

    while ((letter = g_queue_pop_head (&letters->queue))) {
        letters->tell (letter->to, letter->copy ? &letter->copy->event : NULL);
        letter_free (letter);
    }
}
