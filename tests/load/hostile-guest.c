/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hostile-guest.c: see hostile-guest.h.
 */
#include "hostile-guest.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* So long it waits to be let in. */
#define PATIENCE_US (8 * G_USEC_PER_SEC)
/* What is kept of what was heard. */
#define HEARD_BYTES 4096
#define OUTCOME_BYTES 32

typedef enum {
    CONNECTING,
    SHAKING,
    UPGRADING,
    SPEAKING, /* and awaiting an answer, or just there */
    DONE,
} Stage;

struct _HostileGuest {
    const HostileKind *kind;
    guint n;
    int fd;
    SSL *ssl;
    Stage stage;
    GByteArray *words;
    gsize said_bytes;
    gint64 began_us, spoke_us, answer_us;
    guint heard_bytes;
    char heard[HEARD_BYTES + 1];
    char outcome[OUTCOME_BYTES];
};

static void
finish (HostileGuest *guest, const char *outcome)
{
    if (!guest->outcome[0])
        g_strlcpy (guest->outcome, outcome, sizeof guest->outcome);
    guest->stage = DONE;
}

/* --- Bytes --- */

/* -1: cut; 0: not now. */
static int
judge (HostileGuest *guest, int result)
{
    int status;

    if (result > 0)
        return result;
    if (!guest->ssl)
        return result < 0 && errno == EAGAIN ? 0 : -1;
    status = SSL_get_error (guest->ssl, result);
    return status == SSL_ERROR_WANT_READ || status == SSL_ERROR_WANT_WRITE ? 0 : -1;
}

static int
read_some (HostileGuest *guest, char *data, int size)
{
    return judge (guest, guest->ssl ? SSL_read (guest->ssl, data, size)
                                    : (int)recv (guest->fd, data, (gsize)size, 0));
}

static int
write_some (HostileGuest *guest, const guint8 *data, gsize n_bytes)
{
    return judge (guest, guest->ssl ? SSL_write (guest->ssl, data, (int)n_bytes)
                                    : (int)send (guest->fd, data, n_bytes, MSG_NOSIGNAL));
}

/* Half of what is kept makes way. */
static void
listen_on (HostileGuest *guest)
{
    for (;;) {
        int n;

        if (guest->heard_bytes == HEARD_BYTES) {
            memmove (guest->heard, guest->heard + HEARD_BYTES / 2, HEARD_BYTES / 2);
            guest->heard_bytes = HEARD_BYTES / 2;
        }
        n = read_some (guest, guest->heard + guest->heard_bytes,
                       (int)(HEARD_BYTES - guest->heard_bytes));
        if (n < 0)
            finish (guest, "cut");
        if (n <= 0)
            break;
        for (int i = 0; i < n; i++) /* frames' heads, for strstr() */
            if (guest->heard[guest->heard_bytes + (guint)i] == '\0')
                guest->heard[guest->heard_bytes + (guint)i] = '\n';
        guest->heard_bytes += (guint)n;
    }
    guest->heard[guest->heard_bytes] = '\0';
}

static void
speak_on (HostileGuest *guest, gint64 now_us)
{
    gsize may_bytes = guest->words->len;
    guint drip_bytes = guest->kind->drip_bytes;

    if (guest->stage == SPEAKING && drip_bytes > 0)
        may_bytes =
            MIN (may_bytes, (gsize)((now_us - guest->spoke_us) / HOSTILE_DRIP_US + 1) * drip_bytes);
    while (guest->said_bytes < may_bytes) {
        int n = write_some (guest, guest->words->data + guest->said_bytes,
                            may_bytes - guest->said_bytes);

        if (n < 0)
            finish (guest, "cut");
        if (n <= 0)
            return;
        guest->said_bytes += (gsize)n;
    }
}

/* --- Stages --- */

static void
begin_words (HostileGuest *guest, gint64 now_us)
{
    g_byte_array_set_size (guest->words, 0);
    guest->said_bytes = 0;
    guest->spoke_us = now_us;
    guest->stage = SPEAKING;
    if (guest->kind->speak)
        guest->kind->speak (guest->n, guest->words);
}

static void
begin_upgrade (HostileGuest *guest)
{
    g_byte_array_append (guest->words, (const guint8 *)HOSTILE_UPGRADE,
                         (guint)strlen (HOSTILE_UPGRADE));
    guest->stage = UPGRADING;
}

