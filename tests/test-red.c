/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-red.c: RFC 2198 payloads, to the byte; how much redundancy a loss is answered with; two
 * sessions over a bad link.
 */
#include "rtp-fixture.h"

#include "leg/red.h"
#include "leg/redundancy.h"

#include <string.h>

#define CERTAIN_PACKETS 3 /* one more than a packet can repeat */
#define OPUS 111
#define ROUND_US 20000

static TuttiPacket *
make_packet (gint64 time_us, guint8 value, guint16 length_bytes)
{
    TuttiPacket *packet = tutti_packet_new ();

    packet->time_us = time_us;
    packet->length_bytes = length_bytes;
    memset (packet->data, value, length_bytes);
    return packet;
}

static void
add (TuttiRedPast *past, gint64 time_us, guint8 value, guint16 length_bytes)
{
    g_autoptr (TuttiPacket) packet = make_packet (time_us, value, length_bytes);

    tutti_red_past_add (past, packet);
}

static gsize
write_after (const TuttiRedPast *past, gint64 time_us, guint16 length_bytes, guint8 *out)
{
    g_autoptr (TuttiPacket) packet = make_packet (time_us, 0xCC, length_bytes);

    return tutti_red_write (past, packet, 2, OPUS, out);
}

static void
test_write (void)
{
    /* 960 samples before: 0x3C0 << 10 | 2; twice that: 0x780 << 10 | 3 */
    static const guint8 expected[] = {0x80 | OPUS, 0x1E, 0x00, 0x03, 0x80 | OPUS, 0x0F, 0x00, 0x02,
                                      OPUS,        0xAA, 0xAA, 0xAA, 0xBB,        0xBB, 0xCC};
    guint8 out[TUTTI_PAYLOAD_MAX_BYTES];
    TuttiRedBlock blocks[TUTTI_RED_BLOCKS_MAX];
    TuttiRedPast past = {0};
    gsize length;

    g_assert_cmpuint (write_after (&past, 0, 1, out), ==, 0);
    add (&past, 0, 0x99, 9); /* one more than is kept */
    add (&past, 1 * ROUND_US, 0xAA, 3);
    add (&past, 2 * ROUND_US, 0xBB, 2);
    length = write_after (&past, 3 * ROUND_US, 1, out);
    g_assert_cmpmem (out, length, expected, sizeof expected);

    g_assert_cmpuint (tutti_red_read (out, length, blocks), ==, 3);
    g_assert_cmpuint (blocks[0].offset_samples, ==, 1920);
    g_assert_cmpmem (blocks[0].data, blocks[0].length_bytes, "\xAA\xAA\xAA", 3);
    g_assert_cmpuint (blocks[1].offset_samples, ==, 960);
    g_assert_cmpmem (blocks[1].data, blocks[1].length_bytes, "\xBB\xBB", 2);
    g_assert_cmpuint (blocks[2].offset_samples, ==, 0);
    g_assert_cmpuint (blocks[2].payload_type, ==, OPUS);
    g_assert_cmpmem (blocks[2].data, blocks[2].length_bytes, "\xCC", 1);
    tutti_red_past_clear (&past);
    g_assert_cmpuint (tutti_packet_count_live (), ==, 0);
}

/* What the format can't say stays out, and what is before it as well: numbers are counted back. */
static void
test_limits (void)
{
    guint8 out[TUTTI_PAYLOAD_MAX_BYTES];
    TuttiRedPast past = {0};

    add (&past, 0, 0xAA, 5);
    g_assert_cmpuint (write_after (&past, 341 * 1000, 1, out), ==, 4 + 1 + 5 + 1);
    g_assert_cmpuint (write_after (&past, 342 * 1000, 1, out), ==, 0); /* 16384 samples: a pause */
    g_assert_cmpuint (write_after (&past, 0, 1, out), ==, 0);
    add (&past, ROUND_US, 0xBB, 1024); /* 10 bits */
    g_assert_cmpuint (write_after (&past, 2 * ROUND_US, 1, out), ==, 0);
    add (&past, 2 * ROUND_US, 0xBB, 600);
    g_assert_cmpuint (write_after (&past, 3 * ROUND_US, 525, out), ==, TUTTI_PAYLOAD_MAX_BYTES);
    g_assert_cmpuint (write_after (&past, 3 * ROUND_US, 526, out), ==, 0);
    tutti_red_past_clear (&past);
}

