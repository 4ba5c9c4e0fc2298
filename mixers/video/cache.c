/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cache.c: labels and avatars by what is on them. See cache.h.
 */
#include "cache.h"

#include "avatar.h"
#include "label.h"

struct _TuttiOverlayCache {
    GHashTable *overlays; /* of TuttiOverlay (or NULL: nothing to draw), by a text with all that
                             makes it what it is */
};

/* Takes the key. */
static TuttiOverlay *
keep_overlay (TuttiOverlayCache *cache, char *key, TuttiOverlay *overlay)
{
    if (g_hash_table_size (cache->overlays) >= TUTTI_OVERLAYS_MAX)
        g_hash_table_remove_all (cache->overlays);
    g_hash_table_insert (cache->overlays, key, overlay);
    return overlay != NULL ? tutti_overlay_ref (overlay) : NULL;
}

static gboolean
find_overlay (TuttiOverlayCache *cache, const char *key, TuttiOverlay **overlay)
{
    gpointer found;

    if (!g_hash_table_lookup_extended (cache->overlays, key, NULL, &found))
        return FALSE;
    *overlay = found != NULL ? tutti_overlay_ref (found) : NULL;
    return TRUE;
}

static void
on_destroy_overlay (gpointer overlay)
{
    tutti_overlay_unref (overlay);
}

TuttiOverlayCache *
tutti_overlay_cache_new (void)
{
    TuttiOverlayCache *cache = g_new0 (TuttiOverlayCache, 1);

    cache->overlays = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, on_destroy_overlay);
    return cache;
}

void
tutti_overlay_cache_free (TuttiOverlayCache *cache)
{
    if (cache == NULL)
        return;
    g_hash_table_unref (cache->overlays);
    g_free (cache);
}

TuttiOverlay *
tutti_overlay_cache_get_label (TuttiOverlayCache *cache, const TuttiTile *tile)
{
    TuttiLabel label = {
        .text = tile->name,
        .audio_muted = tile->audio_muted,
        .hand_raised = tile->hand_raised,
        .tile_width = tile->rect.width,
        .tile_height = tile->rect.height,
    };
    g_autofree char *key =
        g_strdup_printf ("label %dx%d %d%d %s", label.tile_width, label.tile_height,
                         label.audio_muted != FALSE, label.hand_raised != FALSE, label.text);
    TuttiOverlay *overlay;

    if (find_overlay (cache, key, &overlay))
        return overlay;
    return keep_overlay (cache, g_steal_pointer (&key), tutti_label_draw (&label));
}

TuttiOverlay *
tutti_overlay_cache_get_avatar (TuttiOverlayCache *cache, const TuttiTile *tile)
{
    int width = tile->rect.width, height = tile->rect.height;
    g_autofree char *key =
        g_strdup_printf ("avatar %dx%d %u %s", width, height, tile->colour, tile->name);
    TuttiOverlay *overlay;

    if (find_overlay (cache, key, &overlay))
        return overlay;
    return keep_overlay (cache, g_steal_pointer (&key),
                         tutti_avatar_draw (tile->name, tile->colour, width, height));
}
