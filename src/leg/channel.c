/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * channel.c: see channel.h. Role: net.
 */
#include "channel.h"

#include <string.h>

#include "dcep.h"
#include "sctp.h"

/* RFC 8831 section 8: what a message is. Empty ones have a byte that isn't theirs. */
#define PPID_STRING 51
#define PPID_BINARY 53
#define PPID_STRING_EMPTY 56
#define PPID_BINARY_EMPTY 57

/* Each is answered with the whole roster; who needs it that often in one session, floods. */
#define OPENS_MAX 16

struct _TuttiChannel {
    TuttiSctp *sctp;
    TuttiTalk *talk;
    guint max_bytes;
    const TuttiChannelEvents *events;
    gpointer user_data;

    gboolean is_started, is_open;
    guint16 stream;
    guint n_opens;
    guint64 closed; /* our half of which streams, since the peer's last OPEN there; a bit each */
    char *unsent;  /* SCTP had no room for it; NULL: it had */
    gint64 now_us; /* of the call that is under way */
};

static void
set_open (TuttiChannel *channel, gboolean open)
{
    if (channel->is_open == open)
        return;
    channel->is_open = open;
    g_clear_pointer (&channel->unsent, g_free);
    tutti_talk_set_open (channel->talk, open);
    channel->events->open (open ? channel->max_bytes : 0, channel->user_data);
}

/* RFC 8831 section 6.7: each side resets its own half, once: a reset in answer to each would be
 * answered for ever. */
static void
close_stream (TuttiChannel *channel, guint16 stream)
{
    guint64 bit = (guint64)1 << stream % TUTTI_SCTP_STREAMS;

    if (!(channel->closed & bit))
        tutti_sctp_reset_stream (channel->sctp, stream);
    channel->closed |= bit;
    if (stream == channel->stream)
        set_open (channel, FALSE);
}

static void
give_up (TuttiChannel *channel)
{
    tutti_sctp_abort (channel->sctp);
    set_open (channel, FALSE);
}

/* --- What the peer says --- */

/* RFC 8832 section 6: an OPEN that can't be served gets no ACK, its stream is reset. */
static void
take_open (TuttiChannel *channel, guint16 stream, const TuttiDcepOpen *open)
{
    const guint8 ack = TUTTI_DCEP_ACK;

    if (channel->is_open || channel->n_opens == OPENS_MAX ||
        !tutti_dcep_has_label (open, TUTTI_CHANNEL_LABEL) ||
        tutti_sctp_send (channel->sctp, stream, TUTTI_DCEP_PPID, &ack, sizeof ack,
                         channel->now_us) != TUTTI_SCTP_SENT) {
        close_stream (channel, stream);
        return;
    }
    channel->stream = stream;
    channel->n_opens++;
    set_open (channel, TRUE);
}

/* We open nothing, so an ACK is of no interest. */
static void
take_dcep (TuttiChannel *channel, guint16 stream, const guint8 *data, gsize length_bytes)
{
    TuttiDcepOpen open;

    channel->closed &= ~((guint64)1 << stream % TUTTI_SCTP_STREAMS);
    if (tutti_dcep_read_open (data, length_bytes, &open))
        take_open (channel, stream, &open);
    else if (data[0] != TUTTI_DCEP_ACK)
        close_stream (channel, stream);
}

/* A text with a NUL in it is none: JSON has no such character. */
static void
take_message (TuttiChannel *channel, guint32 ppid, const guint8 *data, gsize length_bytes)
{
    g_autofree char *text = NULL;

    if (ppid == PPID_STRING && !memchr (data, 0, length_bytes))
        text = g_strndup ((const char *)data, length_bytes);
    else if (ppid == PPID_STRING_EMPTY)
        text = g_strdup ("");
    tutti_talk_hear (channel->talk);
    channel->events->said (text, channel->user_data);
}

static gboolean
is_of_user (guint32 ppid)
{
    return ppid == PPID_STRING || ppid == PPID_BINARY || ppid == PPID_STRING_EMPTY ||
           ppid == PPID_BINARY_EMPTY;
}

