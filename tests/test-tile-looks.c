/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-tile-looks.c: how one tile looks: its label, whatever the name; a stalled camera, one that
 * is off, and one that is on again.
 */
#include "view.h"

/* The lower left quarter of a tile, where its label stands. */
static TuttiRect
get_label_place (const TuttiRect *rect)
{
    return (TuttiRect){rect->x, rect->y + (rect->height / 4 * 3 & ~1), rect->width / 2 & ~1,
                       rect->height / 4 & ~1};
}

static void
test_names_are_written (void)
{
    static const char *const names[] = {"Anna Müller", "Иван",   "محمد العربي", "王小明",
                                        "さくら",      "한국어", "שרה",         "हिन्दी"};
    guint64 seen[G_N_ELEMENTS (names)];

    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        g_autoptr (TuttiPicture) canvas = NULL;
        TuttiRect place;
        Room room;
        int bright = 0;

        open_room (&room, 4);
        room.tiles[0].name = (char *)names[i];
        put_flat (room.slots[0], 640, 360, 0x404040, room.now_us);
        show (&room);
        canvas = tick (&room);
        place = get_label_place (&room.tiles[0].rect);
        for (int y = place.y; y < place.y + place.height; y++) {
            for (int x = place.x; x < place.x + place.width; x++)
                bright += get_rgb (canvas, x, y).g > 200 ? 1 : 0;
        }
        g_assert_cmpint (bright, >, 30);
        seen[i] = hash_rect (canvas, &place);
        for (guint j = 0; j < i; j++)
            g_assert_true (seen[i] != seen[j]);
        close_room (&room);
    }
}

/* A name of any length stays inside its tile: the others look as if it were short. */
static void
test_hostile_names (void)
{
    g_autofree char *endless = g_strnfill (65536, 'W');
    g_autofree char *zalgo = g_strnfill (65536, '\314');
    const char *const names[] = {
        "",
        endless,
        zalgo,
        "\377\376\200bad\300\200",
        "a\nb\r\tc\013",
        "\342\200\256override\342\200\254 \342\200\217mark",
        "\360\237\230\200\360\237\221\250\342\200\215\360\237\221\251",
        "\360\235\224\204\360\220\215\210 \357\277\277\357\267\220",
        "e\314\201\314\201\314\201\314\201\314\201\314\201\314\201\314\201\314\201\314\201",
        "<b>&amp;%s%n</b>",
    };

    for (guint i = 0; i < 2 * G_N_ELEMENTS (names); i++) {
        g_autoptr (TuttiPicture) canvas = NULL, plain = NULL;
        Room room;

        open_room (&room, 9);
        plain = tick (&room);
        room.tiles[4].name = (char *)names[i / 2];
        room.tiles[4].audio_muted = room.tiles[4].hand_raised = TRUE;
        room.tiles[4].camera_off = i % 2 == 0;
        show (&room);
        canvas = tick (&room);
        for (guint j = 0; j < 9; j++) {
            if (j != 4)
                g_assert_true (hash_rect (canvas, &room.tiles[j].rect) ==
                               hash_rect (plain, &room.tiles[j].rect));
        }
        close_room (&room);
    }
}

typedef enum { PICTURE, DIM, AVATAR } Look;

/* A white picture is white, grey when dim, and a dark ground as an avatar. */
static Look
get_look (const TuttiPicture *canvas, const TuttiRect *rect)
{
    int g = get_rgb (canvas, rect->x + 20, rect->y + 20).g;

    return g > 200 ? PICTURE : g > 100 ? DIM : AVATAR;
}

static Look
look_at (Room *room, gint64 since_us)
{
    g_autoptr (TuttiPicture) canvas = NULL;

    room->now_us = START_US + since_us;
    tutti_video_mixer_refresh (room->mixer);
    canvas = tick (room);
    return get_look (canvas, &room->tiles[0].rect);
}

