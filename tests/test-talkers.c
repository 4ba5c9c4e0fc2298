/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-talkers.c: who is heard, by tables of levels.
 */
#include <mixers/audio/talkers.h>

#define MS TUTTI_USEC_PER_MSEC

typedef struct {
    TuttiTalkers *talkers;
    TuttiChoice choice;
    gint64 now_us;
    guint n;
    TuttiVoice voices[TUTTI_AUDIO_INPUTS_MAX];
} Room;

static void
open_room (Room *room, guint places, guint n)
{
    *room = (Room){.talkers = tutti_talkers_new (places), .n = n};
    for (guint i = 0; i < n; i++)
        room->voices[i] = (TuttiVoice){.id = 10 + i, .level = TUTTI_LEVEL_SILENCE};
}

static void
close_room (Room *room)
{
    tutti_talkers_free (room->talkers);
}

static void
run (Room *room, gint64 for_us)
{
    for (gint64 end_us = room->now_us + for_us; room->now_us < end_us;
         room->now_us += TUTTI_ROUND_US)
        tutti_talkers_choose (room->talkers, room->voices, room->n, room->now_us, &room->choice);
}

static gboolean
is_in (const Room *room, guint id)
{
    for (guint i = 0; i < room->choice.n_in; i++) {
        if (room->voices[room->choice.in[i]].id == id)
            return TRUE;
    }
    return FALSE;
}

static guint
speaker (const Room *room, guint i)
{
    return i < room->choice.n_speakers ? room->voices[room->choice.speakers[i]].id : 0;
}

static void
test_silence_has_no_talkers (void)
{
    Room room;

    open_room (&room, 4, 50);
    run (&room, 200 * MS);
    g_assert_cmpuint (room.choice.n_in, ==, 0);
    g_assert_cmpuint (room.choice.n_speakers, ==, 0);
    close_room (&room);
}

static void
test_enters_at_once (void)
{
    Room room;

    open_room (&room, 2, 3);
    run (&room, 100 * MS);
    room.voices[1].level = 40;
    run (&room, 20 * MS);
    g_assert_true (is_in (&room, 11));
    room.voices[2].level = 60;
    run (&room, 20 * MS);
    g_assert_true (is_in (&room, 12));
    close_room (&room);
}

static void
test_k_loudest_of_100 (void)
{
    Room room;

    open_room (&room, 4, 100);
    for (guint i = 0; i < 100; i++)
        room.voices[i].level = (guint8)(60 - (i * 37) % 50);
    run (&room, 1000 * MS);
    g_assert_cmpuint (room.choice.n_in, ==, 4);
    for (guint i = 0; i < 4; i++)
        g_assert_cmpint (room.voices[room.choice.in[i]].level, <=, 13);
    close_room (&room);
}

/* The pauses of speech keep the place for the hold time; then it is free. */
static void
test_hold (void)
{
    Room room;

    open_room (&room, 1, 2);
    room.voices[0].level = 30;
    run (&room, 500 * MS);
    for (guint i = 0; i < 5; i++) {
        room.voices[0].level = TUTTI_LEVEL_SILENCE;
        run (&room, 600 * MS);
        g_assert_true (is_in (&room, 10));
        room.voices[0].level = 30;
        run (&room, 200 * MS);
    }
    room.voices[0].level = TUTTI_LEVEL_SILENCE;
    run (&room, TUTTI_TALKER_HOLD_US - 20 * MS);
    g_assert_true (is_in (&room, 10));
    run (&room, 60 * MS);
    g_assert_false (is_in (&room, 10));
    close_room (&room);
}

