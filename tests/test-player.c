/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-player.c: films as a room would take them: sound each 20 ms, pictures from the slot. What is
 * heard is compared sample by sample with what is in the file.
 */
#include <fcntl.h>
#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include <tutti/frame.h>

#include "record/player-read.h"
#include "record/player.h"

#include "patience.h"
#include "reel.h"

typedef struct {
    TuttiPlayer *player;
    TuttiSlot *slot;
    TuttiSoundInput input;
    guint channels, n_told;
    GArray *pcm;   /* all that was heard, silence too */
    GArray *light; /* of the picture's middle, each millisecond; -1: none */
    gint64 begun_us;
} Seat;

static void
on_told (TuttiPlayer *player, gpointer user_data)
{
    Seat *seat = user_data;
    seat->n_told++;
}

static void
sit_down (Seat *seat, int fd, gboolean loop, guint channels)
{
    TuttiPlayerSetup setup = {
        .fd = fd,
        .loop = loop,
        .channels = channels,
        .max_width = 640,
        .max_height = 360,
        .told = on_told,
        .user_data = seat,
    };

    *seat = (Seat){.channels = channels};
    seat->pcm = g_array_new (FALSE, TRUE, sizeof (gint16));
    seat->light = g_array_new (FALSE, FALSE, sizeof (int));
    setup.slot = seat->slot = tutti_slot_new ();
    seat->player = tutti_player_new (&setup);
    seat->input = tutti_player_get_input (seat->player, 1);
    seat->begun_us = g_get_monotonic_time () / TUTTI_ROUND_US * TUTTI_ROUND_US;
}

static void
get_up (Seat *seat)
{
    tutti_player_free (seat->player);
    tutti_slot_unref (seat->slot);
    g_array_unref (seat->pcm);
    g_array_unref (seat->light);
    *seat = (Seat){0};
}

static void
hear (Seat *seat, gint64 now_us)
{
    gint16 pcm[TUTTI_ROUND_VALUES_MAX] = {0};

    seat->input.klass->listen (seat->input.self, now_us);
    seat->input.klass->pull (seat->input.self, pcm, seat->channels);
    g_array_append_vals (seat->pcm, pcm, TUTTI_ROUND_SAMPLES * seat->channels);
}

static int
get_light (const TuttiPicture *picture)
{
    return picture->plane[0][picture->height / 2 * picture->stride[0] + picture->width / 2];
}

static void
see (Seat *seat)
{
    g_autoptr (TuttiPicture) picture = tutti_slot_peek (seat->slot, NULL);
    int light = picture ? get_light (picture) : -1;

    g_array_append_val (seat->light, light);
}

/* Rounds are never left out, only late: what is heard is of the times that they are due. */
static void
watch (Seat *seat, double seconds)
{
    gint64 end_us = seat->begun_us + (gint64)seat->light->len * TUTTI_USEC_PER_MSEC +
                    (gint64)(seconds * G_USEC_PER_SEC);

    for (gint64 at_us = end_us - (gint64)(seconds * G_USEC_PER_SEC); at_us < end_us;
         at_us += TUTTI_USEC_PER_MSEC) {
        gint64 wait_us = at_us - g_get_monotonic_time ();
        if (wait_us > 0)
            g_usleep ((gulong)wait_us);
        if (at_us % TUTTI_ROUND_US == 0)
            hear (seat, at_us);
        see (seat);
        g_main_context_iteration (NULL, FALSE);
    }
}

static TuttiPlayerState
get_state (Seat *seat)
{
    TuttiPlayerStats stats;

    tutti_player_get_stats (seat->player, &stats);
    return stats.state;
}

/* Until the state comes; it has to, in some seconds. */
static void
watch_until (Seat *seat, TuttiPlayerState state)
{
    for (guint i = 0; i < 500 && get_state (seat) != state; i++)
        watch (seat, 0.02);
    g_assert_cmpstr (tutti_player_state_name (get_state (seat)), ==,
                     tutti_player_state_name (state));
}

