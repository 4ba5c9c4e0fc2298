/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sieve.h: what becomes of a datagram, by its first bytes and where it is from (RFC 7983). libnice
 * reads a socket until it is empty, so a stranger who sends faster than it reads would keep a net
 * thread for ever: strangers are told apart before. Pure; role: net.
 */
#pragma once

#include <tutti/session.h>

/* So much of a datagram must be shown: RFC 8489 lets a STUN message be longer, but none that we
 * look at is: a user name of two fragments of 256, and what stands before it. */
#define TUTTI_SIEVE_BYTES 640

typedef enum {
    TUTTI_SIEVE_DROP,    /* of no use to anybody */
    TUTTI_SIEVE_MEDIA,   /* the peer's DTLS, RTP or RTCP: ours */
    TUTTI_SIEVE_NICE,    /* libnice's, from one who knows our ufrag, or quiet times */
    TUTTI_SIEVE_GUARDED, /* libnice's, but only what is in the socket by now */
} TuttiVerdict;

/* Zeroed: knows nobody. */
typedef struct {
    char ufrag[TUTTI_UFRAG_MAX + 1]; /* ours: checks of a peer name it first */
    gboolean has_relay;              /* a TURN server may send us anything */
    gboolean has_path;               /* a pair is selected: few others have reason to speak */
    gint64 window_us;                /* beginning of the window, in which came: */
    guint checks;                    /* from elsewhere, for us */
    guint answers;                   /* other STUN from elsewhere */
    guint strangers;                 /* anything else from elsewhere */
} TuttiSieve;

/* data: the datagram's beginning, up to TUTTI_SIEVE_BYTES. from_peer: from the selected pair's
 * address. */
TuttiVerdict tutti_sieve_judge (TuttiSieve *sieve, const guint8 *data, gsize length_bytes,
                                gboolean from_peer, gint64 now_us);
