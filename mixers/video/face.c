/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * face.c: how one tile looks. See face.h.
 */
#include "face.h"

#include "avatar.h"
#include "compose.h"
#include "input.h"
#include "label.h"
#include "video-mixer.h"

#include <time.h>

/* The speaker's border is 4 pixels on a tile 360 high, and 2 on the smallest. */
#define BORDER_SHARE 90

static TuttiLook
judge_age (const TuttiTile *tile, gint64 age_us)
{
    /* A screen that nobody touches sends nothing new for minutes: that is no stall. */
    if (tile->fit || age_us < TUTTI_STALL_DIM_US)
        return TUTTI_LOOK_PICTURE;
    return age_us < TUTTI_STALL_AVATAR_US ? TUTTI_LOOK_DIM : TUTTI_LOOK_AVATAR;
}

/* What is to be seen now; the picture is a new reference, NULL with an avatar. */
static TuttiLook
judge (const TuttiTile *tile, gint64 now_us, TuttiPicture **picture)
{
    g_autoptr (TuttiPicture) newest = NULL;
    TuttiLook look = TUTTI_LOOK_AVATAR;
    gint64 put_us = 0;

    *picture = NULL;
    if (tile->input == NULL)
        return TUTTI_LOOK_AVATAR;
    if (tile->camera_off) {
        tutti_video_input_reject (tile->input, now_us);
        return TUTTI_LOOK_AVATAR;
    }
    newest = tutti_video_input_peek (tile->input, &put_us);
    if (newest != NULL)
        look = judge_age (tile, now_us - put_us);
    if (look != TUTTI_LOOK_AVATAR)
        *picture = g_steal_pointer (&newest);
    return look;
}

static void
draw_picture (const TuttiFace *face, const TuttiTile *tile, TuttiPicture *canvas,
              TuttiFaceCost *cost)
{
    gint64 start_ns = tutti_face_cpu_ns ();
    g_autoptr (TuttiPicture) scaled = tutti_video_input_get_scaled (
        tile->input, face->source, &tile->rect, tile->fit, &cost->scaled);

    cost->scale_ns = tutti_face_cpu_ns () - start_ns;
    tutti_compose_tile (canvas, &tile->rect, scaled);
    if (face->look == TUTTI_LOOK_DIM)
        tutti_compose_dim (canvas, &tile->rect);
}

static void
draw_avatar (TuttiFace *face, const TuttiTile *tile, TuttiOverlayCache *cache, TuttiPicture *canvas)
{
    const TuttiRect *rect = &tile->rect;

    if (face->avatar == NULL)
        face->avatar = tutti_overlay_cache_get_avatar (cache, tile);
    tutti_compose_fill (canvas, rect, tutti_yuv_from_rgb (tutti_avatar_ground (tile->colour)));
    tutti_compose_overlay (canvas, rect->x + ((rect->width - face->avatar->width) / 2 & ~1),
                           rect->y + ((rect->height - face->avatar->height) / 2 & ~1),
                           face->avatar);
}

static void
draw_label (TuttiFace *face, const TuttiTile *tile, TuttiOverlayCache *cache, TuttiPicture *canvas)
{
    const TuttiRect *rect = &tile->rect;
    int margin_px = tutti_label_margin_px (rect->height);

    if (!face->labelled)
        face->label = tutti_overlay_cache_get_label (cache, tile);
    face->labelled = TRUE;
    if (face->label == NULL)
        return;
    tutti_compose_overlay (canvas, rect->x + margin_px,
                           rect->y + rect->height - margin_px - face->label->height, face->label);
}

static void
draw_border (const TuttiTile *tile, TuttiPicture *canvas)
{
    int width_px = (tile->rect.height / BORDER_SHARE + 2) & ~1;

    if (tile->rect.width > 2 * width_px && tile->rect.height > 2 * width_px)
        tutti_compose_border (canvas, &tile->rect, width_px,
                              tutti_yuv_from_rgb (TUTTI_COLOUR_SPEAKING));
}

void
tutti_face_follow (TuttiFace *face, const TuttiTile *tile, gint64 now_us)
{
    g_autoptr (TuttiPicture) picture = NULL;
    TuttiLook look = judge (tile, now_us, &picture);

    if (look == face->look && picture == face->source)
        return;
    tutti_picture_unref (face->source);
    face->source = g_steal_pointer (&picture);
    face->look = look;
    face->damaged = TRUE;
}

void
tutti_face_damage (TuttiFace *face)
{
    g_clear_pointer (&face->label, tutti_overlay_unref);
    g_clear_pointer (&face->avatar, tutti_overlay_unref);
    face->labelled = FALSE;
    face->damaged = TRUE;
}

void
tutti_face_draw (TuttiFace *face, const TuttiTile *tile, TuttiOverlayCache *cache,
                 TuttiPicture *canvas, TuttiFaceCost *cost)
{
    *cost = (TuttiFaceCost){0};
    if (face->look == TUTTI_LOOK_AVATAR)
        draw_avatar (face, tile, cache, canvas);
    else
        draw_picture (face, tile, canvas, cost);
    if (tile->speaking)
        draw_border (tile, canvas);
    draw_label (face, tile, cache, canvas);
    face->damaged = FALSE;
}

void
tutti_face_clear (TuttiFace *face)
{
    tutti_face_damage (face);
    g_clear_pointer (&face->source, tutti_picture_unref);
    face->look = TUTTI_LOOK_NONE;
}

gint64
tutti_face_cpu_ns (void)
{
    struct timespec t;

    clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
    return t.tv_sec * G_GINT64_CONSTANT (1000000000) + t.tv_nsec;
}
