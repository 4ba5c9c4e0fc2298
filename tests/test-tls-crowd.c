/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-tls-crowd.c: hundreds who begin a TLS handshake and stop, or speak a byte at a time, beside
 * those who mean well, on quick links and on slow ones.
 */
#include "front-door.h"
#include "patience.h"

#include <openssl/ssl.h>
#include <string.h>
#include <sys/resource.h>

#define STALLED 400
#define OTHERS 100
#define HONEST 10
#define SLOW 6
/* Each word of a slow client's comes so much later. */
#define SLOW_US (G_USEC_PER_SEC * 3 / 2)
#define DRIP_US (50 * 1000)
/* An honest client's answer, on a machine that has time for us: the handshake takes a millisecond,
 * and some hundred others come with it. */
#define QUICK_US (TEST_PATIENCE * G_USEC_PER_SEC / 2)
/* More than a server keeps under way. */
#define MANY 1100

static const char request[] =
    "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

typedef struct {
    GSocket *socket;
    SSL *ssl;
    BIO *in, *out; /* the SSL's */
    GByteArray *unsent;
    gint64 delay_us, due_us;
    gsize n_allowed; /* it says no more than that */
    gboolean drips, asked, answered, ended;
    gint64 begun_us, took_us;
} Client;

static SSL_CTX *context;

static Client *
client_new (Door *door, const char *from)
{
    Client *client = g_new0 (Client, 1);
    g_autoptr (GSocketAddress) own = g_inet_socket_address_new_from_string (from, 0);
    g_autoptr (GSocketAddress) address =
        g_inet_socket_address_new_from_string ("127.0.0.1", door->port);

    client->socket =
        g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
    g_assert_true (g_socket_bind (client->socket, own, FALSE, NULL));
    g_assert_true (g_socket_connect (client->socket, address, NULL, NULL));
    g_socket_set_blocking (client->socket, FALSE);
    client->ssl = SSL_new (context);
    client->in = BIO_new (BIO_s_mem ());
    client->out = BIO_new (BIO_s_mem ());
    SSL_set_bio (client->ssl, client->in, client->out);
    SSL_set_connect_state (client->ssl);
    client->unsent = g_byte_array_new ();
    client->n_allowed = G_MAXSIZE;
    client->begun_us = g_get_monotonic_time ();
    return client;
}

static void
client_free (gpointer data)
{
    Client *client = data;

    SSL_free (client->ssl);
    g_object_unref (client->socket);
    g_byte_array_unref (client->unsent);
    g_free (client);
}

static void
hear (Client *client)
{
    char bytes[4096];
    g_autoptr (GError) error = NULL;
    gssize n = g_socket_receive (client->socket, bytes, sizeof bytes, NULL, &error);

    if (n > 0)
        BIO_write (client->in, bytes, (int)n);
    client->ended =
        n == 0 || (error && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK));
}

static void
think (Client *client, gint64 now_us)
{
    char bytes[4096];
    int n;

    if (SSL_do_handshake (client->ssl) == 1 && !client->asked)
        client->asked = SSL_write (client->ssl, request, (int)strlen (request)) > 0;
    if (client->asked && SSL_read (client->ssl, bytes, sizeof bytes) > 12 && !client->answered) {
        g_assert_cmpmem (bytes, 12, "HTTP/1.1 200", 12);
        client->answered = TRUE;
        client->took_us = now_us - client->begun_us;
    }
    n = BIO_read (client->out, bytes, sizeof bytes);
    if (n > 0 && client->unsent->len == 0)
        client->due_us = now_us + client->delay_us;
    if (n > 0)
        g_byte_array_append (client->unsent, (const guint8 *)bytes, (guint)n);
}

static void
speak (Client *client, gint64 now_us)
{
    gsize n_bytes = MIN (client->drips ? 1 : client->unsent->len, client->n_allowed);
    gssize n;

    if (n_bytes == 0 || client->unsent->len == 0 || now_us < client->due_us)
        return;
    n = g_socket_send (client->socket, (const char *)client->unsent->data, n_bytes, NULL, NULL);
    if (n <= 0)
        return;
    g_byte_array_remove_range (client->unsent, 0, (guint)n);
    client->n_allowed -= (gsize)n;
    client->due_us = now_us + (client->drips ? DRIP_US : 0);
}

/* Lets all go on; whether all were answered. */
static gboolean
are_answered (GPtrArray *clients)
{
    gint64 now_us = g_get_monotonic_time ();
    guint n = 0;

    for (guint i = 0; i < clients->len; i++) {
        Client *client = clients->pdata[i];

        hear (client);
        think (client, now_us);
        speak (client, now_us);
        n += client->answered ? 1 : 0;
    }
    return n == clients->len;
}

