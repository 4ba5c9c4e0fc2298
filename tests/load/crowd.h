/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * crowd.h: sends for everybody, in time: a thread that wakes each 2 ms, so that people are out of
 * step as real ones are, and pushes whose packet is due into their legs. Role: main, except where
 * said.
 */
#pragma once

#include "client.h"
#include "clips.h"
#include "probe.h"

typedef struct _Crowd Crowd;

/* More than a machine of this kind could serve. */
#define CROWD_MAX 4096

typedef struct {
    Clips *clips;
    int talkers;  /* so many talk; -1: everybody */
    gboolean dtx; /* who doesn't talk sends a packet each 400 ms, else hiss */
    Probe *probe; /* the first one's pictures and sound; or NULL */
} CrowdSetup;

Crowd *crowd_new (const CrowdSetup *setup);
/* Before any of the clients is freed. */
void crowd_free (Crowd *crowd);

/* Begins to send as soon as it is connected. Borrowed. */
void crowd_add (Crowd *crowd, LoadClient *client, gboolean camera);

/* Encodes what the server asks of people for the first time. */
void crowd_prepare (Crowd *crowd);

/* So often the thread woke so late that a packet was 5 ms late or more: the load's own faults,
 * which are not the server's. Any thread. */
guint64 crowd_get_late (Crowd *crowd);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Crowd, crowd_free)
