/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stun.c: see stun.h. Any thread.
 */
#include "stun.h"

#include <netinet/in.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "bytes.h"

#define COOKIE 0x2112A442
#define ATTRIBUTE_BYTES 4
#define SHA1_BYTES 20
#define INTEGRITY_BYTES (ATTRIBUTE_BYTES + SHA1_BYTES)
#define FINGERPRINT_BYTES (ATTRIBUTE_BYTES + 4)
/* RFC 8489 section 14.7 */
#define FINGERPRINT_XOR 0x5354554E
/* Section 14: from here on an attribute may be passed over. */
#define OPTIONAL_FROM 0x8000

/* CRC-32 of ITU-T V.42, by half a byte: 64 bytes of table stay in the cache. */
static guint32
sum_crc (const guint8 *data, gsize length_bytes)
{
    static const guint32 table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    guint32 crc = 0xffffffff;

    for (gsize i = 0; i < length_bytes; i++) {
        crc = table[(crc ^ data[i]) & 15] ^ (crc >> 4);
        crc = table[(crc ^ (data[i] >> 4)) & 15] ^ (crc >> 4);
    }
    return ~crc;
}

/* Section 14.5: of what stands before the attribute, as if the message ended with it. */
static gboolean
sum_integrity (const guint8 *data, gsize integrity_at, const char *password, guint8 *sum)
{
    guint8 text[TUTTI_STUN_MAX_BYTES];
    guint sum_bytes = 0;

    g_assert (integrity_at >= TUTTI_STUN_HEADER_BYTES && integrity_at <= sizeof text);
    memcpy (text, data, integrity_at);
    tutti_put_u16 (text + 2, (guint16)(integrity_at + INTEGRITY_BYTES - TUTTI_STUN_HEADER_BYTES));
    return HMAC (EVP_sha1 (), password, (int)strlen (password), text, integrity_at, sum,
                 &sum_bytes) &&
           sum_bytes == SHA1_BYTES;
}

static gboolean
read_header (TuttiStunMessage *message, const guint8 *data, gsize length_bytes)
{
    if (length_bytes < TUTTI_STUN_HEADER_BYTES + FINGERPRINT_BYTES ||
        length_bytes > TUTTI_STUN_MAX_BYTES || length_bytes % 4 != 0 ||
        tutti_get_u16 (data + 2) != length_bytes - TUTTI_STUN_HEADER_BYTES ||
        tutti_get_u32 (data + 4) != COOKIE)
        return FALSE;
    *message = (TuttiStunMessage){.type = tutti_get_u16 (data), .data = data, .id = data + 8};
    return TRUE;
}

static gboolean
has_fingerprint (const guint8 *data, gsize length_bytes)
{
    const guint8 *last = data + length_bytes - FINGERPRINT_BYTES;

    return tutti_get_u16 (last) == TUTTI_STUN_FINGERPRINT && tutti_get_u16 (last + 2) == 4 &&
           tutti_get_u32 (last + ATTRIBUTE_BYTES) ==
               (sum_crc (data, length_bytes - FINGERPRINT_BYTES) ^ FINGERPRINT_XOR);
}

/* The first of its kind counts (section 14); a second makes the message odd. */
static void
note_role (TuttiStunMessage *message, gboolean *role, gsize length_bytes)
{
    message->is_odd |= length_bytes != 8 || message->is_controlling || message->is_controlled;
    *role = TRUE;
}

static void
read_attribute (TuttiStunMessage *message, guint16 type, const guint8 *value, gsize length_bytes)
{
    /* Nothing but the fingerprint follows the integrity of those we talk with. */
    message->is_odd |= message->integrity_at > 0;
    switch (type) {
    case TUTTI_STUN_USERNAME:
        message->is_odd |= message->username != NULL;
        message->username = value;
        message->username_bytes = length_bytes;
        break;
    case TUTTI_STUN_PRIORITY:
        message->is_odd |= message->has_priority || length_bytes != 4;
        message->has_priority = TRUE;
        break;
    case TUTTI_STUN_CONTROLLING:
        note_role (message, &message->is_controlling, length_bytes);
        break;
    case TUTTI_STUN_CONTROLLED:
        note_role (message, &message->is_controlled, length_bytes);
        break;
    case TUTTI_STUN_INTEGRITY:
        message->is_odd |= length_bytes != SHA1_BYTES;
        message->integrity_at = (gsize)(value - ATTRIBUTE_BYTES - message->data);
        break;
    case TUTTI_STUN_ERROR_CODE:
        /* Section 14.8: hundreds and the rest. */
        message->is_odd |= length_bytes < 4;
        message->error_code = length_bytes < 4 ? 0 : (value[2] & 7u) * 100 + value[3];
        break;
    case TUTTI_STUN_USE_CANDIDATE:
    case TUTTI_STUN_MAPPED:
        break;
    default:
        message->is_odd |= type < OPTIONAL_FROM;
    }
}

