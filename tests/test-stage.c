/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-stage.c: who is seen by whom and where: seats that stay, views that are shared.
 */
#include "room/stage.h"

static GArray *
ids (guint first, guint n)
{
    GArray *array = g_array_new (FALSE, FALSE, sizeof (guint));

    for (guint i = 0; i < n; i++) {
        guint id = first + i;
        g_array_append_val (array, id);
    }
    return array;
}

static void
update (TuttiCast *cast, guint n_present, guint wanted, guint n_seats)
{
    g_autoptr (GArray) present = ids (1, n_present);
    g_autoptr (GArray) must = ids (wanted, wanted > 0 ? 1 : 0);

    tutti_cast_update (cast, present, must, n_seats);
}

static gboolean
is_seated (const TuttiCast *cast, guint id)
{
    for (guint i = 0; i < cast->n; i++) {
        if (cast->seat[i].id == id)
            return TRUE;
    }
    return FALSE;
}

static void
test_cast_keeps_seats (void)
{
    TuttiCast cast = {0};
    g_autoptr (GArray) present = ids (1, 5);
    g_autoptr (GArray) nobody = ids (1, 0);

    tutti_cast_update (&cast, present, nobody, TUTTI_TILES_MAX);
    g_array_remove_index (present, 1); /* 2 leaves */
    tutti_cast_update (&cast, present, nobody, TUTTI_TILES_MAX);
    g_assert_cmpuint (cast.n, ==, 4);
    for (guint i = 0; i < 4; i++)
        g_assert_cmpuint (cast.seat[i].id, ==, g_array_index (present, guint, i));
}

static void
test_cast_of_many (void)
{
    TuttiCast cast = {0};

    update (&cast, 1000, 0, TUTTI_TILES_MAX);
    g_assert_cmpuint (cast.n, ==, TUTTI_TILES_MAX);
    for (guint i = 0; i < cast.n; i++)
        g_assert_cmpuint (cast.seat[i].id, ==, i + 1);

    /* A speaker from behind takes one seat; the others stay where they are. */
    update (&cast, 1000, 777, TUTTI_TILES_MAX);
    g_assert_true (is_seated (&cast, 777));
    for (guint i = 0; i + 1 < cast.n; i++)
        g_assert_cmpuint (cast.seat[i].id, ==, i + 1);

    /* The next one doesn't take the seat of the first, who spoke not long ago. */
    update (&cast, 1000, 888, TUTTI_TILES_MAX);
    g_assert_true (is_seated (&cast, 777));
    g_assert_true (is_seated (&cast, 888));
    g_assert_cmpuint (cast.n, ==, TUTTI_TILES_MAX);

    /* Speaking again changes nothing. */
    TuttiCast before = cast;
    update (&cast, 1000, 777, TUTTI_TILES_MAX);
    for (guint i = 0; i < cast.n; i++)
        g_assert_cmpuint (cast.seat[i].id, ==, before.seat[i].id);
}

static void
test_cast_shrinks (void)
{
    TuttiCast cast = {0};

    update (&cast, 100, 49, TUTTI_TILES_MAX);
    update (&cast, 100, 0, TUTTI_TILES_MAX - 2); /* two screens want room */
    g_assert_cmpuint (cast.n, ==, TUTTI_TILES_MAX - 2);
    g_assert_true (is_seated (&cast, 49));
    g_assert_true (is_seated (&cast, 1));
}

static void
test_cast_ignores_absent (void)
{
    TuttiCast cast = {0};

    update (&cast, 60, 4711, TUTTI_TILES_MAX);
    g_assert_false (is_seated (&cast, 4711));
}

/* --- Keys --- */

static void
fill_stage (TuttiStage *stage, guint n)
{
    *stage = (TuttiStage){
        .width = 1280, .height = 720, .layout = TUTTI_LAYOUT_GRID, .personal_views = 3};
    stage->n_present = n;
    update (&stage->cast, n, 0, TUTTI_TILES_MAX);
}

