/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bell.h: wakes main: any thread rings, and a function runs once on the main context, soon or at a
 * time. Rings before it ran are one.
 */
#pragma once

#include <tutti/port.h>

typedef struct _TuttiBell TuttiBell;

/* func: role main. Role: main. */
TuttiBell *tutti_bell_new (TuttiNotify func, gpointer user_data);
/* Nobody may ring any more. Also from within func. Role: main. */
void tutti_bell_free (TuttiBell *bell);

/* Any thread; takes only the context's own short lock. */
void tutti_bell_ring (TuttiBell *bell);
/* As tutti_bell_ring(), for use as a TuttiNotify. */
void tutti_bell_notify (gpointer bell);
/* Rings at an instant of the monotonic clock; the earliest of several counts. Role: main. */
void tutti_bell_ring_at (TuttiBell *bell, gint64 due_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiBell, tutti_bell_free)
