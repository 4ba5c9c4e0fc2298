/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-key-frames.c: when key frames are made, by explicit times.
 */
#include "encode/key-frames.h"

#define MS TUTTI_USEC_PER_MSEC
#define START (1000 * MS)

/* Frames each 33 ms for a time, a wish open from each of the given instants until a key frame;
 * writes the key frames' times. */
static guint
run (TuttiKeyFrames *keys, const gint64 *wishes, guint n_wishes, gint64 until_us, gint64 *made)
{
    guint n = 0, next = 0;
    gboolean wished = FALSE;

    for (gint64 now = START; now < until_us; now += 33 * MS) {
        gboolean is_key;
        TuttiKeyFrameWish wish;

        for (; next < n_wishes && wishes[next] <= now; next++)
            wished = TRUE;
        wish = wished ? TUTTI_KEY_FRAME_WISHED : TUTTI_KEY_FRAME_UNWISHED;
        tutti_key_frames_get_due (keys, wish, now);
        is_key = tutti_key_frames_decide (keys, wish, now);
        tutti_key_frames_note (keys, is_key, now);
        if (is_key) {
            wished = FALSE;
            made[n++] = now;
        }
    }
    return n;
}

static void
test_first (void)
{
    TuttiKeyFrames keys;
    gint64 made[32];

    tutti_key_frames_init (&keys, 0, 30);
    g_assert_cmpuint (run (&keys, NULL, 0, START + 10000 * MS, made), ==, 1);
    g_assert_cmpint (made[0], ==, START);
}

static void
test_at_once_after_quiet (void)
{
    const gint64 wishes[] = {START + 2000 * MS};
    TuttiKeyFrames keys;
    gint64 made[32];

    tutti_key_frames_init (&keys, 0, 30);
    g_assert_cmpuint (run (&keys, wishes, 1, START + 4000 * MS, made), ==, 2);
    g_assert_cmpint (made[1], >=, wishes[0]);
    g_assert_cmpint (made[1], <=, wishes[0] + 33 * MS);
}

/* Somebody wishes all the time, for a while. */
static void
test_coalesced (void)
{
    static const gint64 expected[] = {0, 2000, 2500, 3500, 4500};
    gint64 wishes[200], made[32];
    TuttiKeyFrames keys;
    guint n;

    for (guint i = 0; i < 200; i++)
        wishes[i] = START + 2000 * MS + i * 10 * MS;
    tutti_key_frames_init (&keys, 0, 30);
    n = run (&keys, wishes, 200, START + 8000 * MS, made);
    g_assert_cmpuint (n, ==, G_N_ELEMENTS (expected));
    for (guint i = 0; i < n; i++) {
        g_assert_cmpint (made[i], >=, START + expected[i] * MS);
        g_assert_cmpint (made[i], <=, START + expected[i] * MS + i * 33 * MS);
    }
}

/* A feed begins while another one floods: it waits half a second at most, and still there are no
 * more than two key frames in a second. */
static void
test_awaited (void)
{
    for (gint64 begins = 0; begins < 3000 * MS; begins += 33 * MS) {
        gint64 last = -10000 * MS, before = last, began = 0;
        TuttiKeyFrames keys;

        tutti_key_frames_init (&keys, 0, 30);
        for (gint64 now = 0; now < 5000 * MS; now += 33 * MS) {
            gboolean awaited = now >= begins && began == 0;
            TuttiKeyFrameWish wish = awaited ? TUTTI_KEY_FRAME_AWAITED : TUTTI_KEY_FRAME_WISHED;
            gboolean is_key;

            tutti_key_frames_get_due (&keys, wish, now);
            is_key = tutti_key_frames_decide (&keys, wish, now);
            tutti_key_frames_note (&keys, is_key, now);
            if (!is_key)
                continue;
            g_assert_cmpint (now - before, >=, 1000 * MS);
            before = last;
            last = now;
            began = awaited ? now : began;
        }
        g_assert_cmpint (began - begins, <=, 533 * MS);
    }
}

static void
test_interval (void)
{
    TuttiKeyFrames keys;
    gint64 made[64];
    guint n;

    tutti_key_frames_init (&keys, 60, 30);
    n = run (&keys, NULL, 0, START + 300 * 33 * MS, made);
    g_assert_cmpuint (n, ==, 5);
    for (guint i = 1; i < n; i++)
        g_assert_cmpint (made[i] - made[i - 1], ==, 60 * 33 * MS);
}

/* No picture comes after the wish: the last one is used again, after the ticks' patience, not
 * within the window, and not while pictures flow. */
static void
test_due (void)
{
    TuttiKeyFrames keys;

    tutti_key_frames_init (&keys, 0, 30);
    g_assert_cmpint (tutti_key_frames_get_due (&keys, TUTTI_KEY_FRAME_WISHED, START), ==,
                     G_MAXINT64);
    tutti_key_frames_note (&keys, TUTTI_KEY_FRAME_WISHED, START);
    g_assert_cmpint (tutti_key_frames_get_due (&keys, TUTTI_KEY_FRAME_UNWISHED, START), ==,
                     G_MAXINT64);
    g_assert_cmpint (tutti_key_frames_get_due (&keys, TUTTI_KEY_FRAME_WISHED, START + 10 * MS), ==,
                     START + TUTTI_KEY_FRAME_GAP_US);
    tutti_key_frames_note (&keys, TUTTI_KEY_FRAME_WISHED, START + 500 * MS);
    g_assert_cmpint (tutti_key_frames_get_due (&keys, TUTTI_KEY_FRAME_WISHED, START + 3000 * MS),
                     ==, START + 3000 * MS + 2 * G_USEC_PER_SEC / 30);
    g_assert_cmpint (tutti_key_frames_get_due (&keys, TUTTI_KEY_FRAME_WISHED, START + 3050 * MS),
                     ==, START + 3000 * MS + 2 * G_USEC_PER_SEC / 30);
    tutti_key_frames_note (&keys, FALSE, START + 3066 * MS);
    g_assert_cmpint (tutti_key_frames_get_due (&keys, TUTTI_KEY_FRAME_WISHED, START + 3070 * MS),
                     ==, START + 3066 * MS + 2 * G_USEC_PER_SEC / 30);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/key-frames/first", test_first);
    g_test_add_func ("/key-frames/at-once-after-quiet", test_at_once_after_quiet);
    g_test_add_func ("/key-frames/coalesced", test_coalesced);
    g_test_add_func ("/key-frames/awaited", test_awaited);
    g_test_add_func ("/key-frames/interval", test_interval);
    g_test_add_func ("/key-frames/due", test_due);
    return g_test_run ();
}
