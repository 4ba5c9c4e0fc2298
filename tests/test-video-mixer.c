/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-video-mixer.c: canvases as their viewers see them: colours in their places, what is drawn
 * again and when, what views share. Time is an argument.
 */
#include <mixers/video/colour.h>

#include "view.h"

static void
test_colours_in_their_places (void)
{
    static const guint sizes[] = {1, 2, 3, 4, 5, 9, 16, 25, 49};

    for (guint s = 0; s < G_N_ELEMENTS (sizes); s++) {
        g_autoptr (TuttiPicture) canvas = NULL;
        Room room;

        open_room (&room, sizes[s]);
        canvas = tick (&room);
        g_assert_nonnull (canvas);
        g_assert_cmpint (canvas->width, ==, WIDTH);
        g_assert_cmpint (canvas->height, ==, HEIGHT);
        g_assert_cmpint (canvas->time_us, ==, room.now_us);
        for (guint i = 0; i < sizes[s]; i++) {
            const TuttiRect *r = &room.tiles[i].rect;

            g_assert_true (is_near (get_middle (canvas, r), colours[i % 9], 10));
            g_assert_true (is_near (get_rgb (canvas, r->x, r->y), colours[i % 9], 10));
            g_assert_true (
                is_near (get_rgb (canvas, r->x + r->width - 1, r->y), colours[i % 9], 10));
            if (r->x >= 2)
                g_assert_true (
                    is_near (get_rgb (canvas, r->x - 1, r->y), TUTTI_COLOUR_BACKGROUND, 3));
        }
        close_room (&room);
    }
}

static void
test_unchanged_gives_nothing (void)
{
    g_autoptr (TuttiPicture) first = NULL, wanted = NULL;
    Room room;

    open_room (&room, 4);
    first = tick (&room);
    for (guint i = 0; i < 29; i++) {
        room.now_us += 33 * MS;
        g_assert_null (tick (&room));
    }
    g_assert_cmpuint (count_drawn (&room), ==, 4);

    tutti_video_mixer_refresh (room.mixer);
    wanted = tick (&room);
    g_assert_nonnull (wanted);
    g_assert_true (wanted != first);
    g_assert_cmpint (wanted->time_us, ==, room.now_us);
    g_assert_true (hash_rect (wanted, &(TuttiRect){0, 0, WIDTH, HEIGHT}) ==
                   hash_rect (first, &(TuttiRect){0, 0, WIDTH, HEIGHT}));
    g_assert_cmpuint (count_drawn (&room), ==, 4);
    room.now_us += 33 * MS;
    g_assert_null (tick (&room));
    close_room (&room);
}

/* Nobody has a camera on: after a while there is no canvas any more, until somebody asks for one or
 * something changes, and then it looks as before. */
static void
test_rests (void)
{
    g_autoptr (TuttiPicture) first = NULL, wanted = NULL, changed = NULL;
    const TuttiRect whole = {0, 0, WIDTH, HEIGHT};
    Room room;

    open_room (&room, 4);
    for (guint i = 0; i < 4; i++)
        room.tiles[i].camera_off = TRUE;
    show (&room);
    first = tick (&room);
    room.now_us += TUTTI_CANVAS_REST_US;
    g_assert_cmpint (tutti_video_mixer_get_due (room.mixer), ==, room.now_us);
    g_assert_null (tick (&room));
    g_assert_cmpint (tutti_video_mixer_get_due (room.mixer), ==, G_MAXINT64);

    tutti_video_mixer_refresh (room.mixer);
    wanted = tick (&room);
    g_assert_nonnull (wanted);
    g_assert_true (hash_rect (wanted, &whole) == hash_rect (first, &whole));
    g_assert_cmpint (tutti_video_mixer_get_due (room.mixer), <, G_MAXINT64);

    room.now_us += TUTTI_CANVAS_REST_US;
    g_assert_null (tick (&room));
    room.tiles[2].camera_off = FALSE;
    put_flat (room.slots[2], 640, 360, colours[2], room.now_us + 1);
    show (&room);
    changed = tick (&room);
    g_assert_nonnull (changed);
    g_assert_true (is_near (get_middle (changed, &room.tiles[2].rect), colours[2], 10));
    g_assert_true (hash_rect (changed, &room.tiles[1].rect) ==
                   hash_rect (first, &room.tiles[1].rect));
    close_room (&room);
}

