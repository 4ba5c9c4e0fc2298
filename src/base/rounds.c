/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rounds.c: the audio threads: each walks its rooms at every multiple of 20 ms. The lock is held
 * for the walk, so that remove() is a barrier; only main adds and removes, and it may wait for a
 * walk.
 */
#include <tutti/clock.h>
#include <tutti/role.h>
#include <tutti/rounds.h>
#include <tutti/work.h>

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

/* Beyond so many cores a room's sound is never the bottleneck. */
#define THREADS_MAX 4
#define NOTHING_DUE G_MAXINT64

typedef struct {
    guint id;
    TuttiRoundFunc func;
    gpointer user_data;
} Round;

typedef struct {
    GThread *thread;
    _Atomic guint64 late, walked_rounds;
    _Atomic gint64 cpu_us;
    TuttiHistogram lateness;
    TuttiWorkTimes times;
    _Atomic gint64 expected_us; /* the walk that comes or runs was due then; NOTHING_DUE: none */

    GMutex lock; /* names everything below */
    GCond changed, walked;
    GArray *rounds; /* of Round; never changed once here, replaced */
    gboolean walking, stop;
} Shard;

struct _TuttiRounds {
    guint n_shards;
    Shard *shards;
    guint last_id; /* main */
};

/* The clock's absolute time, so that a signal or a slow wake-up never adds up. */
static void
sleep_until (gint64 due_us)
{
    struct timespec t = {.tv_sec = due_us / G_USEC_PER_SEC,
                         .tv_nsec = due_us % G_USEC_PER_SEC * 1000};

    while (clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
        ;
}

static gint64
next_due (gint64 now_us)
{
    return (now_us / TUTTI_ROUND_US + 1) * TUTTI_ROUND_US;
}

/* Runs what is due at due_us; gives the next due time. */
static gint64
walk (Shard *shard, const GArray *rounds, gint64 due_us)
{
    gint64 now_us = g_get_monotonic_time (), start_us = tutti_clock_thread_cpu_us ();

    if (now_us - due_us > TUTTI_ROUND_US) {
        atomic_fetch_add (&shard->late, (guint64)((now_us - due_us) / TUTTI_ROUND_US));
        due_us = now_us / TUTTI_ROUND_US * TUTTI_ROUND_US;
    }
    tutti_work_begin (&shard->times, TUTTI_WORK_MIX);
    for (guint i = 0; i < rounds->len; i++) {
        const Round *round = &g_array_index (rounds, Round, i);

        round->func (round->user_data, due_us);
    }
    tutti_work_end ();
    atomic_fetch_add (&shard->cpu_us, tutti_clock_thread_cpu_us () - start_us);
    atomic_fetch_add (&shard->walked_rounds, 1);
    tutti_histogram_note (&shard->lateness, g_get_monotonic_time () - due_us);
    return due_us + TUTTI_ROUND_US;
}

static gint64
walk_snapshot (Shard *shard, gint64 due_us)
{
    GArray *rounds;

    g_mutex_lock (&shard->lock);
    rounds = g_array_ref (shard->rounds);
    shard->walking = TRUE;
    g_mutex_unlock (&shard->lock);

    due_us = walk (shard, rounds, due_us);

    g_mutex_lock (&shard->lock);
    shard->walking = FALSE;
    g_cond_signal (&shard->walked);
    g_mutex_unlock (&shard->lock);
    g_array_unref (rounds);
    return due_us;
}

/* Waits until there is something to do; FALSE to end. */
static gboolean
wait_for_rounds (Shard *shard, gint64 *due_us)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&shard->lock);

    if (shard->rounds->len > 0)
        return TRUE;
    atomic_store (&shard->expected_us, NOTHING_DUE);
    while (shard->rounds->len == 0 && !shard->stop)
        g_cond_wait (&shard->changed, &shard->lock);
    *due_us = next_due (g_get_monotonic_time ());
    return !shard->stop;
}

static gpointer
run (gpointer data)
{
    Shard *shard = data;
    gint64 due_us = next_due (g_get_monotonic_time ());

    tutti_role_enter (TUTTI_ROLE_AUDIO);
    while (wait_for_rounds (shard, &due_us)) {
        atomic_store (&shard->expected_us, due_us);
        sleep_until (due_us);
        due_us = walk_snapshot (shard, due_us);
    }
    return NULL;
}

