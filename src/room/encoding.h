/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * encoding.h: one way in which a view is encoded, while anybody watches it so: a rendition with its
 * outlet at the tick. Role: main.
 */
#pragma once

#include "pictures.h"
#include "shared.h"

/* What is shared by all who want the same. */
typedef struct {
    TuttiCodec codec;
    TuttiRung rung;
    guint key_frame_interval_s; /* at most; 0: only when wished */
} TuttiEncodingKey;

typedef struct {
    TuttiOutlet outlet; /* first: what the tick knows */
    TuttiShared *shared;
    TuttiVideoMixer *mixer;
    TuttiPictures *pictures;
    TuttiEncodingKey key;
    guint n_viewers;
} TuttiEncoding;

gboolean tutti_encoding_key_equal (const TuttiEncodingKey *a, const TuttiEncodingKey *b);

/* mixer: the view's; asked for a canvas when a key frame is wished. pictures: what ticks it. Both
 * must outlive the encoding. */
TuttiEncoding *tutti_encoding_new (TuttiShared *shared, TuttiVideoMixer *mixer,
                                   TuttiPictures *pictures, const TuttiEncodingKey *key);
/* When no tick uses it and every feed has left. */
void tutti_encoding_free (gpointer encoding);
/* Somebody watches it, or a feed has not let go yet. */
gboolean tutti_encoding_is_used (const TuttiEncoding *encoding);