/* A camera that is on may send at any time. */
static void
test_cameras_keep_it_awake (void)
{
    Room room;

    open_room (&room, 1);
    tutti_picture_unref (tick (&room));
    for (guint i = 0; i < 3; i++) {
        room.now_us += TUTTI_CANVAS_REST_US;
        tutti_picture_unref (tick (&room)); /* it becomes an avatar */
        g_assert_cmpint (tutti_video_mixer_get_due (room.mixer), ==, 0);
    }
    close_room (&room);
}

static void
test_only_the_changed_tile_is_drawn (void)
{
    g_autoptr (TuttiPicture) before = NULL, after = NULL;
    Room room;

    open_room (&room, 9);
    before = tick (&room);
    room.now_us += 33 * MS;
    put_flat (room.slots[4], 640, 360, 0x404040, room.now_us);
    after = tick (&room);
    g_assert_cmpuint (count_drawn (&room), ==, 10);
    g_assert_true (is_near (get_middle (before, &room.tiles[4].rect), colours[4], 10));
    g_assert_true (is_near (get_middle (after, &room.tiles[4].rect), 0x404040, 10));
    for (guint i = 0; i < 9; i++) {
        if (i != 4)
            g_assert_true (hash_rect (after, &room.tiles[i].rect) ==
                           hash_rect (before, &room.tiles[i].rect));
    }
    close_room (&room);
}

/* Names, signs and the border change without a new picture, and without scaling anew. */
static void
test_state_changes_draw_one_tile (void)
{
    Room room;

    open_room (&room, 4);
    tutti_picture_unref (tick (&room));
    for (guint change = 0; change < 5; change++) {
        g_autoptr (TuttiPicture) canvas = NULL;

        room.now_us += 33 * MS;
        room.tiles[1].speaking = change == 0;
        room.tiles[1].audio_muted = change == 1;
        room.tiles[1].hand_raised = change == 2;
        room.tiles[1].name = (char *)(change == 3 ? "Boris" : "Anna");
        show (&room);
        canvas = tick (&room);
        g_assert_nonnull (canvas);
        g_assert_cmpuint (count_drawn (&room), ==, 5 + change);
        g_assert_true (is_near (get_rgb (canvas, room.tiles[1].rect.x, room.tiles[1].rect.y),
                                change == 0 ? TUTTI_COLOUR_SPEAKING : colours[1], 10));
        show (&room); /* a new scene that says the same */
        g_assert_null (tick (&room));
    }
    g_assert_cmpuint (count_scales (&room), ==, 4);
    close_room (&room);
}

static void
test_geometry_change_leaves_nothing_behind (void)
{
    g_autoptr (TuttiPicture) nine = NULL, one = NULL, none = NULL;
    Room room, fresh;

    open_room (&room, 9);
    nine = tick (&room);
    room.n = 1;
    tutti_layout_place (TUTTI_LAYOUT_GRID, 1, WIDTH, HEIGHT, &room.tiles[0].rect);
    show (&room);
    one = tick (&room);
    open_room (&fresh, 1);
    none = tick (&fresh);
    g_assert_true (hash_rect (one, &(TuttiRect){0, 0, WIDTH, HEIGHT}) ==
                   hash_rect (none, &(TuttiRect){0, 0, WIDTH, HEIGHT}));
    close_room (&fresh);
    room.n = 9;
    close_room (&room);
}

/* Two views of one room: each source is scaled once per size, not once per view. */
static void
test_views_share_scaling (void)
{
    TuttiVideoMixer *other = tutti_video_mixer_new ();
    TuttiVideoMixerStats stats;
    Room room;

    open_room (&room, 9);
    for (guint i = 0; i < 10; i++) {
        g_autoptr (TuttiPicture) one = NULL, two = NULL;

        room.now_us += 33 * MS;
        for (guint j = 0; j < 9; j++)
            put_flat (room.slots[j], 640, 360, colours[j], room.now_us);
        one = tick (&room);
        two = tutti_video_mixer_tick (other, room.scene, room.now_us);
        g_assert_true (hash_rect (one, &(TuttiRect){0, 0, WIDTH, HEIGHT}) ==
                       hash_rect (two, &(TuttiRect){0, 0, WIDTH, HEIGHT}));
    }
    g_assert_cmpuint (count_scales (&room), ==, 90);
    tutti_video_mixer_get_stats (other, &stats);
    g_assert_cmpuint (stats.scales, ==, 0);
    g_assert_cmpuint (stats.tiles_drawn, ==, 90);
    g_assert_cmpuint (stats.ticks, ==, 10);
    g_assert_cmpuint (stats.canvases, ==, 10);
    tutti_video_mixer_free (other);
    close_room (&room);
}

