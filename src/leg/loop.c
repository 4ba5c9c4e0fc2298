/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * loop.c: a net thread. All that it owns is touched by its thread alone, except the woken stack
 * (lock-free: any thread pushes, the net thread takes all), the calls and the figures (a lock).
 *
 * Seats are never freed before the loop, only used again: an epoll event or a wake-up that comes
 * late finds an empty seat, or wakes its next owner for nothing.
 */
#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <gio/gio.h>
#include <tutti/clock.h>
#include <tutti/error.h>
#include <tutti/role.h>
#include <tutti/rounds.h>
#include <tutti/work.h>

/* Each event is one bounded batch of a leg: so many, and all others (wake-ups, deadlines) wait at
 * most about 5 ms behind a flood on every one of them. */
#define EVENTS_MAX 64

/* See tutti_loop_note_busy(). With fewer seats little would come together. */
#define BUSY_US G_USEC_PER_SEC
#define REST_SEATS 32

/* Index of the bell in epoll events; seats count from 0. */
#define BELL G_MAXUINT32

struct _TuttiSeat {
    TuttiLoop *loop;
    guint index;
    const TuttiSeatClass *klass; /* NULL: free */
    gpointer self;
    TuttiDeadline deadline;
    /* Any thread. */
    gint is_woken;
    TuttiSeat *next_woken;
};

typedef struct {
    TuttiLoopFunc func;
    gpointer user_data;
    gboolean is_posted; /* nobody waits: freed when done */
    gboolean done;
} Call;

struct _TuttiLoop {
    GThread *thread;
    int epoll_fd;
    int bell_fd; /* eventfd */
    gint stopping;
    TuttiSeat *woken; /* stack; atomic */

    /* The net thread's. */
    GPtrArray *seats;
    GQueue free_seats;
    TuttiDeadlines *deadlines;
    TuttiBurst *burst;
    guint64 packets_received;
    gint64 busy_us;
    TuttiWorkTimes times; /* written by it alone */

    GMutex lock; /* of what follows */
    GCond called;
    GQueue calls;
    TuttiLoopStats stats;
    clockid_t cpu_clock;
    gboolean has_cpu_clock;
};

static gint64
now (void)
{
    return tutti_clock_now_us (tutti_clock_real ());
}

static void
ring (TuttiLoop *loop)
{
    guint64 one = 1;

    /* Fails only when the counter is full, and then the bell rings anyway. */
    if (write (loop->bell_fd, &one, sizeof one) < 0)
        g_assert (errno == EAGAIN);
}

static void
silence (TuttiLoop *loop)
{
    guint64 count;

    if (read (loop->bell_fd, &count, sizeof count) < 0)
        g_assert (errno == EAGAIN);
}

static int
timeout_ms (TuttiLoop *loop)
{
    TuttiDeadline *first = tutti_deadlines_peek (loop->deadlines);
    gint64 left_us;

    if (!first)
        return -1;
    left_us = first->due_us - now ();
    /* Rounded up: woken too early, the loop would spin for the rest of the millisecond. */
    return (int)CLAMP ((left_us + 999) / TUTTI_USEC_PER_MSEC, 0, G_MAXINT);
}

static void
dispatch_events (TuttiLoop *loop, const struct epoll_event *events, int n_events)
{
    for (int i = 0; i < n_events; i++) {
        guint index = (guint)(events[i].data.u64 >> 32);
        TuttiSeat *seat;

        if (index == BELL) {
            silence (loop);
            continue;
        }
        seat = g_ptr_array_index (loop->seats, index);
        if (seat->klass)
            seat->klass->readable (seat->self, (int)(guint32)events[i].data.u64, now ());
        tutti_burst_send (loop->burst);
    }
}

static void
dispatch_woken (TuttiLoop *loop)
{
    TuttiSeat *seat = g_atomic_pointer_exchange (&loop->woken, NULL);
    TuttiSeat *in_order = NULL;

    while (seat) {
        TuttiSeat *next = seat->next_woken;

        seat->next_woken = in_order;
        in_order = seat;
        seat = next;
    }
    while (in_order) {
        seat = in_order;
        in_order = seat->next_woken;
        g_atomic_int_set (&seat->is_woken, 0);
        if (seat->klass)
            seat->klass->woken (seat->self, now ());
        tutti_burst_send (loop->burst);
    }
}

static void
dispatch_calls (TuttiLoop *loop)
{
    Call *call;

    g_mutex_lock (&loop->lock);
    while ((call = g_queue_pop_head (&loop->calls))) {
        g_mutex_unlock (&loop->lock);
        call->func (call->user_data, now ());
        tutti_burst_send (loop->burst);
        if (call->is_posted)
            g_clear_pointer (&call, g_free);
        g_mutex_lock (&loop->lock);
        if (call) {
            call->done = TRUE;
            g_cond_broadcast (&loop->called);
        }
    }
    g_mutex_unlock (&loop->lock);
}

