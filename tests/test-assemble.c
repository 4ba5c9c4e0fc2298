/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-assemble.c: frames out of packets: order, holes and their deadlines, the search for a key
 * frame, and the limits. A payload is one letter of a script:
 *
 *   K key frame's start   D other start   . middle   m, M middle or start with the marker
 */
#include "src/decode/assemble.h"
#include "src/decode/ring.h"

#define MS TUTTI_USEC_PER_MSEC

static TuttiAssembler *assembler;
static gint64 now_us;
static guint16 first_seq;

/* The packet number `n` of the stream, of frame `frame`, comes now. */
static void
push_payload (guint n, guint frame, gboolean marker, const TuttiPayload *payload)
{
    g_autoptr (TuttiPacket) packet = tutti_packet_new ();

    packet->seq = (guint16)(first_seq + n);
    packet->timestamp = frame * 3000;
    packet->time_us = now_us;
    packet->length_bytes = payload ? 1000 : 0;
    packet->flags = marker ? TUTTI_PACKET_MARKER : 0;
    packet->source = n;
    tutti_assembler_push (assembler, packet, payload);
}

static void
push (guint n, guint frame, char what)
{
    TuttiPayload payload = {0};

    if (what == 'K')
        payload.parts = TUTTI_PART_START | TUTTI_PART_KEY_FRAME;
    else if (what == 'D' || what == 'M')
        payload.parts = TUTTI_PART_START;
    push_payload (n, frame, what == 'm' || what == 'M', what == ' ' ? NULL : &payload);
}

/* The next frame's packets: first number and how many; -1: none. */
static int
next (guint *n_packets)
{
    TuttiAssembled frame;
    TuttiPacket *packet;
    int first = -1;

    *n_packets = 0;
    if (!tutti_assembler_next (assembler, now_us, &frame))
        return -1;
    while ((packet = tutti_assembler_shift (assembler))) {
        if (first < 0)
            first = (int)packet->source;
        g_assert_cmpuint (packet->source, >=, (guint)first + *n_packets);
        ++*n_packets;
        tutti_packet_unref (packet);
    }
    return first;
}

static void
expect (int first, guint n_packets)
{
    guint n;

    g_assert_cmpint (next (&n), ==, first);
    g_assert_cmpuint (n, ==, n_packets);
}

static void
begin (void)
{
    assembler = tutti_assembler_new ();
    now_us = 1000 * MS;
    first_seq = 65533;
}

static void
end (void)
{
    tutti_assembler_free (assembler);
    g_assert_cmpuint (tutti_packet_count_live (), ==, 0);
}

static void
test_order (void)
{
    begin ();
    g_assert_true (tutti_assembler_wants_key_frame (assembler));
    push (2, 0, 'm');
    push (1, 0, '.');
    push (3, 1, 'D');
    expect (-1, 0);
    push (0, 0, 'K');
    g_assert_true (tutti_assembler_wants_key_frame (assembler)); /* not looked at yet */
    expect (0, 3);
    g_assert_false (tutti_assembler_wants_key_frame (assembler));
    expect (-1, 0);
    push (4, 1, 'm');
    push (4, 1, 'm');
    push (0, 0, 'K');
    expect (3, 2);
    expect (-1, 0);
    push (5, 2, 'M');
    push (6, 3, 'M');
    expect (5, 1);
    expect (6, 1);
    expect (-1, 0);
    end ();
}

/* A sender that sets no marker: the next timestamp ends the frame. */
static void
test_no_marker (void)
{
    begin ();
    push (0, 0, 'K');
    push (1, 0, '.');
    expect (-1, 0);
    g_assert_false (tutti_assembler_wants_key_frame (assembler)); /* it is under way */
    push (2, 1, 'D');
    expect (0, 2);
    push (3, 2, 'D');
    expect (2, 1);
    end ();
}

static void
test_padding (void)
{
    begin ();
    push (0, 0, 'K');
    push (1, 0, ' ');
    push (2, 0, 'm');
    push (3, 0, ' ');
    push (4, 0, ' ');
    push (5, 1, 'M');
    expect (0, 2);
    expect (5, 1);
    end ();
}

