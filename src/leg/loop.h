/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * loop.h: one net thread: an epoll set, deadlines, and wake-ups from other threads. Whoever lives
 * on it (a leg's transport) has a seat.
 *
 *   epoll_wait -> readable fds -> woken seats -> calls from main -> seats that are due -> again
 *
 * What a seat sent in its turn leaves when the turn ends, together.
 *
 * Role: net, except where said.
 */
#pragma once

#include "burst.h"
#include "deadlines.h"

/* Half a round of sound. */
#define TUTTI_LOOP_REST_US (10 * G_TIME_SPAN_MILLISECOND)

typedef struct _TuttiLoop TuttiLoop;
typedef struct _TuttiSeat TuttiSeat;

/* Called on the net thread. */
typedef struct {
    /* fd, watched by the seat, can be read (or has failed). */
    void (*readable) (gpointer self, int fd, gint64 now_us);
    /* tutti_seat_wake() was called, once or often. */
    void (*woken) (gpointer self, gint64 now_us);
    /* The time of tutti_seat_set_due() has come; it is unset. */
    void (*due) (gpointer self, gint64 now_us);
    /* The loop ends: the seat must be given back. NULL: whose owner sees to that before. */
    void (*end) (gpointer self);
} TuttiSeatClass;

typedef void (*TuttiLoopFunc) (gpointer user_data, gint64 now_us);

/* Starts the thread. NULL when the kernel gives no descriptor. Role: main. */
TuttiLoop *tutti_loop_new (GError **error);
/* Every seat must be free, or of a class with end(). Blocks until the thread has ended. Role: main.
 */
void tutti_loop_free (TuttiLoop *loop);

/* Runs func on the net thread and waits for its end. Role: main. */
void tutti_loop_call (TuttiLoop *loop, TuttiLoopFunc func, gpointer user_data);

/* The same without waiting, after all that was asked for before. Role: main. */
void tutti_loop_post (TuttiLoop *loop, TuttiLoopFunc func, gpointer user_data);

typedef struct {
    gint64 cpu_receive_us, cpu_send_us, cpu_srtp_us; /* CPU time of the thread, split */
    guint64 wakeups, packets_received, packets_sent;
    guint64 send_calls; /* to the kernel: fewer than packets, thanks to bursts */
    guint64 late_turns; /* that took longer than a round of sound: its packets came late */
    guint seats;
} TuttiLoopStats;

/* Any thread; a copy. */
void tutti_loop_get_stats (TuttiLoop *loop, TuttiLoopStats *stats);

/* Adds to the figures. */
void tutti_loop_count_received (TuttiLoop *loop, guint packets);
/* Somebody's packets come densely, or are waited for: for a second the thread looks at once. Else,
 * with many seats, what comes soon after something else is taken together with what comes
 * then, TUTTI_LOOP_REST_US later at most: of 500 silent people each sends 3 packets a second. */
void tutti_loop_note_busy (TuttiLoop *loop, gint64 now_us);
/* Borrowed; sent after each function of a seat's class and each call. */
TuttiBurst *tutti_loop_get_burst (TuttiLoop *loop);

/* Takes a seat. */
TuttiSeat *tutti_seat_new (TuttiLoop *loop, const TuttiSeatClass *klass, gpointer self);
/* Gives it back: no function of the class is called any more. The seat's memory lives on in the
 * loop, so that a late tutti_seat_wake() is harmless. Its fds must be unwatched before. */
void tutti_seat_free (TuttiSeat *seat);
/* Gives it, with its fds and its due time, to somebody else. */
void tutti_seat_hand_over (TuttiSeat *seat, const TuttiSeatClass *klass, gpointer self);

/* Watches fd for reading (and, if write, for writing), level-triggered; again: changes that. FALSE
 * when the kernel refuses. */
gboolean tutti_seat_watch (TuttiSeat *seat, int fd, gboolean write);
void tutti_seat_unwatch (TuttiSeat *seat, int fd);

/* Absolute, our clock; TUTTI_DEADLINE_NEVER: none. */
void tutti_seat_set_due (TuttiSeat *seat, gint64 due_us);

/* Makes the net thread call woken() soon. Any thread, also after tutti_seat_free(). Never blocks.
 */
void tutti_seat_wake (TuttiSeat *seat);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiLoop, tutti_loop_free)
