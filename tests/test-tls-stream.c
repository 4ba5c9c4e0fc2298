/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-tls-stream.c: what a client may do to a TLS connection, by OpenSSL on the other end of a
 * pair of sockets.
 */
#include "control/certificate.h"
#include "control/tls-stream.h"
#include "patience.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>

#define TEXT "All well?"
#define LARGE_BYTES (4 * 1024 * 1024)
/* Smaller than a record, so that each takes several writes. */
#define ROOM_BYTES 4096
#define ODD_BYTES 1777

static const char *const names[] = {"localhost", NULL};

typedef struct {
    char *directory;
    SSL_CTX *ours, *theirs;
    SSL *client;
    int fd;
    GSocket *socket;
    TuttiTls *tls;
    GIOStream *stream;
} Line;

static void
connect_both (Line *line)
{
    const int room_bytes = ROOM_BYTES;
    int ends[2];

    g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
    for (guint i = 0; i < 2; i++)
        setsockopt (ends[i], SOL_SOCKET, SO_SNDBUF, &room_bytes, sizeof room_bytes);
    line->fd = ends[1];
    fcntl (line->fd, F_SETFL, O_NONBLOCK);
    line->client = SSL_new (line->theirs);
    SSL_set_fd (line->client, line->fd);
    SSL_set_connect_state (line->client);
    line->socket = g_socket_new_from_fd (ends[0], NULL);
    line->tls = tutti_tls_new (line->socket, line->ours);
    line->stream = tutti_tls_stream_new (line->tls);
}

static void
disconnect_both (Line *line)
{
    SSL_free (line->client);
    close (line->fd);
    g_object_unref (line->stream);
    tutti_tls_unref (line->tls);
    g_object_unref (line->socket);
}

static void
set_up (Line *line, gconstpointer data)
{
    g_autoptr (GError) error = NULL;

    line->directory = g_dir_make_tmp ("tutti-XXXXXX", NULL);
    line->ours = tutti_certificate_own (line->directory, names, &error);
    g_assert_no_error (error);
    line->theirs = SSL_CTX_new (TLS_client_method ());
    SSL_CTX_set_mode (line->theirs,
                      SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    connect_both (line);
}

static void
tear_down (Line *line, gconstpointer data)
{
    g_autofree char *certificate = g_build_filename (line->directory, "tls-certificate.pem", NULL);
    g_autofree char *key = g_build_filename (line->directory, "tls-key.pem", NULL);

    disconnect_both (line);
    SSL_CTX_free (line->ours);
    SSL_CTX_free (line->theirs);
    g_remove (certificate);
    g_remove (key);
    g_rmdir (line->directory);
    g_free (line->directory);
}

/* Both go on by turns until one is done or fails; whether ours was done. */
static gboolean
shake (Line *line, GError **error)
{
    for (guint i = 0; i < 10000; i++) {
        g_autoptr (GError) fault = NULL;

        SSL_do_handshake (line->client);
        if (tutti_tls_shake (line->tls, &fault))
            return SSL_do_handshake (line->client) == 1;
        if (!g_error_matches (fault, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
            g_propagate_error (error, g_steal_pointer (&fault));
            return FALSE;
        }
    }
    g_assert_not_reached ();
}

static void
shake_well (Line *line)
{
    g_autoptr (GError) error = NULL;

    g_assert_true (shake (line, &error));
    g_assert_no_error (error);
}

/* What reading gives: bytes, or the error's code, negative. */
static gssize
read_some (Line *line, void *data, gsize size_bytes)
{
    GInputStream *input = g_io_stream_get_input_stream (line->stream);
    g_autoptr (GError) error = NULL;
    gssize n = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (input), data,
                                                         size_bytes, NULL, &error);

    return error ? -error->code : n;
}

static gssize
write_some (Line *line, const void *data, gsize n_bytes)
{
    GOutputStream *output = g_io_stream_get_output_stream (line->stream);
    g_autoptr (GError) error = NULL;
    gssize n = g_pollable_output_stream_write_nonblocking (G_POLLABLE_OUTPUT_STREAM (output), data,
                                                           n_bytes, NULL, &error);

    return error ? -error->code : n;
}

static void
assert_talk (Line *line)
{
    char heard[64];

    g_assert_cmpint (SSL_write (line->client, TEXT, (int)strlen (TEXT)), >, 0);
    g_assert_cmpint (read_some (line, heard, sizeof heard), ==, strlen (TEXT));
    g_assert_cmpint (write_some (line, TEXT, strlen (TEXT)), ==, strlen (TEXT));
    g_assert_cmpint (SSL_read (line->client, heard, sizeof heard), ==, strlen (TEXT));
}

/* --- Handshakes --- */

static void
test_versions (Line *line, gconstpointer data)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

    for (guint i = 0; i < G_N_ELEMENTS (versions); i++) {
        disconnect_both (line);
        connect_both (line);
        SSL_set_max_proto_version (line->client, versions[i]);
        shake_well (line);
        g_assert_cmpint (SSL_version (line->client), ==, versions[i]);
        assert_talk (line);
    }
}

