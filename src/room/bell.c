/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bell.c: a GSource of which only the ready time is used. Roles: see bell.h.
 */
#include "bell.h"

struct _TuttiBell {
    GSource source;
    TuttiNotify func;
    gpointer user_data;
};

static gboolean
on_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
    TuttiBell *bell = (TuttiBell *)source;

    g_source_set_ready_time (source, -1);
    bell->func (bell->user_data);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs FUNCS = {.dispatch = on_dispatch};

TuttiBell *
tutti_bell_new (TuttiNotify func, gpointer user_data)
{
    GSource *source = g_source_new (&FUNCS, sizeof (TuttiBell));
    TuttiBell *bell = (TuttiBell *)source;

    bell->func = func;
    bell->user_data = user_data;
    g_source_set_static_name (source, "tutti-bell");
    g_source_attach (source, NULL);
    return bell;
}

void
tutti_bell_free (TuttiBell *bell)
{
    if (!bell)
        return;
    g_source_destroy (&bell->source);
    g_source_unref (&bell->source);
}

void
tutti_bell_ring (TuttiBell *bell)
{
    g_source_set_ready_time (&bell->source, 0);
}

void
tutti_bell_notify (gpointer bell)
{
    tutti_bell_ring (bell);
}

void
tutti_bell_ring_at (TuttiBell *bell, gint64 due_us)
{
    gint64 old_us = g_source_get_ready_time (&bell->source);

    if (old_us < 0 || due_us < old_us)
        g_source_set_ready_time (&bell->source, due_us);
}
