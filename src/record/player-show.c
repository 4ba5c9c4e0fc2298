/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * player-show.c: see player-show.h.
 */
#include "player-show.h"

#include <tutti/frame.h>
#include <tutti/role.h>

/* Pictures without sound that come so late are no longer hurried after: the film is late from then
 * on. With sound they follow it, whatever the loss. */
#define LATE_US (500 * TUTTI_USEC_PER_MSEC)
/* How often it looks whether anybody listens. */
#define LOOK_US (100 * TUTTI_USEC_PER_MSEC)
/* The last round of sound is played to its end. */
#define TAIL_US (2 * TUTTI_ROUND_US)

typedef struct {
    TuttiPicture *picture;
    gint64 due;
} Waiting;

struct _TuttiPlayerShow {
    TuttiPlayerShowSetup setup;
    GThread *thread;

    GMutex lock; /* guards the rest */
    GCond changed;
    gboolean stop, has_sound, is_over;
    guint n;
    Waiting waiting[TUTTI_PLAYER_PICTURES_MAX];
    gint64 end;
};

/* --- The thread --- */

/* The newest that is due, or NULL: others that are due too come too late. */
static TuttiPicture *
take_due (TuttiPlayerShow *show, gint64 now_us)
{
    TuttiPicture *picture = NULL;
    guint n = 0;

    while (n < show->n &&
           tutti_player_time_due_us (show->setup.time, show->waiting[n].due) <= now_us) {
        tutti_picture_unref (picture);
        picture = show->waiting[n++].picture;
    }
    if (n == 0)
        return NULL;
    if (!show->has_sound) {
        gint64 due_us = tutti_player_time_due_us (show->setup.time, show->waiting[n - 1].due);
        if (now_us - due_us > LATE_US)
            tutti_player_time_delay (show->setup.time, now_us - due_us);
    }
    show->n -= n;
    for (guint i = 0; i < show->n; i++)
        show->waiting[i] = show->waiting[i + n];
    return picture;
}

static gint64
next_due_us (TuttiPlayerShow *show, gint64 now_us)
{
    gint64 due_us = now_us + LOOK_US;

    if (show->n > 0)
        due_us = MIN (due_us, tutti_player_time_due_us (show->setup.time, show->waiting[0].due));
    return due_us;
}

static gboolean
is_at_end (TuttiPlayerShow *show, gint64 now_us)
{
    gint64 end_us = TUTTI_PLAYER_NEVER;

    if (show->end != TUTTI_PLAYER_NEVER && !show->is_over)
        end_us = tutti_player_time_due_us (show->setup.time, show->end);
    return end_us != TUTTI_PLAYER_NEVER && now_us >= end_us + TAIL_US;
}

static void
put (TuttiPlayerShow *show, TuttiPicture *picture, gint64 now_us)
{
    if (!picture)
        return;
    tutti_slot_put (show->setup.slot, picture, now_us);
    tutti_picture_unref (picture);
    show->setup.moved (show->setup.user_data);
}

/* With the lock held, which is let go for what calls out. */
static void
look (TuttiPlayerShow *show, gint64 now_us)
{
    TuttiPicture *picture = take_due (show, now_us);
    gboolean is_ending = is_at_end (show, now_us);

    show->is_over |= is_ending;
    g_mutex_unlock (&show->lock);
    put (show, picture, now_us);
    tutti_player_sound_pass (show->setup.sound, now_us);
    if (is_ending)
        show->setup.ended (show->setup.user_data);
    g_mutex_lock (&show->lock);
}

static gpointer
run (gpointer user_data)
{
    TuttiPlayerShow *show = user_data;

    tutti_role_enter (TUTTI_ROLE_FILE);
    g_mutex_lock (&show->lock);
    while (!show->stop) {
        look (show, g_get_monotonic_time ());
        if (!show->stop)
            g_cond_wait_until (&show->changed, &show->lock,
                               next_due_us (show, g_get_monotonic_time ()));
    }
    g_mutex_unlock (&show->lock);
    return NULL;
}

/* --- The reader's --- */

gboolean
tutti_player_show_has_room (TuttiPlayerShow *show)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&show->lock);
    return show->n < TUTTI_PLAYER_PICTURES_MAX;
}

gboolean
tutti_player_show_is_empty (TuttiPlayerShow *show)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&show->lock);
    return show->n == 0;
}

void
tutti_player_show_push (TuttiPlayerShow *show, TuttiPicture *picture, gint64 due)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&show->lock);

    g_assert (show->n < TUTTI_PLAYER_PICTURES_MAX);
    show->waiting[show->n++] = (Waiting){picture, due};
    g_cond_signal (&show->changed);
}

void
tutti_player_show_set_sound (TuttiPlayerShow *show, gboolean has_sound)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&show->lock);
    show->has_sound = has_sound;
}

void
tutti_player_show_finish (TuttiPlayerShow *show, gint64 end)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&show->lock);

    show->end = end;
    g_cond_signal (&show->changed);
}

void
tutti_player_show_wake (TuttiPlayerShow *show)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&show->lock);
    g_cond_signal (&show->changed);
}

/* --- Life --- */

TuttiPlayerShow *
tutti_player_show_new (const TuttiPlayerShowSetup *setup)
{
    TuttiPlayerShow *show = g_new0 (TuttiPlayerShow, 1);

    show->setup = *setup;
    tutti_slot_ref (setup->slot);
    show->end = TUTTI_PLAYER_NEVER;
    g_mutex_init (&show->lock);
    g_cond_init (&show->changed);
    show->thread = g_thread_new ("player-show", run, show);
    return show;
}

void
tutti_player_show_free (TuttiPlayerShow *show)
{
    if (!show)
        return;
    g_mutex_lock (&show->lock);
    show->stop = TRUE;
    g_cond_signal (&show->changed);
    g_mutex_unlock (&show->lock);
    g_thread_join (show->thread);
    for (guint i = 0; i < show->n; i++)
        tutti_picture_unref (show->waiting[i].picture);
    tutti_slot_unref (show->setup.slot);
    g_mutex_clear (&show->lock);
    g_cond_clear (&show->changed);
    g_free (show);
}
