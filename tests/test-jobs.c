/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-jobs.c: a job never runs twice at once, none is forgotten, due times hold, free is a
 * barrier.
 */
#include <tutti/clock.h>
#include <tutti/jobs.h>

typedef struct {
    TuttiJob *job;
    int inside, runs, overlaps, left;
    gint64 first_us;
} Run;

static void
on_run (gpointer data, gint64 now_us)
{
    Run *run = data;

    if (g_atomic_int_add (&run->inside, 1) != 0)
        g_atomic_int_inc (&run->overlaps);
    if (run->runs == 0)
        run->first_us = now_us;
    g_atomic_int_inc (&run->runs);
    if (run->left > 0) {
        run->left--;
        tutti_job_push (run->job);
    }
    g_atomic_int_add (&run->inside, -1);
}

static void
wait_for_runs (Run *run, int runs)
{
    while (g_atomic_int_get (&run->runs) < runs)
        g_usleep (200);
}

static void
test_never_twice_at_once (void)
{
    TuttiJobs *jobs = tutti_jobs_new (4, tutti_clock_real ());
    Run run = {0};

    run.job = tutti_job_new (jobs, "test", on_run, &run);
    for (int i = 0; i < 20000; i++)
        tutti_job_push (run.job);
    /* A push that finds the job idle or running is followed by one more run. */
    wait_for_runs (&run, 1);
    tutti_job_push (run.job);
    tutti_job_free (run.job);
    g_assert_cmpint (run.overlaps, ==, 0);
    tutti_jobs_free (jobs);
}

static void
test_pushes_itself (void)
{
    TuttiJobs *jobs = tutti_jobs_new (2, tutti_clock_real ());
    Run run = {.left = 1000};

    run.job = tutti_job_new (jobs, "test", on_run, &run);
    tutti_job_push (run.job);
    wait_for_runs (&run, 1001);
    tutti_job_free (run.job);
    g_assert_cmpint (run.runs, ==, 1001);
    tutti_jobs_free (jobs);
}

static void
test_due_times (void)
{
    TuttiClock *clock = tutti_clock_fake_new (1000);
    TuttiJobs *jobs = tutti_jobs_new (2, clock);
    Run early = {0}, late = {0};

    early.job = tutti_job_new (jobs, "early", on_run, &early);
    late.job = tutti_job_new (jobs, "late", on_run, &late);
    tutti_job_push_at (late.job, 3000);
    tutti_job_push_at (early.job, 9000);
    tutti_job_push_at (early.job, 2000); /* the earliest counts */
    tutti_job_push_at (early.job, 8000);
    tutti_clock_fake_advance (clock, 1500);
    wait_for_runs (&early, 1);
    g_assert_cmpint (g_atomic_int_get (&late.runs), ==, 0);
    tutti_clock_fake_advance (clock, 1000);
    wait_for_runs (&late, 1);
    g_assert_cmpint (early.first_us, ==, 2500);
    g_assert_cmpint (late.first_us, ==, 3500);
    tutti_job_push_at (late.job, G_MAXINT64 - 1);
    tutti_job_free (late.job);
    tutti_job_free (early.job);
    g_assert_cmpint (late.runs, ==, 1);
    g_assert_cmpint (early.runs, ==, 1);
    tutti_jobs_free (jobs);
    tutti_clock_fake_free (clock);
}

static void
test_many_jobs (void)
{
    TuttiJobs *jobs = tutti_jobs_new (3, tutti_clock_real ());
    Run runs[200] = {0};

    for (guint i = 0; i < G_N_ELEMENTS (runs); i++) {
        runs[i].job = tutti_job_new (jobs, "test", on_run, &runs[i]);
        runs[i].left = 20;
        tutti_job_push (runs[i].job);
    }
    for (guint i = 0; i < G_N_ELEMENTS (runs); i++) {
        wait_for_runs (&runs[i], 21);
        tutti_job_free (runs[i].job);
        g_assert_cmpint (runs[i].overlaps, ==, 0);
    }
    tutti_jobs_free (jobs);
}

static void
on_run_again (gpointer data, gint64 now_us)
{
    Run *run = data;

    g_atomic_int_inc (&run->runs);
    g_usleep (20000); /* so that free() waits for this run already */
    tutti_job_push_at (run->job, G_MAXINT64 - 1);
}

/* What a job asks for while it is freed is in vain, and nobody waits for it. */
static void
test_free_while_it_asks_for_more (void)
{
    TuttiJobs *jobs = tutti_jobs_new (1, tutti_clock_real ());
    Run run = {0};

    run.job = tutti_job_new (jobs, "test", on_run_again, &run);
    tutti_job_push (run.job);
    wait_for_runs (&run, 1);
    tutti_job_free (run.job);
    g_assert_cmpint (run.runs, ==, 1);
    tutti_jobs_free (jobs);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/jobs/never-twice-at-once", test_never_twice_at_once);
    g_test_add_func ("/jobs/pushes-itself", test_pushes_itself);
    g_test_add_func ("/jobs/due-times", test_due_times);
    g_test_add_func ("/jobs/many", test_many_jobs);
    g_test_add_func ("/jobs/free-while-it-asks-for-more", test_free_while_it_asks_for_more);
    return g_test_run ();
}
