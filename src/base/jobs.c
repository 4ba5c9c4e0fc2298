/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * jobs.c: the video worker pool. One list of waiting jobs ordered by due time; a worker takes the
 * first that is due, runs it without the lock, and puts it back if it was pushed meanwhile. The
 * ordered insertion is a walk from the nearer end: ticks of the few busy rooms are near the head,
 * what quiet ones do each second or two near the tail.
 */
#include <tutti/clock.h>
#include <tutti/jobs.h>
#include <tutti/role.h>

#include <stdatomic.h>

#define NEVER G_MAXINT64

struct _TuttiJob {
    TuttiJobs *jobs;
    const char *name;
    TuttiJobFunc func;
    gpointer user_data;

    /* Named by the pool's lock. */
    GList link; /* in jobs->waiting while due_us < NEVER and not running */
    gint64 due_us;
    gboolean running;
    gboolean waiting;
    gboolean ending; /* being freed: pushes are in vain */
};

struct _TuttiJobs {
    TuttiClock *clock;
    guint n_workers;
    GThread **workers;
    _Atomic gint64 cpu_us;

    GMutex lock; /* names everything below and the jobs' own fields */
    GCond due, ended;
    GQueue waiting; /* earliest first */
    gboolean stop;
};

/* --- With the lock held. --- */

static gint64
due_at (const GList *link)
{
    return ((const TuttiJob *)link->data)->due_us;
}

/* The last one that is due no later; NULL: none. */
static GList *
find_before (GQueue *waiting, gint64 due_us)
{
    GList *head = waiting->head, *at = waiting->tail;

    if (head && due_us - due_at (head) < due_at (at) - due_us) {
        for (at = head; at && due_at (at) <= due_us;)
            at = at->next;
        return at ? at->prev : waiting->tail;
    }
    while (at && due_at (at) > due_us)
        at = at->prev;
    return at;
}

static void
insert (TuttiJob *job)
{
    GQueue *waiting = &job->jobs->waiting;
    GList *at = find_before (waiting, job->due_us);

    if (!at)
        g_queue_push_head_link (waiting, &job->link);
    else
        g_queue_insert_after_link (waiting, at, &job->link);
    job->waiting = TRUE;
    /* Whoever sleeps towards a later time must look again. Behind the first there is nothing to
     * say: who takes the first passes the word on. */
    if (waiting->head == &job->link)
        g_cond_signal (&job->jobs->due);
}

static void
take_out (TuttiJob *job)
{
    if (!job->waiting)
        return;
    g_queue_unlink (&job->jobs->waiting, &job->link);
    job->waiting = FALSE;
}

static void
schedule (TuttiJob *job, gint64 due_us)
{
    if (job->ending || due_us >= job->due_us)
        return;
    take_out (job);
    job->due_us = due_us;
    if (!job->running)
        insert (job);
}

/* Sleeps until the first job may be due. A fake clock is looked at each millisecond. */
static void
wait_for_work (TuttiJobs *jobs, gint64 first_due_us, gint64 now_us)
{
    gint64 wait_us = first_due_us - now_us;

    if (first_due_us == NEVER) {
        g_cond_wait (&jobs->due, &jobs->lock);
        return;
    }
    if (jobs->clock != tutti_clock_real ())
        wait_us = MIN (wait_us, TUTTI_USEC_PER_MSEC);
    g_cond_wait_until (&jobs->due, &jobs->lock, g_get_monotonic_time () + wait_us);
}

/* The next due job, waiting for it; NULL to end. */
static TuttiJob *
take_due (TuttiJobs *jobs, gint64 *now_us)
{
    while (!jobs->stop) {
        TuttiJob *first = g_queue_peek_head (&jobs->waiting);

        *now_us = tutti_clock_now_us (jobs->clock);
        if (first && first->due_us <= *now_us) {
            take_out (first);
            /* A signal wakes one worker; it passes the word on when there is more to do. */
            if (jobs->waiting.head)
                g_cond_signal (&jobs->due);
            return first;
        }
        wait_for_work (jobs, first ? first->due_us : NEVER, *now_us);
    }
    return NULL;
}

