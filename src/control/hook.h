/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hook.h: one URL that is told what happens: its queue, and the request in flight. Role: main;
 * nothing blocks.
 *
 *   push --> hook-queue --> signed POST --> libsoup --> the receiver
 */
#pragma once

#include "hook-queue.h"

/* What the hooks of a server share. */
typedef struct {
    struct _SoupSession *session;
    GPtrArray *secrets;       /* as tutti_hook_secrets_read() */
    guint timeout_s, retries; /* of one try; after the first one */
} TuttiHookSetup;

typedef struct _TuttiHook TuttiHook;

/* setup must outlive it; what is in it may change. */
TuttiHook *tutti_hook_new (const char *url, const TuttiHookSetup *setup);
/* Breaks the request in flight off. */
void tutti_hook_free (TuttiHook *hook);

void tutti_hook_push (TuttiHook *hook, const char *id, GBytes *body);

typedef struct {
    const char *url;   /* without what may be secret in it: user, query */
    const char *state; /* "idle", "sending", "waiting" (to try again), "gone" (it answered 410) */
    TuttiHookCounts counts;
    const char *error;      /* of the last try that failed; NULL: none did */
    gint64 error_wall_us;   /* since 1970 */
    gint64 success_wall_us; /* 0: never */
} TuttiHookInfo;

/* Strings are borrowed for the moment. */
void tutti_hook_get_info (TuttiHook *hook, TuttiHookInfo *info);
/* As it was written. */
const char *tutti_hook_get_url (TuttiHook *hook);
/* Something is on its way, and nothing has failed: a moment's patience delivers it. */
gboolean tutti_hook_is_flushing (TuttiHook *hook);
