/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * errand.h: what main wants of the disk: done on a thread of its own, and waited for no longer than
 * a patience. A disk that does not answer (a dead server behind NFS) costs main that once; as long
 * as the errand hangs, the next ones are refused at once. Role: main.
 */
#pragma once

#include <gio/gio.h>

/* Long enough for a busy disk to wake and answer, short enough that a call survives it: consent and
 * keep-alives run on other threads, people wait for an answer. */
#define TUTTI_ERRAND_PATIENCE_US (2 * G_USEC_PER_SEC)
/* Errands that may be under way at once: so many threads at most hang in a dead disk. */
#define TUTTI_ERRANDS_MAX 4

/* How many are under way, and how many of them nobody waits for any more. Zero it first; lives
 * longer than each errand (data keeps a reference to what holds it). */
typedef struct {
    gint under_way, hanging;
} TuttiErrands;

typedef struct {
    /* On the errand's thread, which has the role file. NULL: *error is set. */
    gpointer (*run) (gpointer data, GError **error);
    gpointer data;
    GDestroyNotify free_data, free_result;
} TuttiErrand;

/* Its result, owned by the caller. NULL: its error, or STORAGE: the disk does not answer. */
gpointer tutti_errand_run (TuttiErrands *errands, const TuttiErrand *errand, GError **error);
/* The same without waiting: the task is returned a pointer or an error, on its context. Takes the
 * task. */
void tutti_errand_start (TuttiErrands *errands, const TuttiErrand *errand, GTask *task);