/* TLS 1.1, and the ciphers of its time. */
static void
test_old (Line *line, gconstpointer data)
{
    g_autoptr (GError) error = NULL;

    SSL_set_security_level (line->client, 0);
    SSL_set_min_proto_version (line->client, TLS1_VERSION);
    SSL_set_max_proto_version (line->client, TLS1_1_VERSION);
    g_assert_false (shake (line, &error));
    g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_MISC);
    disconnect_both (line);
    connect_both (line);
    SSL_set_max_proto_version (line->client, TLS1_2_VERSION);
    SSL_set_cipher_list (line->client, "AES128-SHA:ECDHE-ECDSA-AES128-SHA");
    g_assert_false (shake (line, NULL));
}

static void
offer (Line *line, const char *protocols)
{
    disconnect_both (line);
    connect_both (line);
    SSL_set_alpn_protos (line->client, (const guint8 *)protocols, (guint)strlen (protocols));
}

static void
test_protocols (Line *line, gconstpointer data)
{
    const guint8 *chosen;
    guint n;

    offer (line, "\x02h2\x08http/1.1");
    shake_well (line);
    SSL_get0_alpn_selected (line->client, &chosen, &n);
    g_assert_cmpmem (chosen, n, "http/1.1", 8);
    offer (line, "\x02h2");
    g_assert_false (shake (line, NULL));
}

/* One ticket is enough to come again with. */
static void
test_again (Line *line, gconstpointer data)
{
    SSL_SESSION *session;

    shake_well (line);
    assert_talk (line);
    session = SSL_get1_session (line->client);
    SSL_shutdown (line->client);
    disconnect_both (line);
    connect_both (line);
    SSL_set_session (line->client, session);
    SSL_SESSION_free (session);
    shake_well (line);
    g_assert_true (SSL_session_reused (line->client));
    assert_talk (line);
}

/* A client that speaks something else, or nonsense in TLS's name. */
static void
test_garbage (Line *line, gconstpointer data)
{
    static const char *const starts[] = {"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                                         "\x16\x03\x01\x01\x10nonsense that is long enough",
                                         "\x16\x03\x01\x7f\xff", "\x17\x03\x03\x01\x05hello",
                                         "SSH-2.0-OpenSSH_9.2\r\n"};

    for (guint i = 0; i < G_N_ELEMENTS (starts); i++) {
        g_autoptr (GError) error = NULL;

        disconnect_both (line);
        connect_both (line);
        g_assert_cmpint (write (line->fd, starts[i], strlen (starts[i])), >, 0);
        shutdown (line->fd, SHUT_WR);
        g_assert_false (tutti_tls_shake (line->tls, &error));
        g_assert_nonnull (error);
        g_assert_false (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK));
        g_clear_error (&error);
        g_assert_false (tutti_tls_shake (line->tls, &error));
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
    }
}

/* All that the client says comes a byte at a time. */
static void
test_dripping (Line *line, gconstpointer data)
{
    BIO *from = BIO_new (BIO_s_mem ()), *to = BIO_new (BIO_s_mem ());
    g_autoptr (GError) error = NULL;
    gboolean done = FALSE;
    char byte, answer[8192];

    SSL_set_bio (line->client, to, from);
    while (!done) {
        gssize n = read (line->fd, answer, sizeof answer);

        if (n > 0)
            BIO_write (to, answer, (int)n);
        SSL_do_handshake (line->client);
        while (!done && BIO_read (from, &byte, 1) == 1) {
            g_clear_error (&error);
            g_assert_cmpint (write (line->fd, &byte, 1), ==, 1);
            done = tutti_tls_shake (line->tls, &error);
            g_assert_true (done || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK));
        }
        g_assert_true (done || tutti_tls_is_ready (line->tls, TUTTI_TLS_READ) ||
                       !tutti_tls_shake (line->tls, NULL));
    }
    g_assert_true (SSL_is_init_finished (line->client));
}

/* --- Afterwards --- */

typedef struct {
    Line *line;
    char *data;        /* what is said both ways */
    gsize said, heard; /* by us */
    gsize sent, got;   /* by the client */
    GSource *in, *out;
} Talk;

