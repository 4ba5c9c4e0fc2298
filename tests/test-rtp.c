/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-rtp.c: the RTP header and its extensions. The known answers were made with aiortc 1.4.
 */
#include "leg/rtp.h"

#include <string.h>

/* One-byte extensions: mid (4) "a1", abs-send-time (2) 0x123456, audio level (1) voice, 33; five
 * bytes of payload, four of padding. */
static const guint8 known[] = {
    0xb0, 0xef, 0xff, 0xfe, 0x12, 0x34, 0x56, 0x78, 0xa1, 0xb2, 0xc3, 0xd4, 0xbe,
    0xde, 0x00, 0x03, 0x41, 0x61, 0x31, 0x22, 0x12, 0x34, 0x56, 0x10, 0xa1, 0x00,
    0x00, 0x00, 0x68, 0x65, 0x6c, 0x6c, 0x6f, 0x9e, 0x8d, 0xa6, 0x04,
};

static void
test_known (void)
{
    const guint8 *value;
    gsize bytes = 0;
    TuttiRtp rtp;

    g_assert_true (tutti_rtp_read (known, sizeof known, &rtp));
    g_assert_true (rtp.marker);
    g_assert_cmpuint (rtp.payload_type, ==, 111);
    g_assert_cmpuint (rtp.seq, ==, 0xfffe);
    g_assert_cmpuint (rtp.timestamp, ==, 0x12345678);
    g_assert_cmpuint (rtp.ssrc, ==, 0xa1b2c3d4);
    g_assert_cmpmem (rtp.payload, rtp.payload_bytes, "hello", 5);
    g_assert_cmpuint (rtp.padding_bytes, ==, 4);
    value = tutti_rtp_find_extension (&rtp, 4, &bytes);
    g_assert_cmpmem (value, bytes, "a1", 2);
    value = tutti_rtp_find_extension (&rtp, 2, &bytes);
    g_assert_cmpmem (value, bytes, "\x12\x34\x56", 3);
    value = tutti_rtp_find_extension (&rtp, 1, &bytes);
    g_assert_cmpmem (value, bytes, "\xa1", 1);
    g_assert_null (tutti_rtp_find_extension (&rtp, 3, &bytes));
    g_assert_null (tutti_rtp_find_extension (&rtp, 0, &bytes));
    g_assert_null (tutti_rtp_find_extension (&rtp, 15, &bytes));
}

static void
test_write_known (void)
{
    const TuttiRtp rtp = {.marker = TRUE,
                          .payload_type = 111,
                          .seq = 0xfffe,
                          .timestamp = 0x12345678,
                          .ssrc = 0xa1b2c3d4};
    TuttiRtpWriter writer;
    guint8 data[64];

    tutti_rtp_writer_start (&writer, data, sizeof data, &rtp, FALSE);
    g_assert_true (tutti_rtp_writer_add_extension (&writer, 4, (const guint8 *)"a1", 2));
    g_assert_true (tutti_rtp_writer_add_extension (&writer, 2, (const guint8 *)"\x12\x34\x56", 3));
    g_assert_true (tutti_rtp_writer_add_extension (&writer, 1, (const guint8 *)"\xa1", 1));
    g_assert_true (tutti_rtp_writer_add_payload (&writer, (const guint8 *)"hello", 5));
    data[0] |= 0x20; /* we never pad; the known packet is */
    g_assert_cmpmem (data, writer.length_bytes, known, sizeof known - 4);
}

static void
test_two_byte (void)
{
    const TuttiRtp rtp = {.payload_type = 96, .ssrc = 1};
    const char *mid = "a-mid-of-more-than-16-bytes";
    TuttiRtpWriter writer;
    TuttiRtp read;
    guint8 data[80];
    const guint8 *value;
    gsize bytes = 99;

    tutti_rtp_writer_start (&writer, data, sizeof data, &rtp, TRUE);
    g_assert_true (
        tutti_rtp_writer_add_extension (&writer, 200, (const guint8 *)mid, strlen (mid)));
    g_assert_true (tutti_rtp_writer_add_extension (&writer, 3, (const guint8 *)"", 0));
    g_assert_true (tutti_rtp_writer_add_extension (&writer, 15, (const guint8 *)"xy", 2));
    g_assert_true (tutti_rtp_writer_add_payload (&writer, (const guint8 *)"p", 1));
    g_assert_true (tutti_rtp_read (data, writer.length_bytes, &read));
    value = tutti_rtp_find_extension (&read, 200, &bytes);
    g_assert_cmpmem (value, bytes, mid, strlen (mid));
    value = tutti_rtp_find_extension (&read, 15, &bytes);
    g_assert_cmpmem (value, bytes, "xy", 2);
    g_assert_nonnull (tutti_rtp_find_extension (&read, 3, &bytes));
    g_assert_cmpuint (bytes, ==, 0);
    g_assert_cmpmem (read.payload, read.payload_bytes, "p", 1);
}

