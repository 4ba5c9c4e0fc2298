/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * views.c: see views.h. Role: main.
 */
#include <string.h>

#include "views.h"

struct _TuttiViews {
    TuttiShared *shared;
    TuttiRung canvas;
    TuttiPictures *pictures;
    GPtrArray *views; /* of TuttiView */
};

/* --- One view --- */

static TuttiView *
view_new (const TuttiViewKey *key)
{
    TuttiView *view = g_new0 (TuttiView, 1);

    view->key = *key;
    view->mixer = tutti_video_mixer_new ();
    view->encodings = g_ptr_array_new ();
    return view;
}

/* The tick has let go of the mixer; its encodings were retired before. */
static void
mixer_free (gpointer mixer)
{
    tutti_video_mixer_free (mixer);
}

static void
retire_view (TuttiViews *views, TuttiView *view)
{
    TuttiHandover *handover = tutti_pictures_get_handover (views->pictures);
    TuttiVideoMixerStats stats;

    tutti_video_mixer_get_stats (view->mixer, &stats);
    views->shared->spent.scale_us += stats.cpu_scale_us;
    views->shared->spent.compose_us += stats.cpu_compose_us;
    views->shared->spent.done.scales += stats.scales;
    views->shared->spent.done.canvases += stats.canvases;
    tutti_handover_retire (handover, view->mixer, mixer_free);
    g_ptr_array_unref (view->encodings);
    g_free (view);
}

static TuttiEncoding *
get_encoding (TuttiViews *views, TuttiView *view, const TuttiEncodingKey *key)
{
    TuttiEncoding *encoding;

    for (guint i = 0; i < view->encodings->len; i++) {
        encoding = view->encodings->pdata[i];
        if (tutti_encoding_key_equal (&encoding->key, key))
            return encoding;
    }
    encoding = tutti_encoding_new (views->shared, view->mixer, views->pictures, key);
    g_ptr_array_add (view->encodings, encoding);
    return encoding;
}

static void
place (TuttiViews *views, TuttiView *view, const TuttiStage *stage)
{
    TuttiSpot spots[TUTTI_TILES_MAX] = {0};
    guint n = tutti_stage_place (stage, &view->key, spots);

    if (view->version != 0 && n == view->n_spots &&
        memcmp (spots, view->spots, n * sizeof spots[0]) == 0)
        return;
    view->n_spots = n;
    memcpy (view->spots, spots, sizeof spots);
    view->version = ++views->shared->last_version;
}

/* --- Dropping: first out of the reel, then retired --- */

static void
take_unused_encodings (TuttiView *view, GPtrArray *unused)
{
    for (guint i = view->encodings->len; i-- > 0;) {
        TuttiEncoding *encoding = view->encodings->pdata[i];
        if (!tutti_encoding_is_used (encoding))
            g_ptr_array_add (unused, g_ptr_array_steal_index (view->encodings, i));
    }
}

static GPtrArray *
take_unused_views (TuttiViews *views)
{
    GPtrArray *unused = g_ptr_array_new ();

    for (guint i = views->views->len; i-- > 0;) {
        TuttiView *view = views->views->pdata[i];
        if (view->n_viewers == 0 && view->encodings->len == 0)
            g_ptr_array_add (unused, g_ptr_array_steal_index (views->views, i));
    }
    return unused;
}

static void
give_reel (TuttiViews *views, TuttiMakeScene make_scene, gpointer user_data)
{
    TuttiReel *reel = tutti_reel_new ();

    for (guint i = 0; i < views->views->len; i++) {
        TuttiView *view = views->views->pdata[i];
        if (view->encodings->len > 0)
            tutti_reel_add (reel, view->mixer, make_scene (view, user_data), view->encodings);
    }
    tutti_pictures_set_reel (views->pictures, reel);
}

TuttiViews *
tutti_views_new (TuttiShared *shared, const TuttiRung *canvas)
{
    TuttiViews *views = g_new0 (TuttiViews, 1);

    views->shared = shared;
    views->canvas = *canvas;
    views->pictures = tutti_pictures_new (shared->jobs, shared->clock, canvas->frame_rate);
    views->views = g_ptr_array_new ();
    return views;
}

void
tutti_views_free (TuttiViews *views)
{
    if (!views)
        return;
    tutti_pictures_set_reel (views->pictures, tutti_reel_new ());
    for (guint i = 0; i < views->views->len; i++) {
        TuttiView *view = views->views->pdata[i];
        for (guint o = 0; o < view->encodings->len; o++)
            tutti_handover_retire (tutti_pictures_get_handover (views->pictures),
                                   view->encodings->pdata[o], tutti_encoding_free);
        retire_view (views, view);
    }
    g_ptr_array_unref (views->views);
    views->shared->spent.late_pictures += tutti_views_get_late (views);
    tutti_pictures_free (views->pictures);
    g_free (views);
}

void
tutti_views_begin (TuttiViews *views)
{
    for (guint i = 0; i < views->views->len; i++) {
        TuttiView *view = views->views->pdata[i];
        view->n_viewers = 0;
        for (guint o = 0; o < view->encodings->len; o++)
            ((TuttiEncoding *)view->encodings->pdata[o])->n_viewers = 0;
    }
}

