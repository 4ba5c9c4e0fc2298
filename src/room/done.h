/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * done.h: what was done since the server's start, as counts: the proof that work follows the
 * picture and not the people. A plain value.
 */
#pragma once

#include <tutti/types.h>

typedef struct {
    guint64 rounds;         /* of rooms: 50 a second of each in which somebody is to be heard */
    guint64 sounds_decoded; /* Opus packets; of those who may be heard */
    guint64 sounds_encoded;
    guint64 pictures_decoded, pixels_decoded;
    guint64 scales;           /* of a picture to the size of a tile */
    guint64 canvases;         /* compositions of views */
    guint64 pictures_encoded; /* of renditions */
} TuttiDone;

static inline void
tutti_done_add (TuttiDone *sum, const TuttiDone *done)
{
    sum->rounds += done->rounds;
    sum->sounds_decoded += done->sounds_decoded;
    sum->sounds_encoded += done->sounds_encoded;
    sum->pictures_decoded += done->pictures_decoded;
    sum->pixels_decoded += done->pixels_decoded;
    sum->scales += done->scales;
    sum->canvases += done->canvases;
    sum->pictures_encoded += done->pictures_encoded;
}
