/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * broadcast.c: see broadcast.h. Role: file.
 */
#include "broadcast.h"

#include <tutti/role.h>

#include "aac.h"
#include "key-frame.h"

/* So long after its time no sound of the mix is still on its way: it is silent. */
#define SILENCE_US (200 * TUTTI_USEC_PER_MSEC)
/* A wish may have been lost with the rendition it was made of. */
#define WISH_AGAIN_US G_USEC_PER_SEC

struct _TuttiBroadcast {
    TuttiBroadcastSetup setup;
    TuttiUnits *units;
    TuttiBroadcastStats stats;
    guint64 dropped; /* by the queue, as far as seen */

    /* Of this connection. */
    TuttiConnection *connection; /* while work() runs */
    TuttiAac *aac;               /* NULL: it has not begun */
    GBytes *parameters;          /* of its pictures */
    gint64 origin_us;
    gboolean needs_key;
    gint64 wished_us;
    gboolean has_failed;
    const char *why; /* of ours; NULL: the connection's */
};

static void
wish_key (TuttiBroadcast *self, gint64 now_us)
{
    self->needs_key = TRUE;
    self->wished_us = now_us;
    tutti_wish_make (self->setup.key_frame);
}

/* --- Sound --- */

static void
on_aac (gint64 position_samples, const guint8 *data, gsize length_bytes, gpointer user_data)
{
    TuttiBroadcast *self = user_data;

    if (self->has_failed)
        return;
    self->has_failed =
        !tutti_connection_write_sound (self->connection, data, length_bytes, position_samples);
    self->stats.bytes += length_bytes;
    self->stats.sounds++;
}

static void
send_sounds (TuttiBroadcast *self, gint64 now_us)
{
    TuttiPacket *packet;

    while (!self->has_failed && (packet = tutti_queue_pop (self->setup.audio))) {
        if (self->aac)
            tutti_aac_push (self->aac, packet->data, packet->length_bytes, packet->time_us);
        tutti_packet_unref (packet);
    }
    if (self->aac && !self->has_failed)
        tutti_aac_fill (self->aac, now_us - SILENCE_US);
}

/* --- Pictures --- */

static void
begin (TuttiBroadcast *self, const TuttiUnit *first)
{
    const guint8 *config;
    gsize config_bytes;

    self->origin_us = first->time_us;
    self->aac =
        tutti_aac_new (self->setup.channels, self->setup.audio_bitrate_bps, self->origin_us, NULL);
    if (!self->aac) {
        self->has_failed = TRUE;
        self->why = "no AAC encoder";
        return;
    }
    tutti_aac_set_func (self->aac, on_aac, self);
    config = tutti_aac_get_config (self->aac, &config_bytes);
    self->has_failed = !tutti_connection_begin (self->connection, first, config, config_bytes);
}

/* FALSE: nothing can be shown from here on. A header can't be changed once it was sent: other
 * parameters are for another connection. */
static gboolean
check_key (TuttiBroadcast *self, const TuttiUnit *unit)
{
    g_autoptr (GBytes) parameters =
        tutti_key_frame_copy_parameters (unit->data, unit->length_bytes);

    if (!parameters)
        return FALSE;
    if (!self->parameters)
        self->parameters = g_bytes_ref (parameters);
    if (g_bytes_equal (parameters, self->parameters))
        return TRUE;
    self->has_failed = TRUE;
    self->why = "the pictures have another form now";
    return FALSE;
}

static void
send_picture (TuttiBroadcast *self, const TuttiUnit *unit)
{
    if (unit->codec != TUTTI_CODEC_H264 || (self->needs_key && !unit->is_key))
        return;
    if (unit->is_key && !check_key (self, unit))
        return;
    self->needs_key = FALSE;
    if (!self->aac)
        begin (self, unit);
    if (self->has_failed)
        return;
    self->has_failed =
        !tutti_connection_write_picture (self->connection, unit, unit->time_us - self->origin_us);
    self->stats.bytes += unit->length_bytes;
    self->stats.pictures++;
}

/* The peer does not keep up: what waits is old, and what was lost from its middle is missing. */
static void
check_overflow (TuttiBroadcast *self, gint64 now_us)
{
    guint64 dropped = tutti_queue_dropped (self->setup.video);

    if (dropped == self->dropped)
        return;
    self->stats.dropped += dropped - self->dropped + tutti_queue_length (self->setup.video);
    tutti_broadcast_discard (self);
    tutti_units_break (self->units);
    wish_key (self, now_us);
}

static void
send_pictures (TuttiBroadcast *self)
{
    TuttiPacket *packet;
    TuttiUnit unit;

    while (!self->has_failed && (packet = tutti_queue_pop (self->setup.video))) {
        if (tutti_units_push (self->units, packet, &unit))
            send_picture (self, &unit);
        tutti_packet_unref (packet);
    }
}

/* --- Life --- */

TuttiBroadcast *
tutti_broadcast_new (const TuttiBroadcastSetup *setup)
{
    TuttiBroadcast *self = g_new0 (TuttiBroadcast, 1);

    self->setup = *setup;
    tutti_queue_ref (setup->audio);
    tutti_queue_ref (setup->video);
    tutti_wish_ref (setup->key_frame);
    self->units = tutti_units_new ();
    return self;
}

void
tutti_broadcast_free (TuttiBroadcast *self)
{
    if (!self)
        return;
    tutti_aac_free (self->aac);
    tutti_units_free (self->units);
    g_clear_pointer (&self->parameters, g_bytes_unref);
    tutti_queue_unref (self->setup.audio);
    tutti_queue_unref (self->setup.video);
    tutti_wish_unref (self->setup.key_frame);
    g_free (self);
}

static void
drain (TuttiQueue *queue)
{
    TuttiPacket *packet;

    while ((packet = tutti_queue_pop (queue)))
        tutti_packet_unref (packet);
}

void
tutti_broadcast_discard (TuttiBroadcast *self)
{
    drain (self->setup.video);
    drain (self->setup.audio);
    self->dropped = tutti_queue_dropped (self->setup.video);
}

void
tutti_broadcast_restart (TuttiBroadcast *self)
{
    tutti_broadcast_discard (self);
    tutti_units_restart (self->units);
    g_clear_pointer (&self->aac, tutti_aac_free);
    g_clear_pointer (&self->parameters, g_bytes_unref);
    self->has_failed = FALSE;
    self->why = NULL;
    wish_key (self, g_get_monotonic_time ());
}

gboolean
tutti_broadcast_work (TuttiBroadcast *self, TuttiConnection *connection, gint64 now_us, char *why)
{
    tutti_assert_role (TUTTI_ROLE_FILE);
    self->connection = connection;
    check_overflow (self, now_us);
    send_pictures (self);
    send_sounds (self, now_us);
    if (self->needs_key && now_us - self->wished_us > WISH_AGAIN_US)
        wish_key (self, now_us);
    if (self->has_failed)
        g_strlcpy (why, self->why ? self->why : tutti_connection_get_why (connection),
                   TUTTI_CONNECTION_WHY_BYTES);
    return !self->has_failed;
}

gboolean
tutti_broadcast_has_begun (const TuttiBroadcast *self)
{
    return self->aac && !self->has_failed;
}

const TuttiBroadcastStats *
tutti_broadcast_get_stats (const TuttiBroadcast *self)
{
    return &self->stats;
}