static gint16
get_sample (Seat *seat, guint at)
{
    return g_array_index (seat->pcm, gint16, at * seat->channels);
}

/* The first and last samples that sound. */
static gboolean
find_sound (Seat *seat, guint *first, guint *last)
{
    guint n = seat->pcm->len / seat->channels;

    *first = n;
    for (guint i = 0; i < n; i++) {
        if (ABS (get_sample (seat, i)) < 200)
            continue;
        *first = MIN (*first, i);
        *last = i;
    }
    return *first < n;
}

/* --- Sound --- */

/* A tone whose whole periods fill the file: each sample is known, through all loops. */
static void
test_loop (void)
{
    g_autofree char *path = film_make ("loop.wav", FILM_TONE "-ac 1", 500.0, 0.5, 48000);
    guint first, last, n_off = 0;
    TuttiPlayerStats stats;
    Seat seat;

    if (!path)
        return;
    sit_down (&seat, film_open (path), TRUE, 2);
    watch_until (&seat, TUTTI_PLAYER_PLAYING);
    watch (&seat, 2.2);
    tutti_player_get_stats (seat.player, &stats);
    g_assert_true (find_sound (&seat, &first, &last));
    first -= first % TUTTI_ROUND_SAMPLES; /* film time 0 falls on a round */
    for (guint i = first; i < last; i++) {
        double wanted = 0.25 * 32767 * sin (2 * G_PI * 500 * (i - first) / TUTTI_RATE_HZ);
        n_off += fabs (get_sample (&seat, i) - wanted) > 4;
    }
    g_assert_cmpuint (last - first, >, 2 * TUTTI_RATE_HZ);
    g_assert_cmpuint (n_off, ==, 0);
    g_assert_cmpuint (stats.loops, >=, 4);
    g_assert_cmpint (stats.duration_us, ==, G_USEC_PER_SEC / 2);
    g_assert_cmpint (stats.position_us, <, G_USEC_PER_SEC / 2);
    get_up (&seat);
}

static void
ignore (gpointer user_data)
{
}

/* Minutes of the loop at once, time being what the rounds say: each sample is where it was. */
static void
assert_no_drift (TuttiPlayerReader *reader, const TuttiPlayerReaderSetup *setup, gint64 now_us)
{
    TuttiSoundInput input = tutti_player_sound_get_input (setup->sound, 1);
    gint64 begins_us = tutti_player_time_due_us (setup->time, 0);
    const char *why = "";
    guint n_off = 0;

    for (gint64 n = 0; n < 3 * 60 * 50; n++) {
        gint16 pcm[TUTTI_ROUND_SAMPLES];
        while (tutti_player_reader_step (reader, now_us, &why) == TUTTI_PLAYER_READER_BUSY)
            ;
        input.klass->listen (input.self, begins_us + n * TUTTI_ROUND_US);
        g_assert_true (input.klass->pull (input.self, pcm, 1));
        for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++) {
            gint64 at = n * TUTTI_ROUND_SAMPLES + i;
            double wanted = 0.25 * 32767 * sin (2 * G_PI * 500 * (at % 96) / TUTTI_RATE_HZ);
            n_off += fabs (pcm[i] - wanted) > 4;
        }
    }
    g_assert_cmpuint (n_off, ==, 0);
}