static void
finish (TuttiJob *job)
{
    job->running = FALSE;
    if (job->due_us < NEVER)
        insert (job);
    else
        g_cond_broadcast (&job->jobs->ended);
}

/* --- The workers. --- */

static gboolean
run_one (TuttiJobs *jobs)
{
    gint64 now_us = 0, start_us;
    TuttiJob *job;

    g_mutex_lock (&jobs->lock);
    job = take_due (jobs, &now_us);
    if (job) {
        job->running = TRUE;
        job->due_us = NEVER;
    }
    g_mutex_unlock (&jobs->lock);
    if (!job)
        return FALSE;

    start_us = tutti_clock_thread_cpu_us ();
    job->func (job->user_data, now_us);
    atomic_fetch_add (&jobs->cpu_us, tutti_clock_thread_cpu_us () - start_us);

    g_mutex_lock (&jobs->lock);
    finish (job);
    g_mutex_unlock (&jobs->lock);
    return TRUE;
}

static gpointer
work (gpointer data)
{
    tutti_role_enter (TUTTI_ROLE_VIDEO);
    while (run_one (data))
        ;
    return NULL;
}

/* --- Life cycle. --- */

TuttiJobs *
tutti_jobs_new (guint n_workers, TuttiClock *clock)
{
    TuttiJobs *jobs = g_new0 (TuttiJobs, 1);

    jobs->clock = clock;
    jobs->n_workers = n_workers > 0 ? n_workers : g_get_num_processors ();
    g_mutex_init (&jobs->lock);
    g_cond_init (&jobs->due);
    g_cond_init (&jobs->ended);
    g_queue_init (&jobs->waiting);
    jobs->workers = g_new0 (GThread *, jobs->n_workers);
    for (guint i = 0; i < jobs->n_workers; i++)
        jobs->workers[i] = g_thread_new ("tutti-video", work, jobs);
    return jobs;
}

void
tutti_jobs_free (TuttiJobs *jobs)
{
    if (!jobs)
        return;
    g_mutex_lock (&jobs->lock);
    g_assert (g_queue_is_empty (&jobs->waiting));
    jobs->stop = TRUE;
    g_cond_broadcast (&jobs->due);
    g_mutex_unlock (&jobs->lock);
    for (guint i = 0; i < jobs->n_workers; i++)
        g_thread_join (jobs->workers[i]);
    g_free (jobs->workers);
    g_cond_clear (&jobs->ended);
    g_cond_clear (&jobs->due);
    g_mutex_clear (&jobs->lock);
    g_free (jobs);
}

gint64
tutti_jobs_cpu_us (TuttiJobs *jobs)
{
    return atomic_load (&jobs->cpu_us);
}

TuttiJob *
tutti_job_new (TuttiJobs *jobs, const char *name, TuttiJobFunc func, gpointer user_data)
{
    TuttiJob *job = g_new0 (TuttiJob, 1);

    job->jobs = jobs;
    job->name = name;
    job->func = func;
    job->user_data = user_data;
    job->due_us = NEVER;
    job->link.data = job;
    return job;
}

void
tutti_job_end (TuttiJob *job)
{
    g_mutex_lock (&job->jobs->lock);
    job->ending = TRUE;
    take_out (job);
    job->due_us = NEVER; /* also what a run under way has asked for so far */
    while (job->running)
        g_cond_wait (&job->jobs->ended, &job->jobs->lock);
    g_mutex_unlock (&job->jobs->lock);
}

void
tutti_job_free (TuttiJob *job)
{
    if (!job)
        return;
    tutti_job_end (job);
    g_free (job);
}

void
tutti_job_push (TuttiJob *job)
{
    /* Not before what is overdue already: decoders pushed all the time must not starve the ticks.
     */
    tutti_job_push_at (job, tutti_clock_now_us (job->jobs->clock));
}

void
tutti_job_push_at (TuttiJob *job, gint64 due_us)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&job->jobs->lock);

    schedule (job, due_us);
}
