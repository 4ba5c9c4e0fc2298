/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * probe.h: how late the server is: one person sends bursts of a tone and flashes, another's
 * downlink is decoded and tells when they come out. A thread of its own decodes what a leg's net
 * thread stamped with its arrival, so that the load's other work is not in the figures.
 */
#pragma once

#include <tutti/port.h>

typedef struct _Probe Probe;

/* Role: main. */
Probe *probe_new (void);
void probe_free (Probe *probe);

/* Where the watcher's downlink is to go. Borrowed. */
TuttiQueue *probe_get_input (Probe *probe, TuttiKind kind);
/* Asked when a picture can't be decoded; TRUE once. Any thread. */
gboolean probe_take_key_frame_wish (Probe *probe);
/* Where the sender is seen, on a canvas so large. Any thread. */
void probe_set_tile (Probe *probe, const TuttiRect *tile, int width, int height);

/* What was sent now. Any one thread. */
void probe_note_burst (Probe *probe, gint64 now_us);
void probe_note_flash (Probe *probe, gboolean bright, gint64 now_us);

typedef struct {
    guint n;
    double p50_ms, p99_ms;
} ProbeFigures;

typedef struct {
    /* From the packet that a burst begins with, pushed, to the arrival of the one that it is heard
     * in, and to the instant within that. */
    ProbeFigures sound_packet, sound;
    /* From the last packet of a flash, pushed, to the first of the picture that shows it, and to
     * that picture decoded. */
    ProbeFigures picture_packet, picture;
} ProbeReport;

/* Forgets what was measured before. Role: main. */
void probe_reset (Probe *probe);
void probe_get_report (Probe *probe, ProbeReport *report);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Probe, probe_free)