static void
test_message (void)
{
    const TuttiRect middle = {WIDTH / 4, HEIGHT / 2 - 40, WIDTH / 2, 80};
    g_autoptr (TuttiPicture) canvas = NULL, blank = NULL;
    g_autoptr (TuttiScene) empty = tutti_scene_new (WIDTH, HEIGHT, NULL);
    Room room;

    open_room (&room, 0);
    canvas = tick (&room);
    g_assert_null (tick (&room));
    blank = tutti_video_mixer_tick (room.mixer, empty, room.now_us);
    g_assert_nonnull (blank);
    g_assert_true (is_near (get_rgb (canvas, 4, 4), TUTTI_COLOUR_BACKGROUND, 3));
    g_assert_true (is_near (get_rgb (blank, WIDTH / 2, HEIGHT / 2), TUTTI_COLOUR_BACKGROUND, 3));
    g_assert_true (hash_rect (canvas, &middle) != hash_rect (blank, &middle));
    close_room (&room);
}

static void
test_canvas_size_changes (void)
{
    g_autoptr (TuttiScene) small = tutti_scene_new (320, 180, NULL);
    g_autoptr (TuttiPicture) canvas = NULL, shrunk = NULL;
    TuttiTile tile;
    Room room;

    open_room (&room, 4);
    canvas = tick (&room);
    tile = room.tiles[0];
    tutti_layout_place (TUTTI_LAYOUT_GRID, 1, 320, 180, &tile.rect);
    tutti_scene_add (small, &tile);
    shrunk = tutti_video_mixer_tick (room.mixer, small, room.now_us);
    g_assert_cmpint (shrunk->width, ==, 320);
    g_assert_true (is_near (get_rgb (shrunk, 160, 90), colours[0], 10));
    close_room (&room);
}

/* What nobody's tiles are in is one picture for all, which nothing waits for afterwards. */
static void
test_message_is_shared (void)
{
    g_autoptr (TuttiPicture) mine = NULL, theirs = NULL, again = NULL, later = NULL;
    guint live = tutti_picture_count_live ();
    Room room, other;

    open_room (&room, 0);
    open_room (&other, 0);
    mine = tick (&room);
    theirs = tick (&other);
    g_assert_true (mine == theirs);
    g_assert_cmpuint (mine->still, !=, 0);
    g_assert_cmpint (mine->time_us, ==, 0);
    g_assert_cmpint (tutti_video_mixer_get_due (room.mixer), ==, G_MAXINT64);
    room.now_us += 33 * MS;
    g_assert_null (tick (&room));
    tutti_video_mixer_refresh (room.mixer);
    again = tick (&room);
    g_assert_true (again == mine);
    g_assert_cmpuint (tutti_picture_count_live (), ==, live + 1);
    close_room (&other);
    close_room (&room);
    open_room (&room, 0);
    later = tick (&room);
    g_assert_cmpuint (later->still, !=, mine->still);
    close_room (&room);
}

static void
test_nothing_leaks (void)
{
    guint live = tutti_picture_count_live ();
    Room room;

    open_room (&room, 25);
    for (guint i = 0; i < 100; i++) {
        TuttiPicture *canvas;

        room.now_us += 33 * MS;
        put_flat (room.slots[i % 25], 320, 180, colours[i % 9], room.now_us);
        room.n = 20 + i % 6;
        show (&room);
        canvas = tick (&room);
        tutti_picture_unref (canvas);
    }
    room.n = 25;
    close_room (&room);
    g_assert_cmpuint (tutti_picture_count_live (), ==, live);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/video-mixer/places", test_colours_in_their_places);
    g_test_add_func ("/video-mixer/unchanged", test_unchanged_gives_nothing);
    g_test_add_func ("/video-mixer/rests", test_rests);
    g_test_add_func ("/video-mixer/awake", test_cameras_keep_it_awake);
    g_test_add_func ("/video-mixer/one-tile", test_only_the_changed_tile_is_drawn);
    g_test_add_func ("/video-mixer/state", test_state_changes_draw_one_tile);
    g_test_add_func ("/video-mixer/geometry", test_geometry_change_leaves_nothing_behind);
    g_test_add_func ("/video-mixer/views-share", test_views_share_scaling);
    g_test_add_func ("/video-mixer/message", test_message);
    g_test_add_func ("/video-mixer/message-is-shared", test_message_is_shared);
    g_test_add_func ("/video-mixer/canvas-size", test_canvas_size_changes);
    g_test_add_func ("/video-mixer/leaks", test_nothing_leaks);
    return g_test_run ();
}