TuttiView *
tutti_views_get (TuttiViews *views, const TuttiViewKey *key)
{
    TuttiView *view;

    for (guint i = 0; i < views->views->len; i++) {
        view = views->views->pdata[i];
        if (tutti_view_key_equal (&view->key, key))
            return view;
    }
    view = view_new (key);
    g_ptr_array_add (views->views, view);
    return view;
}

void
tutti_views_get_key (const TuttiViews *views, TuttiCodec codec, guint rung_index,
                     TuttiEncodingKey *key)
{
    *key = (TuttiEncodingKey){
        .codec = codec,
        .key_frame_interval_s = views->shared->key_frame_interval_s,
    };
    tutti_ladder_get (&views->shared->ladder, rung_index, &views->canvas, &key->rung);
}

gboolean
tutti_views_watch (TuttiViews *views, TuttiView *view, TuttiCodec codec, guint rung_index,
                   TuttiFeed *feed)
{
    TuttiEncodingKey key;

    tutti_views_get_key (views, codec, rung_index, &key);
    return tutti_views_watch_encoding (views, view, &key, feed);
}

gboolean
tutti_views_watch_encoding (TuttiViews *views, TuttiView *view, const TuttiEncodingKey *key,
                            TuttiFeed *feed)
{
    TuttiEncoding *encoding = get_encoding (views, view, key);

    encoding->n_viewers++;
    view->n_viewers++;
    if (tutti_feed_get_rendition (feed) == encoding->outlet.rendition)
        return FALSE;
    tutti_feed_follow (feed, encoding->outlet.rendition);
    return TRUE;
}

void
tutti_views_finish (TuttiViews *views, const TuttiStage *stage, TuttiMakeScene make_scene,
                    gpointer user_data)
{
    TuttiHandover *handover = tutti_pictures_get_handover (views->pictures);
    g_autoptr (GPtrArray) encodings = g_ptr_array_new ();
    g_autoptr (GPtrArray) unused = NULL;

    for (guint i = 0; i < views->views->len; i++) {
        place (views, views->views->pdata[i], stage);
        take_unused_encodings (views->views->pdata[i], encodings);
    }
    unused = take_unused_views (views);
    give_reel (views, make_scene, user_data);
    for (guint i = 0; i < encodings->len; i++)
        tutti_handover_retire (handover, encodings->pdata[i], tutti_encoding_free);
    for (guint i = 0; i < unused->len; i++)
        retire_view (views, unused->pdata[i]);
}

gboolean
tutti_views_is_lingering (TuttiViews *views)
{
    for (guint i = 0; i < views->views->len; i++) {
        TuttiView *view = views->views->pdata[i];
        for (guint o = 0; o < view->encodings->len; o++) {
            if (((TuttiEncoding *)view->encodings->pdata[o])->n_viewers == 0)
                return TRUE;
        }
    }
    return FALSE;
}

guint
tutti_views_count (TuttiViews *views)
{
    return views->views->len;
}

TuttiView *
tutti_views_nth (TuttiViews *views, guint i)
{
    return views->views->pdata[i];
}

guint
tutti_views_count_renditions (TuttiViews *views)
{
    guint n = 0;

    for (guint i = 0; i < views->views->len; i++)
        n += ((TuttiView *)views->views->pdata[i])->encodings->len;
    return n;
}

double
tutti_view_scale (const TuttiView *view, int canvas_width)
{
    double scale = 0;

    for (guint i = 0; i < view->encodings->len; i++) {
        const TuttiEncoding *encoding = view->encodings->pdata[i];
        if (encoding->n_viewers > 0)
            scale = MAX (scale, (double)encoding->key.rung.width / canvas_width);
    }
    return scale;
}

void
tutti_views_add_cpu (TuttiViews *views, gint64 *scale_us, gint64 *compose_us, gint64 *encode_us)
{
    for (guint i = 0; i < views->views->len; i++) {
        TuttiView *view = views->views->pdata[i];
        TuttiVideoMixerStats mixer;
        tutti_video_mixer_get_stats (view->mixer, &mixer);
        *scale_us += mixer.cpu_scale_us;
        *compose_us += mixer.cpu_compose_us;
        for (guint o = 0; o < view->encodings->len; o++) {
            TuttiEncoding *encoding = view->encodings->pdata[o];
            TuttiRenditionStats rendition;
            if (!encoding->outlet.rendition)
                continue;
            tutti_rendition_get_stats (encoding->outlet.rendition, &rendition);
            *encode_us += rendition.cpu_us;
        }
    }
}

static void
add_encodings_done (const TuttiView *view, TuttiDone *done)
{
    for (guint i = 0; i < view->encodings->len; i++) {
        TuttiEncoding *encoding = view->encodings->pdata[i];
        TuttiRenditionStats rendition;

        if (!encoding->outlet.rendition)
            continue;
        tutti_rendition_get_stats (encoding->outlet.rendition, &rendition);
        done->pictures_encoded += rendition.frames;
    }
}

void
tutti_views_add_done (TuttiViews *views, TuttiDone *done)
{
    for (guint i = 0; i < views->views->len; i++) {
        TuttiView *view = views->views->pdata[i];
        TuttiVideoMixerStats mixer;

        tutti_video_mixer_get_stats (view->mixer, &mixer);
        done->scales += mixer.scales;
        done->canvases += mixer.canvases;
        add_encodings_done (view, done);
    }
}

guint
tutti_views_get_late (TuttiViews *views)
{
    return tutti_pictures_get_late (views->pictures);
}
