/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-audio-mixer.c: a room's sound as its listeners hear it: tones in, mixes out, found again by
 * Goertzel's filter.
 */
#include <mixers/audio/audio-mixer.h>

#include "mix-tone.h"

#define PEOPLE_MAX 100
#define SECOND_ROUNDS 50
#define SECOND_SAMPLES TUTTI_RATE_HZ

typedef struct {
    TuttiAudioMixer *mixer;
    guint channels, n;
    gint64 now_us;
    Tone tones[PEOPLE_MAX];
    TuttiAudioInput inputs[PEOPLE_MAX];
    TuttiAudioMix mix;
} Room;

/* Everyone hums at another pitch with whole periods a second. */
static void
open_room (Room *room, guint channels, guint talkers, guint n)
{
    *room =
        (Room){.mixer = tutti_audio_mixer_new (channels, talkers), .channels = channels, .n = n};
    for (guint i = 0; i < n; i++) {
        room->tones[i] = (Tone){.hz = 300 + 170 * (double)i, .amplitude = 0.1, .level = 23};
        room->inputs[i] =
            (TuttiAudioInput){.port = tone_get_input (&room->tones[i], 100 + i), .gain = 1};
    }
}

static void
close_room (Room *room)
{
    tutti_audio_mixer_free (room->mixer);
}

static void
tick (Room *room)
{
    tutti_audio_mixer_tick (room->mixer, room->inputs, room->n, room->now_us, &room->mix);
    room->now_us += TUTTI_ROUND_US;
}

static const gint16 *
find_mix (const Room *room, guint id)
{
    for (guint i = 0; i < room->mix.n_own; i++) {
        if (room->mix.own[i].id == id)
            return room->mix.own[i].pcm;
    }
    return room->mix.shared;
}

/* What listener `id` hears in so many rounds, first channel. */
static void
record (Room *room, guint id, gint16 *tape, guint n_rounds)
{
    for (guint r = 0; r < n_rounds; r++) {
        const gint16 *pcm;

        tick (room);
        pcm = find_mix (room, id);
        for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++)
            tape[r * TUTTI_ROUND_SAMPLES + i] = pcm != NULL ? pcm[i * room->channels] : 0;
    }
}

static gint
find_largest_step (const gint16 *tape, guint n)
{
    gint largest = 0;

    for (guint i = 1; i < n; i++)
        largest = MAX (largest, ABS (tape[i] - tape[i - 1]));
    return largest;
}

static void
test_silence (void)
{
    Room room;

    open_room (&room, 1, 4, 0);
    tick (&room);
    g_assert_null (room.mix.shared);
    close_room (&room);

    open_room (&room, 2, 4, 10);
    for (guint i = 0; i < 10; i++)
        room.tones[i].silent = TRUE;
    for (guint i = 0; i < 100; i++) {
        tick (&room);
        g_assert_null (room.mix.shared);
        g_assert_cmpuint (room.mix.n_own, ==, 0);
        g_assert_cmpuint (room.mix.n_speakers, ==, 0);
    }
    g_assert_cmpuint (room.tones[0].skips, ==, 100);
    g_assert_cmpuint (room.tones[0].pulls, ==, 0);
    close_room (&room);
}

static void
test_one_source_passes_unchanged (void)
{
    for (guint channels = 1; channels <= 2; channels++) {
        Room room;
        Tone twin;
        gint16 pcm[TUTTI_ROUND_VALUES_MAX];

        open_room (&room, channels, 4, 2);
        room.tones[1].silent = TRUE;
        tick (&room);
        twin = room.tones[0];
        tick (&room);
        tone_pull (&twin, pcm, channels);
        g_assert_cmpmem (room.mix.shared, TUTTI_ROUND_SAMPLES * channels * sizeof (gint16), pcm,
                         TUTTI_ROUND_SAMPLES * channels * sizeof (gint16));
        g_assert_cmpuint (room.mix.n_own, ==, 1);
        g_assert_cmpuint (room.mix.own[0].id, ==, 100);
        g_assert_null (room.mix.own[0].pcm);
        close_room (&room);
    }
}

