/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rtp.c: see rtp.h. Every length is checked against what is left before it is believed.
 */
#include "rtp.h"

#include "bytes.h"

#include <string.h>

#define RTP_VERSION 2
#define FLAG_PADDING 0x20
#define FLAG_EXTENSION 0x10
#define MARKER 0x80
#define WORD_BYTES 4
/* "defined by profile" of an extension block. RFC 8285 sections 4.2 and 4.3. */
#define PROFILE_ONE_BYTE 0xBEDE
#define PROFILE_TWO_BYTE 0x1000
#define PROFILE_TWO_BYTE_MASK 0xFFF0 /* the low four bits are the application's */
#define ONE_BYTE_ID_STOP 15

static gboolean
read_extensions (TuttiRtp *rtp, const guint8 **at, const guint8 *end)
{
    gsize bytes;

    if (end - *at < WORD_BYTES)
        return FALSE;
    bytes = (gsize)tutti_get_u16 (*at + 2) * WORD_BYTES;
    if ((gsize)(end - *at - WORD_BYTES) < bytes)
        return FALSE;
    rtp->profile = tutti_get_u16 (*at);
    rtp->extensions = *at + WORD_BYTES;
    rtp->extensions_bytes = bytes;
    *at += WORD_BYTES + bytes;
    return TRUE;
}

static const guint8 *
find_one_byte (const TuttiRtp *rtp, guint id, gsize *length_bytes)
{
    const guint8 *at = rtp->extensions, *end = at + rtp->extensions_bytes;

    while (at < end) {
        guint found = at[0] >> 4;
        gsize length = (gsize)(at[0] & 0x0F) + 1;

        if (at[0] == 0) { /* padding */
            at++;
            continue;
        }
        /* Section 4.2: id 15, and id 0 with a length, end the block. */
        if (found == ONE_BYTE_ID_STOP || found == 0 || (gsize)(end - at - 1) < length)
            return NULL;
        if (found == id) {
            *length_bytes = length;
            return at + 1;
        }
        at += 1 + length;
    }
    return NULL;
}

static const guint8 *
find_two_byte (const TuttiRtp *rtp, guint id, gsize *length_bytes)
{
    const guint8 *at = rtp->extensions, *end = at + rtp->extensions_bytes;

    while (at < end) {
        if (at[0] == 0) { /* padding */
            at++;
            continue;
        }
        if (end - at < 2 || end - at - 2 < at[1])
            return NULL;
        if (at[0] == id) {
            *length_bytes = at[1];
            return at + 2;
        }
        at += 2 + at[1];
    }
    return NULL;
}

/* The block's header, with a length that add_extension() keeps right. */
static void
open_block (TuttiRtpWriter *writer)
{
    writer->block_at = writer->length_bytes;
    writer->data[0] |= FLAG_EXTENSION;
    tutti_put_u16 (writer->data + writer->block_at,
                   writer->two_byte ? PROFILE_TWO_BYTE : PROFILE_ONE_BYTE);
    tutti_put_u16 (writer->data + writer->block_at + 2, 0);
    writer->length_bytes += WORD_BYTES;
}

/* Where the next element goes: over the padding of the last one. */
static gsize
find_block_end (const TuttiRtpWriter *writer)
{
    gsize at = writer->block_at + WORD_BYTES;

    while (at < writer->length_bytes && writer->data[at] != 0)
        at += writer->two_byte ? 2 + (gsize)writer->data[at + 1]
                               : 2 + (gsize)(writer->data[at] & 0x0F);
    return at;
}

static gboolean
fits_form (const TuttiRtpWriter *writer, guint id, gsize length_bytes)
{
    if (writer->two_byte)
        return id >= 1 && id <= G_MAXUINT8 && length_bytes <= G_MAXUINT8;
    return id >= 1 && id <= TUTTI_RTP_ONE_BYTE_ID_MAX && length_bytes >= 1 &&
           length_bytes <= TUTTI_RTP_ONE_BYTE_LENGTH_MAX;
}

static gsize
round_to_word (gsize bytes)
{
    return (bytes + WORD_BYTES - 1) / WORD_BYTES * WORD_BYTES;
}

