/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * places.h: who gets one of few places: nobody (a key: an address) more of them than are left free,
 * and of those who wait the one with the least going on. So who keeps places busy for nothing, even
 * from several addresses, finds that there are always some for others. Pure. Role: main.
 */
#pragma once

#include <glib.h>

typedef struct _TuttiPlaces TuttiPlaces;
typedef struct _TuttiPlace TuttiPlace; /* waited for, then held */

TuttiPlaces *tutti_places_new (guint max);
/* All that were asked for must have been given back. */
void tutti_places_free (TuttiPlaces *places);

/* Asks for a place; data is given back by tutti_places_next. */
TuttiPlace *tutti_places_ask (TuttiPlaces *places, const char *key, gpointer data);
/* Gives it back, or asks no longer. Takes NULL. */
void tutti_place_free (TuttiPlace *place);

/* The data of the one who holds a place from now on; NULL: nobody can have one now. To be called
 * until then after each ask and each free. */
gpointer tutti_places_next (TuttiPlaces *places);

/* Somebody waits. */
gboolean tutti_places_is_short (const TuttiPlaces *places);
/* How many are held. */
guint tutti_places_n_held (const TuttiPlaces *places);
/* Nobody holds more than the key of this place, which is held. */
gboolean tutti_place_is_greediest (const TuttiPlace *place);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiPlaces, tutti_places_free)