static void
test_gain (void)
{
    static const struct {
        float gain;
        double amplitude;
    } table[] = {{0, 0}, {0.25f, 0.025}, {1, 0.1}, {4, 0.4}, {-3, 0}, {NAN, 0}};
    static gint16 tape[SECOND_SAMPLES];

    for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
        Room room;

        open_room (&room, 2, 4, 1);
        room.inputs[0].gain = table[i].gain;
        tick (&room);
        record (&room, 0, tape, SECOND_ROUNDS);
        g_assert_cmpfloat_with_epsilon (find_tone (tape, SECOND_SAMPLES, 300), table[i].amplitude,
                                        0.001);
        close_room (&room);
    }
}

/* Two voices at 0.8 make 1.6: a third listener hears both, and nothing else. */
static void
test_two_loud_talkers_stay_pure (void)
{
    static const double pitches[][2] = {{440, 1000}, {300, 470}, {997, 1003}, {150, 3400}};
    static gint16 tape[SECOND_SAMPLES];

    for (guint i = 0; i < G_N_ELEMENTS (pitches); i++) {
        Room room;
        double a, b, off;

        open_room (&room, 1, 4, 3);
        room.tones[2].silent = TRUE;
        for (guint j = 0; j < 2; j++) {
            room.tones[j].hz = pitches[i][j];
            room.tones[j].amplitude = 0.8;
            room.tones[j].level = 5;
        }
        record (&room, 102, tape, SECOND_ROUNDS);
        record (&room, 102, tape, SECOND_ROUNDS);
        a = find_tone (tape, SECOND_SAMPLES, pitches[i][0]);
        b = find_tone (tape, SECOND_SAMPLES, pitches[i][1]);
        off = find_energy (tape, SECOND_SAMPLES) - (a * a + b * b) / 2;
        g_test_message ("%.0f and %.0f Hz: %.3f and %.3f, off the tones %.1f dB", pitches[i][0],
                        pitches[i][1], a, b, to_db (off / ((a * a + b * b) / 2)));
        g_assert_cmpfloat (to_db (off / ((a * a + b * b) / 2)), <=, -30);
        g_assert_cmpfloat (MIN (a, b), >=, 0.45);
        g_assert_cmpfloat (MAX (a, b) / MIN (a, b), <=, 1.05);
        close_room (&room);
    }
}

static void
test_nobody_hears_himself (void)
{
    static gint16 tape[SECOND_SAMPLES];
    Room room;

    open_room (&room, 1, 4, 3);
    for (guint i = 0; i < 3; i++)
        room.tones[i].amplitude = 0.8, room.inputs[i].gain = 0.7f + (float)i;
    for (guint i = 0; i < 10; i++)
        tick (&room);
    for (guint me = 0; me < 3; me++) {
        double own, other;

        record (&room, 100 + me, tape, SECOND_ROUNDS);
        own = find_tone (tape, SECOND_SAMPLES, room.tones[me].hz);
        for (guint you = 0; you < 3; you++) {
            if (you == me)
                continue;
            other = find_tone (tape, SECOND_SAMPLES, room.tones[you].hz);
            g_assert_cmpfloat (to_db ((own * own) / (other * other)), <=, -40);
        }
    }
    close_room (&room);
}