gboolean
tutti_rtp_read (const guint8 *data, gsize length_bytes, TuttiRtp *rtp)
{
    const guint8 *end = data + length_bytes, *at;
    TuttiRtp read = {0};

    if (length_bytes < TUTTI_RTP_HEADER_BYTES || data[0] >> 6 != RTP_VERSION)
        return FALSE;
    read.marker = (data[1] & MARKER) != 0;
    read.payload_type = data[1] & 0x7F;
    read.seq = tutti_get_u16 (data + 2);
    read.timestamp = tutti_get_u32 (data + 4);
    read.ssrc = tutti_get_u32 (data + 8);
    at = data + TUTTI_RTP_HEADER_BYTES;
    if (end - at < (data[0] & 0x0F) * WORD_BYTES)
        return FALSE;
    at += (data[0] & 0x0F) * WORD_BYTES; /* CSRCs: who else speaks is no business of ours */
    if ((data[0] & FLAG_EXTENSION) && !read_extensions (&read, &at, end))
        return FALSE;
    if (data[0] & FLAG_PADDING) {
        /* The count includes itself: zero is a lie. */
        if (at == end || end[-1] == 0 || end[-1] > end - at)
            return FALSE;
        read.padding_bytes = end[-1];
    }
    read.payload = at;
    read.payload_bytes = (gsize)(end - at) - read.padding_bytes;
    *rtp = read;
    return TRUE;
}

const guint8 *
tutti_rtp_find_extension (const TuttiRtp *rtp, guint id, gsize *length_bytes)
{
    if (id == 0 || rtp->extensions == NULL)
        return NULL;
    if (rtp->profile == PROFILE_ONE_BYTE)
        return id <= TUTTI_RTP_ONE_BYTE_ID_MAX ? find_one_byte (rtp, id, length_bytes) : NULL;
    if ((rtp->profile & PROFILE_TWO_BYTE_MASK) == PROFILE_TWO_BYTE)
        return find_two_byte (rtp, id, length_bytes);
    return NULL;
}

void
tutti_rtp_writer_start (TuttiRtpWriter *writer, guint8 *data, gsize capacity_bytes,
                        const TuttiRtp *rtp, gboolean two_byte)
{
    g_assert (capacity_bytes >= TUTTI_RTP_HEADER_BYTES);
    *writer = (TuttiRtpWriter){.data = data,
                               .capacity_bytes = capacity_bytes,
                               .length_bytes = TUTTI_RTP_HEADER_BYTES,
                               .two_byte = two_byte};
    data[0] = RTP_VERSION << 6;
    data[1] = (guint8)((rtp->marker ? MARKER : 0) | (rtp->payload_type & 0x7F));
    tutti_put_u16 (data + 2, rtp->seq);
    tutti_put_u32 (data + 4, rtp->timestamp);
    tutti_put_u32 (data + 8, rtp->ssrc);
}

gboolean
tutti_rtp_writer_add_extension (TuttiRtpWriter *writer, guint id, const guint8 *value,
                                gsize length_bytes)
{
    gsize head_bytes = writer->two_byte ? 2 : 1;
    gsize start = writer->block_at ? find_block_end (writer) : writer->length_bytes + WORD_BYTES;
    gsize end = round_to_word (start + head_bytes + length_bytes);
    guint8 *at;

    if (!fits_form (writer, id, length_bytes) || end > writer->capacity_bytes)
        return FALSE;
    if (writer->block_at == 0)
        open_block (writer);
    at = writer->data + start;
    if (writer->two_byte) {
        at[0] = (guint8)id;
        at[1] = (guint8)length_bytes;
    } else {
        at[0] = (guint8)(id << 4 | (length_bytes - 1));
    }
    memcpy (at + head_bytes, value, length_bytes);
    memset (at + head_bytes + length_bytes, 0,
            end - (start + head_bytes + length_bytes)); /* padding elements */
    writer->length_bytes = end;
    tutti_put_u16 (writer->data + writer->block_at + 2,
                   (guint16)((end - writer->block_at) / WORD_BYTES - 1));
    return TRUE;
}

gboolean
tutti_rtp_writer_add_payload (TuttiRtpWriter *writer, const guint8 *payload, gsize length_bytes)
{
    if (length_bytes > writer->capacity_bytes - writer->length_bytes)
        return FALSE;
    if (length_bytes > 0)
        memcpy (writer->data + writer->length_bytes, payload, length_bytes);
    writer->length_bytes += length_bytes;
    return TRUE;
}

gboolean
tutti_rtp_writer_add_padding (TuttiRtpWriter *writer, guint8 bytes)
{
    if (bytes == 0 || bytes > writer->capacity_bytes - writer->length_bytes)
        return FALSE;
    memset (writer->data + writer->length_bytes, 0, bytes);
    writer->length_bytes += bytes;
    writer->data[writer->length_bytes - 1] = bytes;
    writer->data[0] |= FLAG_PADDING;
    return TRUE;
}
