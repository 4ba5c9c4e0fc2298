/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-crowd.c: what hostile clients send and leave unsaid: it is bounded, it ends, and a room goes
 * on meanwhile.
 */
#include "front-door.h"

#include "control/sockets.h"

#include <string.h>
#include <sys/resource.h>

/* As many sockets as asked for, or as the process may have: both ends are ours, and some are needed
 * for other things. */
static int
n_sockets (int wanted)
{
    struct rlimit limit;

    g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
    limit.rlim_cur = limit.rlim_max;
    setrlimit (RLIMIT_NOFILE, &limit);
    getrlimit (RLIMIT_NOFILE, &limit);
    return (int)MIN ((rlim_t)wanted, limit.rlim_cur / 3);
}

/* A client that speaks bytes, not protocols. */
static GSocket *
connect_raw (Door *door)
{
    g_autoptr (GSocket) socket =
        g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
    g_autoptr (GSocketAddress) address =
        g_inet_socket_address_new_from_string ("127.0.0.1", door->port);

    g_assert_true (g_socket_connect (socket, address, NULL, NULL));
    g_socket_set_blocking (socket, FALSE);
    return g_steal_pointer (&socket);
}

static void
send_raw (GSocket *socket, const void *bytes, gsize n)
{
    gssize sent = 0;

    door_wait ((sent = g_socket_send (socket, bytes, n, NULL, NULL)) > 0 ||
               g_socket_condition_check (socket, G_IO_HUP | G_IO_ERR));
    g_assert_true (sent <= 0 || (gsize)sent == n);
}

/* A WebSocket by hand, its handshake's answer read. */
static GSocket *
open_raw (Door *door)
{
    static const char handshake[] =
        "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    GSocket *socket = connect_raw (door);
    char answer[2048];
    gssize n = 0;

    send_raw (socket, handshake, strlen (handshake));
    door_wait ((n = g_socket_receive (socket, answer, sizeof answer - 1, NULL, NULL)) > 0);
    answer[n] = '\0';
    g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 101 "));
    return socket;
}

/* A masked frame (RFC 6455 section 5.2) whose mask is zero. */
static void
send_frame (GSocket *socket, guint8 first, const char *text)
{
    gsize n = strlen (text);
    g_autoptr (GByteArray) frame = g_byte_array_new ();
    guint8 head[8] = {first, 0x80 | 126, (guint8)(n >> 8), (guint8)n};

    if (n < 126) {
        head[1] = (guint8)(0x80 | n);
        head[2] = head[3] = 0;
    }
    g_byte_array_append (frame, head, n < 126 ? 6 : 8);
    g_byte_array_append (frame, (const guint8 *)text, (guint)n);
    send_raw (socket, frame->data, frame->len);
}

static gboolean
has_ended (GSocket *socket)
{
    char bytes[4096];
    g_autoptr (GError) error = NULL;
    gssize n = g_socket_receive (socket, bytes, sizeof bytes, NULL, &error);

    return n == 0 || (error && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK));
}

/* Slightly too long: told by 1009. Far too long: broken off. */
static void
test_huge_frames (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autoptr (Caller) fits = caller_new (door, NULL), more = caller_new (door, NULL);
    g_autoptr (Caller) huge = caller_new (door, NULL);
    g_autofree char *most = g_strnfill (256 * 1024, ' ');
    g_autofree char *over = g_strnfill (256 * 1024 + 1, ' ');
    g_autofree char *far = g_strnfill (8 * 1024 * 1024, ' ');

    caller_say (fits, most);
    caller_hear_error (fits, "bad_json", NULL);
    caller_say (more, over);
    caller_wait_closed (more, 1009);
    caller_say (huge, far);
    door_wait (huge->closed);
    g_assert_false (fits->closed);
}

/* A message that never ends, in fragments that are each small. */
static void
test_endless_message (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autoptr (GSocket) socket = open_raw (door);
    g_autofree char *part = g_strnfill (16 * 1024, 'x');
    gsize n_sent = 0;

    send_frame (socket, 0x01, part);
    while (!has_ended (socket)) {
        send_frame (socket, 0x00, part);
        n_sent += strlen (part);
        g_main_context_iteration (NULL, FALSE);
        g_assert_cmpuint (n_sent, <, 64 * 1024 * 1024);
    }
    door_wait (tutti_server_n_sockets (door->server) == 0);
}

