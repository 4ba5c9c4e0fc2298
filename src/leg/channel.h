/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * channel.h: a leg's data channel `tutti` (interface, section 4): what SCTP carries for us, whoever
 * asks for it (RFC 8831, RFC 8832).
 *
 *   transport -> sctp -> DCEP      -> ACK, or a reset
 *                     -> its texts -> said() -> main
 *   transport <- sctp <- talk <- main
 *
 * The peer opens it; ours is the answering side. Channels with another label are closed at once,
 * those that were agreed on without DCEP are silent. Role: net.
 */
#pragma once

#include "talk.h"

/* The one label that is served. */
#define TUTTI_CHANNEL_LABEL "tutti"

typedef struct _TuttiChannel TuttiChannel;

typedef struct {
    /* A packet for DTLS. */
    void (*packet) (const guint8 *data, gsize length_bytes, gpointer user_data);
    /* It is open, for texts of so many bytes at most; 0: closed. */
    void (*open) (guint max_bytes, gpointer user_data);
    /* One message of the peer's, counted by the talk; NULL: it was no text. */
    void (*said) (const char *text, gpointer user_data);
} TuttiChannelEvents;

typedef struct {
    TuttiSeat *seat;
    TuttiTalk *talk; /* must outlive it */
    guint16 peer_port;
    guint peer_max_bytes; /* its a=max-message-size; 0: any */
    const TuttiChannelEvents *events;
    gpointer user_data;
} TuttiChannelSetup;

/* NULL when there is no memory for it. */
TuttiChannel *tutti_channel_new (const TuttiChannelSetup *setup, gint64 now_us);
/* Says what was to be said, then ABORT. */
void tutti_channel_free (TuttiChannel *channel, gint64 now_us);

/* DTLS is open: once. */
void tutti_channel_start (TuttiChannel *channel, gint64 now_us);
void tutti_channel_receive (TuttiChannel *channel, const guint8 *data, gsize length_bytes,
                            gint64 now_us);
/* The talk has something: main spoke, or has read. */
void tutti_channel_run (TuttiChannel *channel, gint64 now_us);
/* Gives the time of the next call. */
gint64 tutti_channel_tick (TuttiChannel *channel, gint64 now_us);
