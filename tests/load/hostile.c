/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hostile.c: so many hostile joins in so many seconds, from many addresses of loopback so that the
 * limits by address don't hide the work behind them; and once a second somebody who means well and
 * comes from an address of its own. A process of its own, which costs little.
 *
 *   tutti-hostile --port 8443 --joins 10000 --seconds 60
 *
 * Prints what became of each kind, how long the honest ones waited for their answer, and its own
 * processor time, as JSON.
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "hostile-guest.h"

#define ADDRESSES 250
/* A machine that can't keep up gets no more at once, and is given half as long again. */
#define AT_ONCE 900
#define HONEST_US G_USEC_PER_SEC
#define EVENTS 256
#define TURN_MS 10
#define LOOK_US (50 * 1000)
/* 127.0.0.2 and on; 127.0.9.1 and on. */
#define HOSTILE_NET 0x7F000002
#define HONEST_NET 0x7F000901

typedef struct {
    int port, joins, seconds;
} Options;

typedef struct {
    Options options;
    HostileSetup setup;
    GPtrArray *guests;
    GHashTable *outcomes; /* "kind\toutcome" -> count */
    GArray *waits_ms;     /* of the honest */
    guint n_begun, n_honest, n_unanswered;
    gint64 start_us, begun_us, look_us;
} Flood;

static gint64
cpu_us (void)
{
    struct timespec t;

    clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &t);
    return (gint64)t.tv_sec * G_USEC_PER_SEC + t.tv_nsec / 1000;
}

/* --- Guests --- */

static void
note_end (Flood *flood, const HostileGuest *guest)
{
    char *key = g_strdup_printf ("%s\t%s", hostile_guest_get_kind (guest)->name,
                                 hostile_guest_get_outcome (guest));
    guint n = GPOINTER_TO_UINT (g_hash_table_lookup (flood->outcomes, key));
    double ms = (double)hostile_guest_get_answer_us (guest) / 1000;

    g_hash_table_insert (flood->outcomes, key, GUINT_TO_POINTER (n + 1));
    if (hostile_guest_get_kind (guest) != &HOSTILE_HONEST)
        return;
    if (ms > 0)
        g_array_append_val (flood->waits_ms, ms);
    else
        flood->n_unanswered++;
}

static void
go_on (Flood *flood, HostileGuest *guest, gint64 now_us)
{
    if (hostile_guest_go_on (guest, now_us))
        return;
    note_end (flood, guest);
    g_ptr_array_remove_fast (flood->guests, guest);
}

static void
begin (Flood *flood, const HostileKind *kind, guint n, guint32 address, gint64 now_us)
{
    flood->setup.kind = kind;
    flood->setup.n = n;
    flood->setup.from.sin_addr.s_addr = htonl (address);
    g_ptr_array_add (flood->guests, hostile_guest_new (&flood->setup, now_us));
}

static gboolean
begin_due (Flood *flood, gint64 now_us)
{
    const Options *options = &flood->options;
    gint64 all_us = options->seconds * (gint64)G_USEC_PER_SEC, passed_us = now_us - flood->start_us;
    guint due = (guint)MIN (options->joins, passed_us * options->joins / all_us + 1);

    if (flood->n_begun == (guint)options->joins || passed_us > all_us + all_us / 2)
        return FALSE;
    for (; flood->n_begun < due && flood->guests->len < AT_ONCE; flood->n_begun++)
        begin (flood, &HOSTILE_KINDS[flood->n_begun % HOSTILE_N_KINDS], flood->n_begun,
               HOSTILE_NET + flood->n_begun % ADDRESSES, now_us);
    for (; passed_us / HONEST_US >= flood->n_honest; flood->n_honest++)
        begin (flood, &HOSTILE_HONEST, flood->n_honest, HONEST_NET + flood->n_honest % ADDRESSES,
               now_us);
    flood->begun_us = now_us;
    return TRUE;
}

static void
look_at_all (Flood *flood, gint64 now_us)
{
    if (now_us < flood->look_us)
        return;
    flood->look_us = now_us + LOOK_US;
    for (guint i = flood->guests->len; i > 0; i--)
        go_on (flood, flood->guests->pdata[i - 1], now_us);
}

