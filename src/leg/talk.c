/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * talk.c: one lock around a queue and a few counters.
 */
#include "talk.h"

#include <string.h>

struct _TuttiTalk {
    TuttiSeat *seat;

    GMutex lock; /* of all below */
    GQueue texts;
    gsize backlog_bytes;
    gboolean is_open, is_overrun, is_hung_up;
    guint n_unread;
    guint64 heard, said;
};

static void
clear (TuttiTalk *talk)
{
    g_queue_clear_full (&talk->texts, g_free);
    talk->backlog_bytes = 0;
    talk->is_overrun = talk->is_hung_up = FALSE;
}

static void
queue (TuttiTalk *talk, const char *text)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&talk->lock);
    gsize n_bytes = strlen (text);

    if (!talk->is_open || talk->is_overrun || talk->is_hung_up)
        return;
    if (n_bytes > TUTTI_TALK_BACKLOG_MAX_BYTES - talk->backlog_bytes) {
        talk->is_overrun = TRUE;
        return;
    }
    talk->backlog_bytes += n_bytes;
    g_queue_push_tail (&talk->texts, g_strdup (text));
}

/* TRUE: the peer has been waiting for it. */
static gboolean
count_read (TuttiTalk *talk)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&talk->lock);

    return talk->n_unread-- == TUTTI_TALK_UNREAD_MAX;
}

TuttiTalk *
tutti_talk_new (TuttiSeat *seat)
{
    TuttiTalk *talk = g_new0 (TuttiTalk, 1);

    talk->seat = seat;
    g_mutex_init (&talk->lock);
    return talk;
}

void
tutti_talk_free (TuttiTalk *talk)
{
    if (!talk)
        return;
    clear (talk);
    g_mutex_clear (&talk->lock);
    g_free (talk);
}

void
tutti_talk_say (TuttiTalk *talk, const char *text)
{
    queue (talk, text);
    tutti_seat_wake (talk->seat);
}

void
tutti_talk_hang_up (TuttiTalk *talk)
{
    g_mutex_lock (&talk->lock);
    talk->is_hung_up = talk->is_open;
    g_mutex_unlock (&talk->lock);
    tutti_seat_wake (talk->seat);
}

void
tutti_talk_note_read (TuttiTalk *talk)
{
    if (count_read (talk))
        tutti_seat_wake (talk->seat);
}

void
tutti_talk_set_open (TuttiTalk *talk, gboolean open)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&talk->lock);

    clear (talk);
    talk->is_open = open;
}

char *
tutti_talk_take (TuttiTalk *talk)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&talk->lock);
    char *text = g_queue_pop_head (&talk->texts);

    if (!text)
        return NULL;
    talk->backlog_bytes -= strlen (text);
    talk->said++;
    return text;
}

gboolean
tutti_talk_is_overrun (TuttiTalk *talk)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&talk->lock);

    return talk->is_overrun;
}

gboolean
tutti_talk_is_over (TuttiTalk *talk)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&talk->lock);

    return talk->is_hung_up && talk->texts.length == 0;
}

void
tutti_talk_hear (TuttiTalk *talk)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&talk->lock);

    talk->n_unread++;
    talk->heard++;
}

gboolean
tutti_talk_may_hear (TuttiTalk *talk)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&talk->lock);

    return talk->n_unread < TUTTI_TALK_UNREAD_MAX;
}

void
tutti_talk_get_stats (TuttiTalk *talk, TuttiTalkStats *stats)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&talk->lock);

    *stats = (TuttiTalkStats){talk->is_open, talk->heard, talk->said};
}