static void
test_minutes (void)
{
    static const _Atomic int GOING;
    g_autofree char *path = film_make ("long.wav", FILM_TONE "-ac 1", 500.0, 1.0, 48000);
    g_autoptr (TuttiSlot) slot = tutti_slot_new ();
    gint64 now_us = g_get_monotonic_time () + G_TIME_SPAN_HOUR; /* not passed by meanwhile */
    const char *why = "";
    TuttiPlayerTime time;
    TuttiPlayerShowSetup show = {.slot = slot, .time = &time, .ended = ignore, .moved = ignore};
    TuttiPlayerReaderSetup setup = {
        .loop = TRUE, .max_width = 64, .max_height = 64, .time = &time, .stop = &GOING};
    TuttiPlayerReader *reader;

    if (!path)
        return;
    tutti_player_time_start (&time, 0, now_us);
    setup.fd = film_open (path);
    show.sound = setup.sound = tutti_player_sound_new (1, &time);
    setup.show = tutti_player_show_new (&show);
    reader = tutti_player_reader_new (&setup, &why);
    g_assert_nonnull (reader);
    assert_no_drift (reader, &setup, now_us);
    tutti_player_reader_free (reader);
    tutti_player_show_free (setup.show);
    tutti_player_sound_free (setup.sound);
    g_assert_true (g_close (setup.fd, NULL));
}

/* A week of rounds: whole samples each, by a clock of microseconds. */
static void
test_a_week (void)
{
    TuttiPlayerTime time;
    gint64 begins_us;

    tutti_player_time_start (&time, 0, 123456789);
    begins_us = tutti_player_time_due_us (&time, 0);
    g_assert_cmpint (begins_us % TUTTI_ROUND_US, ==, 0);
    for (gint64 n = 0; n < G_GINT64_CONSTANT (7) * 24 * 3600 * 50; n += 49)
        g_assert_cmpint (tutti_player_time_get (&time, begins_us + n * TUTTI_ROUND_US), ==,
                         n * TUTTI_ROUND_SAMPLES);
    /* Stopped at an odd sample, it goes on with that one at a round. */
    tutti_player_time_start (&time, 1234567, 200000000);
    begins_us = tutti_player_time_due_us (&time, 1234567);
    g_assert_cmpint (tutti_player_time_get (&time, begins_us + 50 * TUTTI_ROUND_US), ==,
                     1234567 + 50 * TUTTI_ROUND_SAMPLES);
}

static void
assert_tone_length (const char *path, guint channels, double seconds)
{
    guint first, last;
    Seat seat;

    sit_down (&seat, film_open (path), FALSE, channels);
    watch_until (&seat, TUTTI_PLAYER_ENDED);
    g_assert_true (find_sound (&seat, &first, &last));
    g_test_message ("%s: %.1f ms", path, (last - first) * 1000.0 / TUTTI_RATE_HZ);
    g_assert_cmpfloat_with_epsilon ((last - first) / (double)TUTTI_RATE_HZ, seconds, 0.01);
    get_up (&seat);
}

static void
test_formats (void)
{
    static const char *const KINDS[] = {"a.mp3", "a.ogg", "a.flac", "a.m4a", "a.mka"};

    for (guint i = 0; i < G_N_ELEMENTS (KINDS); i++) {
        g_autofree char *path = film_make (KINDS[i], FILM_TONE "-ac 2", 440.0, 0.7, 44100);
        if (!path)
            return;
        assert_tone_length (path, 1 + i % 2, 0.7);
    }
}

/* In samples. */
static guint
find_longest_silence (Seat *seat)
{
    guint first, last, longest = 0, n = 0;

    g_assert_true (find_sound (seat, &first, &last));
    for (guint i = first; i <= last; i++) {
        n = ABS (get_sample (seat, i)) < 200 ? n + 1 : 0;
        longest = MAX (longest, n);
    }
    return longest;
}

/* Formats whose beginnings and ends hold more than is to be heard: no gap where they meet. */
static void
test_seams (void)
{
    static const char *const KINDS[] = {"s.mp3", "s.ogg", "s.flac", "s.m4a", "s.ts"};

    for (guint i = 0; i < G_N_ELEMENTS (KINDS); i++) {
        g_autofree char *path = film_make (KINDS[i], FILM_TONE "-ac 2", 500.0, 0.4, 48000);
        guint silence;
        Seat seat;

        if (!path)
            return;
        sit_down (&seat, film_open (path), TRUE, 1);
        watch_until (&seat, TUTTI_PLAYER_PLAYING);
        watch (&seat, 1.6);
        silence = find_longest_silence (&seat);
        g_test_message ("%s: %.1f ms", KINDS[i], silence * 1000.0 / TUTTI_RATE_HZ);
        g_assert_cmpuint (silence, <, TUTTI_RATE_HZ / 50);
        get_up (&seat);
    }
}

