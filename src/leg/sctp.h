/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sctp.h: one SCTP association over DTLS (RFC 8261, RFC 8831) by usrsctp, packets in and out, no
 * socket of the kernel's.
 *
 *   DTLS application data -> receive() -> usrsctp -> message() | reset() | state()
 *                packet() <- usrsctp <- connect(), send() and reset_stream(), run(), tick()
 *
 * usrsctp is one for the whole process, with timers and tables of its own: every call into it is
 * made under one lock (of microseconds), and the time it lives by is moved on by whichever net
 * thread has something to do there. So a packet of one association may come to be on another's
 * thread; it waits in its own association's queue, and its thread is woken to send it.
 *
 * Role: net, of the leg; one thread at a time.
 */
#pragma once

#include <glib.h>

#include "loop.h"

/* RFC 8841 section 5.1: what everybody uses. */
#define TUTTI_SCTP_PORT 5000
/* What we announce in a=max-message-size: a chat of 4096 bytes, each written \uXXXX, is 24 KiB. */
#define TUTTI_SCTP_RECEIVE_MAX_BYTES (32 * 1024)
/* What is sent in one message, if the peer takes as much: a WebSocket's frame. */
#define TUTTI_SCTP_SEND_MAX_BYTES (256 * 1024)
/* Browsers number channels from 0; who has more than 32 of each parity has not us in mind. */
#define TUTTI_SCTP_STREAMS 64

typedef struct _TuttiSctp TuttiSctp;

typedef enum {
    TUTTI_SCTP_CONNECTING,
    TUTTI_SCTP_UP,
    TUTTI_SCTP_CLOSED, /* aborted or shut down by either side, or no answer: final */
} TuttiSctpState;

/* Called from within receive(), run() and tick(), packet() from all that sends; all but packet()
 * may call send(), reset_stream() and abort(). */
typedef struct {
    void (*packet) (const guint8 *data, gsize length_bytes, gpointer user_data);
    /* FALSE: no message can be taken now; they wait, up to SCTP's window. */
    gboolean (*is_ready) (gpointer user_data);
    void (*message) (guint16 stream, guint32 ppid, const guint8 *data, gsize length_bytes,
                     gpointer user_data);
    /* RFC 6525: the peer sends nothing more on the stream; our side of it must be reset, too. */
    void (*reset) (guint16 stream, gpointer user_data);
    void (*closed) (gpointer user_data);
} TuttiSctpEvents;

/* seat: woken when packets wait to be flushed. NULL when usrsctp has no memory. */
TuttiSctp *tutti_sctp_new (TuttiSeat *seat, guint16 peer_port, const TuttiSctpEvents *events,
                           gpointer user_data, gint64 now_us);
/* Aborts the association, with a packet() if it was up. */
void tutti_sctp_free (TuttiSctp *sctp);

/* Packets can be sent now: INIT. Both sides do so (RFC 8841 section 9.3). */
void tutti_sctp_connect (TuttiSctp *sctp, gint64 now_us);
/* One packet of the peer's, as it came out of DTLS. */
void tutti_sctp_receive (TuttiSctp *sctp, const guint8 *data, gsize length_bytes, gint64 now_us);
/* Tells what has come and sends what is to be sent: after send() and reset_stream(), and when
 * is_ready() is TRUE again. */
void tutti_sctp_run (TuttiSctp *sctp, gint64 now_us);
/* run(), if it is time or another thread's call left something to send: cheap otherwise. Gives the
 * time of the next call. */
gint64 tutti_sctp_tick (TuttiSctp *sctp, gint64 now_us);

typedef enum {
    TUTTI_SCTP_SENT,
    TUTTI_SCTP_FULL, /* try again after the next receive() or tick() */
    TUTTI_SCTP_FAILED,
} TuttiSctpResult;

/* Reliable and in order; 1 byte or more. */
TuttiSctpResult tutti_sctp_send (TuttiSctp *sctp, guint16 stream, guint32 ppid, const guint8 *data,
                                 gsize length_bytes, gint64 now_us);
/* RFC 6525 section 4.1: our side of the stream. */
void tutti_sctp_reset_stream (TuttiSctp *sctp, guint16 stream);
/* Says ABORT; closed() does not follow. */
void tutti_sctp_abort (TuttiSctp *sctp);

TuttiSctpState tutti_sctp_get_state (const TuttiSctp *sctp);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiSctp, tutti_sctp_free)