/* by_db louder for so long: does the second take the only place? */
static void
test_challenge_table (void)
{
    static const struct {
        guint8 by_db;
        guint for_ms;
        gboolean takes;
    } table[] = {
        {0, 3000, FALSE}, {3, 3000, FALSE}, {5, 3000, FALSE}, {8, 3000, TRUE},
        {20, 60, FALSE},  {20, 400, TRUE},  {30, 20, FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
        Room room;
        gboolean took = FALSE;

        open_room (&room, 1, 2);
        room.voices[0].level = 40;
        run (&room, 500 * MS);
        room.voices[1].level = (guint8)(40 - table[i].by_db);
        run (&room, table[i].for_ms * MS);
        took |= is_in (&room, 11);
        room.voices[1].level = TUTTI_LEVEL_SILENCE;
        run (&room, 100 * MS);
        took |= is_in (&room, 11);
        g_assert_cmpint (took, ==, table[i].takes);
        close_room (&room);
    }
}

/* Two voices that take turns in loudness each 40 ms do not flutter. */
static void
test_no_flutter (void)
{
    Room room;
    guint changes = 0;

    open_room (&room, 1, 2);
    room.voices[0].level = 30;
    room.voices[1].level = 30;
    run (&room, 200 * MS);
    for (guint i = 0; i < 250; i++) {
        gboolean was_in = is_in (&room, 10);

        room.voices[0].level = i % 2 == 0 ? 25 : 45;
        room.voices[1].level = i % 2 == 0 ? 45 : 25;
        run (&room, 40 * MS);
        changes += was_in != is_in (&room, 10);
    }
    g_assert_cmpuint (changes, ==, 0);
    close_room (&room);
}

static void
test_out_is_told_once (void)
{
    Room room;

    open_room (&room, 1, 2);
    room.voices[0].level = 50;
    run (&room, 200 * MS);
    room.voices[1].level = 20;
    for (guint rounds = 0; is_in (&room, 10); rounds++) {
        g_assert_cmpuint (room.choice.n_out, ==, 0);
        g_assert_cmpuint (rounds, <, 50);
        run (&room, 20 * MS);
    }
    g_assert_cmpuint (room.choice.n_out, ==, 1);
    g_assert_cmpuint (room.choice.out[0], ==, 0);
    run (&room, 20 * MS);
    g_assert_cmpuint (room.choice.n_out, ==, 0);
    close_room (&room);
}

static void
test_muted_is_never_in (void)
{
    Room room;

    open_room (&room, 4, 2);
    room.voices[0].level = room.voices[1].level = 10;
    room.voices[1].muted = TRUE;
    run (&room, 1000 * MS);
    g_assert_true (is_in (&room, 10));
    g_assert_false (is_in (&room, 11));
    room.voices[0].muted = TRUE;
    run (&room, 20 * MS);
    g_assert_false (is_in (&room, 10));
    g_assert_cmpuint (room.choice.n_out, ==, 1);
    g_assert_cmpuint (room.choice.n_speakers, ==, 0);
    close_room (&room);
}

/* State follows the id when people come, go and change places in the list. */
static void
test_order_means_nothing (void)
{
    Room room;
    TuttiVoice first;

    open_room (&room, 2, 30);
    room.voices[3].level = room.voices[20].level = 30;
    run (&room, 400 * MS);
    room.voices[5].level = 30; /* no louder: has to wait */
    for (guint i = 0; i < 100; i++) {
        first = room.voices[0];
        for (guint j = 0; j + 1 < room.n; j++)
            room.voices[j] = room.voices[j + 1];
        room.voices[room.n - 1] = first;
        run (&room, 20 * MS);
        g_assert_true (is_in (&room, 13) && is_in (&room, 30));
        g_assert_cmpuint (room.choice.n_in, ==, 2);
        g_assert_cmpuint (room.choice.n_out, ==, 0);
    }
    room.voices[room.n - 1].id = 9999;
    run (&room, 20 * MS);
    room.n = 0;
    run (&room, 20 * MS);
    g_assert_cmpuint (room.choice.n_in, ==, 0);
    close_room (&room);
}

static void
test_speakers (void)
{
    Room room;

    open_room (&room, 4, 4);
    room.voices[0].level = 60; /* audible, but nobody would say it speaks */
    room.voices[1].level = 35;
    room.voices[2].level = 20;
    run (&room, 20 * MS);
    g_assert_cmpuint (room.choice.n_speakers, ==, 0); /* a click */
    run (&room, 200 * MS);
    g_assert_cmpuint (room.choice.n_speakers, ==, 2);
    g_assert_cmpuint (speaker (&room, 0), ==, 12);
    g_assert_cmpuint (speaker (&room, 1), ==, 11);

    /* Between words. */
    room.voices[2].level = TUTTI_LEVEL_SILENCE;
    run (&room, 300 * MS);
    g_assert_cmpuint (room.choice.n_speakers, ==, 2);
    g_assert_cmpuint (speaker (&room, 0), ==, 11);
    run (&room, 400 * MS);
    g_assert_cmpuint (room.choice.n_speakers, ==, 1);
    close_room (&room);
}

/* Who says to be loud and sends silence loses the place to who is really heard. */
static void
test_measured_level_counts (void)
{
    Room room;

    open_room (&room, 1, 2);
    room.voices[0].level = 0;
    room.voices[1].level = 30;
    run (&room, 20 * MS);
    g_assert_true (is_in (&room, 10));
    for (guint i = 0; i < 50 && is_in (&room, 10); i++) {
        tutti_talkers_measure (room.talkers, 0, TUTTI_LEVEL_SILENCE);
        run (&room, 20 * MS);
    }
    g_assert_true (is_in (&room, 11));
    close_room (&room);
}

/* A quiet film among those who shout: it needs no place and takes none. */
static void
test_house_is_always_in (void)
{
    Room room;

    open_room (&room, 2, 4);
    room.voices[1].house = TRUE;
    run (&room, 100 * MS);
    g_assert_true (is_in (&room, 11));
    g_assert_cmpuint (room.choice.n_speakers, ==, 0);
    room.voices[0].level = room.voices[2].level = room.voices[3].level = 20;
    room.voices[1].level = 60;
    run (&room, 2000 * MS);
    g_assert_true (is_in (&room, 10) && is_in (&room, 11) && is_in (&room, 12));
    g_assert_cmpuint (room.choice.n_in, ==, 3);
    room.voices[1].muted = TRUE;
    run (&room, 20 * MS);
    g_assert_false (is_in (&room, 11));
    g_assert_cmpuint (room.choice.n_out, ==, 1);
    close_room (&room);
}

/* All places taken, and more of the house than there may be. */
static void
test_house_has_a_limit (void)
{
    Room room;

    open_room (&room, TUTTI_TALKERS_MAX, 40);
    for (guint i = 0; i < room.n; i++) {
        room.voices[i].level = 20;
        room.voices[i].house = i % 4 == 0;
    }
    run (&room, 1000 * MS);
    g_assert_cmpuint (room.choice.n_in, ==, TUTTI_CHOSEN_MAX);
    g_assert_cmpuint (room.choice.n_speakers, ==, TUTTI_TALKERS_MAX);
    close_room (&room);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/talkers/silence", test_silence_has_no_talkers);
    g_test_add_func ("/talkers/enters-at-once", test_enters_at_once);
    g_test_add_func ("/talkers/k-loudest-of-100", test_k_loudest_of_100);
    g_test_add_func ("/talkers/hold", test_hold);
    g_test_add_func ("/talkers/challenge-table", test_challenge_table);
    g_test_add_func ("/talkers/no-flutter", test_no_flutter);
    g_test_add_func ("/talkers/out-once", test_out_is_told_once);
    g_test_add_func ("/talkers/muted", test_muted_is_never_in);
    g_test_add_func ("/talkers/order", test_order_means_nothing);
    g_test_add_func ("/talkers/speakers", test_speakers);
    g_test_add_func ("/talkers/house", test_house_is_always_in);
    g_test_add_func ("/talkers/house-limit", test_house_has_a_limit);
    g_test_add_func ("/talkers/measured", test_measured_level_counts);
    return g_test_run ();
}
