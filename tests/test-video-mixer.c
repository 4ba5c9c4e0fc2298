/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-video-mixer.c: canvases as their viewers see them: colours in their places, labels, what is
 * drawn again and when, stalled and switched-off cameras. Time is an argument.
 */
#include <mixers/video/colour.h>
#include <mixers/video/layout.h>
#include <mixers/video/video-mixer.h>

#include "picture.h"

#define WIDTH 1280
#define HEIGHT 720
#define MS TUTTI_USEC_PER_MSEC
#define START_US (1000 * G_USEC_PER_SEC)

static const guint32 colours[] = {0xff0000, 0x00ff00, 0x0000ff, 0xffff00, 0xff00ff,
                                  0x00ffff, 0xffffff, 0x802020, 0x208020};

/* A room of n cameras of flat colours, and its view. */
typedef struct {
    TuttiVideoMixer *mixer;
    guint n;
    gint64 now_us;
    TuttiSlot *slots[TUTTI_TILES_MAX];
    TuttiTile tiles[TUTTI_TILES_MAX]; /* edited by tests, then shown */
    TuttiScene *scene;
} Room;

static void
show (Room *room)
{
    tutti_scene_unref (room->scene);
    room->scene = tutti_scene_new (WIDTH, HEIGHT, "Nobody is here");
    for (guint i = 0; i < room->n; i++)
        tutti_scene_add (room->scene, &room->tiles[i]);
}

static void
open_room (Room *room, guint n)
{
    TuttiRect rects[TUTTI_TILES_MAX];

    *room = (Room){.mixer = tutti_video_mixer_new (), .n = n, .now_us = START_US};
    if (n > 0)
        tutti_layout_place (TUTTI_LAYOUT_GRID, n, WIDTH, HEIGHT, rects);
    for (guint i = 0; i < n; i++) {
        room->slots[i] = tutti_slot_new ();
        put_flat (room->slots[i], 640, 360, colours[i % 9], room->now_us);
        room->tiles[i] = (TuttiTile){
            .input = tutti_video_input_new (room->slots[i]),
            .rect = rects[i],
            .name = (char *)"Anna",
            .colour = i,
        };
    }
    show (room);
}

static void
close_room (Room *room)
{
    for (guint i = 0; i < room->n; i++) {
        tutti_video_input_unref (room->tiles[i].input);
        tutti_slot_unref (room->slots[i]);
    }
    tutti_scene_unref (room->scene);
    tutti_video_mixer_free (room->mixer);
}

static TuttiPicture *
tick (Room *room)
{
    return tutti_video_mixer_tick (room->mixer, room->scene, room->now_us);
}

static Rgb
get_middle (const TuttiPicture *canvas, const TuttiRect *rect)
{
    return get_rgb (canvas, rect->x + rect->width / 2, rect->y + rect->height / 2);
}

static guint64
count_drawn (Room *room)
{
    TuttiVideoMixerStats stats;

    tutti_video_mixer_get_stats (room->mixer, &stats);
    return stats.tiles_drawn;
}

static guint64
count_scales (Room *room)
{
    TuttiVideoMixerStats stats;

    tutti_video_mixer_get_stats (room->mixer, &stats);
    return stats.scales;
}

/* The lower left quarter of a tile, where its label stands. */
static TuttiRect
get_label_place (const TuttiRect *rect)
{
    return (TuttiRect){rect->x, rect->y + (rect->height / 4 * 3 & ~1), rect->width / 2 & ~1,
                       rect->height / 4 & ~1};
}

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
    g_autoptr (TuttiPicture) first = NULL, refresh = NULL, wanted = NULL;
    Room room;

    open_room (&room, 4);
    first = tick (&room);
    for (guint i = 0; i < 29; i++) {
        room.now_us += 33 * MS;
        g_assert_null (tick (&room));
    }
    g_assert_cmpuint (count_drawn (&room), ==, 4);

    room.now_us = START_US + TUTTI_REFRESH_US;
    refresh = tick (&room);
    g_assert_nonnull (refresh);
    g_assert_true (refresh != first);
    g_assert_cmpint (refresh->time_us, ==, room.now_us);
    g_assert_true (hash_rect (refresh, &(TuttiRect){0, 0, WIDTH, HEIGHT}) ==
                   hash_rect (first, &(TuttiRect){0, 0, WIDTH, HEIGHT}));
    g_assert_cmpuint (count_drawn (&room), ==, 4);

    room.now_us += 33 * MS;
    g_assert_null (tick (&room));
    tutti_video_mixer_refresh (room.mixer);
    wanted = tick (&room);
    g_assert_nonnull (wanted);
    room.now_us += 33 * MS;
    g_assert_null (tick (&room));
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
    g_assert_cmpuint (canvases, ==, 5); /* one a second; two of them are the changes */
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
    g_test_add_func ("/video-mixer/one-tile", test_only_the_changed_tile_is_drawn);
    g_test_add_func ("/video-mixer/state", test_state_changes_draw_one_tile);
    g_test_add_func ("/video-mixer/geometry", test_geometry_change_leaves_nothing_behind);
    g_test_add_func ("/video-mixer/names", test_names_are_written);
    g_test_add_func ("/video-mixer/hostile-names", test_hostile_names);
    g_test_add_func ("/video-mixer/stall", test_stall);
    g_test_add_func ("/video-mixer/stall-is-a-change", test_stall_is_a_change);
    g_test_add_func ("/video-mixer/still-screen", test_still_screen_is_no_stall);
    g_test_add_func ("/video-mixer/camera-off-and-on", test_camera_off_and_on);
    g_test_add_func ("/video-mixer/views-share", test_views_share_scaling);
    g_test_add_func ("/video-mixer/message", test_message);
    g_test_add_func ("/video-mixer/canvas-size", test_canvas_size_changes);
    g_test_add_func ("/video-mixer/leaks", test_nothing_leaks);
    return g_test_run ();
}
