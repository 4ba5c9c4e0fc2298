/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * handover.h: how a room tells a tick on another thread what to work on: main gives an immutable
 * snapshot, the tick takes the newest one for as long as it runs. What left the snapshot is retired
 * and freed by main as soon as no tick can still be using it, so ticks neither free nor wait, and
 * nobody's leaving stops the others.
 *
 *   main: give(new), retire(what is no longer in it)      tick: begin() ... end()
 *
 * Role: main, except where said. One tick at a time.
 */
#pragma once

#include <glib.h>

typedef struct _TuttiHandover TuttiHandover;

/* free_snapshot is called on main. */
TuttiHandover *tutti_handover_new (GDestroyNotify free_snapshot);
/* The tick must have ended for good. Frees all that was retired and given. */
void tutti_handover_free (TuttiHandover *handover);

/* Takes ownership; NULL is a snapshot of nothing. The one before is freed when it can be. */
void tutti_handover_give (TuttiHandover *handover, gpointer snapshot);

/* Frees the object when no tick uses a snapshot older than the newest; perhaps at once. Objects are
 * freed in the order in which they were retired. */
void tutti_handover_retire (TuttiHandover *handover, gpointer object, GDestroyNotify free_func);

/* The newest snapshot or NULL: good until end(). Role: that of the tick. */
gpointer tutti_handover_begin (TuttiHandover *handover);
void tutti_handover_end (TuttiHandover *handover);
