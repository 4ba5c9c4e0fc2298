/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hooks.h: webhooks: the server's news as signed requests to the URLs of [hooks]. Role: main;
 * nothing blocks, and no room waits for a receiver.
 *
 *   rooms --news--> type, pattern --> one body --> the queue of each URL (hook.h)
 */
#pragma once

#include "hook.h"
#include "rooms.h"

/* A server that tells more than that has something between. */
#define TUTTI_HOOKS_MAX 16

typedef struct _TuttiHooks TuttiHooks;

/* Whether [hooks] makes sense and its secret can be read. BAD_CONFIG. */
gboolean tutti_hooks_check (TuttiConfig *config, GError **error);

/* Follows the news of rooms, which must outlive it. BAD_CONFIG. */
TuttiHooks *tutti_hooks_new (TuttiConfig *config, TuttiRooms *rooms, GError **error);
void tutti_hooks_free (TuttiHooks *hooks);

/* Takes all of [hooks] anew; on failure the old stays. URLs that were there keep what they are
 * still to be told, unless they are gone: those get a new chance. */
gboolean tutti_hooks_reload (TuttiHooks *hooks, TuttiConfig *config, GError **error);

/* Something is on its way to a receiver that answers. */
gboolean tutti_hooks_is_flushing (TuttiHooks *hooks);

guint tutti_hooks_n (TuttiHooks *hooks);
void tutti_hooks_get_info (TuttiHooks *hooks, guint n, TuttiHookInfo *info);
/* Of all, those that a reload took away included. */
void tutti_hooks_get_counts (TuttiHooks *hooks, TuttiHookCounts *counts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiHooks, tutti_hooks_free)
