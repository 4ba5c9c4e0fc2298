/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sieve.c: tells the peer, the peer to be, and strangers apart. Role: net.
 */
#include "sieve.h"

#include <string.h>

#include "bytes.h"

#define WINDOW_US (100 * TUTTI_USEC_PER_MSEC)
/* A check each 5 ms on any pair (RFC 8445 section 14.2) would be 20; retransmissions come on top.
 */
#define CHECKS_MAX 50
/* Answers to as many checks of ours, and DTLS that comes early. */
#define STRANGERS_MAX 50
/* With a pair selected: an ICE restart, a peer that moves to another pair. */
#define STRANGERS_WITH_PATH_MAX 10

/* RFC 8489 sections 5 and 14 */
#define STUN_HEADER_BYTES 20
#define STUN_COOKIE 0x2112A442
#define STUN_BINDING_REQUEST 0x0001
#define STUN_USERNAME 0x0006
#define STUN_ATTRIBUTE_BYTES 4

typedef enum {
    KIND_STUN,
    KIND_CHANNEL, /* TURN */
    KIND_MEDIA,
    KIND_NONE,
} Kind;

/* RFC 7983 section 7 */
static Kind
find_kind (guint8 first_byte)
{
    if (first_byte <= 3)
        return KIND_STUN;
    if (first_byte >= 64 && first_byte <= 79)
        return KIND_CHANNEL;
    if ((first_byte >= 20 && first_byte <= 63) || (first_byte >= 128 && first_byte <= 191))
        return KIND_MEDIA;
    return KIND_NONE;
}

static gboolean
is_stun (const guint8 *data, gsize length_bytes)
{
    return length_bytes >= STUN_HEADER_BYTES && tutti_get_u32 (data + 4) == STUN_COOKIE &&
           tutti_get_u16 (data + 2) % 4 == 0;
}

static gboolean
names_us (const TuttiSieve *sieve, const guint8 *username, gsize length_bytes)
{
    gsize ufrag_bytes = strlen (sieve->ufrag);

    return ufrag_bytes > 0 && length_bytes > ufrag_bytes && username[ufrag_bytes] == ':' &&
           memcmp (username, sieve->ufrag, ufrag_bytes) == 0;
}

/* A check for us: RFC 8445 section 7.2.2, "our fragment:theirs". */
static gboolean
is_check (const TuttiSieve *sieve, const guint8 *data, gsize length_bytes)
{
    gsize at = STUN_HEADER_BYTES;

    if (tutti_get_u16 (data) != STUN_BINDING_REQUEST)
        return FALSE;
    while (at + STUN_ATTRIBUTE_BYTES <= length_bytes) {
        gsize value_bytes = tutti_get_u16 (data + at + 2);
        const guint8 *value = data + at + STUN_ATTRIBUTE_BYTES;

        at += STUN_ATTRIBUTE_BYTES + (value_bytes + 3) / 4 * 4;
        if (at > length_bytes)
            return FALSE;
        if (tutti_get_u16 (value - STUN_ATTRIBUTE_BYTES) == STUN_USERNAME)
            return names_us (sieve, value, value_bytes);
    }
    return FALSE;
}

static gboolean
is_quiet (const TuttiSieve *sieve)
{
    guint strangers_max = sieve->has_path ? STRANGERS_WITH_PATH_MAX : STRANGERS_MAX;

    return sieve->strangers <= strangers_max && sieve->answers <= strangers_max &&
           sieve->checks <= CHECKS_MAX;
}

/* Answers to our checks are counted by themselves: a peer that moved sends its media from where it
 * is now, and the answer to whether it is there must not drown in it. */
static TuttiVerdict
judge_answer (TuttiSieve *sieve)
{
    guint answers_max = sieve->has_path ? STRANGERS_WITH_PATH_MAX : STRANGERS_MAX;

    return ++sieve->answers <= answers_max ? TUTTI_SIEVE_GUARDED : TUTTI_SIEVE_DROP;
}

static void
open_window (TuttiSieve *sieve, gint64 now_us)
{
    if (now_us - sieve->window_us < WINDOW_US)
        return;
    sieve->window_us = now_us;
    sieve->checks = sieve->answers = sieve->strangers = 0;
}

static TuttiVerdict
judge_peer (const TuttiSieve *sieve, Kind kind)
{
    if (kind == KIND_MEDIA)
        return TUTTI_SIEVE_MEDIA;
    if (kind == KIND_NONE)
        return TUTTI_SIEVE_DROP;
    return is_quiet (sieve) ? TUTTI_SIEVE_NICE : TUTTI_SIEVE_GUARDED;
}

TuttiVerdict
tutti_sieve_judge (TuttiSieve *sieve, const guint8 *data, gsize length_bytes, gboolean from_peer,
                   gint64 now_us)
{
    Kind kind = length_bytes > 0 ? find_kind (data[0]) : KIND_NONE;

    if (kind == KIND_STUN && !is_stun (data, length_bytes))
        kind = KIND_NONE;
    open_window (sieve, now_us);
    if (from_peer)
        return judge_peer (sieve, kind);
    /* What a relay brings in comes like this, all of it. */
    if (sieve->has_relay && (kind == KIND_STUN || kind == KIND_CHANNEL))
        return TUTTI_SIEVE_NICE;
    if (kind == KIND_STUN && is_check (sieve, data, length_bytes)) {
        sieve->checks++;
        return is_quiet (sieve) ? TUTTI_SIEVE_NICE : TUTTI_SIEVE_GUARDED;
    }
    if (kind == KIND_STUN)
        return judge_answer (sieve);
    sieve->strangers++;
    /* Media on a pair that is about to be selected. */
    if (kind == KIND_MEDIA)
        return is_quiet (sieve) ? TUTTI_SIEVE_GUARDED : TUTTI_SIEVE_DROP;
    return TUTTI_SIEVE_DROP;
}