static void await (Talk *talk);

static gboolean
on_input (GObject *input, gpointer user_data)
{
    Talk *talk = user_data;
    char part[ODD_BYTES];
    gssize n = read_some (talk->line, part, sizeof part);

    g_assert_true (n > 0 || n == -G_IO_ERROR_WOULD_BLOCK);
    if (n > 0) {
        g_assert_cmpmem (part, n, talk->data + talk->heard, n);
        talk->heard += (gsize)n;
    }
    g_clear_pointer (&talk->in, g_source_unref);
    await (talk);
    return G_SOURCE_REMOVE;
}

static gboolean
on_output (GObject *output, gpointer user_data)
{
    Talk *talk = user_data;
    gssize n = write_some (talk->line, talk->data + talk->said, LARGE_BYTES - talk->said);

    g_assert_true (n > 0 || n == -G_IO_ERROR_WOULD_BLOCK);
    talk->said += (gsize)MAX (n, 0);
    g_clear_pointer (&talk->out, g_source_unref);
    await (talk);
    return G_SOURCE_REMOVE;
}

/* A source for each side that is not done, as libsoup has them: made anew each time. */
static void
await (Talk *talk)
{
    GIOStream *stream = talk->line->stream;

    if (!talk->in && talk->heard < LARGE_BYTES) {
        talk->in = g_pollable_input_stream_create_source (
            G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream)), NULL);
        g_source_set_callback (talk->in, G_SOURCE_FUNC (on_input), talk, NULL);
        g_source_attach (talk->in, NULL);
    }
    if (!talk->out && talk->said < LARGE_BYTES) {
        talk->out = g_pollable_output_stream_create_source (
            G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream)), NULL);
        g_source_set_callback (talk->out, G_SOURCE_FUNC (on_output), talk, NULL);
        g_source_attach (talk->out, NULL);
    }
}

static void
let_client_talk (Talk *talk)
{
    SSL *client = talk->line->client;
    char part[ODD_BYTES];
    int n;

    if (talk->sent < LARGE_BYTES) {
        n = SSL_write (client, talk->data + talk->sent, (int)(LARGE_BYTES - talk->sent));
        g_assert_true (n > 0 || SSL_get_error (client, n) == SSL_ERROR_WANT_WRITE);
        talk->sent += (gsize)MAX (n, 0);
    }
    n = SSL_read (client, part, sizeof part);
    if (n > 0) {
        g_assert_cmpmem (part, n, talk->data + talk->got, n);
        talk->got += (gsize)n;
    }
}

/* Much both ways at once, through sockets that take little at a time; what has come in a whole
 * record and was read in part is told of though the socket has nothing more. */
static void
test_much (Line *line, gconstpointer data)
{
    Talk talk = {.line = line, .data = g_malloc (LARGE_BYTES)};
    gint64 until_us = g_get_monotonic_time () + TEST_PATIENCE * 20 * G_USEC_PER_SEC;

    for (gsize i = 0; i < LARGE_BYTES; i++)
        talk.data[i] = (char)(i ^ i >> 8 ^ i >> 16);
    shake_well (line);
    await (&talk);
    while (talk.heard < LARGE_BYTES || talk.got < LARGE_BYTES) {
        let_client_talk (&talk);
        g_main_context_iteration (NULL, FALSE);
        g_assert_cmpint (g_get_monotonic_time (), <, until_us);
    }
    g_assert_null (talk.in);
    g_assert_null (talk.out);
    g_assert_cmpint (read_some (line, talk.data, 1), ==, -G_IO_ERROR_WOULD_BLOCK);
    g_free (talk.data);
}

static void
on_closed (GObject *stream, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GError) error = NULL;

    *(gboolean *)user_data = g_io_stream_close_finish (G_IO_STREAM (stream), result, &error);
    g_assert_no_error (error);
}

/* The client has said all, and hears us out; then it is told that this was all. */
static void
test_goodbye (Line *line, gconstpointer data)
{
    gboolean closed = FALSE;
    char heard[64];
    int n;

    shake_well (line);
    SSL_shutdown (line->client);
    g_assert_cmpint (read_some (line, heard, sizeof heard), ==, 0);
    g_assert_cmpint (read_some (line, heard, sizeof heard), ==, 0);
    g_assert_cmpint (write_some (line, TEXT, strlen (TEXT)), ==, strlen (TEXT));
    g_io_stream_close_async (line->stream, G_PRIORITY_DEFAULT, NULL, on_closed, &closed);
    g_assert_false (closed);
    while (!closed)
        g_main_context_iteration (NULL, TRUE);
    g_assert_cmpint (SSL_read (line->client, heard, sizeof heard), ==, strlen (TEXT));
    n = SSL_read (line->client, heard, sizeof heard);
    g_assert_cmpint (SSL_get_error (line->client, n), ==, SSL_ERROR_ZERO_RETURN);
    g_assert_cmpint (read_some (line, heard, sizeof heard), ==, -G_IO_ERROR_CLOSED);
    g_assert_cmpint (write_some (line, heard, sizeof heard), ==, -G_IO_ERROR_CLOSED);
}