static void
test_malformed (void)
{
    static const struct {
        const char *bytes;
        gsize length;
    } rows[] = {
        {"", 0},
        {"\xEF", 1},                             /* an old block's header, cut */
        {"\xEF\x0F\x00", 3},                     /* likewise */
        {"\xEF\x0F\x00\x02", 4},                 /* none of its own */
        {"\xEF\x0F\x00\x02\x6F\xAA", 6},         /* less than it says */
        {"\xEF\x0F\x03\xFF\x6F\xAA\xAA\xAA", 8}, /* much less */
    };
    TuttiRedBlock blocks[TUTTI_RED_BLOCKS_MAX] = {{.length_bytes = 77}};
    guint8 many[4 * TUTTI_RED_BLOCKS_MAX + 2];

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
        g_assert_cmpuint (tutti_red_read ((const guint8 *)rows[i].bytes, rows[i].length, blocks),
                          ==, 0);
    for (guint i = 0; i < TUTTI_RED_BLOCKS_MAX; i++)
        memcpy (many + 4 * i, "\xEF\x0F\x00", 4);
    many[sizeof many - 2] = OPUS;
    g_assert_cmpuint (tutti_red_read (many, sizeof many, blocks), ==, 0);
    g_assert_cmpuint (blocks[0].length_bytes, ==, 77);
    g_assert_cmpuint (tutti_red_read (many + 4, sizeof many - 4, blocks), ==, TUTTI_RED_BLOCKS_MAX);
    g_assert_cmpuint (blocks[TUTTI_RED_BLOCKS_MAX - 1].length_bytes, ==, 1);
    /* a packet with nothing but itself */
    g_assert_cmpuint (tutti_red_read ((const guint8 *)"\x6F\xAA", 2, blocks), ==, 1);
}

/* Reports at `each_us` of one loss; how much redundancy after each is in the end. */
static guint
report (TuttiRedundancy *redundancy, double loss, guint n, gint64 each_us)
{
    for (guint i = 0; i < n; i++)
        tutti_redundancy_take (redundancy, loss, redundancy->told_us + each_us);
    return tutti_redundancy_get (redundancy);
}

static void
test_policy (void)
{
    TuttiRedundancy redundancy;
    const gint64 second = G_USEC_PER_SEC;

    tutti_redundancy_init (&redundancy);
    redundancy.told_us = second;
    g_assert_cmpuint (report (&redundancy, 0.005, 60, second), ==, 0);
    g_assert_cmpuint (report (&redundancy, 0.05, 3, second), ==, 1);
    g_assert_cmpuint (report (&redundancy, 0.2, 1, 5 * second), ==, 2); /* Chromium's interval */
    g_assert_cmpuint (report (&redundancy, 0.06, 60, second), ==, 2);   /* no taking turns */
    g_assert_cmpuint (report (&redundancy, 0.03, 20, second), ==, 1);
    g_assert_cmpuint (report (&redundancy, 0, 9, second), ==, 1);
    g_assert_cmpuint (report (&redundancy, 0, 9, second), ==, 0);
    /* One packet of fifty is lost now and then: nothing to answer. */
    for (guint i = 0; i < 20; i++) {
        g_assert_cmpuint (report (&redundancy, 0.02, 1, second), ==, 0);
        g_assert_cmpuint (report (&redundancy, 0, 3, second), ==, 0);
    }
    /* Room for one, or none, whatever is lost. */
    g_assert_cmpuint (report (&redundancy, 0.2, 5, second), ==, 2);
    tutti_redundancy_limit (&redundancy, 1);
    g_assert_cmpuint (tutti_redundancy_get (&redundancy), ==, 1);
    tutti_redundancy_limit (&redundancy, 0);
    g_assert_cmpuint (tutti_redundancy_get (&redundancy), ==, 0);
}

/* A sound's packets that came: each once, in order, with its own number and time. How many of
 * them only within another. */