static void
test_stall (void)
{
    Room room;

    open_room (&room, 2);
    put_flat (room.slots[0], 640, 360, 0xffffff, START_US);
    g_assert_cmpint (look_at (&room, 0), ==, PICTURE);
    g_assert_cmpint (look_at (&room, TUTTI_STALL_DIM_US - 1), ==, PICTURE);
    g_assert_cmpint (look_at (&room, TUTTI_STALL_DIM_US), ==, DIM);
    g_assert_cmpint (look_at (&room, TUTTI_STALL_AVATAR_US - 1), ==, DIM);
    g_assert_cmpint (look_at (&room, TUTTI_STALL_AVATAR_US), ==, AVATAR);
    g_assert_cmpint (look_at (&room, 600 * G_USEC_PER_SEC), ==, AVATAR);
    put_flat (room.slots[0], 640, 360, 0xffffff, room.now_us);
    g_assert_cmpint (look_at (&room, 600 * G_USEC_PER_SEC), ==, PICTURE);
    close_room (&room);
}

/* The change comes by itself: no refresh is asked for. */
static void
test_stall_is_a_change (void)
{
    guint canvases = 0;
    Room room;

    open_room (&room, 2);
    tutti_picture_unref (tick (&room));
    for (gint64 t = 0; t < 6 * G_USEC_PER_SEC; t += 100 * MS) {
        g_autoptr (TuttiPicture) canvas = NULL;

        room.now_us = START_US + t;
        canvas = tick (&room);
        canvases += canvas != NULL ? 1 : 0;
    }
    g_assert_cmpuint (count_drawn (&room), ==, 2 + 2 + 2);
    g_assert_cmpuint (canvases, ==, 2); /* what stands still is not given again */
    close_room (&room);
}

static void
test_still_screen_is_no_stall (void)
{
    Room room;

    open_room (&room, 2);
    room.tiles[0].fit = TRUE;
    show (&room);
    put_flat (room.slots[0], 640, 360, 0xffffff, START_US);
    g_assert_cmpint (look_at (&room, 60 * G_USEC_PER_SEC), ==, PICTURE);
    close_room (&room);
}

static void
test_camera_off_and_on (void)
{
    Room room;

    open_room (&room, 2);
    put_flat (room.slots[0], 640, 360, 0xffffff, START_US);
    g_assert_cmpint (look_at (&room, 0), ==, PICTURE);
    room.tiles[0].camera_off = TRUE;
    show (&room);
    g_assert_cmpint (look_at (&room, 100 * MS), ==, AVATAR);
    /* A last picture that was still on its way. */
    put_flat (room.slots[0], 640, 360, 0xffffff, room.now_us + 10 * MS);
    g_assert_cmpint (look_at (&room, 200 * MS), ==, AVATAR);

    /* On again: what is still in the slot is not shown, only what comes from now on. */
    room.tiles[0].camera_off = FALSE;
    show (&room);
    g_assert_cmpint (look_at (&room, 300 * MS), ==, AVATAR);
    put_flat (room.slots[0], 640, 360, 0xffffff, room.now_us);
    g_assert_cmpint (look_at (&room, 400 * MS), ==, PICTURE);

    tutti_slot_put (room.slots[0], NULL, room.now_us);
    g_assert_cmpint (look_at (&room, 500 * MS), ==, AVATAR);
    tutti_video_input_unref (g_steal_pointer (&room.tiles[0].input));
    show (&room);
    g_assert_cmpint (look_at (&room, 600 * MS), ==, AVATAR);
    close_room (&room);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/tile-looks/names", test_names_are_written);
    g_test_add_func ("/tile-looks/hostile-names", test_hostile_names);
    g_test_add_func ("/tile-looks/stall", test_stall);
    g_test_add_func ("/tile-looks/stall-is-a-change", test_stall_is_a_change);
    g_test_add_func ("/tile-looks/still-screen", test_still_screen_is_no_stall);
    g_test_add_func ("/tile-looks/camera-off-and-on", test_camera_off_and_on);
    return g_test_run ();
}
