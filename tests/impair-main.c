/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * impair-main.c: a bad network between two network namespaces: a TUN device in each, the model of
 * impair.h for each direction between them. Linux, needs CAP_SYS_ADMIN and CAP_NET_ADMIN.
 *
 *   impair NAMESPACE ADDRESS/PREFIX NAMESPACE ADDRESS/PREFIX [SEED]
 *
 * "up" is from the first namespace to the second. Lines on its standard input change it while it
 * runs, each answered by one line of JSON; at the end of the input it ends, and its devices with
 * it:
 *
 *   up|down|both KEY=VALUE...   see impair_parse()
 *   stats                       counts of both directions
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <net/if.h>
#include <linux/if_tun.h>
#include <unistd.h>

#include "impair.h"

/* Its name within each namespace. */
#define DEVICE "impair0"
/* So many packets are taken from a device before the other has its turn. */
#define BATCH 64
/* An idle network wakes up so often, for nothing. */
#define IDLE_US (500 * 1000)
/* It must forward in time while browsers take all processors. */
#define NICENESS (-15)
#define LINE_MAX_BYTES 512

enum { UP, DOWN, N_WAYS };

static const char *const way_names[N_WAYS] = {"up", "down"};

typedef struct {
    Impair *impair;
    int from, to; /* TUN devices */
    guint64 bytes_told;
} Way;

typedef struct {
    Way ways[N_WAYS];
    gint64 told_us;
    char line[LINE_MAX_BYTES];
    gsize line_bytes;
} Network;

static void
fail (const char *what)
{
    fprintf (stderr, "impair: %s: %s\n", what, strerror (errno));
    exit (1);
}

/* --- Devices. --- */

static void
enter_namespace (const char *name)
{
    g_autofree char *path = g_strdup_printf ("/run/netns/%s", name);
    int fd = open (path, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || setns (fd, CLONE_NEWNET) < 0)
        fail (path);
    close (fd);
}

static void
run_ip (const char *arguments)
{
    g_autofree char *command = g_strdup_printf ("ip %s", arguments);
    int status = 0;

    if (!g_spawn_command_line_sync (command, NULL, NULL, &status, NULL) ||
        !g_spawn_check_wait_status (status, NULL)) {
        fprintf (stderr, "impair: failed: %s\n", command);
        exit (1);
    }
}

/* The device carries IP packets whole: no link layer, no ARP. */
static int
make_device (const char *namespace, const char *address)
{
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI, .ifr_name = DEVICE};
    g_autofree char *add_address = g_strdup_printf ("address add %s dev " DEVICE, address);
    int fd;

    enter_namespace (namespace);
    fd = open ("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || ioctl (fd, TUNSETIFF, &request) < 0)
        fail ("/dev/net/tun");
    run_ip (add_address);
    run_ip ("link set " DEVICE " addrgenmode none");
    run_ip ("link set " DEVICE " mtu 1500 up");
    run_ip ("link set lo up");
    run_ip ("route add default dev " DEVICE);
    return fd;
}

/* --- Packets. --- */

static void
take_packets (Way *way)
{
    guint8 data[IMPAIR_PACKET_MAX_BYTES];

    for (guint i = 0; i < BATCH; i++) {
        ssize_t length_bytes = read (way->from, data, sizeof data);

        if (length_bytes <= 0)
            return;
        impair_push (way->impair, data, (gsize)length_bytes, g_get_monotonic_time ());
    }
}

/* A device that takes no more loses the packet, as a network does. */
static void
give_packets (Way *way)
{
    guint8 data[IMPAIR_PACKET_MAX_BYTES];
    gsize length_bytes;

    while ((length_bytes = impair_pop (way->impair, data, g_get_monotonic_time ())) > 0) {
        if (write (way->to, data, length_bytes) < 0 && errno != EAGAIN && errno != EIO)
            fail ("write");
    }
}

/* --- Commands. --- */

static void
print_way (Way *way, const char *name, double seconds, gint64 now_us)
{
    ImpairCounts counts;

    impair_take_counts (way->impair, &counts, now_us);
    printf ("\"%s\":{\"in\":%" G_GUINT64_FORMAT ",\"out\":%" G_GUINT64_FORMAT
            ",\"lost\":%" G_GUINT64_FORMAT ",\"overflow\":%" G_GUINT64_FORMAT
            ",\"duplicated\":%" G_GUINT64_FORMAT ",\"reordered\":%" G_GUINT64_FORMAT,
            name, counts.in, counts.out, counts.lost, counts.overflow, counts.duplicated,
            counts.reordered);
    printf (",\"bytes\":%" G_GUINT64_FORMAT ",\"bytes_per_second\":%.0f,\"queue_ms\":%.1f"
            ",\"queue_max_ms\":%.1f}",
            counts.bytes_out, seconds > 0 ? (counts.bytes_out - way->bytes_told) / seconds : 0,
            counts.queue_us / 1e3, counts.queue_max_us / 1e3);
    way->bytes_told = counts.bytes_out;
}