/* With one other voice and no limiting, minus-own is that voice bit by bit, fades included. */
static void
test_minus_own_is_exact_from_the_first_sample (void)
{
    Room pair, alone;

    open_room (&pair, 2, 4, 2);
    open_room (&alone, 2, 4, 1);
    alone.tones[0] = pair.tones[1];
    for (guint i = 0; i < 300; i++) {
        const gint16 *mine, *other;

        pair.inputs[0].gain = 1 + (float)(i % 7) / 10;
        pair.inputs[1].muted = alone.inputs[0].muted = i / 40 % 3 == 2;
        tick (&pair);
        tick (&alone);
        mine = find_mix (&pair, 100);
        other = alone.mix.shared;
        g_assert_cmpint (mine == NULL, ==, other == NULL);
        if (mine != NULL)
            g_assert_cmpmem (mine, TUTTI_ROUND_VALUES_MAX * 2, other, TUTTI_ROUND_VALUES_MAX * 2);
    }
    close_room (&pair);
    close_room (&alone);
}

typedef void (*Event) (Room *room, gboolean on);

static void
mute (Room *room, gboolean on)
{
    room->inputs[0].muted = on;
}

static void
fall_silent (Room *room, gboolean on)
{
    room->tones[0].silent = on;
}

static void
leave (Room *room, gboolean on)
{
    room->n = on ? 0 : 1;
}

static void
turn_down (Room *room, gboolean on)
{
    room->inputs[0].gain = on ? 0.1f : 1;
}

/* A tone of 0.5 at 400 Hz steps by at most 0.5 * 2 pi 400 / 48000 = 0.026 a sample; a fade adds
 * 0.5 * 1.5 / 240 = 0.003. A click would be a step of up to 0.5. */
static void
test_no_clicks (void)
{
    static const Event events[] = {mute, fall_silent, leave, turn_down};
    static gint16 tape[SECOND_SAMPLES];

    for (guint e = 0; e < G_N_ELEMENTS (events); e++) {
        Room room;

        open_room (&room, 1, 4, 1);
        /* 390 Hz: a round ends anywhere in the wave. */
        room.tones[0] = (Tone){.hz = 390, .amplitude = 0.5, .level = 9};
        for (guint i = 0; i < 5; i++) {
            record (&room, 0, tape + i * 10 * TUTTI_ROUND_SAMPLES, 7);
            events[e](&room, TRUE);
            record (&room, 0, tape + (i * 10 + 7) * TUTTI_ROUND_SAMPLES, 3);
            events[e](&room, FALSE);
        }
        g_assert_cmpint (find_largest_step (tape, SECOND_SAMPLES), <=, (gint)(0.03 * 32767));
        close_room (&room);
    }
}

static void
test_muted_is_not_heard (void)
{
    static gint16 tape[SECOND_SAMPLES];
    Room room;

    open_room (&room, 1, 4, 2);
    record (&room, 0, tape, SECOND_ROUNDS);
    room.inputs[0].muted = TRUE;
    record (&room, 0, tape, 1);
    g_assert_cmpuint (room.tones[0].pulls, ==, 51);
    record (&room, 0, tape, SECOND_ROUNDS);
    g_assert_cmpfloat (find_tone (tape, SECOND_SAMPLES, 300), <, 1e-4);
    g_assert_cmpfloat (find_tone (tape, SECOND_SAMPLES, 470), >, 0.099);
    g_assert_cmpuint (room.tones[0].pulls, ==, 51);
    g_assert_cmpuint (room.tones[0].skips, ==, 50);
    close_room (&room);
}

/* 100 people all talking: only K are decoded, the loudest, and nobody is pulled and skipped. */
static void
test_only_k_are_pulled (void)
{
    Room room;
    guint pulls = 0;

    open_room (&room, 1, 4, 100);
    for (guint i = 0; i < 100; i++)
        room.tones[i].level = 60;
    for (guint i = 10; i < 14; i++)
        room.tones[i].level = 20;
    for (guint r = 0; r < 200; r++)
        tick (&room);
    for (guint i = 0; i < 100; i++) {
        g_assert_cmpuint (room.tones[i].listens, ==, 200);
        g_assert_cmpuint (room.tones[i].pulls + room.tones[i].skips, ==, 200);
        g_assert_cmpuint (room.tones[i].pulls, ==, i >= 10 && i < 14 ? 200 : 0);
        pulls += room.tones[i].pulls;
    }
    g_assert_cmpuint (pulls, ==, 800);
    g_assert_cmpuint (room.mix.n_own, ==, 4);
    close_room (&room);
}

