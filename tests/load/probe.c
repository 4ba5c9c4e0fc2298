/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * probe.c: see probe.h; probe-ear.c and probe-eye.c decode.
 */
#include "probe.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "probe-ear.h"
#include "probe-eye.h"

/* Arrivals are stamped: nothing is lost by looking seldom. */
#define LOOK_US (10 * TUTTI_USEC_PER_MSEC)
#define QUEUE_PACKETS 1024
/* What comes so late is not told from the next one, or never came. */
#define LATE_MAX_US (900 * TUTTI_USEC_PER_MSEC)

typedef enum {
    SOUND_PACKET,
    SOUND,
    PICTURE_PACKET,
    PICTURE,
    N_FIGURES,
} Figure;

struct _Probe {
    TuttiQueue *in[2];
    GThread *thread;
    _Atomic gboolean stopping, wants_key_frame;
    Ear *ear; /* the thread's */
    Eye *eye;

    GMutex lock; /* of the rest */
    gint64 burst_us, flash_us[2];
    TuttiRect tile;
    int width, height;
    GArray *times_us[N_FIGURES];
};

/* --- The thread's --- */

static void
note (Probe *probe, Figure figure, gint64 sent_us, gint64 came_us)
{
    gint64 late_us = came_us - sent_us;

    if (sent_us > 0 && late_us >= 0 && late_us < LATE_MAX_US)
        g_array_append_val (probe->times_us[figure], late_us);
}

static void
hear (Probe *probe)
{
    TuttiPacket *packet;

    while ((packet = tutti_queue_pop (probe->in[TUTTI_KIND_AUDIO]))) {
        gint64 heard_us = ear_push (probe->ear, packet);

        if (heard_us > 0) {
            g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&probe->lock);

            note (probe, SOUND_PACKET, probe->burst_us, packet->time_us);
            note (probe, SOUND, probe->burst_us, heard_us);
        }
        tutti_packet_unref (packet);
    }
}

static void
see (Probe *probe)
{
    TuttiPacket *packet;
    TuttiRect tile;
    int width, height;
    EyeSight sight;

    g_mutex_lock (&probe->lock);
    tile = probe->tile;
    width = probe->width;
    height = probe->height;
    g_mutex_unlock (&probe->lock);
    eye_set_tile (probe->eye, &tile, width, height);
    while ((packet = tutti_queue_pop (probe->in[TUTTI_KIND_VIDEO]))) {
        if (eye_push (probe->eye, packet, &sight)) {
            g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&probe->lock);

            note (probe, PICTURE_PACKET, probe->flash_us[sight.is_bright], sight.first_us);
            note (probe, PICTURE, probe->flash_us[sight.is_bright], sight.decoded_us);
        }
        tutti_packet_unref (packet);
    }
    if (eye_take_key_frame_wish (probe->eye))
        atomic_store (&probe->wants_key_frame, TRUE);
}

static gpointer
run (gpointer user_data)
{
    Probe *probe = user_data;

    while (!atomic_load (&probe->stopping)) {
        g_usleep (LOOK_US);
        hear (probe);
        see (probe);
    }
    return NULL;
}

/* --- Main --- */

Probe *
probe_new (void)
{
    Probe *probe = g_new0 (Probe, 1);

    g_mutex_init (&probe->lock);
    for (guint kind = 0; kind < G_N_ELEMENTS (probe->in); kind++)
        probe->in[kind] = tutti_queue_new (QUEUE_PACKETS, NULL, NULL);
    for (guint i = 0; i < N_FIGURES; i++)
        probe->times_us[i] = g_array_new (FALSE, FALSE, sizeof (gint64));
    probe->ear = ear_new ();
    probe->eye = eye_new ();
    probe->thread = g_thread_new ("load-probe", run, probe);
    return probe;
}

void
probe_free (Probe *probe)
{
    if (!probe)
        return;
    atomic_store (&probe->stopping, TRUE);
    g_thread_join (probe->thread);
    for (guint kind = 0; kind < G_N_ELEMENTS (probe->in); kind++)
        tutti_queue_unref (probe->in[kind]);
    for (guint i = 0; i < N_FIGURES; i++)
        g_array_unref (probe->times_us[i]);
    ear_free (probe->ear);
    eye_free (probe->eye);
    g_mutex_clear (&probe->lock);
    g_free (probe);
}

TuttiQueue *
probe_get_input (Probe *probe, TuttiKind kind)
{
    return probe->in[kind];
}

gboolean
probe_take_key_frame_wish (Probe *probe)
{
    return atomic_exchange (&probe->wants_key_frame, FALSE);
}

void
probe_set_tile (Probe *probe, const TuttiRect *tile, int width, int height)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&probe->lock);

    probe->tile = *tile;
    probe->width = width;
    probe->height = height;
}

void
probe_note_burst (Probe *probe, gint64 now_us)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&probe->lock);

    probe->burst_us = now_us;
}

void
probe_note_flash (Probe *probe, gboolean bright, gint64 now_us)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&probe->lock);

    probe->flash_us[bright] = now_us;
}

static int
compare (gconstpointer a, gconstpointer b)
{
    gint64 difference_us = *(const gint64 *)a - *(const gint64 *)b;

    return (difference_us > 0) - (difference_us < 0);
}

static ProbeFigures
sum_up (GArray *times_us)
{
    ProbeFigures figures = {.n = times_us->len};

    if (times_us->len == 0)
        return figures;
    g_array_sort (times_us, compare);
    figures.p50_ms = (double)g_array_index (times_us, gint64, times_us->len / 2) / 1000;
    figures.p99_ms = (double)g_array_index (times_us, gint64, times_us->len * 99 / 100) / 1000;
    return figures;
}

void
probe_reset (Probe *probe)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&probe->lock);

    for (guint i = 0; i < N_FIGURES; i++)
        g_array_set_size (probe->times_us[i], 0);
}

void
probe_get_report (Probe *probe, ProbeReport *report)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&probe->lock);

    report->sound_packet = sum_up (probe->times_us[SOUND_PACKET]);
    report->sound = sum_up (probe->times_us[SOUND]);
    report->picture_packet = sum_up (probe->times_us[PICTURE_PACKET]);
    report->picture = sum_up (probe->times_us[PICTURE]);
}
