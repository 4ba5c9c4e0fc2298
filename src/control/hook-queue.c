/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hook-queue.c: see hook-queue.h. Role: main.
 *
 * How long to wait grows with the failures in a row, whichever event they were of: a receiver that
 * is down is not knocked at the more often the more there is to tell.
 */
#include "hook-queue.h"

#define DELAY_FIRST_US G_USEC_PER_SEC
/* Doublings until the longest delay is reached for sure. */
#define DOUBLINGS_MAX 16
#define STATUS_GONE 410 /* RFC 9110 section 15.5.11 */

struct _TuttiHookQueue {
    GQueue deliveries; /* of TuttiDelivery, the oldest first; the head may be in flight */
    gboolean in_flight, gone;
    guint n_failures; /* in a row */
    gint64 not_before_us;
    TuttiHookCounts counts;
};

static void
free_delivery (gpointer data)
{
    TuttiDelivery *delivery = data;

    g_free (delivery->id);
    g_bytes_unref (delivery->body);
    g_free (delivery);
}

TuttiHookQueue *
tutti_hook_queue_new (void)
{
    TuttiHookQueue *queue = g_new0 (TuttiHookQueue, 1);

    g_queue_init (&queue->deliveries);
    return queue;
}

void
tutti_hook_queue_free (TuttiHookQueue *queue)
{
    if (!queue)
        return;
    g_queue_clear_full (&queue->deliveries, free_delivery);
    g_free (queue);
}

void
tutti_hook_queue_push (TuttiHookQueue *queue, const char *id, GBytes *body)
{
    TuttiDelivery *delivery;

    if (queue->gone)
        return;
    if (queue->deliveries.length >= TUTTI_HOOK_QUEUE_MAX) {
        free_delivery (g_queue_pop_nth (&queue->deliveries, queue->in_flight ? 1 : 0));
        queue->counts.dropped++;
    }
    delivery = g_new0 (TuttiDelivery, 1);
    delivery->id = g_strdup (id);
    delivery->body = g_bytes_ref (body);
    g_queue_push_tail (&queue->deliveries, delivery);
}

const TuttiDelivery *
tutti_hook_queue_take (TuttiHookQueue *queue, gint64 now_us)
{
    if (tutti_hook_queue_due_us (queue) > now_us)
        return NULL;
    queue->in_flight = TRUE;
    return g_queue_peek_head (&queue->deliveries);
}

gint64
tutti_hook_queue_due_us (TuttiHookQueue *queue)
{
    if (queue->in_flight || queue->deliveries.length == 0)
        return G_MAXINT64;
    return queue->not_before_us;
}

/* Half of it is sure, half by chance: receivers of many servers that were away aren't met by all of
 * them at once. */
static gint64
get_delay_us (TuttiHookQueue *queue, const TuttiHookOutcome *outcome)
{
    guint doublings = MIN (queue->n_failures - 1, DOUBLINGS_MAX);
    gint64 delay_us = MIN ((gint64)DELAY_FIRST_US << doublings, TUTTI_HOOK_DELAY_MAX_US);
    gint64 spread_us = (gint64)((double)delay_us * (0.5 + outcome->chance / 2));

    return MAX (spread_us, MIN (outcome->retry_after_us, TUTTI_HOOK_DELAY_MAX_US));
}

static void
forget_head (TuttiHookQueue *queue)
{
    free_delivery (g_queue_pop_head (&queue->deliveries));
}

static void
give_up (TuttiHookQueue *queue)
{
    queue->gone = TRUE;
    queue->counts.failed += queue->deliveries.length;
    g_queue_clear_full (&queue->deliveries, free_delivery);
}

static void
fail (TuttiHookQueue *queue, const TuttiHookOutcome *outcome, gint64 now_us)
{
    TuttiDelivery *delivery = g_queue_peek_head (&queue->deliveries);

    queue->n_failures++;
    queue->not_before_us = now_us + get_delay_us (queue, outcome);
    if (delivery->n_tries++ < outcome->retries) {
        queue->counts.retried++;
        return;
    }
    queue->counts.failed++;
    forget_head (queue);
}

void
tutti_hook_queue_done (TuttiHookQueue *queue, const TuttiHookOutcome *outcome, gint64 now_us)
{
    g_assert (queue->in_flight);
    queue->in_flight = FALSE;
    if (outcome->status / 100 == 2) {
        queue->n_failures = 0;
        queue->not_before_us = 0;
        queue->counts.delivered++;
        forget_head (queue);
    } else if (outcome->status == STATUS_GONE) {
        give_up (queue);
    } else {
        fail (queue, outcome, now_us);
    }
}

gboolean
tutti_hook_queue_is_gone (TuttiHookQueue *queue)
{
    return queue->gone;
}

gboolean
tutti_hook_queue_is_failing (TuttiHookQueue *queue)
{
    return queue->n_failures > 0;
}

void
tutti_hook_queue_get_counts (TuttiHookQueue *queue, TuttiHookCounts *counts)
{
    *counts = queue->counts;
    counts->queued = queue->deliveries.length;
}