gboolean
tutti_stun_read (TuttiStunMessage *message, const guint8 *data, gsize length_bytes)
{
    gsize at = TUTTI_STUN_HEADER_BYTES;

    if (!read_header (message, data, length_bytes) || !has_fingerprint (data, length_bytes))
        return FALSE;
    while (at < length_bytes - FINGERPRINT_BYTES) {
        gsize value_bytes = tutti_get_u16 (data + at + 2);
        const guint8 *value = data + at + ATTRIBUTE_BYTES;
        gsize next = at + ATTRIBUTE_BYTES + (value_bytes + 3) / 4 * 4;

        if (next > length_bytes - FINGERPRINT_BYTES)
            return FALSE;
        read_attribute (message, tutti_get_u16 (data + at), value, value_bytes);
        at = next;
    }
    return TRUE;
}

gboolean
tutti_stun_is_signed (const TuttiStunMessage *message, const char *password)
{
    guint8 sum[EVP_MAX_MD_SIZE];

    return message->integrity_at > 0 && !message->is_odd &&
           sum_integrity (message->data, message->integrity_at, password, sum) &&
           CRYPTO_memcmp (message->data + message->integrity_at + ATTRIBUTE_BYTES, sum,
                          SHA1_BYTES) == 0;
}

void
tutti_stun_begin (TuttiStunWriter *writer, guint8 *buffer, gsize room_bytes, guint16 type,
                  const guint8 *id)
{
    g_assert (room_bytes >= TUTTI_STUN_HEADER_BYTES && room_bytes <= TUTTI_STUN_MAX_BYTES);
    *writer = (TuttiStunWriter){buffer, TUTTI_STUN_HEADER_BYTES, room_bytes, FALSE};
    tutti_put_u16 (buffer, type);
    tutti_put_u32 (buffer + 4, COOKIE);
    memcpy (buffer + 8, id, TUTTI_STUN_ID_BYTES);
}

void
tutti_stun_put (TuttiStunWriter *writer, guint16 type, const void *value, gsize length_bytes)
{
    guint8 *at = writer->data + writer->length_bytes;
    gsize padded = (length_bytes + 3) / 4 * 4;

    writer->is_full |= writer->room_bytes - writer->length_bytes < ATTRIBUTE_BYTES + padded;
    if (writer->is_full)
        return;
    tutti_put_u16 (at, type);
    tutti_put_u16 (at + 2, (guint16)length_bytes);
    memset (at + ATTRIBUTE_BYTES, 0, padded);
    if (length_bytes > 0)
        memcpy (at + ATTRIBUTE_BYTES, value, length_bytes);
    writer->length_bytes += ATTRIBUTE_BYTES + padded;
    tutti_put_u16 (writer->data + 2, (guint16)(writer->length_bytes - TUTTI_STUN_HEADER_BYTES));
}

/* Section 14.2: family, and port and address mixed with the header's cookie and id. */
void
tutti_stun_put_mapped (TuttiStunWriter *writer, const struct sockaddr_storage *address)
{
    const struct sockaddr_in *ipv4 = (const void *)address;
    const struct sockaddr_in6 *ipv6 = (const void *)address;
    gboolean is_ipv4 = address->ss_family == AF_INET;
    const void *host = is_ipv4 ? (const void *)&ipv4->sin_addr : (const void *)&ipv6->sin6_addr;
    gsize host_bytes = is_ipv4 ? sizeof ipv4->sin_addr : sizeof ipv6->sin6_addr;
    guint8 value[4 + sizeof ipv6->sin6_addr] = {0, is_ipv4 ? 1 : 2};

    memcpy (value + 2, is_ipv4 ? &ipv4->sin_port : &ipv6->sin6_port, 2);
    memcpy (value + 4, host, host_bytes);
    for (guint i = 0; i < 2; i++)
        value[2 + i] ^= writer->data[4 + i];
    for (gsize i = 0; i < host_bytes; i++)
        value[4 + i] ^= writer->data[4 + i];
    tutti_stun_put (writer, TUTTI_STUN_MAPPED, value, 4 + host_bytes);
}

gsize
tutti_stun_finish (TuttiStunWriter *writer, const char *password)
{
    gsize integrity_at = writer->length_bytes;
    guint8 sum[EVP_MAX_MD_SIZE] = {0};
    guint8 fingerprint[4];

    /* The fingerprint covers the length that the message has with it (section 14.7). */
    tutti_stun_put (writer, TUTTI_STUN_INTEGRITY, sum, SHA1_BYTES);
    tutti_stun_put (writer, TUTTI_STUN_FINGERPRINT, "\0\0\0", sizeof fingerprint);
    if (writer->is_full || !sum_integrity (writer->data, integrity_at, password, sum))
        return 0;
    memcpy (writer->data + integrity_at + ATTRIBUTE_BYTES, sum, SHA1_BYTES);
    tutti_put_u32 (writer->data + writer->length_bytes - sizeof fingerprint,
                   sum_crc (writer->data, writer->length_bytes - FINGERPRINT_BYTES) ^
                       FINGERPRINT_XOR);
    return writer->length_bytes;
}
