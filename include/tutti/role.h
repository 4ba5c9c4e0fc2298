/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * role.h: thread roles. Every function has one role; unmarked functions belong to main.
 *
 *   role   | how many              | rate, budget                | may not
 *   -------+-----------------------+-----------------------------+---------------------------------
 *   main   | 1, GMainContext       | events; nobody waits on it  | block on media
 *   net    | a few, epoll          | per packet, ~10 us          | run codecs
 *   audio  | a few                 | a round each 20 ms          | malloc, log, wait
 *   video  | pool, one per core    | jobs of 1 to 15 ms          | hold a lock across a job
 *   file   | one per recording,    | as its file or peer allows; | touch media but by ports
 *          | live output, player   | may block on them           |
 *
 * A thread that never entered a role (a test, a tool) may do anything.
 */
#pragma once

#include <glib.h>

typedef enum {
    TUTTI_ROLE_ANY,
    TUTTI_ROLE_MAIN,
    TUTTI_ROLE_NET,
    TUTTI_ROLE_AUDIO,
    TUTTI_ROLE_VIDEO,
    TUTTI_ROLE_FILE,
} TuttiRole;

/* Gives the calling thread its role, for as long as it lives, and its priority: audio runs in real
 * time and net before others, as far as the system allows. */
void tutti_role_enter (TuttiRole role);
TuttiRole tutti_role_get (void);

/* Debug builds (--enable-debug) stop when the calling thread has entered another role. */
#ifdef TUTTI_DEBUG
#define tutti_assert_role(role)                                                                    \
    g_assert_true (tutti_role_get () == TUTTI_ROLE_ANY || tutti_role_get () == (role))
#else
#define tutti_assert_role(role) ((void)0)
#endif
