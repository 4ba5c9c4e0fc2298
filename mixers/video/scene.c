/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * scene.c: a snapshot of what a view shows. See scene.h.
 */
#include "scene.h"

#include "notice.h"

#include <stdatomic.h>

/* Longer than any label has room for; bounds what Pango is given to shape. */
#define TEXT_MAX_CHARS 128
#define TEXT_MAX_BYTES (TEXT_MAX_CHARS * 4)

struct _TuttiScene {
    _Atomic int references;
    int width, height;
    TuttiNotice *notice; /* NULL: none */
    guint n_tiles;
    TuttiTile tiles[TUTTI_TILES_MAX];
};

/* Valid UTF-8 of bounded length, whatever came. */
static char *
clean_text (const char *text)
{
    g_autofree char *head = NULL, *valid = NULL;

    if (text == NULL)
        return g_strdup ("");
    head = g_strndup (text, TEXT_MAX_BYTES);
    valid = g_utf8_make_valid (head, -1);
    return g_utf8_substring (valid, 0, MIN (g_utf8_strlen (valid, -1), TEXT_MAX_CHARS));
}

TuttiScene *
tutti_scene_new (int width, int height, const char *message)
{
    TuttiScene *scene = g_new0 (TuttiScene, 1);
    g_autofree char *text = clean_text (message);

    g_assert (width > 0 && height > 0 && width % 2 == 0 && height % 2 == 0);
    atomic_init (&scene->references, 1);
    scene->width = width;
    scene->height = height;
    if (message != NULL)
        scene->notice = tutti_notice_get (text, width, height);
    return scene;
}

void
tutti_scene_add (TuttiScene *scene, const TuttiTile *tile)
{
    const TuttiRect *rect = &tile->rect;
    TuttiTile *copy;

    g_assert (scene->n_tiles < TUTTI_TILES_MAX);
    g_assert (rect->x >= 0 && rect->y >= 0 && rect->width > 0 && rect->height > 0);
    g_assert (rect->x + rect->width <= scene->width && rect->y + rect->height <= scene->height);
    g_assert ((rect->x | rect->y | rect->width | rect->height) % 2 == 0);

    copy = &scene->tiles[scene->n_tiles++];
    *copy = *tile;
    copy->name = clean_text (tile->name);
    if (copy->input != NULL)
        tutti_video_input_ref (copy->input);
}

TuttiScene *
tutti_scene_ref (TuttiScene *scene)
{
    atomic_fetch_add (&scene->references, 1);
    return scene;
}

void
tutti_scene_unref (TuttiScene *scene)
{
    if (scene == NULL || atomic_fetch_sub (&scene->references, 1) > 1)
        return;
    for (guint i = 0; i < scene->n_tiles; i++) {
        tutti_video_input_unref (scene->tiles[i].input);
        g_free (scene->tiles[i].name);
    }
    tutti_notice_unref (scene->notice);
    g_free (scene);
}

guint
tutti_scene_n_tiles (const TuttiScene *scene)
{
    return scene->n_tiles;
}

const TuttiTile *
tutti_scene_get (const TuttiScene *scene, guint i)
{
    g_assert (i < scene->n_tiles);
    return &scene->tiles[i];
}

int
tutti_scene_width (const TuttiScene *scene)
{
    return scene->width;
}

int
tutti_scene_height (const TuttiScene *scene)
{
    return scene->height;
}

TuttiNotice *
tutti_scene_notice (const TuttiScene *scene)
{
    return scene->n_tiles == 0 ? scene->notice : NULL;
}