static void
connect_on (HostileGuest *guest, gint64 now_us)
{
    int error = 0;
    socklen_t error_bytes = sizeof error;
    struct sockaddr_in peer;
    socklen_t peer_bytes = sizeof peer;

    getsockopt (guest->fd, SOL_SOCKET, SO_ERROR, &error, &error_bytes);
    if (error != 0)
        finish (guest, "refused");
    else if (getpeername (guest->fd, (struct sockaddr *)&peer, &peer_bytes) < 0)
        return;
    else if (guest->ssl)
        guest->stage = SHAKING;
    else
        begin_words (guest, now_us);
}

static void
shake_on (HostileGuest *guest, gint64 now_us)
{
    int result = judge (guest, SSL_connect (guest->ssl));

    if (result < 0)
        finish (guest, "cut");
    else if (result > 0 && guest->kind->way == HOSTILE_WEBSOCKET)
        begin_upgrade (guest);
    else if (result > 0)
        begin_words (guest, now_us);
}

static void
upgrade_on (HostileGuest *guest, gint64 now_us)
{
    if (strstr (guest->heard, "HTTP/1.1 101 "))
        begin_words (guest, now_us);
    else if (strstr (guest->heard, "\r\n\r\n"))
        finish (guest, "no upgrade");
}

/* "code":"bad_sdp" is the outcome bad_sdp. */
static void
find_answer (HostileGuest *guest, gint64 now_us)
{
    for (const char *const *at = guest->kind->answers; at && *at && !guest->outcome[0]; at++) {
        const char *found = strstr (guest->heard, *at);
        const char *word = found ? found + strlen (*at) : NULL;

        if (!found)
            continue;
        guest->answer_us = now_us - guest->began_us;
        if (!strpbrk (*at, "\" "))
            g_strlcpy (guest->outcome, *at, sizeof guest->outcome);
        else
            g_strlcpy (guest->outcome, word, MIN (strcspn (word, "\" ") + 1, OUTCOME_BYTES));
    }
}

static void
act_on (HostileGuest *guest, gint64 now_us)
{
    gboolean has_said = guest->said_bytes == guest->words->len;

    find_answer (guest, now_us);
    if (guest->kind->goes_at_once && has_said && (!guest->kind->answers || guest->outcome[0]))
        finish (guest, "gone");
    else if (now_us - guest->spoke_us > HOSTILE_HOLD_US)
        finish (guest, guest->kind->answers ? "silence" : "held");
}

/* --- Public --- */

HostileGuest *
hostile_guest_new (const HostileSetup *setup, gint64 now_us)
{
    HostileGuest *guest = g_new0 (HostileGuest, 1);
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                                .data.ptr = guest};
    int on = 1;

    guest->kind = setup->kind;
    guest->n = setup->n;
    guest->began_us = now_us;
    guest->words = g_byte_array_new ();
    guest->fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt (guest->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (setup->kind->way != HOSTILE_TCP) {
        guest->ssl = SSL_new (setup->context);
        SSL_set_fd (guest->ssl, guest->fd);
    }
    if (guest->fd < 0 ||
        bind (guest->fd, (const struct sockaddr *)&setup->from, sizeof setup->from) < 0 ||
        (connect (guest->fd, (const struct sockaddr *)&setup->to, sizeof setup->to) < 0 &&
         errno != EINPROGRESS) ||
        epoll_ctl (setup->epoll, EPOLL_CTL_ADD, guest->fd, &event) < 0)
        finish (guest, "refused");
    return guest;
}

void
hostile_guest_free (HostileGuest *guest)
{
    if (!guest)
        return;
    SSL_free (guest->ssl);
    close (guest->fd);
    g_byte_array_unref (guest->words);
    g_free (guest);
}

gboolean
hostile_guest_go_on (HostileGuest *guest, gint64 now_us)
{
    if (guest->stage == CONNECTING)
        connect_on (guest, now_us);
    if (guest->stage == SHAKING)
        shake_on (guest, now_us);
    if (guest->stage == UPGRADING || guest->stage == SPEAKING)
        speak_on (guest, now_us);
    if (guest->stage == UPGRADING || guest->stage == SPEAKING)
        listen_on (guest);
    if (guest->stage == UPGRADING)
        upgrade_on (guest, now_us);
    if (guest->stage == SPEAKING)
        speak_on (guest, now_us);
    if (guest->stage == SPEAKING)
        act_on (guest, now_us);
    if (guest->stage < SPEAKING && now_us - guest->began_us > PATIENCE_US)
        finish (guest, "slow");
    return guest->stage != DONE;
}

const HostileKind *
hostile_guest_get_kind (const HostileGuest *guest)
{
    return guest->kind;
}

const char *
hostile_guest_get_outcome (const HostileGuest *guest)
{
    return guest->outcome;
}

gint64
hostile_guest_get_answer_us (const HostileGuest *guest)
{
    return guest->answer_us;
}
