/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stage.c: see stage.h. Nothing here is remembered but the cast's order. Role: main.
 */
#include <string.h>

#include "stage.h"

/* --- Cast --- */

static int
find_seat (const TuttiCast *cast, guint id)
{
    for (guint i = 0; i < cast->n; i++) {
        if (cast->seat[i].id == id)
            return (int)i;
    }
    return -1;
}

static gboolean
contains (const GArray *ids, guint id)
{
    for (guint i = 0; i < ids->len; i++) {
        if (g_array_index (ids, guint, i) == id)
            return TRUE;
    }
    return FALSE;
}

static void
remove_absent (TuttiCast *cast, const GArray *present)
{
    guint n = 0;

    for (guint i = 0; i < cast->n; i++) {
        if (contains (present, cast->seat[i].id))
            cast->seat[n++] = cast->seat[i];
    }
    cast->n = n;
}

/* Who had to be seen longest ago; of equals the last, so that the first seats are the stable ones.
 */
static guint
least_wanted (const TuttiCast *cast)
{
    guint least = 0;

    for (guint i = 1; i < cast->n; i++) {
        if (cast->seat[i].spoke <= cast->seat[least].spoke)
            least = i;
    }
    return least;
}

static void
remove_seat (TuttiCast *cast, guint i)
{
    cast->n--;
    memmove (&cast->seat[i], &cast->seat[i + 1], (cast->n - i) * sizeof cast->seat[0]);
}

static void
fill_seats (TuttiCast *cast, const GArray *present, guint n_seats)
{
    for (guint i = 0; i < present->len && cast->n < n_seats; i++) {
        guint id = g_array_index (present, guint, i);
        if (find_seat (cast, id) >= 0)
            continue;
        cast->seat[cast->n].id = id;
        cast->seat[cast->n++].spoke = 0;
    }
}

/* The least important first, so that the most important has the latest stamp. */
static void
stamp_wanted (TuttiCast *cast, const GArray *wanted)
{
    for (guint i = wanted->len; i-- > 0;) {
        int seat = find_seat (cast, g_array_index (wanted, guint, i));
        if (seat >= 0)
            cast->seat[seat].spoke = ++cast->serial;
    }
}

void
tutti_cast_update (TuttiCast *cast, const GArray *present, const GArray *wanted, guint n_seats)
{
    remove_absent (cast, present);
    stamp_wanted (cast, wanted);
    while (cast->n > n_seats)
        remove_seat (cast, least_wanted (cast));
    fill_seats (cast, present, n_seats);
    for (guint i = 0; i < wanted->len && i < n_seats; i++) {
        guint id = g_array_index (wanted, guint, i);
        if (find_seat (cast, id) < 0 && contains (present, id))
            cast->seat[least_wanted (cast)].id = id;
        stamp_wanted (cast, wanted);
    }
}

/* --- Views --- */

gboolean
tutti_view_key_equal (const TuttiViewKey *a, const TuttiViewKey *b)
{
    return a->layout == b->layout && a->left_out == b->left_out && a->spotlight == b->spotlight;
}

static gboolean
somebody_shares (const TuttiStage *stage, guint left_out)
{
    for (guint i = 0; i < stage->n_screens; i++) {
        if (stage->screens[i] != left_out)
            return TRUE;
    }
    return FALSE;
}

void
tutti_stage_key (const TuttiStage *stage, const TuttiViewer *viewer, TuttiViewKey *key)
{
    gboolean personal = viewer->seen && stage->n_present <= stage->personal_views;

    key->left_out = personal && viewer->self_view != TUTTI_CHOICE_YES ? viewer->id : 0;
    key->spotlight = stage->spotlight == key->left_out ? 0 : stage->spotlight;
    if (viewer->chose_layout)
        key->layout = viewer->layout;
    else if (key->spotlight != 0)
        key->layout = TUTTI_LAYOUT_SPEAKER;
    else if (somebody_shares (stage, key->left_out))
        key->layout = TUTTI_LAYOUT_PRESENTER;
    else
        key->layout = stage->layout;
}

/* --- Places --- */

typedef struct {
    const TuttiViewKey *key;
    TuttiSpot *spots;
    guint n;
} Row;

static void
add_camera (Row *row, guint id)
{
    if (id == row->key->left_out || row->n == TUTTI_TILES_MAX)
        return;
    for (guint i = 0; i < row->n; i++) {
        if (row->spots[i].id == id && !row->spots[i].screen)
            return;
    }
    row->spots[row->n++] = (TuttiSpot){.id = id};
}

static void
add_screens (Row *row, const TuttiStage *stage)
{
    for (guint i = 0; i < stage->n_screens; i++) {
        if (stage->screens[i] != row->key->left_out)
            row->spots[row->n++] = (TuttiSpot){.id = stage->screens[i], .screen = TRUE};
    }
}

/* Who spoke last, of those in this view. */
static guint
last_heard (const TuttiCast *cast, guint left_out)
{
    guint id = 0;
    guint64 spoke = 0;

    for (guint i = 0; i < cast->n; i++) {
        if (cast->seat[i].id != left_out && cast->seat[i].spoke > spoke) {
            id = cast->seat[i].id;
            spoke = cast->seat[i].spoke;
        }
    }
    return id;
}

/* The grid keeps its order whoever speaks; the other layouts have one large place. */
static guint
choose_first (const TuttiStage *stage, const TuttiViewKey *key)
{
    if (find_seat (&stage->cast, key->spotlight) >= 0)
        return key->spotlight;
    if (key->layout == TUTTI_LAYOUT_GRID)
        return 0;
    if (stage->speaker != key->left_out && find_seat (&stage->cast, stage->speaker) >= 0)
        return stage->speaker;
    return last_heard (&stage->cast, key->left_out);
}

guint
tutti_stage_place (const TuttiStage *stage, const TuttiViewKey *key, TuttiSpot *spots)
{
    Row row = {.key = key, .spots = spots};
    TuttiRect rects[TUTTI_TILES_MAX];
    guint first = choose_first (stage, key);

    if (key->layout == TUTTI_LAYOUT_SPEAKER && first != 0)
        add_camera (&row, first);
    add_screens (&row, stage);
    if (first != 0)
        add_camera (&row, first);
    for (guint i = 0; i < stage->cast.n; i++)
        add_camera (&row, stage->cast.seat[i].id);

    if (row.n > 0)
        tutti_layout_place (key->layout, row.n, stage->width, stage->height, rects);
    for (guint i = 0; i < row.n; i++)
        spots[i].rect = rects[i];
    return row.n;
}