/* Rates and maxima are since the last time. */
static void
print_stats (Network *network, gint64 now_us)
{
    double seconds = (double)(now_us - network->told_us) / G_USEC_PER_SEC;

    printf ("{\"seconds\":%.3f", seconds);
    for (guint i = 0; i < N_WAYS; i++) {
        printf (",");
        print_way (&network->ways[i], way_names[i], seconds, now_us);
    }
    printf ("}\n");
    network->told_us = now_us;
}

static gboolean
change (Network *network, const char *who, const char *text, gint64 now_us)
{
    gboolean understood = FALSE;

    for (guint i = 0; i < N_WAYS; i++) {
        ImpairSettings settings;

        if (!g_str_equal (who, way_names[i]) && !g_str_equal (who, "both"))
            continue;
        impair_get (network->ways[i].impair, &settings);
        understood = impair_parse (text, &settings);
        if (understood)
            impair_set (network->ways[i].impair, &settings, now_us);
    }
    return understood;
}

static void
obey (Network *network, const char *line)
{
    g_auto (GStrv) words = g_strsplit (line, " ", 2);
    gint64 now_us = g_get_monotonic_time ();

    if (g_str_equal (line, "stats"))
        print_stats (network, now_us);
    else if (words[0] && change (network, words[0], words[1] ? words[1] : "", now_us))
        printf ("{\"ok\":true}\n");
    else
        printf ("{\"error\":\"not understood\"}\n");
    fflush (stdout);
}

/* FALSE: the input has ended. */
static gboolean
read_commands (Network *network)
{
    ssize_t n = read (STDIN_FILENO, network->line + network->line_bytes,
                      sizeof network->line - 1 - network->line_bytes);
    char *end;

    if (n <= 0)
        return FALSE;
    network->line_bytes += (gsize)n;
    network->line[network->line_bytes] = '\0';
    while ((end = strchr (network->line, '\n'))) {
        *end = '\0';
        obey (network, network->line);
        network->line_bytes -= (gsize)(end + 1 - network->line);
        memmove (network->line, end + 1, network->line_bytes + 1);
    }
    return network->line_bytes < sizeof network->line - 1;
}

/* --- The loop. --- */

static gboolean
iterate (Network *network)
{
    struct pollfd polled[N_WAYS + 1] = {{network->ways[UP].from, POLLIN, 0},
                                        {network->ways[DOWN].from, POLLIN, 0},
                                        {STDIN_FILENO, POLLIN, 0}};
    gint64 next_us = MIN (impair_next_us (network->ways[UP].impair),
                          impair_next_us (network->ways[DOWN].impair));
    gint64 wait_us = next_us - g_get_monotonic_time ();
    struct timespec timeout;

    wait_us = CLAMP (wait_us, 0, IDLE_US);
    timeout = (struct timespec){wait_us / G_USEC_PER_SEC, wait_us % G_USEC_PER_SEC * 1000};
    if (ppoll (polled, G_N_ELEMENTS (polled), &timeout, NULL) < 0 && errno != EINTR)
        fail ("poll");
    for (guint i = 0; i < N_WAYS; i++) {
        if (polled[i].revents & POLLIN)
            take_packets (&network->ways[i]);
        give_packets (&network->ways[i]);
    }
    return polled[N_WAYS].revents == 0 || read_commands (network);
}

int
main (int argc, char **argv)
{
    Network network = {0};
    guint32 seed = argc > 5 ? (guint32)g_ascii_strtoull (argv[5], NULL, 10) : 1;
    int devices[2];

    if (argc < 5) {
        fprintf (stderr,
                 "usage: impair NAMESPACE ADDRESS/PREFIX NAMESPACE ADDRESS/PREFIX [SEED]\n");
        return 2;
    }
    setpriority (PRIO_PROCESS, 0, NICENESS);
    devices[0] = make_device (argv[1], argv[2]);
    devices[1] = make_device (argv[3], argv[4]);
    for (guint i = 0; i < N_WAYS; i++) {
        network.ways[i] = (Way){impair_new (seed + i), devices[i], devices[1 - i], 0};
    }
    network.told_us = g_get_monotonic_time ();
    printf ("ready\n");
    fflush (stdout);
    while (iterate (&network))
        continue;
    for (guint i = 0; i < N_WAYS; i++)
        impair_free (network.ways[i].impair);
    return 0;
}