static guint
check_sound (FixtureEnd *end, guint n_sent, guint *n_missing)
{
    guint next = 0, n_repaired = 0;
    guint16 first_seq = 0;
    guint32 first_stamp = 0;

    *n_missing = n_sent;
    for (;;) {
        g_autoptr (TuttiPacket) packet = tutti_queue_pop (end->in[TUTTI_TRACK_AUDIO]);
        guint32 n;

        if (packet == NULL)
            return n_repaired;
        n = fixture_packet_number (packet);
        if (next == 0) {
            first_seq = (guint16)(packet->seq - n);
            first_stamp = packet->timestamp - n * TUTTI_ROUND_SAMPLES;
        }
        g_assert_cmpuint (n, >=, next);
        g_assert_cmpuint (packet->payload_type, ==, FIXTURE_OPUS);
        g_assert_cmpuint (packet->seq, ==, (guint16)(first_seq + n));
        g_assert_cmpuint (packet->timestamp, ==, first_stamp + n * TUTTI_ROUND_SAMPLES);
        n_repaired += packet->flags & TUTTI_PACKET_RECOVERED ? 1 : 0;
        (*n_missing)--;
        next = n + 1;
    }
}

/* The last packets come for certain: what is lost before them is repaired now, not by packets that
 * are counted from nought again. */
static guint
send_sound (FixtureLink *link, guint n_packets, guint *n_missing)
{
    double loss = link->loss;

    for (guint n = 0; n < n_packets; n++) {
        link->loss = n + CERTAIN_PACKETS < n_packets ? loss : 0;
        fixture_send (&link->a, TUTTI_CODEC_OPUS, n, 0);
        fixture_link_run (link, ROUND_US);
    }
    fixture_link_run (link, 100000);
    link->loss = loss;
    return check_sound (&link->b, n_packets, n_missing);
}

static void
offer_red (FixtureLink *link)
{
    link->a.description->media[0].formats[0].red_payload_type = FIXTURE_RED;
    link->b.description->media[0].formats[0].red_payload_type = FIXTURE_RED;
    fixture_link_configure (link);
}

static void
test_lossy_link (void)
{
    g_autoptr (FixtureLink) link = fixture_link_new ();
    TuttiLegStats stats;
    guint n_missing, n_repaired;

    offer_red (link);
    send_sound (link, 500, &n_missing);
    fixture_get_stats (&link->a, &stats);
    g_assert_cmpuint (stats.out[TUTTI_KIND_AUDIO].red, ==, 0); /* plain where nothing is lost */

    link->loss = 0.05;
    send_sound (link, 500, &n_missing); /* it is learnt of */
    n_repaired = send_sound (link, 4000, &n_missing);
    g_test_message ("5 %%: %u of 4000 repaired, %u missing", n_repaired, n_missing);
    g_assert_cmpuint (n_repaired, >=, 150);
    g_assert_cmpuint (n_missing, <=, 20); /* 0.25 % and chance */
    link->loss = 0.2;
    send_sound (link, 500, &n_missing);
    n_repaired = send_sound (link, 4000, &n_missing);
    g_test_message ("20 %%: %u of 4000 repaired, %u missing", n_repaired, n_missing);
    g_assert_cmpuint (n_missing, <=, 60); /* 0.8 % and chance */
    fixture_get_stats (&link->a, &stats);
    g_assert_cmpuint (stats.out[TUTTI_KIND_AUDIO].red_blocks, ==, 2);
    fixture_get_stats (&link->b, &stats);
    g_assert_cmpuint (stats.in[TUTTI_TRACK_AUDIO].red, >=, n_repaired);
    g_assert_cmpuint (stats.malformed, ==, 0);

    link->loss = 0; /* calm: plain again */
    send_sound (link, 2500, &n_missing);
    fixture_get_stats (&link->a, &stats);
    g_assert_cmpuint (stats.out[TUTTI_KIND_AUDIO].red_blocks, ==, 0);
}

/* A peer that didn't offer it gets none, whatever it loses. */
static void
test_not_offered (void)
{
    g_autoptr (FixtureLink) link = fixture_link_new ();
    TuttiLegStats stats;
    guint n_missing;

    link->loss = 0.2;
    fixture_link_configure (link);
    send_sound (link, 1000, &n_missing);
    g_assert_cmpuint (n_missing, >, 100);
    fixture_get_stats (&link->a, &stats);
    g_assert_cmpuint (stats.out[TUTTI_KIND_AUDIO].red, ==, 0);
    g_assert_cmpuint (stats.out[TUTTI_KIND_AUDIO].red_blocks, ==, 0);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/red/write", test_write);
    g_test_add_func ("/red/limits", test_limits);
    g_test_add_func ("/red/malformed", test_malformed);
    g_test_add_func ("/red/policy", test_policy);
    g_test_add_func ("/red/lossy-link", test_lossy_link);
    g_test_add_func ("/red/not-offered", test_not_offered);
    return g_test_run ();
}