/* Without a goodbye: an end, as HTTP has it; who is told something then can't hear it. */
static void
test_vanishing (Line *line, gconstpointer data)
{
    char heard[64];

    shake_well (line);
    SSL_set_quiet_shutdown (line->client, 1);
    shutdown (line->fd, SHUT_RDWR);
    g_assert_cmpint (read_some (line, heard, sizeof heard), ==, 0);
    g_assert_cmpint (write_some (line, TEXT, strlen (TEXT)), ==, -G_IO_ERROR_BROKEN_PIPE);
    g_assert_cmpint (write_some (line, TEXT, strlen (TEXT)), ==, -G_IO_ERROR_CLOSED);
    g_assert_true (g_io_stream_close (line->stream, NULL, NULL));
}

/* Nothing but new keys: no read goes on for longer than one of them, and words still come through.
 */
static void
test_key_updates (Line *line, gconstpointer data)
{
    char heard[64];

    shake_well (line);
    for (guint i = 0; i < 10; i++) {
        g_assert_cmpint (SSL_key_update (line->client, SSL_KEY_UPDATE_NOT_REQUESTED), ==, 1);
        g_assert_cmpint (SSL_do_handshake (line->client), ==, 1);
    }
    for (guint i = 0; i < 10; i++) {
        g_assert_true (tutti_tls_is_ready (line->tls, TUTTI_TLS_READ));
        g_assert_cmpint (read_some (line, heard, sizeof heard), ==, -G_IO_ERROR_WOULD_BLOCK);
    }
    g_assert_false (tutti_tls_is_ready (line->tls, TUTTI_TLS_READ));
    assert_talk (line);
}

/* TLS 1.2 had it; the connection lives on without. */
static void
test_renegotiation (Line *line, gconstpointer data)
{
    char heard[64];

    SSL_set_max_proto_version (line->client, TLS1_2_VERSION);
    shake_well (line);
    SSL_renegotiate (line->client);
    SSL_do_handshake (line->client);
    g_assert_cmpint (read_some (line, heard, sizeof heard), <, 0);
    g_assert_cmpint (SSL_do_handshake (line->client), <=, 0);
    g_assert_false (SSL_is_init_finished (line->client));
}

static gboolean
on_silence (GObject *input, gpointer user_data)
{
    *(gboolean *)user_data = TRUE;
    return G_SOURCE_REMOVE;
}

/* The socket's timeout holds as for a plain connection. */
static void
test_silence (Line *line, gconstpointer data)
{
    GInputStream *input = g_io_stream_get_input_stream (line->stream);
    g_autoptr (GSource) source = NULL;
    gboolean told = FALSE;
    char heard[64];

    shake_well (line);
    g_assert_cmpint (read_some (line, heard, sizeof heard), ==, -G_IO_ERROR_WOULD_BLOCK);
    g_socket_set_timeout (line->socket, 1);
    source = g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (input), NULL);
    g_source_set_callback (source, G_SOURCE_FUNC (on_silence), &told, NULL);
    g_source_attach (source, NULL);
    while (!told)
        g_main_context_iteration (NULL, TRUE);
    g_assert_cmpint (read_some (line, heard, sizeof heard), ==, -G_IO_ERROR_TIMED_OUT);
}

int
main (int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run) (Line *line, gconstpointer data);
    } tests[] = {{"/tls-stream/versions", test_versions},
                 {"/tls-stream/old", test_old},
                 {"/tls-stream/protocols", test_protocols},
                 {"/tls-stream/again", test_again},
                 {"/tls-stream/garbage", test_garbage},
                 {"/tls-stream/dripping", test_dripping},
                 {"/tls-stream/much", test_much},
                 {"/tls-stream/goodbye", test_goodbye},
                 {"/tls-stream/vanishing", test_vanishing},
                 {"/tls-stream/key-updates", test_key_updates},
                 {"/tls-stream/renegotiation", test_renegotiation},
                 {"/tls-stream/silence", test_silence}};

    g_test_init (&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
        g_test_add (tests[i].path, Line, NULL, set_up, tests[i].run, tear_down);
    return g_test_run ();
}