static void
test_pause (void)
{
    g_autofree char *path = film_make ("pause.wav", FILM_TONE "-ac 1", 500.0, 1.0, 48000);
    guint first, last, paused_at, n_sounding = 0;
    Seat seat;

    if (!path)
        return;
    sit_down (&seat, film_open (path), FALSE, 1);
    watch_until (&seat, TUTTI_PLAYER_PLAYING);
    watch (&seat, 0.4);
    tutti_player_set_paused (seat.player, TRUE);
    paused_at = seat.pcm->len;
    watch (&seat, 0.6);
    g_assert_cmpint (get_state (&seat), ==, TUTTI_PLAYER_PAUSED);
    g_assert_true (find_sound (&seat, &first, &last));
    g_assert_cmpuint (last, <=, paused_at);
    tutti_player_set_paused (seat.player, FALSE);
    watch_until (&seat, TUTTI_PLAYER_ENDED);
    /* Nothing is lost, nothing comes twice. */
    for (guint i = 0; i < seat.pcm->len; i++)
        n_sounding += ABS (get_sample (&seat, i)) > 200;
    g_assert_cmpfloat_with_epsilon (n_sounding / (double)TUTTI_RATE_HZ, 0.984, 0.01);
    get_up (&seat);
}

/* --- Pictures --- */

/* When light passes the threshold upwards after `from`, ms; -1: never. */
static int
find_flash (Seat *seat, guint from)
{
    for (guint i = MAX (from, 1); i < seat->light->len; i++) {
        if (g_array_index (seat->light, int, i) > 150 &&
            g_array_index (seat->light, int, i - 1) < 150)
            return (int)i;
    }
    return -1;
}

static int
find_click (Seat *seat, guint from_ms)
{
    for (guint i = from_ms * 48; i < seat->pcm->len / seat->channels; i++) {
        if (ABS (get_sample (seat, i)) > 2000)
            return (int)(i / 48);
    }
    return -1;
}

static void
assert_in_sync (Seat *seat, int from_ms, int to_ms)
{
    guint n = 0;

    for (int ms = from_ms; ms < to_ms;) {
        int flash = find_flash (seat, (guint)ms), click;
        if (flash < 0)
            break;
        click = find_click (seat, (guint)MAX (flash - 300, 0));
        g_test_message ("flash at %d ms, click %+d ms", flash, click - flash);
        g_assert_cmpint (ABS (click - flash), <=, 40);
        ms = flash + 500;
        n++;
    }
    g_assert_cmpuint (n, >=, 2);
}

static void
test_sync (gconstpointer kind)
{
    g_autofree char *path = film_make (kind, FILM_FLASHES "-g 25", 3.0, 3.0);
    TuttiPlayerStats stats;
    Seat seat;

    if (!path)
        return;
    sit_down (&seat, film_open (path), TRUE, 2);
    watch_until (&seat, TUTTI_PLAYER_PLAYING);
    watch (&seat, 5.5);
    tutti_player_get_stats (seat.player, &stats);
    g_assert_true (stats.has_sound && stats.has_pictures);
    g_assert_cmpuint (stats.loops, >=, 1);
    assert_in_sync (&seat, 0, 6000);
    get_up (&seat);
}