/* Who says nothing after its first word, not even that it heard us. */
static void
add_stalled (GPtrArray *clients, Door *door, const char *from, guint n)
{
    for (guint i = 0; i < n; i++) {
        Client *client = client_new (door, from);

        think (client, 0);
        client->n_allowed = client->unsent->len;
        speak (client, 0);
        g_ptr_array_add (clients, client);
        g_main_context_iteration (NULL, FALSE);
    }
}

static void
add_halves (GPtrArray *clients, Door *door, guint n)
{
    for (guint i = 0; i < n; i++) {
        Client *client = client_new (door, "127.0.0.1");

        client->n_allowed = 1 + 2 * i;
        g_ptr_array_add (clients, client);
    }
}

static void
add_dripping (GPtrArray *clients, Door *door, guint n)
{
    for (guint i = 0; i < n; i++) {
        Client *client = client_new (door, "127.0.0.1");

        client->drips = TRUE;
        g_ptr_array_add (clients, client);
    }
}

static void
add_slow (GPtrArray *clients, Door *door, const char *from)
{
    for (guint i = 0; i < SLOW; i++) {
        Client *client = client_new (door, from);

        client->delay_us = SLOW_US;
        if (i % 2)
            SSL_set_max_proto_version (client->ssl, TLS1_2_VERSION);
        g_ptr_array_add (clients, client);
    }
}

/* One after the other; the longest that one took. */
static gint64
let_honest_in (Door *door, GPtrArray *hostile)
{
    gint64 longest_us = 0;

    for (guint i = 0; i < HONEST; i++) {
        g_autoptr (GPtrArray) honest = g_ptr_array_new_with_free_func (client_free);
        Client *client = client_new (door, "127.0.0.1");

        g_ptr_array_add (honest, client);
        door_wait ((are_answered (hostile), are_answered (honest)));
        longest_us = MAX (longest_us, client->took_us);
    }
    return longest_us;
}

static gboolean
have_ended (GPtrArray *clients)
{
    are_answered (clients);
    for (guint i = 0; i < clients->len; i++) {
        if (!((Client *)clients->pdata[i])->ended)
            return FALSE;
    }
    return TRUE;
}

/* All of one address, which is the worst for those who mean well. */
static void
test_stalled (void)
{
    g_autoptr (Door) door = door_new_with ("http.tls=auto");
    g_autoptr (GPtrArray) hostile = g_ptr_array_new_with_free_func (client_free);
    g_autoptr (GPtrArray) slow = g_ptr_array_new_with_free_func (client_free);
    TestMachine machine;
    gint64 longest_us;

    add_stalled (hostile, door, "127.0.0.1", STALLED);
    add_halves (hostile, door, OTHERS);
    add_dripping (hostile, door, OTHERS);
    add_slow (slow, door, "127.0.0.1");
    machine = test_machine_watch ();
    longest_us = let_honest_in (door, hostile);
    g_test_message ("the longest of %d: %.1f ms", HONEST, (double)longest_us / 1000);
    if (test_machine_is_quiet (&machine))
        g_assert_cmpint (longest_us, <, QUICK_US);
    door_wait ((are_answered (hostile), are_answered (slow)));
    door_wait (have_ended (hostile));
    g_ptr_array_set_size (slow, 0);
    door_wait (tutti_server_n_connections (door->server) == 0);
}

/* More than there is room for: those of the busiest address make way, the slow of another don't. */
static void
test_many (void)
{
    struct rlimit limit;
    g_autoptr (Door) door = NULL;
    g_autoptr (GPtrArray) hostile = g_ptr_array_new_with_free_func (client_free);
    g_autoptr (GPtrArray) slow = g_ptr_array_new_with_free_func (client_free);

    getrlimit (RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit (RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < 5 * MANY) {
        g_test_skip ("too few descriptors");
        return;
    }
    door = door_new_with ("http.tls=auto");
    add_slow (slow, door, "127.0.0.1");
    add_stalled (hostile, door, "127.0.0.2", MANY);
    door_wait (are_answered (slow));
    door_wait ((are_answered (hostile), ((Client *)hostile->pdata[0])->ended));
    g_assert_false (((Client *)hostile->pdata[MANY - 1])->ended);
}

int
main (int argc, char **argv)
{
    int result;

    g_test_init (&argc, &argv, NULL);
    context = SSL_CTX_new (TLS_client_method ());
    g_test_add_func ("/tls-crowd/stalled", test_stalled);
    g_test_add_func ("/tls-crowd/many", test_many);
    result = g_test_run ();
    SSL_CTX_free (context);
    return result;
}