static void
run (Flood *flood)
{
    struct epoll_event events[EVENTS];

    flood->start_us = g_get_monotonic_time ();
    while (begin_due (flood, g_get_monotonic_time ()) || flood->guests->len > 0) {
        int n = epoll_wait (flood->setup.epoll, events, EVENTS, TURN_MS);
        gint64 now_us = g_get_monotonic_time ();

        for (int i = 0; i < n; i++)
            go_on (flood, events[i].data.ptr, now_us);
        look_at_all (flood, now_us);
    }
}

/* --- Report --- */

static int
compare (gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double
percentile (GArray *sorted, double share)
{
    return sorted->len == 0
               ? 0
               : g_array_index (sorted, double, (guint)(share * (double)(sorted->len - 1) + 0.5));
}

/* Kinds and outcomes are words of our own and the server's codes: nothing needs escaping. */
static void
print_outcomes (Flood *flood)
{
    g_autoptr (GList) keys =
        g_list_sort (g_hash_table_get_keys (flood->outcomes), (GCompareFunc)g_strcmp0);
    g_autofree char *last = g_strdup ("");

    for (GList *at = keys; at; at = at->next) {
        g_auto (GStrv) words = g_strsplit (at->data, "\t", 2);
        gboolean same = g_str_equal (words[0], last);

        if (same)
            printf (", ");
        else
            printf ("%s\"%s\": {", last[0] ? "}, " : "", words[0]);
        printf ("\"%s\": %u", words[1],
                GPOINTER_TO_UINT (g_hash_table_lookup (flood->outcomes, at->data)));
        g_free (last);
        last = g_strdup (words[0]);
    }
    printf (last[0] ? "}" : "");
}

static void
report (Flood *flood)
{
    g_array_sort (flood->waits_ms, compare);
    printf ("{\"seconds\": %.1f, \"begun\": %u, \"cpu_s\": %.1f, \"honest\": {\"n\": %u, "
            "\"unanswered\": %u, \"p50_ms\": %.0f, \"p95_ms\": %.0f, \"max_ms\": %.0f}, "
            "\"outcomes\": {",
            (double)(flood->begun_us - flood->start_us) / G_USEC_PER_SEC, flood->n_begun,
            (double)cpu_us () / G_USEC_PER_SEC, flood->n_honest, flood->n_unanswered,
            percentile (flood->waits_ms, 0.5), percentile (flood->waits_ms, 0.95),
            percentile (flood->waits_ms, 1));
    print_outcomes (flood);
    printf ("}}\n");
}

/* --- Start --- */

static gboolean
parse (Options *options, int argc, char **argv)
{
    const GOptionEntry entries[] = {
        {"port", 0, 0, G_OPTION_ARG_INT, &options->port, "Of the server on 127.0.0.1", "PORT"},
        {"joins", 0, 0, G_OPTION_ARG_INT, &options->joins, "So many", "N"},
        {"seconds", 0, 0, G_OPTION_ARG_INT, &options->seconds, "In so long", "S"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    g_autoptr (GOptionContext) context = g_option_context_new ("- people who mean no good");
    g_autoptr (GError) error = NULL;

    g_option_context_add_main_entries (context, entries, NULL);
    if (g_option_context_parse (context, &argc, &argv, &error) && options->port > 0 &&
        options->joins > 0 && options->seconds > 0)
        return TRUE;
    g_printerr ("tutti-hostile: %s\n", error ? error->message : "--port, --joins, --seconds");
    return FALSE;
}

static void
raise_descriptor_limit (void)
{
    struct rlimit limit;

    getrlimit (RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit (RLIMIT_NOFILE, &limit);
}

int
main (int argc, char **argv)
{
    Flood flood = {0};

    if (!parse (&flood.options, argc, argv))
        return 2;
    signal (SIGPIPE, SIG_IGN);
    raise_descriptor_limit ();
    flood.guests = g_ptr_array_new_with_free_func ((GDestroyNotify)hostile_guest_free);
    flood.outcomes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    flood.waits_ms = g_array_new (FALSE, FALSE, sizeof (double));
    flood.setup.context = SSL_CTX_new (TLS_client_method ());
    flood.setup.epoll = epoll_create1 (EPOLL_CLOEXEC);
    flood.setup.from.sin_family = flood.setup.to.sin_family = AF_INET;
    flood.setup.to.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
    flood.setup.to.sin_port = htons ((guint16)flood.options.port);
    run (&flood);
    report (&flood);
    g_ptr_array_unref (flood.guests);
    g_hash_table_unref (flood.outcomes);
    g_array_unref (flood.waits_ms);
    SSL_CTX_free (flood.setup.context);
    close (flood.setup.epoll);
    return 0;
}