static void
test_no_room (void)
{
    const TuttiRtp rtp = {.payload_type = 96};
    TuttiRtpWriter writer;
    guint8 data[20] = {0};

    tutti_rtp_writer_start (&writer, data, sizeof data, &rtp, FALSE);
    g_assert_false (tutti_rtp_writer_add_extension (&writer, 15, data, 1)); /* not in this form */
    g_assert_false (tutti_rtp_writer_add_extension (&writer, 1, data, 17));
    g_assert_false (tutti_rtp_writer_add_extension (&writer, 1, data, 0));
    g_assert_false (tutti_rtp_writer_add_extension (&writer, 1, data, 4));
    g_assert_cmpuint (writer.length_bytes, ==, TUTTI_RTP_HEADER_BYTES);
    g_assert_cmpuint (data[0], ==, 0x80);
    g_assert_true (tutti_rtp_writer_add_extension (&writer, 1, data, 3));
    g_assert_false (tutti_rtp_writer_add_payload (&writer, data, 1));
}

/* A copy of the known packet with one byte changed, cut to a length. */
static gboolean
read_changed (gsize at, guint8 value, gsize length_bytes, TuttiRtp *rtp)
{
    /* exactly as long as it claims, so that ASan sees a read beyond */
    g_autofree guint8 *data = g_malloc (length_bytes + 1);

    memcpy (data, known, length_bytes);
    if (at < length_bytes)
        data[at] = value;
    data = g_realloc (data, MAX (length_bytes, 1));
    return tutti_rtp_read (data, length_bytes, rtp);
}

static void
test_hostile (void)
{
    TuttiRtp rtp;

    for (gsize length = 0; length < sizeof known; length++)
        read_changed (0, known[0], length, &rtp);
    g_assert_false (read_changed (0, known[0], 11, &rtp));
    g_assert_false (read_changed (0, 0x70, sizeof known, &rtp));  /* version 1 */
    g_assert_false (read_changed (0, 0xbf, sizeof known, &rtp));  /* 15 CSRCs */
    g_assert_false (read_changed (15, 0xff, sizeof known, &rtp)); /* extension block too long */
    g_assert_false (read_changed (36, 0, sizeof known, &rtp));    /* padding of nothing */
    g_assert_false (read_changed (36, 10, sizeof known, &rtp));   /* more than there is */
    g_assert_true (read_changed (36, 9, sizeof known, &rtp));     /* nothing but padding */
    g_assert_cmpuint (rtp.payload_bytes, ==, 0);
    g_assert_cmpuint (rtp.padding_bytes, ==, 9);
}

/* Elements that run over the block's end, and ids that end it. */
static void
test_hostile_extensions (void)
{
    gsize bytes;
    TuttiRtp rtp;
    guint8 data[] = {0x90, 96, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xbe, 0xde, 0, 1, 0x1f, 1, 2, 3};

    g_assert_true (tutti_rtp_read (data, sizeof data, &rtp));
    g_assert_null (tutti_rtp_find_extension (&rtp, 1, &bytes)); /* 16 bytes of 3 */
    data[16] = 0xf0;                                            /* id 15: stop */
    data[18] = 0x10;
    g_assert_null (tutti_rtp_find_extension (&rtp, 1, &bytes));
    data[16] = 0x03; /* id 0 with a length: stop */
    g_assert_null (tutti_rtp_find_extension (&rtp, 1, &bytes));
    data[12] = 0x10;
    data[13] = 0x0a; /* two bytes, with application bits */
    data[16] = 1;
    data[17] = 3;
    g_assert_true (tutti_rtp_read (data, sizeof data, &rtp));
    g_assert_null (tutti_rtp_find_extension (&rtp, 1, &bytes));
    data[17] = 2;
    g_assert_nonnull (tutti_rtp_find_extension (&rtp, 1, &bytes));
    data[12] = 0x20; /* some other profile */
    g_assert_true (tutti_rtp_read (data, sizeof data, &rtp));
    g_assert_null (tutti_rtp_find_extension (&rtp, 1, &bytes));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/rtp/known", test_known);
    g_test_add_func ("/rtp/write-known", test_write_known);
    g_test_add_func ("/rtp/two-byte", test_two_byte);
    g_test_add_func ("/rtp/no-room", test_no_room);
    g_test_add_func ("/rtp/hostile", test_hostile);
    g_test_add_func ("/rtp/hostile-extensions", test_hostile_extensions);
    return g_test_run ();
}
