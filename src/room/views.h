/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * views.h: a room's views and their renditions: made when somebody watches, shared by all whose key
 * (and codec, size, rate) is equal, dropped when nobody does and every feed has let go. Role: main.
 *
 *   begin()  - for each viewer: get(key), watch(view, codec, rung, feed) -  finish(scene maker)
 */
#pragma once

#include "encoding.h"
#include "shared.h"
#include "stage.h"

/* A feed that got no key frame of its new rendition in so long is taken off the old one. */
#define TUTTI_FOLLOW_TIMEOUT_US (2 * G_USEC_PER_SEC)

typedef struct _TuttiViews TuttiViews;

typedef struct {
    TuttiViewKey key;
    guint n_spots;
    TuttiSpot spots[TUTTI_TILES_MAX];
    guint64 version; /* changes with the spots; unique in the server; 0: none yet */

    TuttiVideoMixer *mixer;
    GPtrArray *encodings; /* of TuttiEncoding */
    guint n_viewers;
} TuttiView;

/* A scene for a view's spots: a new reference. */
typedef TuttiScene *(*TuttiMakeScene) (const TuttiView *view, gpointer user_data);

/* canvas: size and frame rate; its bit rate isn't used. */
TuttiViews *tutti_views_new (TuttiShared *shared, const TuttiRung *canvas);
/* Every feed must be freed before. */
void tutti_views_free (TuttiViews *views);

/* A walk over all viewers begins. */
void tutti_views_begin (TuttiViews *views);
/* The view with this key. */
TuttiView *tutti_views_get (TuttiViews *views, const TuttiViewKey *key);
/* One viewer more, at this rung of the ladder; its feed follows. TRUE: to another rendition than
 * before. */
gboolean tutti_views_watch (TuttiViews *views, TuttiView *view, TuttiCodec codec, guint rung_index,
                            TuttiFeed *feed);
/* The same for one with wishes of its own. */
gboolean tutti_views_watch_encoding (TuttiViews *views, TuttiView *view,
                                     const TuttiEncodingKey *key, TuttiFeed *feed);
/* What watch() has encoded. */
void tutti_views_get_key (const TuttiViews *views, TuttiCodec codec, guint rung_index,
                          TuttiEncodingKey *key);
/* Places the tiles, drops what nobody needs, hands the scenes to the tick. */
void tutti_views_finish (TuttiViews *views, const TuttiStage *stage, TuttiMakeScene make_scene,
                         gpointer user_data);

/* TRUE: something nobody watches is still there, since feeds hold on to it; finish() again later.
 */
gboolean tutti_views_is_lingering (TuttiViews *views);

guint tutti_views_count (TuttiViews *views);
TuttiView *tutti_views_nth (TuttiViews *views, guint i);
guint tutti_views_count_renditions (TuttiViews *views);
/* The largest share of the canvas' width that any viewer of the view is sent: 0 to 1. */
double tutti_view_scale (const TuttiView *view, int canvas_width);
/* Adds up the CPU time of what lives. */
void tutti_views_add_cpu (TuttiViews *views, gint64 *scale_us, gint64 *compose_us,
                          gint64 *encode_us);
/* Scales, canvases and encoded pictures of what lives. */
void tutti_views_add_done (TuttiViews *views, TuttiDone *done);
/* Pictures left out because their time had passed. */
guint tutti_views_get_late (TuttiViews *views);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiViews, tutti_views_free)
