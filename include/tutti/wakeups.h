/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wakeups.h: how often the threads of the media's way were woken: a thread that sleeps when there is
 * nothing to do is woken seldom.
 */
#pragma once

#include <glib.h>

/* Since the start. */
typedef struct {
    guint64 main, net, audio, video;
} TuttiWakeups;

/* Reads /proc, two files a thread: some 20 us each. All 0 where there is none. Any thread. */
void tutti_wakeups_read (TuttiWakeups *wakeups);
