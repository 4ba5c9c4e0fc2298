/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * errand.c: see errand.h. Whoever comes second, the thread that is done or the one who lost
 * patience, finds out under the job's lock and frees the result.
 */
#include "errand.h"

#include <tutti/error.h>
#include <tutti/role.h>

typedef struct {
    gint references; /* atomic: the thread's and the waiter's */
    TuttiErrands *errands;
    TuttiErrand errand;

    GMutex lock; /* names all below */
    GCond ended;
    gboolean is_done, is_left;
    gpointer result;
    GError *error;
    GTask *task; /* NULL: somebody waits on `ended` */
    GSource *patience;
} Job;

static Job *
job_new (TuttiErrands *errands, const TuttiErrand *errand)
{
    Job *job = g_new0 (Job, 1);

    job->references = 1;
    job->errands = errands;
    job->errand = *errand;
    g_mutex_init (&job->lock);
    g_cond_init (&job->ended);
    return job;
}

/* Its data goes last: it may hold what `errands` is part of. */
static void
job_unref (Job *job)
{
    TuttiErrand errand;

    if (!g_atomic_int_dec_and_test (&job->references))
        return;
    errand = job->errand;
    if (job->result)
        errand.free_result (job->result);
    g_clear_error (&job->error);
    g_clear_object (&job->task);
    g_mutex_clear (&job->lock);
    g_cond_clear (&job->ended);
    g_free (job);
    errand.free_data (errand.data);
}

static void
set_hanging (GError **error)
{
    g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_STORAGE,
                         "the disk of the recordings does not answer");
}

/* On the task's context, once it is done. */
static gboolean
on_ended (gpointer data)
{
    Job *job = data;
    g_autoptr (GTask) task = NULL;
    gpointer result;
    GError *error;

    g_mutex_lock (&job->lock);
    task = g_steal_pointer (&job->task);
    result = g_steal_pointer (&job->result);
    error = g_steal_pointer (&job->error);
    g_mutex_unlock (&job->lock);
    if (error)
        g_task_return_error (task, error);
    else
        g_task_return_pointer (task, result, job->errand.free_result);
    return G_SOURCE_REMOVE;
}

/* With the lock held; the source keeps a reference to the job. */
static GSource *
attach (Job *job, GSource *source, GSourceFunc on_source)
{
    g_atomic_int_inc (&job->references);
    g_source_set_priority (source, g_task_get_priority (job->task));
    g_source_set_callback (source, on_source, job, (GDestroyNotify)job_unref);
    g_source_attach (source, g_task_get_context (job->task));
    return source;
}

static void
end (Job *job, gpointer result, GError *error)
{
    g_autoptr (GSource) ended = NULL;
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&job->lock);

    g_atomic_int_add (&job->errands->under_way, -1);
    job->is_done = TRUE;
    job->result = result;
    job->error = error;
    if (job->is_left)
        g_atomic_int_add (&job->errands->hanging, -1);
    else if (job->task)
        ended = attach (job, g_idle_source_new (), on_ended);
    g_cond_signal (&job->ended);
    if (job->patience)
        g_source_destroy (g_steal_pointer (&job->patience));
}

static gpointer
on_thread (gpointer data)
{
    Job *job = data;
    GError *error = NULL;
    gpointer result;

    tutti_role_enter (TUTTI_ROLE_FILE);
    result = job->errand.run (job->errand.data, &error);
    end (job, result, error);
    job_unref (job);
    return NULL;
}

/* FALSE: the job ends with *error. */
static gboolean
depart (Job *job, GError **error)
{
    GThread *thread = NULL;

    if (g_atomic_int_get (&job->errands->hanging) > 0 ||
        g_atomic_int_get (&job->errands->under_way) >= TUTTI_ERRANDS_MAX) {
        set_hanging (error);
        return FALSE;
    }
    g_atomic_int_inc (&job->errands->under_way);
    g_atomic_int_inc (&job->references);
    thread = g_thread_try_new ("errand", on_thread, job, error);
    if (thread) {
        g_thread_unref (thread);
        return TRUE;
    }
    g_atomic_int_add (&job->errands->under_way, -1);
    job_unref (job);
    return FALSE;
}

static gboolean
on_patience (gpointer data)
{
    Job *job = data;
    g_autoptr (GTask) task = NULL;
    GError *error = NULL;

    g_mutex_lock (&job->lock);
    job->patience = NULL;
    if (!job->is_done) {
        job->is_left = TRUE;
        g_atomic_int_inc (&job->errands->hanging);
        task = g_steal_pointer (&job->task);
    }
    g_mutex_unlock (&job->lock);
    if (task) {
        set_hanging (&error);
        g_task_return_error (task, error);
    }
    return G_SOURCE_REMOVE;
}

static void
set_patience (Job *job)
{
    g_autoptr (GSource) source = g_timeout_source_new (TUTTI_ERRAND_PATIENCE_US / 1000);
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&job->lock);

    if (!job->is_done)
        job->patience = attach (job, source, on_patience);
}

gpointer
tutti_errand_run (TuttiErrands *errands, const TuttiErrand *errand, GError **error)
{
    gint64 until_us = g_get_monotonic_time () + TUTTI_ERRAND_PATIENCE_US;
    Job *job = job_new (errands, errand);
    gpointer result = NULL;

    if (!depart (job, error)) {
        job_unref (job);
        return NULL;
    }
    g_mutex_lock (&job->lock);
    while (!job->is_done && !job->is_left)
        job->is_left = !g_cond_wait_until (&job->ended, &job->lock, until_us) && !job->is_done;
    if (job->is_left) {
        g_atomic_int_inc (&errands->hanging);
        set_hanging (error);
    } else if (job->error) {
        g_propagate_error (error, g_steal_pointer (&job->error));
    } else {
        result = g_steal_pointer (&job->result);
    }
    g_mutex_unlock (&job->lock);
    job_unref (job);
    return result;
}

void
tutti_errand_start (TuttiErrands *errands, const TuttiErrand *errand, GTask *task)
{
    Job *job = job_new (errands, errand);
    GError *error = NULL;

    job->task = g_object_ref (task);
    if (depart (job, &error))
        set_patience (job);
    else
        g_task_return_error (task, error);
    g_object_unref (task);
    job_unref (job);
}
