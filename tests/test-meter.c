/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-meter.c: what goes through a stream is counted, and what is too much or too slow ends it.
 */
#include "control/meter.h"

#include <string.h>
#include <sys/socket.h>

#define LONG_US (60 * G_USEC_PER_SEC)
#define TEXT "GET / HTTP/1.1"

typedef struct {
    GSocket *ours, *theirs;
    TuttiMeter *meter;
    GPollableInputStream *input;
} Line;

static void
set_up (Line *line, gconstpointer data)
{
    g_autoptr (GSocketConnection) connection = NULL;
    int ends[2];

    g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
    line->ours = g_socket_new_from_fd (ends[0], NULL);
    line->theirs = g_socket_new_from_fd (ends[1], NULL);
    connection = g_socket_connection_factory_create_connection (line->ours);
    line->meter = tutti_meter_new (G_IO_STREAM (connection), line->ours);
    line->input =
        G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (G_IO_STREAM (line->meter)));
}

static void
tear_down (Line *line, gconstpointer data)
{
    g_object_unref (line->meter);
    g_object_unref (line->ours);
    g_object_unref (line->theirs);
}

/* What reading gives: bytes, or the error's code, negative. */
static gssize
read_some (Line *line)
{
    g_autoptr (GError) error = NULL;
    char bytes[64];
    gssize n =
        g_pollable_input_stream_read_nonblocking (line->input, bytes, sizeof bytes, NULL, &error);

    return error ? -error->code : n;
}

static void
say (Line *line)
{
    g_assert_cmpint (g_socket_send (line->theirs, TEXT, strlen (TEXT), NULL, NULL), ==,
                     strlen (TEXT));
}

static void
test_in_time (Line *line, gconstpointer data)
{
    tutti_meter_expect (line->meter, LONG_US);
    g_assert_cmpint (read_some (line), ==, -G_IO_ERROR_WOULD_BLOCK);
    say (line);
    g_assert_cmpint (read_some (line), ==, strlen (TEXT));
}

/* Neither bytes that go on coming nor looks in vain (TLS) put the end off. */
static void
test_too_slow (Line *line, gconstpointer data)
{
    tutti_meter_expect (line->meter, 1);
    g_assert_cmpint (read_some (line), ==, -G_IO_ERROR_WOULD_BLOCK);
    g_usleep (10);
    say (line);
    g_assert_cmpint (read_some (line), ==, -G_IO_ERROR_TIMED_OUT);
    tutti_meter_expect (line->meter, 1);
    read_some (line);
    g_usleep (10);
    g_assert_cmpint (read_some (line), ==, -G_IO_ERROR_TIMED_OUT);
}

/* A WebSocket may be open for hours. */
static void
test_no_bound (Line *line, gconstpointer data)
{
    tutti_meter_expect (line->meter, 1);
    tutti_meter_expect (line->meter, 0);
    say (line);
    g_usleep (10);
    g_assert_cmpint (read_some (line), ==, strlen (TEXT));
    g_assert_cmpint (read_some (line), ==, -G_IO_ERROR_WOULD_BLOCK);
}

static void
test_too_much (Line *line, gconstpointer data)
{
    tutti_meter_allow (line->meter, strlen (TEXT));
    say (line);
    g_assert_cmpint (read_some (line), ==, strlen (TEXT));
    say (line);
    g_assert_cmpint (read_some (line), ==, -G_IO_ERROR_MESSAGE_TOO_LARGE);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add ("/meter/in-time", Line, NULL, set_up, test_in_time, tear_down);
    g_test_add ("/meter/too-slow", Line, NULL, set_up, test_too_slow, tear_down);
    g_test_add ("/meter/no-bound", Line, NULL, set_up, test_no_bound, tear_down);
    g_test_add ("/meter/too-much", Line, NULL, set_up, test_too_much, tear_down);
    return g_test_run ();
}