static void
test_hole (void)
{
    begin ();
    push (0, 0, 'K');
    push (1, 0, 'm');
    expect (0, 2);
    now_us += 33 * MS;
    push (2, 1, 'D'); /* 3 is missing */
    push (4, 1, 'm');
    push (5, 2, 'M');
    expect (-1, 0);
    g_assert_cmpint (tutti_assembler_deadline_us (assembler), ==, now_us + TUTTI_ASSEMBLE_WAIT_US);
    now_us += TUTTI_ASSEMBLE_WAIT_US - 1;
    expect (-1, 0);
    g_assert_false (tutti_assembler_wants_key_frame (assembler));
    push (3, 1, '.');
    expect (2, 3);
    expect (5, 1);
    g_assert_cmpint (tutti_assembler_deadline_us (assembler), ==, 0);

    push (7, 4, 'M'); /* 6 never comes */
    expect (-1, 0);
    now_us += TUTTI_ASSEMBLE_WAIT_US;
    expect (-1, 0);
    g_assert_true (tutti_assembler_wants_key_frame (assembler));
    g_assert_cmpint (tutti_assembler_deadline_us (assembler), ==, 0);
    push (6, 3, 'M'); /* too late */
    push (8, 5, 'M');
    expect (-1, 0);
    push (9, 6, 'K');
    push (11, 6, 'm');
    expect (-1, 0);
    g_assert_false (tutti_assembler_wants_key_frame (assembler));
    push (10, 6, '.');
    expect (9, 3);
    end ();
}

/* How long a hole is waited for follows what is known of the way, for holes that are there too. */
static void
test_wait (void)
{
    begin ();
    push (0, 0, 'K');
    push (1, 0, 'm');
    expect (0, 2);
    push (3, 2, 'M');
    tutti_assembler_set_wait (assembler, 400 * MS);
    now_us += 399 * MS;
    expect (-1, 0);
    g_assert_false (tutti_assembler_wants_key_frame (assembler));
    g_assert_cmpint (tutti_assembler_deadline_us (assembler), ==, now_us + MS);
    push (2, 1, 'M');
    expect (2, 1);
    expect (3, 1);
    push (5, 4, 'M');
    tutti_assembler_set_wait (assembler, 100 * MS);
    now_us += 100 * MS;
    expect (-1, 0);
    g_assert_true (tutti_assembler_wants_key_frame (assembler));
    end ();
}

static guint
needed (void)
{
    guint16 seq;

    g_assert_true (tutti_assembler_get_needed (assembler, &seq));
    return (guint16)(seq - first_seq);
}

/* What lies before a key frame that is whole, or behind a hole given up, needs no repair. */
static void
test_needed (void)
{
    guint16 seq;

    begin ();
    g_assert_false (tutti_assembler_get_needed (assembler, &seq));
    push (0, 0, 'K');
    push (1, 0, 'm');
    expect (0, 2);
    g_assert_cmpuint (needed (), ==, 2);
    push (4, 2, 'M'); /* 2 and 3 are missing */
    expect (-1, 0);
    g_assert_cmpuint (needed (), ==, 2);
    push (6, 4, 'K'); /* and 5 */
    expect (-1, 0);
    g_assert_cmpuint (needed (), ==, 2);
    push (7, 4, 'm');
    expect (6, 2);
    g_assert_cmpuint (needed (), ==, 8);
    push (9, 6, 'M');
    now_us += TUTTI_ASSEMBLE_WAIT_US;
    expect (-1, 0);
    g_assert_cmpuint (needed (), ==, 10);
    end ();
}

/* Each packet three times, in the wrong order, over the wrap of the numbers; and all once more when
 * it is too late: every frame comes once. */
static void
test_duplicates (void)
{
    begin ();
    for (guint frame = 0; frame < 20; frame++) {
        for (guint copy = 0; copy < 3; copy++)
            for (guint n = 3; n-- > 0;)
                push (3 * frame + n, frame, n == 2 ? 'm' : n == 1 ? '.' : frame ? 'D' : 'K');
        expect ((int)(3 * frame), 3);
        expect (-1, 0);
        push (3 * frame, frame, frame ? 'D' : 'K');
        push (3 * frame + 2, frame, 'm');
        expect (-1, 0);
    }
    g_assert_false (tutti_assembler_wants_key_frame (assembler));
    end ();
}

/* A key frame behind a hole makes it pointless to wait. */
static void
test_key_behind_hole (void)
{
    begin ();
    push (0, 0, 'K');
    push (1, 0, 'm');
    expect (0, 2);
    push (3, 1, 'D');
    push (4, 2, 'K');
    push (5, 2, 'm');
    expect (4, 2);
    push (6, 3, 'M');
    expect (6, 1);
    end ();
}

/* A key frame with a hole that nobody repairs is given up, the next one taken. */
static void
test_broken_key (void)
{
    begin ();
    push (0, 0, 'K');
    push (2, 0, 'm');
    expect (-1, 0);
    g_assert_false (tutti_assembler_wants_key_frame (assembler));
    g_assert_cmpint (tutti_assembler_deadline_us (assembler), ==, now_us + TUTTI_ASSEMBLE_WAIT_US);
    now_us += TUTTI_ASSEMBLE_WAIT_US;
    expect (-1, 0);
    g_assert_true (tutti_assembler_wants_key_frame (assembler));
    push (3, 1, 'K');
    push (4, 1, 'm');
    expect (3, 2);
    end ();
}