static void
assert_picture (const char *path, int width, int height, int light)
{
    g_autoptr (TuttiPicture) picture = NULL;
    Seat seat;

    sit_down (&seat, film_open (path), FALSE, 1);
    for (guint i = 0; i < 500 && !picture; i++) {
        watch (&seat, 0.02);
        picture = tutti_slot_peek (seat.slot, NULL);
    }
    g_assert_nonnull (picture);
    g_test_message ("%s: %dx%d, light %d", path, picture->width, picture->height,
                    get_light (picture));
    g_assert_cmpint (picture->width, ==, width);
    g_assert_cmpint (picture->height, ==, height);
    g_assert_cmpint (ABS (get_light (picture) - light), <=, 4);
    get_up (&seat);
}

/* ITU-R BT.601: a grey of 128 is 126, white 235. */
static void
test_pictures (void)
{
    static const struct {
        const char *name, *arguments;
        int width, height, light;
    } CASES[] = {
        {"a.png", "-f lavfi -i color=c=0x808080:s=200x100 -frames:v 1", 200, 100, 126},
        {"a.gif", "-f lavfi -i color=c=black:s=64x48:r=5:d=1", 64, 48, 16},
        {"odd.png", "-f lavfi -i color=c=white:s=151x77 -frames:v 1", 150, 76, 235},
        {"a.jpg", "-f lavfi -i color=c=0x808080:s=1920x1080 -frames:v 1", 640, 360, 126},
        {"tall.png", "-f lavfi -i color=c=0x808080:s=300x900 -frames:v 1", 120, 360, 126},
        {"ten.mkv",
         "-f lavfi -i color=c=0x808080:s=320x240:r=10:d=1 -pix_fmt yuv422p10le -c:v ffv1", 320, 240,
         126},
        {"wide.mp4", "-f lavfi -i color=c=white:s=320x240:r=10:d=1,setsar=2 -c:v mpeg4", 640, 240,
         235},
    };

    for (guint i = 0; i < G_N_ELEMENTS (CASES); i++) {
        g_autofree char *path = film_make (CASES[i].name, "%s", CASES[i].arguments);
        if (!path)
            return;
        assert_picture (path, CASES[i].width, CASES[i].height, CASES[i].light);
    }
}

static void
test_rotated (void)
{
    g_autofree char *flat =
        film_make ("flat.mp4", "-f lavfi -i color=c=white:s=320x240:r=10:d=1 -c:v mpeg4");
    g_autofree char *path =
        flat ? film_make ("turned.mp4", "-i %s -c copy -metadata:s:v:0 rotate=90", flat) : NULL;

    if (path)
        assert_picture (path, 240, 320, 235);
}

static void
test_still_stays (void)
{
    g_autofree char *path =
        film_make ("still.png", "-f lavfi -i color=c=white:s=64x64 -frames:v 1");
    Seat seat;

    if (!path)
        return;
    sit_down (&seat, film_open (path), FALSE, 1);
    watch_until (&seat, TUTTI_PLAYER_PLAYING);
    watch (&seat, 2);
    g_assert_cmpint (get_state (&seat), ==, TUTTI_PLAYER_PLAYING);
    g_assert_cmpint (g_array_index (seat.light, int, seat.light->len - 1), >, 230);
    get_up (&seat);
}

/* Nobody listens: the film goes on all the same, to its end. */
static void
test_unheard (void)
{
    g_autofree char *path = film_make ("unheard.webm", FILM_FLASHES, 2.5, 2.5);
    gint64 begun_us = g_get_monotonic_time ();
    Seat seat;

    if (!path)
        return;
    sit_down (&seat, film_open (path), FALSE, 1);
    while (get_state (&seat) < TUTTI_PLAYER_ENDED) {
        g_usleep (10 * TUTTI_USEC_PER_MSEC);
        g_assert_cmpint (g_get_monotonic_time () - begun_us, <,
                         TEST_PATIENCE * 20 * G_USEC_PER_SEC);
    }
    g_assert_cmpint (get_state (&seat), ==, TUTTI_PLAYER_ENDED);
    g_assert_cmpint (g_get_monotonic_time () - begun_us, >, 2 * G_USEC_PER_SEC);
    get_up (&seat);
}

