/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * video-mixer.c: one view's canvas, drawn where it changed. See video-mixer.h.
 *
 *   scene, compared with the last one -> damaged tiles, or all
 *   sources' newest pictures          -> damaged tiles
 *   last canvas copied, damaged tiles drawn over it -> the new canvas
 */
#include "video-mixer.h"

#include "compose.h"
#include "face.h"

#include <tutti/role.h>

#include <stdatomic.h>
#include <string.h>

struct _TuttiVideoMixer {
    _Atomic gboolean wanted; /* a canvas even if nothing changed */

    /* The job's. */
    TuttiScene *scene;    /* of the last tick */
    TuttiPicture *canvas; /* the last one made; NULL: none yet, or at rest */
    gint64 canvas_us;
    TuttiFace faces[TUTTI_TILES_MAX];
    TuttiOverlayCache *overlays;
    TuttiVideoMixerStats counted;
    gint64 scale_ns, compose_ns;

    GMutex lock; /* of stats */
    TuttiVideoMixerStats stats;
};

static gboolean
is_same_rect (const TuttiRect *a, const TuttiRect *b)
{
    return a->x == b->x && a->y == b->y && a->width == b->width && a->height == b->height;
}

/* Same canvas, same places: only tiles may have to be drawn again. */
static gboolean
is_same_geometry (const TuttiScene *a, const TuttiScene *b)
{
    guint n = tutti_scene_n_tiles (a);

    if (tutti_scene_width (a) != tutti_scene_width (b) ||
        tutti_scene_height (a) != tutti_scene_height (b) || tutti_scene_n_tiles (b) != n)
        return FALSE;
    for (guint i = 0; i < n; i++) {
        if (!is_same_rect (&tutti_scene_get (a, i)->rect, &tutti_scene_get (b, i)->rect))
            return FALSE;
    }
    return tutti_scene_notice (a) == tutti_scene_notice (b);
}

/* All but the picture. */
static gboolean
is_same_tile (const TuttiTile *a, const TuttiTile *b)
{
    return a->input == b->input && a->colour == b->colour && !a->speaking == !b->speaking &&
           !a->audio_muted == !b->audio_muted && !a->hand_raised == !b->hand_raised &&
           !a->fit == !b->fit && strcmp (a->name, b->name) == 0;
}

/* Takes the new scene. TRUE: everything has to be drawn. */
static gboolean
adopt_scene (TuttiVideoMixer *mixer, const TuttiScene *scene)
{
    gboolean all = mixer->scene == NULL || !is_same_geometry (mixer->scene, scene);

    if (mixer->scene == scene)
        return FALSE;
    for (guint i = 0; all && i < TUTTI_TILES_MAX; i++)
        tutti_face_clear (&mixer->faces[i]);
    for (guint i = 0; !all && i < tutti_scene_n_tiles (scene); i++) {
        if (!is_same_tile (tutti_scene_get (mixer->scene, i), tutti_scene_get (scene, i)))
            tutti_face_damage (&mixer->faces[i]);
    }
    tutti_scene_unref (mixer->scene);
    mixer->scene = tutti_scene_ref ((TuttiScene *)scene);
    return all;
}

static guint
follow_sources (TuttiVideoMixer *mixer, gint64 now_us)
{
    guint n_damaged = 0;

    for (guint i = 0; i < tutti_scene_n_tiles (mixer->scene); i++) {
        tutti_face_follow (&mixer->faces[i], tutti_scene_get (mixer->scene, i), now_us);
        n_damaged += mixer->faces[i].damaged ? 1 : 0;
    }
    return n_damaged;
}

static void
draw_damaged (TuttiVideoMixer *mixer, TuttiPicture *canvas)
{
    for (guint i = 0; i < tutti_scene_n_tiles (mixer->scene); i++) {
        TuttiFaceCost cost;

        if (!mixer->faces[i].damaged)
            continue;
        tutti_face_draw (&mixer->faces[i], tutti_scene_get (mixer->scene, i), mixer->overlays,
                         canvas, &cost);
        mixer->counted.tiles_drawn++;
        mixer->counted.scales += cost.scaled ? 1 : 0;
        mixer->scale_ns += cost.scale_ns;
    }
}

/* Unless one tile is all there is to see. */
static void
draw_background (const TuttiScene *scene, TuttiPicture *canvas)
{
    TuttiRect whole = {0, 0, canvas->width, canvas->height};

    if (tutti_scene_n_tiles (scene) == 1 &&
        is_same_rect (&tutti_scene_get (scene, 0)->rect, &whole))
        return;
    tutti_compose_fill (canvas, &whole, tutti_yuv_from_rgb (TUTTI_COLOUR_BACKGROUND));
}

