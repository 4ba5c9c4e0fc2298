/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * work.h: on what kinds of work a media thread spends its time. One turn in TUTTI_WORK_EVERY is
 * looked at: at each change of work a clock is read, and the parts of the sampled time are the
 * parts of the thread's processor time. In all other turns a change of work is a branch, so that
 * what is done for each packet can be told apart without a clock call for each packet.
 *
 *   begin (RECEIVE) .. enter (SRTP) .. enter (RECEIVE) .. enter (SEND) .. end
 *
 * All zero is empty. The thread that owns the turns writes; any thread may read.
 */
#pragma once

#include <stdatomic.h>
#include <tutti/types.h>

/* A prime, so that no habit of rooms (comfort noise each 20th round) falls into step with it. */
#define TUTTI_WORK_EVERY 17

typedef enum {
    TUTTI_WORK_REST,
    TUTTI_WORK_RECEIVE, /* sockets, ICE, RTP, queues */
    TUTTI_WORK_SEND,    /* RTP headers, history, pacing, sockets */
    TUTTI_WORK_SRTP,    /* both ways */
    TUTTI_WORK_JITTER,  /* the buffers of voices, and their time scale */
    TUTTI_WORK_DECODE,  /* Opus */
    TUTTI_WORK_MIX,
    TUTTI_WORK_ENCODE, /* Opus */
    TUTTI_WORK_SPREAD, /* packets of the mix to everyone's queue */
    TUTTI_N_WORKS,
} TuttiWork;

typedef struct {
    guint turn; /* the owner's */
    _Atomic gint64 sampled_ns[TUTTI_N_WORKS];
} TuttiWorkTimes;

/* A turn of the calling thread begins with this work; end() must follow. */
void tutti_work_begin (TuttiWorkTimes *times, TuttiWork work);
void tutti_work_end (void);

/* The calling thread goes on with another work, if it is in a sampled turn. Gives the one that it
 * leaves, for the caller to enter again. */
TuttiWork tutti_work_enter (TuttiWork work);

/* Adds to us[] the parts of cpu_us. Nothing sampled yet: it is all REST. */
void tutti_work_share (TuttiWorkTimes *times, gint64 cpu_us, gint64 us[TUTTI_N_WORKS]);