static void
dispatch_due (TuttiLoop *loop)
{
    gint64 now_us = now ();
    TuttiDeadline *first;

    while ((first = tutti_deadlines_peek (loop->deadlines)) && first->due_us <= now_us) {
        TuttiSeat *seat = (TuttiSeat *)((guint8 *)first - G_STRUCT_OFFSET (TuttiSeat, deadline));

        tutti_deadlines_set (loop->deadlines, first, TUTTI_DEADLINE_NEVER);
        seat->klass->due (seat->self, now_us);
        tutti_burst_send (loop->burst);
    }
}

static void
count (TuttiLoop *loop, gint64 woken_us)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&loop->lock);
    TuttiBurstStats sent;

    tutti_burst_get_stats (loop->burst, &sent);
    loop->stats.wakeups++;
    loop->stats.late_turns += now () - woken_us > TUTTI_ROUND_US;
    loop->stats.packets_received = loop->packets_received;
    loop->stats.packets_sent = sent.datagrams;
    loop->stats.send_calls = sent.calls;
}

/* Nobody would notice if what comes now had to wait a little. */
static gboolean
is_quiet (TuttiLoop *loop, gint64 now_us)
{
    return loop->seats->len - g_queue_get_length (&loop->free_seats) >= REST_SEATS &&
           now_us - loop->busy_us >= BUSY_US;
}

/* Until the rest is over, something is due, or somebody rings. */
static void
rest (TuttiLoop *loop)
{
    TuttiDeadline *first = tutti_deadlines_peek (loop->deadlines);
    struct pollfd bell = {.fd = loop->bell_fd, .events = POLLIN};
    gint64 now_us = now (), rest_us = TUTTI_LOOP_REST_US;
    struct timespec timeout;

    if (!is_quiet (loop, now_us))
        return;
    if (first)
        rest_us = CLAMP (first->due_us - now_us, 0, rest_us);
    timeout = (struct timespec){.tv_nsec = rest_us * 1000};
    ppoll (&bell, 1, &timeout, NULL);
}

static void
turn (TuttiLoop *loop)
{
    struct epoll_event events[EVENTS_MAX];
    int n_events = epoll_wait (loop->epoll_fd, events, EVENTS_MAX, timeout_ms (loop));
    gint64 woken_us = now ();

    tutti_work_begin (&loop->times, TUTTI_WORK_RECEIVE);
    dispatch_events (loop, events, MAX (n_events, 0));
    tutti_work_enter (TUTTI_WORK_SEND);
    dispatch_woken (loop);
    tutti_work_enter (TUTTI_WORK_REST);
    dispatch_calls (loop);
    /* Mostly the pacer's. */
    tutti_work_enter (TUTTI_WORK_SEND);
    dispatch_due (loop);
    count (loop, woken_us);
    tutti_work_end ();
    rest (loop);
}

static void
end_seats (TuttiLoop *loop)
{
    for (guint i = 0; i < loop->seats->len; i++) {
        TuttiSeat *seat = g_ptr_array_index (loop->seats, i);

        if (seat->klass && seat->klass->end)
            seat->klass->end (seat->self);
    }
}

static gpointer
run_loop (gpointer user_data)
{
    TuttiLoop *loop = user_data;

    tutti_role_enter (TUTTI_ROLE_NET);
    g_mutex_lock (&loop->lock);
    loop->has_cpu_clock = pthread_getcpuclockid (pthread_self (), &loop->cpu_clock) == 0;
    g_mutex_unlock (&loop->lock);
    while (!g_atomic_int_get (&loop->stopping))
        turn (loop);
    end_seats (loop);
    return NULL;
}

static gboolean
open_descriptors (TuttiLoop *loop)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = (guint64)BELL << 32};

    loop->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
    loop->bell_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
    return loop->epoll_fd >= 0 && loop->bell_fd >= 0 &&
           epoll_ctl (loop->epoll_fd, EPOLL_CTL_ADD, loop->bell_fd, &event) == 0;
}

TuttiLoop *
tutti_loop_new (GError **error)
{
    g_autoptr (TuttiLoop) loop = g_new0 (TuttiLoop, 1);

    g_mutex_init (&loop->lock);
    g_cond_init (&loop->called);
    loop->seats = g_ptr_array_new_with_free_func (g_free);
    loop->deadlines = tutti_deadlines_new ();
    loop->burst = tutti_burst_new ();
    if (!open_descriptors (loop)) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_INTERNAL, "no epoll set: %s",
                     g_strerror (errno));
        return NULL;
    }
    loop->thread = g_thread_try_new ("tutti-net", run_loop, loop, error);
    if (!loop->thread)
        return NULL;
    return g_steal_pointer (&loop);
}

void
tutti_loop_free (TuttiLoop *loop)
{
    if (!loop)
        return;
    if (loop->thread) {
        g_atomic_int_set (&loop->stopping, 1);
        ring (loop);
        g_thread_join (loop->thread);
    }
    if (loop->epoll_fd >= 0)
        close (loop->epoll_fd);
    if (loop->bell_fd >= 0)
        close (loop->bell_fd);
    g_queue_clear (&loop->free_seats);
    g_ptr_array_unref (loop->seats);
    tutti_deadlines_free (loop->deadlines);
    tutti_burst_free (loop->burst);
    g_cond_clear (&loop->called);
    g_mutex_clear (&loop->lock);
    g_free (loop);
}