TuttiRounds *
tutti_rounds_new (guint n_threads)
{
    TuttiRounds *rounds = g_new0 (TuttiRounds, 1);

    rounds->n_shards = n_threads > 0 ? n_threads : MIN (g_get_num_processors (), THREADS_MAX);
    rounds->shards = g_new0 (Shard, rounds->n_shards);
    for (guint i = 0; i < rounds->n_shards; i++) {
        Shard *shard = &rounds->shards[i];

        atomic_init (&shard->expected_us, NOTHING_DUE);
        g_mutex_init (&shard->lock);
        g_cond_init (&shard->changed);
        g_cond_init (&shard->walked);
        shard->rounds = g_array_new (FALSE, FALSE, sizeof (Round));
        shard->thread = g_thread_new ("tutti-audio", run, shard);
    }
    return rounds;
}

static void
stop (Shard *shard)
{
    g_mutex_lock (&shard->lock);
    g_assert (shard->rounds->len == 0);
    shard->stop = TRUE;
    g_cond_signal (&shard->changed);
    g_mutex_unlock (&shard->lock);
    g_thread_join (shard->thread);
    g_array_unref (shard->rounds);
    g_cond_clear (&shard->walked);
    g_cond_clear (&shard->changed);
    g_mutex_clear (&shard->lock);
}

void
tutti_rounds_free (TuttiRounds *rounds)
{
    if (!rounds)
        return;
    for (guint i = 0; i < rounds->n_shards; i++)
        stop (&rounds->shards[i]);
    g_free (rounds->shards);
    g_free (rounds);
}

guint
tutti_rounds_add (TuttiRounds *rounds, TuttiRoundFunc func, gpointer user_data)
{
    Round round = {++rounds->last_id, func, user_data};
    Shard *shard = &rounds->shards[round.id % rounds->n_shards];
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&shard->lock);
    GArray *more = g_array_copy (shard->rounds);

    g_array_append_val (more, round);
    g_array_unref (shard->rounds);
    shard->rounds = more;
    g_cond_signal (&shard->changed);
    return round.id;
}

static guint
find (const GArray *rounds, guint id)
{
    for (guint i = 0; i < rounds->len; i++) {
        if (g_array_index (rounds, Round, i).id == id)
            return i;
    }
    g_assert_not_reached ();
}

void
tutti_rounds_remove (TuttiRounds *rounds, guint id)
{
    Shard *shard = &rounds->shards[id % rounds->n_shards];
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&shard->lock);
    GArray *fewer = g_array_copy (shard->rounds);

    g_array_remove_index (fewer, find (fewer, id));
    g_array_unref (shard->rounds);
    shard->rounds = fewer;
    while (shard->walking)
        g_cond_wait (&shard->walked, &shard->lock);
}

guint64
tutti_rounds_late (TuttiRounds *rounds)
{
    guint64 late = 0;

    for (guint i = 0; i < rounds->n_shards; i++)
        late += atomic_load (&rounds->shards[i].late);
    return late;
}

guint64
tutti_rounds_count (TuttiRounds *rounds)
{
    guint64 n = 0;

    for (guint i = 0; i < rounds->n_shards; i++)
        n += atomic_load (&rounds->shards[i].walked_rounds);
    return n;
}

void
tutti_rounds_get_lateness (TuttiRounds *rounds, TuttiHistogramFigures *figures)
{
    *figures = (TuttiHistogramFigures){0};
    for (guint i = 0; i < rounds->n_shards; i++)
        tutti_histogram_add_to (&rounds->shards[i].lateness, figures);
}

gint64
tutti_rounds_overdue_us (TuttiRounds *rounds, gint64 now_us)
{
    gint64 overdue_us = 0;

    for (guint i = 0; i < rounds->n_shards; i++)
        overdue_us = MAX (overdue_us, now_us - atomic_load (&rounds->shards[i].expected_us));
    return overdue_us;
}

gint64
tutti_rounds_cpu_us (TuttiRounds *rounds)
{
    gint64 cpu_us = 0;

    for (guint i = 0; i < rounds->n_shards; i++)
        cpu_us += atomic_load (&rounds->shards[i].cpu_us);
    return cpu_us;
}

void
tutti_rounds_get_work (TuttiRounds *rounds, gint64 us[TUTTI_N_WORKS])
{
    memset (us, 0, TUTTI_N_WORKS * sizeof *us);
    for (guint i = 0; i < rounds->n_shards; i++)
        tutti_work_share (&rounds->shards[i].times, atomic_load (&rounds->shards[i].cpu_us), us);
}
