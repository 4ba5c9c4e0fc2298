/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * net.c: the net threads and what all legs share. Role: main.
 */
#include "net-private.h"

#include <tutti/role.h>

/* Beyond, encoders are the limit long before packets are: a thousand people take some 90 % of a
 * core. */
#define THREADS_MAX 4

struct _TuttiNet {
    TuttiIceConfig *ice;
    TuttiCertificate *certificate;
    TuttiMailbox *mailbox;
    GPtrArray *loops;
};

static gboolean
start_loops (TuttiNet *net, guint n_threads, GError **error)
{
    if (n_threads == 0)
        n_threads = MIN (g_get_num_processors (), THREADS_MAX);
    for (guint i = 0; i < n_threads; i++) {
        TuttiLoop *loop = tutti_loop_new (error);

        if (!loop)
            return FALSE;
        g_ptr_array_add (net->loops, loop);
    }
    return TRUE;
}

TuttiNet *
tutti_net_new (const TuttiNetConfig *config, GError **error)
{
    g_autoptr (TuttiNet) net = g_new0 (TuttiNet, 1);

    net->loops = g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_loop_free);
    net->mailbox = tutti_mailbox_new ();
    net->ice = tutti_ice_config_new (config, error);
    if (!net->ice)
        return NULL;
    net->certificate = tutti_certificate_new (error);
    if (!net->certificate || !start_loops (net, config->n_threads, error))
        return NULL;
    return g_steal_pointer (&net);
}

void
tutti_net_free (TuttiNet *net)
{
    if (!net)
        return;
    g_ptr_array_unref (net->loops);
    tutti_mailbox_free (net->mailbox);
    tutti_certificate_free (net->certificate);
    tutti_ice_config_free (net->ice);
    g_free (net);
}

void
tutti_net_get_stats (TuttiNet *net, TuttiNetStats *stats)
{
    *stats = (TuttiNetStats){0};
    for (guint i = 0; i < net->loops->len; i++) {
        TuttiLoopStats loop;

        tutti_loop_get_stats (net->loops->pdata[i], &loop);
        stats->cpu_receive_us += loop.cpu_receive_us;
        stats->cpu_send_us += loop.cpu_send_us;
        stats->cpu_srtp_us += loop.cpu_srtp_us;
        stats->packets_received += loop.packets_received;
        stats->packets_sent += loop.packets_sent;
        stats->send_calls += loop.send_calls;
        stats->late_turns += loop.late_turns;
        stats->legs += loop.seats;
    }
}

TuttiLoop *
tutti_net_pick_loop (TuttiNet *net)
{
    TuttiLoop *best = NULL;
    guint best_seats = G_MAXUINT;

    tutti_assert_role (TUTTI_ROLE_MAIN);
    for (guint i = 0; i < net->loops->len; i++) {
        TuttiLoopStats stats;

        tutti_loop_get_stats (net->loops->pdata[i], &stats);
        if (stats.seats < best_seats) {
            best = net->loops->pdata[i];
            best_seats = stats.seats;
        }
    }
    return best;
}

const TuttiIceConfig *
tutti_net_get_ice (TuttiNet *net)
{
    return net->ice;
}

TuttiCertificate *
tutti_net_get_certificate (TuttiNet *net)
{
    return net->certificate;
}

TuttiMailbox *
tutti_net_get_mailbox (TuttiNet *net)
{
    return net->mailbox;
}
