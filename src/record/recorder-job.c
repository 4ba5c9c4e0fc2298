/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recorder-job.c: the recorder's thread and what it shares with main. It wakes ten times a second,
 * works, and sleeps; a gap and the end are told to main. Roles: file and main.
 */
#include "recorder-job.h"

#include <stdatomic.h>

#include <tutti/clock.h>
#include <tutti/role.h>

#include "recorder-work.h"

#define TICK_US (100 * TUTTI_USEC_PER_MSEC)

/* What waits while the disk hangs: ten seconds of sound; of pictures more than that at 2 Mbit/s,
 * 4.6 MB. */
#define SOUNDS_MAX 500
#define PICTURES_MAX 4096

struct _TuttiRecorderJob {
    _Atomic int references;
    TuttiStore *store;
    TuttiWish *key_frame; /* NULL: none */
    char *take, *room;
    TuttiQueue *pictures, *sounds;
    TuttiOrders *orders;
    TuttiRecorderWork *work; /* the thread's; last freed by whoever comes last */

    /* Main. */
    TuttiNotify told; /* NULL: forgotten */
    gpointer user_data;

    GMutex lock; /* of everything below */
    GCond over;
    gboolean is_over;
    TuttiRecorderStats stats;
};

/* --- Reaching main --- */

static gboolean
on_told (gpointer user_data)
{
    TuttiRecorderJob *job = user_data;

    if (job->told != NULL)
        job->told (job->user_data);
    return G_SOURCE_REMOVE;
}

static TuttiRecorderJob *
ref_job (TuttiRecorderJob *job)
{
    atomic_fetch_add (&job->references, 1);
    return job;
}

static void
tell_main (TuttiRecorderJob *job)
{
    g_autoptr (GSource) source = g_idle_source_new ();

    g_source_set_priority (source, G_PRIORITY_DEFAULT);
    g_source_set_callback (source, on_told, ref_job (job),
                           (GDestroyNotify)tutti_recorder_job_unref);
    g_source_attach (source, NULL);
}

static guint64
publish (TuttiRecorderJob *job, TuttiRecorderState state)
{
    TuttiRecorderStats stats;

    tutti_recorder_work_get_stats (job->work, tutti_clock_now_us (tutti_clock_real ()), &stats);
    stats.state = state;
    stats.cpu_us = tutti_clock_thread_cpu_us ();
    g_mutex_lock (&job->lock);
    job->stats = stats;
    g_mutex_unlock (&job->lock);
    return stats.gaps;
}

/* --- The thread --- */

static void
run_rounds (TuttiRecorderJob *job)
{
    guint64 gaps_told = 0;

    while (tutti_recorder_work_run (job->work, tutti_clock_now_us (tutti_clock_real ()))) {
        guint64 gaps = publish (job, TUTTI_RECORDER_ON);

        if (gaps != gaps_told)
            tell_main (job);
        gaps_told = gaps;
        g_usleep (TICK_US);
    }
    tutti_recorder_work_end (job->work);
}

static void
finish (TuttiRecorderJob *job)
{
    TuttiRecorderStats stats;

    tutti_recorder_work_get_stats (job->work, 0, &stats);
    publish (job, *stats.why ? TUTTI_RECORDER_FAILED : TUTTI_RECORDER_DONE);
    g_mutex_lock (&job->lock);
    job->is_over = TRUE;
    g_cond_broadcast (&job->over);
    g_mutex_unlock (&job->lock);
    tell_main (job);
}

static gpointer
run (gpointer user_data)
{
    g_autoptr (TuttiRecorderJob) job = user_data;
    g_autoptr (GError) error = NULL;

    tutti_role_enter (TUTTI_ROLE_FILE);
    if (tutti_recorder_work_open (job->work, &error))
        run_rounds (job);
    else
        g_warning ("room %s: %s", job->room, error->message);
    finish (job);
    return NULL;
}

/* --- Any thread --- */

static TuttiRecorderJob *
make_job (const TuttiRecorderSetup *setup, const char *take)
{
    TuttiRecorderJob *job = g_new0 (TuttiRecorderJob, 1);

    atomic_init (&job->references, 1);
    g_mutex_init (&job->lock);
    g_cond_init (&job->over);
    job->store = tutti_store_ref (setup->store);
    job->key_frame = setup->key_frame != NULL ? tutti_wish_ref (setup->key_frame) : NULL;
    job->take = g_strdup (take);
    job->room = g_strdup (setup->room);
    job->pictures = tutti_queue_new (PICTURES_MAX, NULL, NULL);
    job->sounds = tutti_queue_new (SOUNDS_MAX, NULL, NULL);
    job->orders = tutti_orders_new ();
    return job;
}

TuttiRecorderJob *
tutti_recorder_job_new (const TuttiRecorderSetup *setup, const char *take, gint64 start_us,
                        TuttiNotify told, gpointer user_data)
{
    TuttiRecorderJob *job = make_job (setup, take);
    TuttiRecorderWorkSetup work = {.recorder = *setup,
                                   .take = job->take,
                                   .start_us = start_us,
                                   .wall_us = g_get_real_time (),
                                   .pictures = job->pictures,
                                   .sounds = job->sounds,
                                   .orders = job->orders};

    work.recorder.room = job->room;
    job->work = tutti_recorder_work_new (&work);
    job->told = told;
    job->user_data = user_data;
    g_thread_unref (g_thread_new ("recorder", run, ref_job (job)));
    return job;
}

void
tutti_recorder_job_unref (TuttiRecorderJob *job)
{
    if (job == NULL || atomic_fetch_sub (&job->references, 1) > 1)
        return;
    tutti_recorder_work_free (job->work);
    tutti_orders_free (job->orders);
    tutti_queue_unref (job->pictures);
    tutti_queue_unref (job->sounds);
    tutti_wish_unref (job->key_frame);
    tutti_store_unref (job->store);
    g_mutex_clear (&job->lock);
    g_cond_clear (&job->over);
    g_free (job->take);
    g_free (job->room);
    g_free (job);
}

void
tutti_recorder_job_forget (TuttiRecorderJob *job)
{
    job->told = NULL;
}

TuttiQueue *
tutti_recorder_job_get_input (TuttiRecorderJob *job, TuttiKind kind)
{
    return kind == TUTTI_KIND_AUDIO ? job->sounds : job->pictures;
}

void
tutti_recorder_job_post (TuttiRecorderJob *job, const TuttiOrder *order)
{
    tutti_orders_post (job->orders, order);
}

void
tutti_recorder_job_get_stats (TuttiRecorderJob *job, TuttiRecorderStats *stats)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&job->lock);

    *stats = job->stats;
}

void
tutti_recorder_job_wait (TuttiRecorderJob *job, gint64 until_us)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&job->lock);

    while (!job->is_over && g_cond_wait_until (&job->over, &job->lock, until_us))
        ;
}