/* --- Files that are none --- */

static void
assert_refused (int fd)
{
    TuttiPlayerStats stats;
    Seat seat;

    sit_down (&seat, fd, FALSE, 1);
    watch_until (&seat, TUTTI_PLAYER_FAILED);
    tutti_player_get_stats (seat.player, &stats);
    g_test_message ("%s", stats.why);
    g_assert_cmpstr (stats.why, !=, "");
    watch (&seat, 0.01);
    g_assert_cmpuint (seat.n_told, ==, 1);
    get_up (&seat);
}

static void
test_refused (void)
{
    g_autofree char *sound = film_make ("good.wav", FILM_TONE, 500.0, 1.0, 48000);
    g_autofree char *playlist = NULL, *list = NULL, *text = NULL, *empty = NULL, *large = NULL;
    g_autofree char *hls = g_strdup_printf ("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n"
                                            "#EXTINF:1,\n%s\n#EXT-X-ENDLIST\n",
                                            sound);
    g_autofree char *concat = g_strdup_printf ("ffconcat version 1.0\nfile '%s'\n", sound);
    int ends[2];

    if (!sound)
        return;
    assert_refused (film_open (playlist = film_write ("list.m3u8", hls, strlen (hls))));
    assert_refused (film_open (list = film_write ("list.ffconcat", concat, strlen (concat))));
    assert_refused (film_open (text = film_write ("a.txt", "hello\n", 6)));
    assert_refused (film_open (empty = film_write ("empty.mp4", "", 0)));
    assert_refused (film_open ("/"));
    g_assert_cmpint (pipe2 (ends, O_CLOEXEC), ==, 0);
    assert_refused (ends[0]);
    assert_refused (ends[1]);
    large = film_make ("large.png", "-f lavfi -i color=s=4100x16 -frames:v 1");
    assert_refused (film_open (large));
}

/* Cut anywhere, the rest plays or is refused; nothing hangs. */
static void
test_cut (void)
{
    static const char *const KINDS[] = {"cut.webm", "cut.mp4", "cut.wav", "cut.mp3"};

    for (guint i = 0; i < G_N_ELEMENTS (KINDS); i++) {
        g_autofree char *path = film_make (KINDS[i], FILM_FLASHES, 1.0, 1.0);
        g_autofree char *content = NULL;
        gsize length;

        if (!path)
            return;
        g_assert_true (g_file_get_contents (path, &content, &length, NULL));
        for (guint part = 1; part < 6; part++) {
            g_autofree char *cut = film_write ("part", content, length * part / 6);
            Seat seat;

            sit_down (&seat, film_open (cut), FALSE, 1);
            for (guint n = 0; n < 500 && get_state (&seat) < TUTTI_PLAYER_ENDED; n++)
                watch (&seat, 0.02);
            g_assert_cmpint (get_state (&seat), >=, TUTTI_PLAYER_ENDED);
            get_up (&seat);
        }
    }
}

int
main (int argc, char **argv)
{
    int result;

    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/player/loop", test_loop);
    g_test_add_func ("/player/minutes", test_minutes);
    g_test_add_func ("/player/a-week", test_a_week);
    g_test_add_func ("/player/formats", test_formats);
    g_test_add_func ("/player/seams", test_seams);
    g_test_add_func ("/player/pause", test_pause);
    g_test_add_data_func ("/player/sync/webm", "sync.webm", test_sync);
    g_test_add_data_func ("/player/sync/mp4", "sync.mp4", test_sync);
    g_test_add_func ("/player/pictures", test_pictures);
    g_test_add_func ("/player/rotated", test_rotated);
    g_test_add_func ("/player/still", test_still_stays);
    g_test_add_func ("/player/unheard", test_unheard);
    g_test_add_func ("/player/refused", test_refused);
    g_test_add_func ("/player/cut", test_cut);
    result = g_test_run ();
    film_clear ();
    return result;
}