static void
push_call (TuttiLoop *loop, Call *call)
{
    g_mutex_lock (&loop->lock);
    g_queue_push_tail (&loop->calls, call);
    g_mutex_unlock (&loop->lock);
    ring (loop);
}

void
tutti_loop_post (TuttiLoop *loop, TuttiLoopFunc func, gpointer user_data)
{
    Call *call = g_new0 (Call, 1);

    call->func = func;
    call->user_data = user_data;
    call->is_posted = TRUE;
    push_call (loop, call);
}

void
tutti_loop_call (TuttiLoop *loop, TuttiLoopFunc func, gpointer user_data)
{
    Call call = {.func = func, .user_data = user_data};

    push_call (loop, &call);
    g_mutex_lock (&loop->lock);
    while (!call.done)
        g_cond_wait (&loop->called, &loop->lock);
    g_mutex_unlock (&loop->lock);
}

void
tutti_loop_get_stats (TuttiLoop *loop, TuttiLoopStats *stats)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&loop->lock);
    gint64 us[TUTTI_N_WORKS] = {0};
    struct timespec cpu = {0};

    if (loop->has_cpu_clock)
        clock_gettime (loop->cpu_clock, &cpu);
    tutti_work_share (&loop->times, cpu.tv_sec * G_USEC_PER_SEC + cpu.tv_nsec / 1000, us);
    *stats = loop->stats;
    stats->cpu_send_us = us[TUTTI_WORK_SEND];
    stats->cpu_srtp_us = us[TUTTI_WORK_SRTP];
    stats->cpu_receive_us = us[TUTTI_WORK_RECEIVE] + us[TUTTI_WORK_REST];
}

void
tutti_loop_count_received (TuttiLoop *loop, guint packets)
{
    loop->packets_received += packets;
}

void
tutti_loop_note_busy (TuttiLoop *loop, gint64 now_us)
{
    loop->busy_us = now_us;
}

TuttiBurst *
tutti_loop_get_burst (TuttiLoop *loop)
{
    return loop->burst;
}

TuttiSeat *
tutti_seat_new (TuttiLoop *loop, const TuttiSeatClass *klass, gpointer self)
{
    TuttiSeat *seat;

    tutti_assert_role (TUTTI_ROLE_NET);
    seat = g_queue_pop_head (&loop->free_seats);
    if (!seat) {
        seat = g_new0 (TuttiSeat, 1);
        seat->loop = loop;
        seat->index = loop->seats->len;
        g_ptr_array_add (loop->seats, seat);
    }
    seat->klass = klass;
    seat->self = self;
    g_mutex_lock (&loop->lock);
    loop->stats.seats++;
    g_mutex_unlock (&loop->lock);
    return seat;
}

void
tutti_seat_free (TuttiSeat *seat)
{
    TuttiLoop *loop;

    if (!seat)
        return;
    tutti_assert_role (TUTTI_ROLE_NET);
    loop = seat->loop;
    tutti_deadlines_set (loop->deadlines, &seat->deadline, TUTTI_DEADLINE_NEVER);
    seat->klass = NULL;
    seat->self = NULL;
    g_queue_push_tail (&loop->free_seats, seat);
    g_mutex_lock (&loop->lock);
    loop->stats.seats--;
    g_mutex_unlock (&loop->lock);
}

void
tutti_seat_hand_over (TuttiSeat *seat, const TuttiSeatClass *klass, gpointer self)
{
    tutti_assert_role (TUTTI_ROLE_NET);
    seat->klass = klass;
    seat->self = self;
}

gboolean
tutti_seat_watch (TuttiSeat *seat, int fd, gboolean write)
{
    struct epoll_event event = {
        .events = EPOLLIN | (write ? (guint)EPOLLOUT : 0),
        .data.u64 = (guint64)seat->index << 32 | (guint32)fd,
    };
    int epoll_fd = seat->loop->epoll_fd;

    /* A library may have closed an fd and got the same number again, which the kernel then has
     * forgotten. */
    return epoll_ctl (epoll_fd, EPOLL_CTL_MOD, fd, &event) == 0 ||
           (errno == ENOENT && epoll_ctl (epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0);
}

void
tutti_seat_unwatch (TuttiSeat *seat, int fd)
{
    /* Fails when it was closed already: as wanted. */
    epoll_ctl (seat->loop->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

void
tutti_seat_set_due (TuttiSeat *seat, gint64 due_us)
{
    tutti_deadlines_set (seat->loop->deadlines, &seat->deadline, due_us);
}

void
tutti_seat_wake (TuttiSeat *seat)
{
    TuttiLoop *loop = seat->loop;
    TuttiSeat *top;

    if (!g_atomic_int_compare_and_exchange (&seat->is_woken, 0, 1))
        return;
    do {
        top = g_atomic_pointer_get (&loop->woken);
        seat->next_woken = top;
    } while (!g_atomic_pointer_compare_and_exchange (&loop->woken, top, seat));
    if (!top)
        ring (loop);
}