static void
test_speakers_loudest_first (void)
{
    Room room;

    open_room (&room, 1, 4, 5);
    for (guint i = 0; i < 5; i++) {
        room.tones[i].amplitude = i == 4 ? 0 : 0.05 * (double)(i + 1);
        room.tones[i].level = i == 4 ? TUTTI_LEVEL_SILENCE : (guint8)(40 - 6 * i);
    }
    for (guint r = 0; r < 50; r++)
        tick (&room);
    g_assert_cmpuint (room.mix.n_speakers, ==, 4);
    for (guint i = 0; i < 4; i++)
        g_assert_cmpuint (room.mix.speakers[i], ==, 103 - i);
    close_room (&room);
}

/* Ten minutes in which people come, go, talk over each other and mute themselves. */
static void
test_ten_minutes (void)
{
    g_autoptr (GRand) dice = g_rand_new_with_seed (7);
    Room room;

    open_room (&room, 2, 4, 20);
    for (guint r = 0; r < 10 * 60 * SECOND_ROUNDS; r++) {
        guint i = g_rand_int_range (dice, 0, 20), pulls = 0;
        guint n_before = room.mix.n_own;

        if (r % 5 == 0) {
            room.tones[i].silent = g_rand_boolean (dice);
            room.tones[i].level = (guint8)g_rand_int_range (dice, 5, 80);
            room.inputs[i].muted = g_rand_int_range (dice, 0, 4) == 0;
            room.n = g_rand_int_range (dice, 10, 21);
        }
        for (guint j = 0; j < room.n; j++)
            pulls -= room.tones[j].pulls;
        tick (&room);
        for (guint j = 0; j < room.n; j++)
            pulls += room.tones[j].pulls;
        g_assert_cmpuint (pulls, ==, room.mix.n_own);
        g_assert_cmpuint (pulls, <=, 4 + n_before);
        g_assert_cmpuint (room.mix.n_speakers, <=, 4);
    }
    close_room (&room);
}

/* A film is heard beside the talkers, and nobody gets a mix without it. */
static void
test_house (void)
{
    Room room;

    open_room (&room, 1, 2, 5);
    room.inputs[4].house = TRUE;
    room.tones[4].level = 60;
    for (guint i = 0; i < 2 * SECOND_ROUNDS; i++)
        tick (&room);
    g_assert_cmpuint (room.tones[4].skips, ==, 0);
    g_assert_cmpuint (room.mix.n_own, ==, 2);
    for (guint i = 0; i < room.mix.n_own; i++)
        g_assert_cmpuint (room.mix.own[i].id, !=, 104);
    close_room (&room);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/audio-mixer/silence", test_silence);
    g_test_add_func ("/audio-mixer/one-source", test_one_source_passes_unchanged);
    g_test_add_func ("/audio-mixer/gain", test_gain);
    g_test_add_func ("/audio-mixer/two-loud-talkers", test_two_loud_talkers_stay_pure);
    g_test_add_func ("/audio-mixer/nobody-hears-himself", test_nobody_hears_himself);
    g_test_add_func ("/audio-mixer/minus-own-exact", test_minus_own_is_exact_from_the_first_sample);
    g_test_add_func ("/audio-mixer/no-clicks", test_no_clicks);
    g_test_add_func ("/audio-mixer/house", test_house);
    g_test_add_func ("/audio-mixer/muted", test_muted_is_not_heard);
    g_test_add_func ("/audio-mixer/only-k-pulled", test_only_k_are_pulled);
    g_test_add_func ("/audio-mixer/speakers", test_speakers_loudest_first);
    g_test_add_func ("/audio-mixer/ten-minutes", test_ten_minutes);
    return g_test_run ();
}