static guint
count_keys (const TuttiStage *stage)
{
    TuttiViewKey keys[16];
    guint n = 0;

    for (guint id = 1; id <= stage->n_present; id++) {
        TuttiViewer viewer = {.id = id, .seen = TRUE};
        TuttiViewKey key;
        gboolean known = FALSE;
        tutti_stage_key (stage, &viewer, &key);
        for (guint i = 0; i < n; i++)
            known |= tutti_view_key_equal (&keys[i], &key);
        if (!known)
            keys[n++] = key;
    }
    return n;
}

static void
test_personal_views (void)
{
    TuttiStage stage;

    for (guint n = 1; n <= 5; n++) {
        fill_stage (&stage, n);
        g_assert_cmpuint (count_keys (&stage), ==, n <= 3 ? n : 1);
    }
}

static void
test_choices (void)
{
    TuttiStage stage;
    TuttiViewer viewer = {.id = 1, .seen = TRUE};
    TuttiViewKey key;

    fill_stage (&stage, 2);
    tutti_stage_key (&stage, &viewer, &key);
    g_assert_cmpuint (key.left_out, ==, 1);
    viewer.self_view = TUTTI_CHOICE_YES;
    tutti_stage_key (&stage, &viewer, &key);
    g_assert_cmpuint (key.left_out, ==, 0);

    /* An encode a head can't be ordered in a large room. */
    fill_stage (&stage, 4);
    viewer.self_view = TUTTI_CHOICE_NO;
    tutti_stage_key (&stage, &viewer, &key);
    g_assert_cmpuint (key.left_out, ==, 0);

    /* Listeners see all, in a room of any size. */
    fill_stage (&stage, 2);
    viewer = (TuttiViewer){.id = 9, .seen = FALSE};
    tutti_stage_key (&stage, &viewer, &key);
    g_assert_cmpuint (key.left_out, ==, 0);
}

static void
test_layout_of_key (void)
{
    TuttiStage stage;
    TuttiViewer viewer = {.id = 1, .seen = TRUE};
    TuttiViewKey key;

    fill_stage (&stage, 5);
    tutti_stage_key (&stage, &viewer, &key);
    g_assert_cmpint (key.layout, ==, TUTTI_LAYOUT_GRID);
    stage.n_screens = 1;
    stage.screens[0] = 3;
    tutti_stage_key (&stage, &viewer, &key);
    g_assert_cmpint (key.layout, ==, TUTTI_LAYOUT_PRESENTER);
    stage.spotlight = 4;
    tutti_stage_key (&stage, &viewer, &key);
    g_assert_cmpint (key.layout, ==, TUTTI_LAYOUT_SPEAKER);
    g_assert_cmpuint (key.spotlight, ==, 4);
    viewer.chose_layout = TRUE;
    viewer.layout = TUTTI_LAYOUT_GRID;
    tutti_stage_key (&stage, &viewer, &key);
    g_assert_cmpint (key.layout, ==, TUTTI_LAYOUT_GRID);
}

/* One's own screen isn't shown to oneself in a personal view: no hall of mirrors. */
static void
test_own_screen (void)
{
    TuttiStage stage;
    TuttiViewer viewer = {.id = 1, .seen = TRUE};
    TuttiViewKey key;
    TuttiSpot spots[TUTTI_TILES_MAX];

    fill_stage (&stage, 2);
    stage.n_screens = 1;
    stage.screens[0] = 1;
    tutti_stage_key (&stage, &viewer, &key);
    g_assert_cmpint (key.layout, ==, TUTTI_LAYOUT_GRID);
    g_assert_cmpuint (tutti_stage_place (&stage, &key, spots), ==, 1);
    g_assert_cmpuint (spots[0].id, ==, 2);

    viewer.id = 2;
    tutti_stage_key (&stage, &viewer, &key);
    g_assert_cmpuint (tutti_stage_place (&stage, &key, spots), ==, 2);
    g_assert_true (spots[0].screen);
    g_assert_cmpuint (spots[0].id, ==, 1);
    g_assert_false (spots[1].screen);
    g_assert_cmpint (spots[0].rect.width, >, spots[1].rect.width);
}

