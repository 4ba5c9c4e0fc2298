/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * layout.c: where tiles stand. See layout.h.
 */
#include "layout.h"

#include <string.h>

/* The strips of small tiles take at most a fifth of the height, or a sixth of the width: small
 * tiles of a 720p canvas are then 256x144 or about 212x118, enough to know a face. */
#define STRIP_HEIGHT_SHARE 5
#define STRIP_WIDTH_SHARE 6
/* Gaps are 4 pixels on a canvas 1280 wide. */
#define GAP_SHARE 320

typedef struct {
    guint columns, rows;
    int width, height; /* of a tile */
} Grid;

static const char *const names[] = {
    [TUTTI_LAYOUT_GRID] = "grid",
    [TUTTI_LAYOUT_SPEAKER] = "speaker",
    [TUTTI_LAYOUT_PRESENTER] = "presenter",
};

static int
even (int value)
{
    return value & ~1;
}

/* The largest even 16:9 rectangle within width and height; off the ratio by less than 2 pixels. */
static void
fit_tile (int *width, int *height)
{
    if (*width * 9 > *height * 16) {
        *height = MAX (even (*height), 2);
        *width = MAX (even (*height * 16 / 9), 2);
    } else {
        *width = MAX (even (*width), 2);
        *height = MAX (even (*width * 9 / 16), 2);
    }
}

static Grid
choose_grid (guint n, int width, int height, int gap)
{
    Grid best = {0};

    for (guint columns = 1; columns <= n; columns++) {
        guint rows = (n + columns - 1) / columns;
        Grid grid = {
            .columns = columns,
            .rows = rows,
            .width = (width - (int)(columns - 1) * gap) / (int)columns,
            .height = (height - (int)(rows - 1) * gap) / (int)rows,
        };

        fit_tile (&grid.width, &grid.height);
        if (grid.width > best.width)
            best = grid;
    }
    return best;
}

/* Centres the grid in the area, and a last row that is not full in the grid. */
static void
place_grid (guint n, const TuttiRect *area, int gap, TuttiRect *rects)
{
    Grid grid = choose_grid (n, area->width, area->height, gap);
    int used = (int)grid.rows * (grid.height + gap) - gap;
    int y = area->y + even ((area->height - used) / 2);

    for (guint i = 0; i < n; i++) {
        guint row = i / grid.columns, column = i % grid.columns;
        guint in_row = MIN (grid.columns, n - row * grid.columns);
        int row_width = (int)in_row * (grid.width + gap) - gap;

        rects[i] = (TuttiRect){
            .x = area->x + even ((area->width - row_width) / 2) + (int)column * (grid.width + gap),
            .y = y + (int)row * (grid.height + gap),
            .width = grid.width,
            .height = grid.height,
        };
    }
}

static void
place_large (const TuttiRect *area, TuttiRect *rect)
{
    int width = area->width, height = area->height;

    fit_tile (&width, &height);
    *rect = (TuttiRect){
        .x = area->x + even ((area->width - width) / 2),
        .y = area->y + even ((area->height - height) / 2),
        .width = width,
        .height = height,
    };
}

static void
place_speaker (guint n, int width, int height, int gap, TuttiRect *rects)
{
    Grid grid = choose_grid (n - 1, width, even (height / STRIP_HEIGHT_SHARE), gap);
    int strip = (int)grid.rows * (grid.height + gap) - gap;

    place_large (&(TuttiRect){0, 0, width, height - strip - gap}, &rects[0]);
    place_grid (n - 1, &(TuttiRect){0, height - strip, width, strip}, gap, rects + 1);
}

static void
place_presenter (guint n, int width, int height, int gap, TuttiRect *rects)
{
    Grid grid = choose_grid (n - 1, even (width / STRIP_WIDTH_SHARE), height, gap);
    int strip = (int)grid.columns * (grid.width + gap) - gap;

    place_large (&(TuttiRect){0, 0, width - strip - gap, height}, &rects[0]);
    place_grid (n - 1, &(TuttiRect){width - strip, 0, strip, height}, gap, rects + 1);
}

gboolean
tutti_layout_from_name (const char *name, TuttiLayout *layout)
{
    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
        if (name == NULL || strcmp (names[i], name) != 0)
            continue;
        *layout = (TuttiLayout)i;
        return TRUE;
    }
    return FALSE;
}

const char *
tutti_layout_name (TuttiLayout layout)
{
    g_assert (layout < G_N_ELEMENTS (names));
    return names[layout];
}

void
tutti_layout_place (TuttiLayout layout, guint n, int width, int height, TuttiRect *rects)
{
    int gap = MAX (2, even (width / GAP_SHARE));

    g_assert (n >= 1 && n <= TUTTI_TILES_MAX);
    if (n == 1)
        place_large (&(TuttiRect){0, 0, width, height}, &rects[0]);
    else if (layout == TUTTI_LAYOUT_SPEAKER)
        place_speaker (n, width, height, gap, rects);
    else if (layout == TUTTI_LAYOUT_PRESENTER)
        place_presenter (n, width, height, gap, rects);
    else
        place_grid (n, &(TuttiRect){0, 0, width, height}, gap, rects);
}