/* all: nothing of the last canvas stays. */
static TuttiPicture *
compose_canvas (TuttiVideoMixer *mixer, gboolean all)
{
    TuttiPicture *canvas =
        tutti_picture_new (tutti_scene_width (mixer->scene), tutti_scene_height (mixer->scene));

    if (all)
        draw_background (mixer->scene, canvas);
    else
        tutti_compose_copy (canvas, mixer->canvas);
    draw_damaged (mixer, canvas);
    return canvas;
}

static void
damage_all (TuttiVideoMixer *mixer)
{
    for (guint i = 0; i < tutti_scene_n_tiles (mixer->scene); i++)
        mixer->faces[i].damaged = TRUE;
}

static void
let_go_of_old (TuttiVideoMixer *mixer, gint64 now_us)
{
    if (mixer->canvas != NULL && now_us - mixer->canvas_us >= TUTTI_CANVAS_REST_US)
        g_clear_pointer (&mixer->canvas, tutti_picture_unref);
}

/* Everybody's, so that nothing is drawn, stamped or kept here. */
static TuttiPicture *
show_notice (TuttiVideoMixer *mixer, TuttiNotice *notice)
{
    g_clear_pointer (&mixer->canvas, tutti_picture_unref);
    return tutti_notice_show (notice);
}

static TuttiPicture *
make_canvas (TuttiVideoMixer *mixer, const TuttiScene *scene, gint64 now_us)
{
    gboolean all = adopt_scene (mixer, scene);
    guint n_damaged = follow_sources (mixer, now_us);
    gboolean wanted = atomic_exchange (&mixer->wanted, FALSE);
    TuttiPicture *canvas;

    if (!all && n_damaged == 0 && !wanted) {
        let_go_of_old (mixer, now_us);
        return NULL;
    }
    if (tutti_scene_notice (scene) != NULL)
        return show_notice (mixer, tutti_scene_notice (scene));
    if (mixer->canvas == NULL) {
        damage_all (mixer);
        all = TRUE;
    }
    if (n_damaged > 0 && n_damaged == tutti_scene_n_tiles (scene))
        all = TRUE;
    canvas = compose_canvas (mixer, all);
    canvas->time_us = now_us;
    tutti_picture_unref (mixer->canvas);
    mixer->canvas = tutti_picture_ref (canvas);
    mixer->canvas_us = now_us;
    mixer->counted.canvases++;
    return canvas;
}

static void
publish_stats (TuttiVideoMixer *mixer)
{
    mixer->counted.cpu_scale_us = mixer->scale_ns / 1000;
    mixer->counted.cpu_compose_us = mixer->compose_ns / 1000;
    g_mutex_lock (&mixer->lock);
    mixer->stats = mixer->counted;
    g_mutex_unlock (&mixer->lock);
}

TuttiVideoMixer *
tutti_video_mixer_new (void)
{
    TuttiVideoMixer *mixer = g_new0 (TuttiVideoMixer, 1);

    atomic_init (&mixer->wanted, FALSE);
    g_mutex_init (&mixer->lock);
    mixer->overlays = tutti_overlay_cache_new ();
    return mixer;
}

void
tutti_video_mixer_free (TuttiVideoMixer *mixer)
{
    if (mixer == NULL)
        return;
    for (guint i = 0; i < TUTTI_TILES_MAX; i++)
        tutti_face_clear (&mixer->faces[i]);
    tutti_overlay_cache_free (mixer->overlays);
    tutti_picture_unref (mixer->canvas);
    tutti_scene_unref (mixer->scene);
    g_mutex_clear (&mixer->lock);
    g_free (mixer);
}

TuttiPicture *
tutti_video_mixer_tick (TuttiVideoMixer *mixer, const TuttiScene *scene, gint64 now_us)
{
    gint64 start_ns = tutti_face_cpu_ns (), scale_ns = mixer->scale_ns;
    TuttiPicture *canvas;

    tutti_assert_role (TUTTI_ROLE_VIDEO);
    canvas = make_canvas (mixer, scene, now_us);
    mixer->compose_ns += tutti_face_cpu_ns () - start_ns - (mixer->scale_ns - scale_ns);
    mixer->counted.ticks++;
    publish_stats (mixer);
    return canvas;
}

gint64
tutti_video_mixer_get_due (const TuttiVideoMixer *mixer)
{
    for (guint i = 0; i < tutti_scene_n_tiles (mixer->scene); i++) {
        const TuttiTile *tile = tutti_scene_get (mixer->scene, i);

        if (tile->input != NULL && !tile->camera_off)
            return 0;
    }
    return mixer->canvas != NULL ? mixer->canvas_us + TUTTI_CANVAS_REST_US : G_MAXINT64;
}

void
tutti_video_mixer_refresh (TuttiVideoMixer *mixer)
{
    atomic_store (&mixer->wanted, TRUE);
}

void
tutti_video_mixer_get_stats (TuttiVideoMixer *mixer, TuttiVideoMixerStats *stats)
{
    g_mutex_lock (&mixer->lock);
    *stats = mixer->stats;
    g_mutex_unlock (&mixer->lock);
}