/* --- Places --- */

static void
test_alone (void)
{
    TuttiStage stage;
    TuttiViewKey key = {.layout = TUTTI_LAYOUT_GRID, .left_out = 1};
    TuttiSpot spots[TUTTI_TILES_MAX];

    fill_stage (&stage, 1);
    g_assert_cmpuint (tutti_stage_place (&stage, &key, spots), ==, 0);
}

static void
test_large_place (void)
{
    TuttiStage stage;
    TuttiViewKey key = {.layout = TUTTI_LAYOUT_SPEAKER};
    TuttiSpot spots[TUTTI_TILES_MAX];

    fill_stage (&stage, 6);
    stage.speaker = 5;
    g_assert_cmpuint (tutti_stage_place (&stage, &key, spots), ==, 6);
    g_assert_cmpuint (spots[0].id, ==, 5);

    key.spotlight = 2;
    tutti_stage_place (&stage, &key, spots);
    g_assert_cmpuint (spots[0].id, ==, 2);

    /* The speaker itself sees who spoke before. */
    fill_stage (&stage, 3);
    update (&stage.cast, 3, 3, TUTTI_TILES_MAX);
    update (&stage.cast, 3, 1, TUTTI_TILES_MAX);
    stage.speaker = 1;
    key = (TuttiViewKey){.layout = TUTTI_LAYOUT_SPEAKER, .left_out = 1};
    g_assert_cmpuint (tutti_stage_place (&stage, &key, spots), ==, 2);
    g_assert_cmpuint (spots[0].id, ==, 3);
}

static void
test_grid_ignores_speakers (void)
{
    TuttiStage stage;
    TuttiViewKey key = {.layout = TUTTI_LAYOUT_GRID};
    TuttiSpot spots[TUTTI_TILES_MAX];

    fill_stage (&stage, 6);
    stage.speaker = 5;
    tutti_stage_place (&stage, &key, spots);
    for (guint i = 0; i < 6; i++)
        g_assert_cmpuint (spots[i].id, ==, i + 1);
}

static void
test_full_canvas (void)
{
    TuttiStage stage;
    TuttiViewKey key = {.layout = TUTTI_LAYOUT_PRESENTER};
    TuttiSpot spots[TUTTI_TILES_MAX];

    fill_stage (&stage, 300);
    stage.n_screens = TUTTI_SCREENS_MAX;
    for (guint i = 0; i < TUTTI_SCREENS_MAX; i++)
        stage.screens[i] = 10 + i;
    g_assert_cmpuint (tutti_stage_place (&stage, &key, spots), ==, TUTTI_TILES_MAX);
    for (guint i = 0; i < TUTTI_TILES_MAX; i++)
        g_assert_cmpint (spots[i].screen, ==, i < TUTTI_SCREENS_MAX);
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/stage/cast/keeps-seats", test_cast_keeps_seats);
    g_test_add_func ("/stage/cast/of-many", test_cast_of_many);
    g_test_add_func ("/stage/cast/shrinks", test_cast_shrinks);
    g_test_add_func ("/stage/cast/ignores-absent", test_cast_ignores_absent);
    g_test_add_func ("/stage/key/personal-views", test_personal_views);
    g_test_add_func ("/stage/key/choices", test_choices);
    g_test_add_func ("/stage/key/layout", test_layout_of_key);
    g_test_add_func ("/stage/key/own-screen", test_own_screen);
    g_test_add_func ("/stage/place/alone", test_alone);
    g_test_add_func ("/stage/place/large", test_large_place);
    g_test_add_func ("/stage/place/grid", test_grid_ignores_speakers);
    g_test_add_func ("/stage/place/full", test_full_canvas);
    return g_test_run ();
}