static void
test_refused (void)
{
    begin ();
    push (0, 0, 'K');
    push (1, 0, 'm');
    expect (0, 2);
    tutti_assembler_refuse (assembler);
    g_assert_true (tutti_assembler_wants_key_frame (assembler));
    push (2, 1, 'M');
    expect (-1, 0);
    push (3, 2, 'K');
    push (4, 2, 'm');
    expect (3, 2);
    end ();
}

/* --- VP8's own numbers --- */

static void
push_vp8 (guint n, guint frame, guint picture_id, guint base, guint layer)
{
    TuttiPayload payload = {.parts = TUTTI_PART_START | TUTTI_PART_LAYERS,
                            .picture_id_bits = 15,
                            .picture_id = picture_id & 0x7fff,
                            .base_layer_index = (guint8)base,
                            .temporal_id = (guint8)layer};

    if (frame == 0)
        payload.parts |= TUTTI_PART_KEY_FRAME;
    push_payload (n, frame, TRUE, &payload);
}

static void
test_picture_ids (void)
{
    begin ();
    push_vp8 (0, 0, 0x7fff, 255, 0);
    push_vp8 (3, 1, 0, 0, 0); /* two numbers are missing, but no picture */
    expect (0, 1);
    expect (3, 1);
    push_vp8 (5, 3, 2, 2, 0); /* one picture is missing, of the base layer */
    expect (-1, 0);
    now_us += TUTTI_ASSEMBLE_WAIT_US;
    expect (-1, 0);
    g_assert_true (tutti_assembler_wants_key_frame (assembler));
    end ();
}

/* Layers 0 2 1 2 0 …: a lost upper frame costs upper frames until the next synchronisation. */
static void
test_layers (void)
{
    begin ();
    push_vp8 (0, 0, 10, 5, 0);
    expect (0, 1);
    push_vp8 (2, 2, 12, 5, 1); /* 1, of layer 2, is lost */
    push_vp8 (3, 3, 13, 5, 2);
    expect (-1, 0);
    now_us += TUTTI_ASSEMBLE_WAIT_US;
    expect (-1, 0); /* they may refer to what is lost: not these */
    g_assert_false (tutti_assembler_wants_key_frame (assembler));
    push_vp8 (4, 4, 14, 6, 0);
    expect (4, 1); /* but the base goes on */
    push_vp8 (5, 5, 15, 6, 2);
    push_vp8 (6, 6, 16, 6, 1);
    push_vp8 (7, 7, 17, 6, 2);
    push_vp8 (8, 8, 18, 7, 0);
    expect (8, 1); /* upper layers stay away until they say they are in step */
    end ();
}

/* --- Limits --- */

static void
test_memory (void)
{
    begin ();
    for (guint n = 0; n < 20000; n++) {
        push (n, n / 5000, n % 5000 == 0 ? 'K' : '.');
        g_assert_cmpuint (tutti_packet_count_live (), <=, TUTTI_RING_PACKETS_MAX);
        if (n % 100 == 0)
            expect (-1, 0);
    }
    end ();
}

/* Without a key frame nothing is kept long. */
static void
test_waste (void)
{
    begin ();
    for (guint n = 0; n < 3000; n++) {
        now_us += 3 * MS;
        push (n, n / 10, n % 10 == 9 ? 'm' : n % 10 == 0 ? 'D' : '.');
        expect (-1, 0);
        g_assert_cmpuint (tutti_packet_count_live (), <=, 80);
    }
    end ();
}

/* Numbers that begin anew without another SSRC are followed after a while. */
static void
test_renumbered (void)
{
    guint n_packets, i;

    begin ();
    push (20000, 0, 'K');
    push (20001, 0, 'm');
    expect (20000, 2);
    for (i = 0; i < 300; i++) {
        push (i, 10 + i / 2, i % 2 ? 'm' : 'K');
        if (next (&n_packets) >= 0)
            break;
    }
    g_assert_cmpuint (i, <, 110);
    end ();
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/assemble/order", test_order);
    g_test_add_func ("/assemble/no-marker", test_no_marker);
    g_test_add_func ("/assemble/padding", test_padding);
    g_test_add_func ("/assemble/hole", test_hole);
    g_test_add_func ("/assemble/wait", test_wait);
    g_test_add_func ("/assemble/needed", test_needed);
    g_test_add_func ("/assemble/duplicates", test_duplicates);
    g_test_add_func ("/assemble/key-behind-hole", test_key_behind_hole);
    g_test_add_func ("/assemble/broken-key", test_broken_key);
    g_test_add_func ("/assemble/refused", test_refused);
    g_test_add_func ("/assemble/picture-ids", test_picture_ids);
    g_test_add_func ("/assemble/layers", test_layers);
    g_test_add_func ("/assemble/memory", test_memory);
    g_test_add_func ("/assemble/waste", test_waste);
    g_test_add_func ("/assemble/renumbered", test_renumbered);
    return g_test_run ();
}
