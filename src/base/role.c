/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * role.c: the calling thread's role.
 */
#include <tutti/role.h>

#include <sched.h>
#include <sys/resource.h>

static _Thread_local TuttiRole current = TUTTI_ROLE_ANY;

/* Above everything that is not in a hurry, below what the system itself runs in real time. */
#define AUDIO_PRIORITY 5
/* A packet waits for nobody's picture; in the class of ordinary threads. */
#define NET_NICE (-5)

/* Sound beats pictures for the processor. Where the system does not allow it (no CAP_SYS_NICE, no
 * RLIMIT_RTPRIO) the thread stays an ordinary one. */
static void
hurry (TuttiRole role)
{
    const struct sched_param priority = {.sched_priority = AUDIO_PRIORITY};

    if (role == TUTTI_ROLE_AUDIO)
        sched_setscheduler (0, SCHED_RR | SCHED_RESET_ON_FORK, &priority);
    else if (role == TUTTI_ROLE_NET)
        setpriority (PRIO_PROCESS, 0, NET_NICE); /* on Linux: of the calling thread */
}

void
tutti_role_enter (TuttiRole role)
{
    current = role;
    hurry (role);
}

TuttiRole
tutti_role_get (void)
{
    return current;
}
