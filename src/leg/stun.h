/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stun.h: the few STUN messages (RFC 8489) that go over a pair which is settled: Binding requests,
 * answers and indications, with short-term credentials and a fingerprint. What is told odd, or not
 * read at all, is for libnice to judge. Pure; any thread.
 */
#pragma once

#include <sys/socket.h>

#include <glib.h>

/* RFC 8489 section 5: method Binding, by class. */
#define TUTTI_STUN_REQUEST 0x0001
#define TUTTI_STUN_INDICATION 0x0011
#define TUTTI_STUN_SUCCESS 0x0101
#define TUTTI_STUN_ERROR 0x0111

/* Section 18.3, and RFC 8445 section 16.1 */
#define TUTTI_STUN_USERNAME 0x0006
#define TUTTI_STUN_INTEGRITY 0x0008
#define TUTTI_STUN_ERROR_CODE 0x0009
#define TUTTI_STUN_MAPPED 0x0020
#define TUTTI_STUN_PRIORITY 0x0024
#define TUTTI_STUN_USE_CANDIDATE 0x0025
#define TUTTI_STUN_FINGERPRINT 0x8028
#define TUTTI_STUN_CONTROLLED 0x8029
#define TUTTI_STUN_CONTROLLING 0x802A

/* A user name of two fragments of 256, and what stands beside it. */
#define TUTTI_STUN_MAX_BYTES 640
#define TUTTI_STUN_HEADER_BYTES 20
#define TUTTI_STUN_ID_BYTES 12

/* Points into what was read. */
typedef struct {
    guint16 type;
    const guint8 *data, *id;
    const guint8 *username; /* NULL: none */
    gsize username_bytes;
    gboolean has_priority, is_controlling, is_controlled;
    guint error_code;
    gsize integrity_at; /* where MESSAGE-INTEGRITY begins; 0: none */
    gboolean is_odd;    /* has attributes that must be understood and aren't, or twice */
} TuttiStunMessage;

/* FALSE: no whole message with a right fingerprint at its end. */
gboolean tutti_stun_read (TuttiStunMessage *message, const guint8 *data, gsize length_bytes);
/* By who knows the password; compared in constant time. */
gboolean tutti_stun_is_signed (const TuttiStunMessage *message, const char *password);

typedef struct {
    guint8 *data;
    gsize length_bytes, room_bytes;
    gboolean is_full;
} TuttiStunWriter;

void tutti_stun_begin (TuttiStunWriter *writer, guint8 *buffer, gsize room_bytes, guint16 type,
                       const guint8 *id);
void tutti_stun_put (TuttiStunWriter *writer, guint16 type, const void *value, gsize length_bytes);
/* XOR-MAPPED-ADDRESS: IPv4 or IPv6. */
void tutti_stun_put_mapped (TuttiStunWriter *writer, const struct sockaddr_storage *address);
/* Integrity and fingerprint. The message's bytes; 0 when there was no room. */
gsize tutti_stun_finish (TuttiStunWriter *writer, const char *password);
