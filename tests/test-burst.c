/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-burst.c: datagrams sent together come out as they went in, whether the kernel takes them in
 * one call or not, and calls are as few as can be.
 */
#include "leg/burst.h"

#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    TuttiBurst *burst;
    TuttiPath path;
    int in;
} Way;

static int
open_socket (struct sockaddr_in *address)
{
    socklen_t bytes = sizeof *address;
    int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    *address =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK)};
    g_assert_cmpint (bind (fd, (struct sockaddr *)address, sizeof *address), ==, 0);
    g_assert_cmpint (getsockname (fd, (struct sockaddr *)address, &bytes), ==, 0);
    return fd;
}

static void
way_open (Way *way)
{
    struct sockaddr_in to, from;

    *way = (Way){.burst = tutti_burst_new (), .in = open_socket (&to)};
    way->path = (TuttiPath){.fd = open_socket (&from), .peer_bytes = sizeof to};
    memcpy (&way->path.peer, &to, sizeof to);
}

static void
way_close (Way *way)
{
    close (way->in);
    close (way->path.fd);
    tutti_burst_free (way->burst);
}

static void
add (Way *way, guint8 mark, gsize length_bytes)
{
    guint8 data[2000];

    memset (data, mark, length_bytes);
    tutti_burst_add (way->burst, &way->path, data, length_bytes);
}

/* Loopback delivers within the call that sends. */
static void
expect (Way *way, guint8 mark, gsize length_bytes)
{
    guint8 data[2000];

    g_assert_cmpint (recv (way->in, data, sizeof data, MSG_DONTWAIT), ==, (gssize)length_bytes);
    g_assert_cmpuint (data[0], ==, mark);
    g_assert_cmpuint (data[length_bytes - 1], ==, mark);
}

static void
expect_nothing (Way *way)
{
    guint8 data[2000];

    g_assert_cmpint (recv (way->in, data, sizeof data, MSG_DONTWAIT), <, 0);
}

static void
expect_counted (Way *way, guint64 datagrams, guint64 calls)
{
    TuttiBurstStats stats;

    tutti_burst_get_stats (way->burst, &stats);
    g_assert_cmpuint (stats.datagrams, ==, datagrams);
    g_assert_cmpuint (stats.calls, ==, calls);
}

/* A picture, sound, a shorter and a longer one: a call each. */
static void
test_sizes (void)
{
    static const gsize sizes[] = {1100, 1100, 1100, 1098, 90, 90, 91, 40};
    Way way;

    way_open (&way);
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        add (&way, (guint8)i, sizes[i]);
    tutti_burst_send (way.burst);
    tutti_burst_send (way.burst);
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        expect (&way, (guint8)i, sizes[i]);
    expect_nothing (&way);
    expect_counted (&way, G_N_ELEMENTS (sizes), 3);
    way_close (&way);
}

/* More than the kernel takes at once. */
static void
test_many (void)
{
    Way way;

    way_open (&way);
    for (guint i = 0; i < 100; i++) {
        add (&way, (guint8)i, 50);
        if (i >= TUTTI_BURST_DATAGRAMS_MAX)
            expect (&way, (guint8)(i - TUTTI_BURST_DATAGRAMS_MAX), 50);
    }
    for (guint i = 0; i < 50; i++)
        add (&way, (guint8)i, 1200);
    tutti_burst_send (way.burst);
    for (guint i = 100 - TUTTI_BURST_DATAGRAMS_MAX; i < 100; i++)
        expect (&way, (guint8)i, 50);
    for (guint i = 0; i < 50; i++)
        expect (&way, (guint8)i, 1200);
    expect_nothing (&way);
    expect_counted (&way, 150, 4);
    way_close (&way);
}

/* A socket for which the kernel does no bursts: they leave all the same, and it is not asked again.
 */
static void
test_refused (void)
{
    int no_check = 1;
    Way way;

    way_open (&way);
    g_assert_cmpint (setsockopt (way.path.fd, SOL_SOCKET, SO_NO_CHECK, &no_check, sizeof no_check),
                     ==, 0);
    for (guint i = 0; i < 5; i++)
        add (&way, (guint8)i, i == 4 ? 70 : 100);
    tutti_burst_send (way.burst);
    g_assert_true (way.path.is_single);
    expect_counted (&way, 5, 5);
    for (guint i = 5; i < 8; i++)
        add (&way, (guint8)i, 100);
    tutti_burst_send (way.burst);
    for (guint i = 0; i < 8; i++)
        expect (&way, (guint8)i, i == 4 ? 70 : 100);
    expect_counted (&way, 8, 8);
    g_assert_cmpuint (way.path.failures, ==, 0);
    way_close (&way);
}

/* Each path's go to it; one that is gone gets nothing, one that fails counts. */
static void
test_paths (void)
{
    Way way, other;
    guint8 byte = 1;

    way_open (&way);
    way_open (&other);
    add (&way, 1, 100);
    tutti_burst_add (way.burst, &other.path, &byte, sizeof byte);
    expect (&way, 1, 100);
    tutti_burst_forget (way.burst, &way.path);
    tutti_burst_forget (way.burst, &other.path);
    tutti_burst_send (way.burst);
    expect_nothing (&other);
    expect_counted (&way, 1, 1);

    other.path.peer_bytes = 1; /* no address */
    tutti_burst_add (other.burst, &other.path, &byte, sizeof byte);
    tutti_burst_send (other.burst);
    g_assert_cmpuint (other.path.failures, ==, 1);
    expect_counted (&other, 0, 0);
    way_close (&way);
    way_close (&other);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/burst/sizes", test_sizes);
    g_test_add_func ("/burst/many", test_many);
    g_test_add_func ("/burst/refused", test_refused);
    g_test_add_func ("/burst/paths", test_paths);
    return g_test_run ();
}
