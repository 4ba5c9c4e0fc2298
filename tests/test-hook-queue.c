/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-hook-queue.c: what one URL is told, by a clock of the test's own: in order, one at a time,
 * again after longer and longer waits, and never more than there is room for.
 */
#include "control/hook-queue.h"

#define SECOND ((gint64)G_USEC_PER_SEC)
#define START (1000 * SECOND)

static void
push (TuttiHookQueue *queue, const char *id)
{
    g_autoptr (GBytes) body = g_bytes_new (id, strlen (id));

    tutti_hook_queue_push (queue, id, body);
}

static const char *
take (TuttiHookQueue *queue, gint64 now_us)
{
    const TuttiDelivery *delivery = tutti_hook_queue_take (queue, now_us);

    return delivery ? delivery->id : NULL;
}

static void
done (TuttiHookQueue *queue, guint status, gint64 now_us)
{
    tutti_hook_queue_done (queue, &(TuttiHookOutcome){.status = status, .retries = 2, .chance = 1},
                           now_us);
}

static void
assert_counts (TuttiHookQueue *queue, guint queued, guint delivered, guint failed, guint dropped)
{
    TuttiHookCounts counts;

    tutti_hook_queue_get_counts (queue, &counts);
    g_assert_cmpuint (counts.queued, ==, queued);
    g_assert_cmpuint (counts.delivered, ==, delivered);
    g_assert_cmpuint (counts.failed, ==, failed);
    g_assert_cmpuint (counts.dropped, ==, dropped);
}

static void
test_order (void)
{
    g_autoptr (TuttiHookQueue) queue = tutti_hook_queue_new ();

    g_assert_null (take (queue, START));
    g_assert_cmpint (tutti_hook_queue_due_us (queue), ==, G_MAXINT64);
    push (queue, "a");
    push (queue, "b");
    g_assert_cmpint (tutti_hook_queue_due_us (queue), <=, START);
    g_assert_cmpstr (take (queue, START), ==, "a");
    g_assert_null (take (queue, START)); /* one at a time */
    g_assert_cmpint (tutti_hook_queue_due_us (queue), ==, G_MAXINT64);
    done (queue, 204, START);
    g_assert_cmpstr (take (queue, START), ==, "b");
    done (queue, 299, START);
    g_assert_null (take (queue, START));
    assert_counts (queue, 0, 2, 0, 0);
}

/* What failed comes first again, before what came meanwhile. */
static void
test_again (void)
{
    g_autoptr (TuttiHookQueue) queue = tutti_hook_queue_new ();

    push (queue, "a");
    push (queue, "b");
    take (queue, START);
    done (queue, 500, START);
    g_assert_true (tutti_hook_queue_is_failing (queue));
    g_assert_cmpint (tutti_hook_queue_due_us (queue), ==, START + SECOND);
    g_assert_null (take (queue, START + SECOND - 1));
    g_assert_cmpstr (take (queue, START + SECOND), ==, "a");
    done (queue, 0, START + SECOND);
    g_assert_cmpstr (take (queue, START + 3 * SECOND), ==, "a");
    done (queue, 200, START + 3 * SECOND);
    g_assert_false (tutti_hook_queue_is_failing (queue));
    g_assert_cmpstr (take (queue, START + 3 * SECOND), ==, "b");
}

/* After two tries more it is given up; the next waits as long as the receiver has deserved. */
static void
test_given_up (void)
{
    static const char *const ids[] = {"a", "b", "c", "d", "e"};
    static const guint waits_s[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300};
    g_autoptr (TuttiHookQueue) queue = tutti_hook_queue_new ();
    gint64 now_us = START;

    for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
        push (queue, ids[i]);
    for (guint i = 0; i < G_N_ELEMENTS (waits_s); i++) {
        g_assert_cmpstr (take (queue, now_us), ==, ids[i / 3]);
        done (queue, i % 2 ? 302 : 404, now_us);
        g_assert_cmpint (tutti_hook_queue_due_us (queue), ==, now_us + waits_s[i] * SECOND);
        now_us += waits_s[i] * SECOND;
    }
    assert_counts (queue, 1, 0, 4, 0);
    g_assert_cmpstr (take (queue, now_us), ==, "e");
    done (queue, 200, now_us);
    assert_counts (queue, 0, 1, 4, 0);
}

/* By chance down to half of it; never sooner than asked for, never later than the longest. */
static void
test_waits (void)
{
    static const struct {
        double chance;
        gint64 retry_after_us, wait_us;
    } cases[] = {
        {0, 0, SECOND / 2},
        {0.5, 0, SECOND * 3 / 4},
        {1, 0, SECOND},
        {0, 20 * SECOND, 20 * SECOND},
        {0, 86400 * SECOND, TUTTI_HOOK_DELAY_MAX_US},
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (TuttiHookQueue) queue = tutti_hook_queue_new ();
        const TuttiHookOutcome outcome = {.status = 503,
                                          .retry_after_us = cases[i].retry_after_us,
                                          .retries = 1,
                                          .chance = cases[i].chance};

        push (queue, "a");
        take (queue, START);
        tutti_hook_queue_done (queue, &outcome, START);
        g_assert_cmpint (tutti_hook_queue_due_us (queue), ==, START + cases[i].wait_us);
    }
}

/* The oldest goes, but not the one that is on its way. */
static void
test_full (void)
{
    g_autoptr (TuttiHookQueue) queue = tutti_hook_queue_new ();

    push (queue, "first");
    push (queue, "second");
    take (queue, START);
    for (guint i = 0; i < TUTTI_HOOK_QUEUE_MAX; i++)
        push (queue, "more");
    assert_counts (queue, TUTTI_HOOK_QUEUE_MAX, 0, 0, 2);
    done (queue, 500, START);
    g_assert_cmpstr (take (queue, START + SECOND), ==, "first");
    done (queue, 200, START + SECOND);
    g_assert_cmpstr (take (queue, START + SECOND), ==, "more");
    done (queue, 500, START + SECOND);
    push (queue, "more");
    push (queue, "more");
    assert_counts (queue, TUTTI_HOOK_QUEUE_MAX, 1, 0, 3);
}

static void
test_gone (void)
{
    g_autoptr (TuttiHookQueue) queue = tutti_hook_queue_new ();

    push (queue, "a");
    push (queue, "b");
    take (queue, START);
    done (queue, 410, START);
    push (queue, "c");
    g_assert_true (tutti_hook_queue_is_gone (queue));
    g_assert_null (take (queue, START + 3600 * SECOND));
    assert_counts (queue, 0, 0, 2, 0);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/hook-queue/order", test_order);
    g_test_add_func ("/hook-queue/again", test_again);
    g_test_add_func ("/hook-queue/given-up", test_given_up);
    g_test_add_func ("/hook-queue/waits", test_waits);
    g_test_add_func ("/hook-queue/full", test_full);
    g_test_add_func ("/hook-queue/gone", test_gone);
    return g_test_run ();
}