/* Much is said to one who does not listen: it is let go, the others hear all. */
static void
test_slow_reader (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autoptr (Caller) ann = caller_new (door, NULL);
    g_autoptr (GSocket) slow = open_raw (door);
    g_autofree char *id = caller_join (ann, "blue");
    g_autofree char *text = g_strnfill (4000, 'x');
    TuttiEvent chat = {.type = TUTTI_EVENT_CHAT, .chat = {"p1", "Ann", text, "", FALSE}};
    guint n_told = 0;

    send_frame (slow, 0x81, "{\"type\":\"join_room\",\"room\":\"blue\"}");
    door_wait (fake_room_n_participants (door->rooms) == 2);
    caller_hear (ann, "participant_joined");
    for (; fake_room_n_participants (door->rooms) == 2; n_told++) {
        fake_room_tell (door->rooms, &chat);
        caller_hear (ann, "chat");
        g_assert_cmpuint (n_told, <, 20000);
    }
    g_assert_cmpuint (n_told, >, 250); /* a megabyte was allowed */
    caller_hear (ann, "participant_left");
    g_assert_cmpuint (fake_room_n_participants (door->rooms), ==, 1);
}

static void
test_flood (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autoptr (Caller) ann = caller_new (door, NULL), bob = caller_new (door, NULL);
    g_autofree char *id = caller_join (ann, "blue"), *other = caller_join (bob, "blue");

    for (int i = 0; i < 1000; i++)
        caller_say (ann, "{\"type\":\"start_call\"}");
    caller_wait_closed (ann, 1008);
    door_wait (fake_room_n_participants (door->rooms) == 1);
    g_assert_cmpuint (g_queue_get_length (&bob->texts), <, 500);
    g_assert_false (bob->closed);
}

/* Sockets that never join push out each other, not those in a room, nor who comes to join. */
static void
test_half_open (void)
{
    int n = n_sockets (1000);
    g_autoptr (Door) door = door_new (NULL);
    g_autoptr (Caller) ann = caller_new (door, NULL), bob = NULL;
    g_autoptr (GPtrArray) idle = g_ptr_array_new_with_free_func (g_object_unref);
    g_autofree char *id = caller_join (ann, "blue"), *other = NULL;

    for (int i = 0; i < n; i++) {
        if (i % 4 == 0)
            g_ptr_array_add (idle, open_raw (door));
        else
            g_ptr_array_add (idle, connect_raw (door));
    }
    bob = caller_new (door, NULL);
    other = caller_join (bob, "blue");
    caller_hear (ann, "participant_joined");
    caller_say (ann, "{\"type\":\"chat\",\"text\":\"all well?\"}");
    caller_hear (bob, "chat");
    g_assert_false (ann->closed);
    /* Those pushed out have 5 s to answer the close frame. */
    door_wait (tutti_server_n_sockets (door->server) <= 2 + TUTTI_SOCKETS_UNJOINED_BY_ADDRESS_MAX);
    g_ptr_array_set_size (idle, 0);
    door_wait (tutti_server_n_sockets (door->server) == 2);
    door_wait (tutti_server_n_connections (door->server) == 2);
}

/* Whoever sends no request at all, or half of one, costs a descriptor and no more. */
static void
test_strange_bytes (void)
{
    static const char *const starts[] = {"\x16\x03\x01", "GET / HTTP/9.9\r\n\r\n", "\r\n\r\n\r\n",
                                         "GET", "GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"};
    g_autoptr (Door) door = door_new (NULL);
    g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);

    for (guint i = 0; i < G_N_ELEMENTS (starts); i++) {
        GSocket *socket = connect_raw (door);

        send_raw (socket, starts[i], strlen (starts[i]));
        g_ptr_array_add (sockets, socket);
    }
    g_assert_cmpuint (door_get_status (door, "/healthz"), ==, 200);
    g_ptr_array_set_size (sockets, 0);
    door_wait (tutti_server_n_connections (door->server) <= 1);
}

/* Half a ClientHello and no more to come: it is waited for no longer, nor looked at again and
 * again.
 */
static void
test_half_hello (void)
{
    static const guint8 half[60] = {0x16, 0x03, 0x01, 0x02, 0x00, 0x01};
    g_autoptr (Door) door = door_new_with ("http.tls=auto");
    g_autoptr (GSocket) socket = connect_raw (door);

    send_raw (socket, half, sizeof half);
    door_wait (tutti_server_n_connections (door->server) == 1);
    g_assert_true (g_socket_shutdown (socket, FALSE, TRUE, NULL));
    door_wait (has_ended (socket));
    g_assert_cmpuint (tutti_server_n_connections (door->server), ==, 0);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/crowd/huge-frames", test_huge_frames);
    g_test_add_func ("/crowd/endless-message", test_endless_message);
    g_test_add_func ("/crowd/slow-reader", test_slow_reader);
    g_test_add_func ("/crowd/flood", test_flood);
    g_test_add_func ("/crowd/half-open", test_half_open);
    g_test_add_func ("/crowd/strange-bytes", test_strange_bytes);
    g_test_add_func ("/crowd/half-hello", test_half_hello);
    return g_test_run ();
}