static void
on_message (guint16 stream, guint32 ppid, const guint8 *data, gsize length_bytes,
            gpointer user_data)
{
    TuttiChannel *channel = user_data;

    if (ppid == TUTTI_DCEP_PPID)
        take_dcep (channel, stream, data, length_bytes);
    else if (channel->is_open && stream == channel->stream && is_of_user (ppid))
        take_message (channel, ppid, data, length_bytes);
}

static void
on_reset (guint16 stream, gpointer user_data)
{
    close_stream (user_data, stream);
}

static void
on_closed (gpointer user_data)
{
    set_open (user_data, FALSE);
}

static void
on_packet (const guint8 *data, gsize length_bytes, gpointer user_data)
{
    TuttiChannel *channel = user_data;

    channel->events->packet (data, length_bytes, channel->user_data);
}

static gboolean
is_ready (gpointer user_data)
{
    TuttiChannel *channel = user_data;

    return tutti_talk_may_hear (channel->talk);
}

static const TuttiSctpEvents sctp_events = {on_packet, is_ready, on_message, on_reset, on_closed};

/* --- What we say --- */

/* What is longer than the peer takes must not be sent (RFC 8841 section 6.1): whoever said it knew
 * the limit. */
static gboolean
send_text (TuttiChannel *channel, const char *text)
{
    gsize length_bytes = strlen (text);

    if (length_bytes == 0 || length_bytes > channel->max_bytes)
        return TRUE;
    return tutti_sctp_send (channel->sctp, channel->stream, PPID_STRING, (const guint8 *)text,
                            length_bytes, channel->now_us) != TUTTI_SCTP_FULL;
}

static void
send_texts (TuttiChannel *channel)
{
    while (channel->is_open &&
           (channel->unsent || (channel->unsent = tutti_talk_take (channel->talk)))) {
        if (!send_text (channel, channel->unsent))
            return;
        g_clear_pointer (&channel->unsent, g_free);
    }
    if (channel->is_open && tutti_talk_is_over (channel->talk))
        close_stream (channel, channel->stream);
}

/* A peer that doesn't read would hold up even a reset of its stream. */
static void
check_backlog (TuttiChannel *channel)
{
    if (channel->is_open && tutti_talk_is_overrun (channel->talk))
        give_up (channel);
}

/* Once round: what came may make room for what is to go. */
static void
settle (TuttiChannel *channel, gint64 now_us)
{
    channel->now_us = now_us;
    send_texts (channel);
    check_backlog (channel);
    tutti_sctp_run (channel->sctp, now_us);
}

TuttiChannel *
tutti_channel_new (const TuttiChannelSetup *setup, gint64 now_us)
{
    TuttiChannel *channel = g_new0 (TuttiChannel, 1);

    channel->talk = setup->talk;
    channel->max_bytes = TUTTI_SCTP_SEND_MAX_BYTES;
    if (setup->peer_max_bytes > 0)
        channel->max_bytes = MIN (channel->max_bytes, setup->peer_max_bytes);
    channel->events = setup->events;
    channel->user_data = setup->user_data;
    channel->sctp = tutti_sctp_new (setup->seat, setup->peer_port, &sctp_events, channel, now_us);
    if (channel->sctp)
        return channel;
    g_free (channel);
    return NULL;
}

void
tutti_channel_free (TuttiChannel *channel, gint64 now_us)
{
    if (!channel)
        return;
    if (channel->is_open)
        settle (channel, now_us);
    tutti_sctp_free (channel->sctp);
    set_open (channel, FALSE);
    g_free (channel);
}

void
tutti_channel_start (TuttiChannel *channel, gint64 now_us)
{
    if (channel->is_started)
        return;
    channel->is_started = TRUE;
    channel->now_us = now_us;
    tutti_sctp_connect (channel->sctp, now_us);
}

void
tutti_channel_receive (TuttiChannel *channel, const guint8 *data, gsize length_bytes, gint64 now_us)
{
    channel->now_us = now_us;
    tutti_sctp_receive (channel->sctp, data, length_bytes, now_us);
    if (channel->unsent)
        settle (channel, now_us);
}

void
tutti_channel_run (TuttiChannel *channel, gint64 now_us)
{
    settle (channel, now_us);
}

gint64
tutti_channel_tick (TuttiChannel *channel, gint64 now_us)
{
    channel->now_us = now_us;
    return tutti_sctp_tick (channel->sctp, now_us);
}
