/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * transport.c: ICE and DTLS-SRTP of one peer, and the state that follows from them:
 *
 *   CONNECTING --keys--> CONNECTED <--heard, path--> LOST (silent for 5 s, or ICE gave up)
 *        \------------------\---- DTLS over ----> CLOSED
 *
 * Role: net.
 */
#include "transport.h"

#include <tutti/clock.h>
#include <tutti/role.h>

#include <string.h>

#include "farewell.h"
#include "ice.h"
#include "secure.h"
#include "vigil.h"

/* While libnice may have pairs to choose from, it sees all of STUN and its timers are met exactly:
 * after a pair was selected, a restart, a message from elsewhere. */
#define CHOICE_US (5 * G_USEC_PER_SEC)

struct _TuttiTransport {
    TuttiLoop *loop;
    TuttiSeat *seat;
    TuttiWire *wire;
    TuttiIce *ice;
    TuttiSecure *secure;
    const TuttiIceConfig *ice_config;
    TuttiCertificate *certificate;
    const TuttiTransportEvents *events;
    gpointer user_data;
    gboolean controlling;
    char *name;
    TuttiVigil *vigil;
    char pair[sizeof ((TuttiLegStats *)NULL)->pair]; /* as last told */

    TuttiLegState state;
    gboolean is_failed; /* ICE gave up, for now */
    gint64 tick_us;
    gint64 chosen_us; /* until then there may be a choice of pairs */

    GMutex lock; /* of shared */
    TuttiLegStats shared;
};

static gboolean
is_open (TuttiTransport *transport)
{
    return tutti_secure_get_state (transport->secure) == TUTTI_DTLS_OPEN;
}

static gboolean
may_send (TuttiTransport *transport)
{
    return !transport->is_failed && tutti_vigil_has_consent (transport->vigil);
}

static void
log_state (TuttiTransport *transport)
{
    switch (transport->state) {
    case TUTTI_LEG_CONNECTED:
        g_message ("%s: connected, %s, %s", transport->name,
                   tutti_secure_get_profile (transport->secure),
                   tutti_ice_get_pair (transport->ice));
        break;
    case TUTTI_LEG_LOST:
        g_message ("%s: lost, %s", transport->name,
                   may_send (transport) ? "the peer is silent" : "ICE has no working path");
        break;
    case TUTTI_LEG_CLOSED:
        g_message ("%s: DTLS is over: %s", transport->name,
                   tutti_secure_get_reason (transport->secure));
        break;
    default:
        break;
    }
}

static TuttiLegState
judge_state (TuttiTransport *transport, gint64 now_us)
{
    if (transport->state == TUTTI_LEG_NEW || transport->state == TUTTI_LEG_CLOSED)
        return transport->state;
    if (tutti_secure_get_state (transport->secure) == TUTTI_DTLS_CLOSED)
        return TUTTI_LEG_CLOSED;
    if (!may_send (transport))
        return TUTTI_LEG_LOST;
    if (!is_open (transport))
        return TUTTI_LEG_CONNECTING;
    return tutti_vigil_is_silent (transport->vigil, now_us) ? TUTTI_LEG_LOST : TUTTI_LEG_CONNECTED;
}

static void
update_state (TuttiTransport *transport, gint64 now_us)
{
    TuttiLegState state = judge_state (transport, now_us);

    if (state == transport->state)
        return;
    transport->state = state;
    log_state (transport);
    transport->events->state (state, transport->user_data);
}

static void
publish (TuttiTransport *transport)
{
    const TuttiLegStats *shared = &transport->shared; /* written by this thread alone */
    TuttiWireStats wire;
    TuttiSecureStats secure;

    tutti_wire_get_stats (transport->wire, &wire);
    tutti_secure_get_stats (transport->secure, &secure);
    if (shared->srtp_failures == secure.srtp_failures && shared->replays == secure.replays &&
        shared->malformed == secure.malformed + wire.malformed)
        return;
    g_mutex_lock (&transport->lock);
    transport->shared.srtp_failures = secure.srtp_failures;
    transport->shared.replays = secure.replays;
    transport->shared.malformed = secure.malformed + wire.malformed;
    g_mutex_unlock (&transport->lock);
}

/* What seldom changes. */
static void
publish_names (TuttiTransport *transport)
{
    g_mutex_lock (&transport->lock);
    g_strlcpy (transport->shared.srtp_profile, tutti_secure_get_profile (transport->secure),
               sizeof transport->shared.srtp_profile);
    g_strlcpy (transport->shared.pair, tutti_ice_get_pair (transport->ice),
               sizeof transport->shared.pair);
    g_mutex_unlock (&transport->lock);
}

/* What libnice does on a path that it has settled on, keeping it open, can wait a little. */
static gint64
find_wire_wake (TuttiTransport *transport, gint64 now_us)
{
    gint64 due_us = tutti_wire_get_due (transport->wire);

    if (!is_open (transport) || !tutti_wire_has_path (transport->wire) ||
        now_us < transport->chosen_us)
        return due_us;
    return tutti_deadline_relax (due_us);
}

/* The earliest of all that has a time: libnice, DTLS, the silence watch, the user. */
static void
set_due (TuttiTransport *transport, gint64 now_us)
{
    gint64 due_us = MIN (find_wire_wake (transport, now_us), transport->tick_us);

    due_us = MIN (due_us, tutti_vigil_get_consent_due (transport->vigil));
    due_us = MIN (due_us, tutti_secure_get_due (transport->secure, now_us));
    if (is_open (transport))
        due_us = MIN (due_us, tutti_vigil_get_due (transport->vigil));
    tutti_seat_set_due (transport->seat, due_us);
}

/* After anything that happened: our state, the user's tick, the next deadline. */
static void
settle (TuttiTransport *transport, gint64 now_us)
{
    update_state (transport, now_us);
    transport->tick_us = transport->events->tick (now_us, transport->user_data);
    publish (transport);
    set_due (transport, now_us);
}

static void
on_packet (guint8 *data, gsize length_bytes, gint64 now_us, gpointer user_data)
{
    TuttiTransport *transport = user_data;
    gboolean was_open = is_open (transport);

    tutti_secure_receive (transport->secure, data, length_bytes, now_us);
    if (was_open || !is_open (transport))
        return;
    tutti_vigil_start (transport->vigil, now_us);
    publish_names (transport);
    /* At once: media may be in this very batch. */
    update_state (transport, now_us);
}

static void
on_ice_packet (guint8 *data, gsize length_bytes, gint64 now_us, gpointer user_data)
{
    TuttiTransport *transport = user_data;

    tutti_vigil_note_heard (transport->vigil, now_us);
    tutti_loop_count_received (transport->loop, 1);
    on_packet (data, length_bytes, now_us, user_data);
}

static gboolean
on_check (const guint8 *data, gsize length_bytes, gint64 now_us, gpointer user_data)
{
    TuttiTransport *transport = user_data;
    gboolean may_answer = now_us >= transport->chosen_us || !may_send (transport);

    /* Once libnice has given up, it must see for itself that a peer is back. */
    return tutti_vigil_take_check (transport->vigil, data, length_bytes,
                                   may_answer && !transport->is_failed, now_us);
}

static void
on_stranger (int fd, const struct sockaddr_storage *from, const guint8 *data, gsize length_bytes,
             gint64 now_us, gpointer user_data)
{
    TuttiTransport *transport = user_data;

    transport->chosen_us = now_us + CHOICE_US;
    /* While DTLS is under way silence means nothing, and libnice is still choosing. */
    if (is_open (transport))
        tutti_vigil_take_stranger (transport->vigil, transport->ice, fd, from, data, length_bytes,
                                   now_us);
}

static void
tell_move (TuttiTransport *transport, gint64 now_us)
{
    const char *pair = tutti_ice_get_pair (transport->ice);
    gboolean moved = transport->pair[0] != '\0' && strcmp (transport->pair, pair) != 0;

    g_strlcpy (transport->pair, pair, sizeof transport->pair);
    if (!moved || !is_open (transport))
        return;
    g_message ("%s: moved to %s", transport->name, pair);
    if (transport->events->moved)
        transport->events->moved (now_us, transport->user_data);
}

static void
on_candidate (const char *candidate, gpointer user_data)
{
    TuttiTransport *transport = user_data;

    transport->events->candidate (candidate, transport->user_data);
}

static void
on_path (gboolean usable, gpointer user_data)
{
    TuttiTransport *transport = user_data;
    gint64 now_us = tutti_clock_now_us (tutti_clock_real ());

    transport->is_failed = !usable;
    transport->chosen_us = now_us + CHOICE_US;
    if (!usable)
        return;
    tutti_vigil_note_path (transport->vigil, now_us);
    publish_names (transport);
    tutti_secure_start (transport->secure, now_us);
    tell_move (transport, now_us);
}

static void
on_rtp (guint8 *data, gsize length_bytes, gint64 now_us, gpointer user_data)
{
    TuttiTransport *transport = user_data;

    transport->events->rtp (data, length_bytes, now_us, transport->user_data);
}

static void
on_rtcp (guint8 *data, gsize length_bytes, gint64 now_us, gpointer user_data)
{
    TuttiTransport *transport = user_data;

    transport->events->rtcp (data, length_bytes, now_us, transport->user_data);
}

static void
on_dtls_output (const guint8 *data, gsize length_bytes, gpointer user_data)
{
    TuttiTransport *transport = user_data;

    tutti_ice_send (transport->ice, data, length_bytes);
}

static void
on_data (const guint8 *data, gsize length_bytes, gpointer user_data)
{
    TuttiTransport *transport = user_data;

    if (transport->events->data)
        transport->events->data (data, length_bytes, transport->user_data);
}

/* Whatever is due, were it this that the leg was woken for or not. */
static void
run_due (TuttiTransport *transport, gint64 now_us)
{
    if (tutti_wire_get_due (transport->wire) <= now_us)
        tutti_wire_run (transport->wire, now_us);
    if (is_open (transport))
        tutti_vigil_tick (transport->vigil, may_send (transport), now_us);
    tutti_vigil_keep_consent (transport->vigil, !transport->is_failed, now_us);
}

static void
on_readable (gpointer self, int fd, gint64 now_us)
{
    TuttiTransport *transport = self;

    tutti_wire_receive (transport->wire, fd, now_us);
    run_due (transport, now_us);
    settle (transport, now_us);
}

static void
on_woken (gpointer self, gint64 now_us)
{
    TuttiTransport *transport = self;

    transport->events->woken (now_us, transport->user_data);
    settle (transport, now_us);
}

static void
on_due (gpointer self, gint64 now_us)
{
    TuttiTransport *transport = self;

    tutti_secure_tick (transport->secure, now_us);
    run_due (transport, now_us);
    settle (transport, now_us);
}

static const TuttiSeatClass seat_class = {on_readable, on_woken, on_due, NULL};
static const TuttiIceEvents ice_events = {on_candidate, on_ice_packet, on_path};
static const TuttiSecureEvents secure_events = {on_rtp, on_rtcp, on_dtls_output, on_data};

TuttiTransport *
tutti_transport_new (const TuttiTransportSetup *setup)
{
    TuttiTransport *transport = g_new0 (TuttiTransport, 1);

    tutti_assert_role (TUTTI_ROLE_NET);
    g_mutex_init (&transport->lock);
    transport->loop = setup->loop;
    transport->ice_config = setup->ice;
    transport->certificate = setup->certificate;
    transport->events = setup->events;
    transport->user_data = setup->user_data;
    transport->controlling = setup->controlling;
    transport->name = g_strdup (setup->name);
    transport->tick_us = TUTTI_DEADLINE_NEVER;
    transport->seat = tutti_seat_new (setup->loop, &seat_class, transport);
    transport->wire = tutti_wire_new (setup->loop, transport->seat, on_packet, transport);
    tutti_wire_set_stun (transport->wire, on_check, on_stranger);
    transport->vigil = tutti_vigil_new (transport->wire, setup->controlling);
    transport->secure =
        tutti_secure_new (setup->certificate, setup->srtp_profiles, &secure_events, transport);
    return transport;
}

static void
end_ice (TuttiTransport *transport)
{
    guint stream = 0;
    NiceAgent *agent = transport->ice ? tutti_ice_release_agent (transport->ice, &stream) : NULL;

    if (agent) {
        tutti_farewell_say (transport->seat, transport->wire, agent, stream);
        return;
    }
    tutti_ice_free (transport->ice);
    tutti_wire_free (transport->wire);
    tutti_seat_free (transport->seat);
}

void
tutti_transport_free (TuttiTransport *transport)
{
    if (!transport)
        return;
    if (is_open (transport) && may_send (transport))
        tutti_secure_close (transport->secure);
    tutti_wire_flush (transport->wire);
    end_ice (transport);
    tutti_secure_free (transport->secure);
    tutti_vigil_free (transport->vigil);
    g_free (transport->name);
    g_mutex_clear (&transport->lock);
    g_free (transport);
}

gboolean
tutti_transport_start (TuttiTransport *transport, GError **error)
{
    if (transport->ice)
        return TRUE;
    transport->ice = tutti_ice_new (transport->ice_config, transport->wire, transport->controlling,
                                    &ice_events, transport, error);
    if (!transport->ice)
        return FALSE;
    transport->state = TUTTI_LEG_CONNECTING;
    transport->events->state (transport->state, transport->user_data);
    return TRUE;
}

void
tutti_transport_describe (TuttiTransport *transport, TuttiSession *description)
{
    tutti_ice_describe (transport->ice, description);
    tutti_vigil_set_local (transport->vigil, description->ufrag, description->pwd);
    g_strlcpy (description->hash, TUTTI_FINGERPRINT_HASH, sizeof description->hash);
    memcpy (description->digest, tutti_certificate_get_fingerprint (transport->certificate),
            TUTTI_FINGERPRINT_BYTES);
    description->digest_bytes = TUTTI_FINGERPRINT_BYTES;
}

void
tutti_transport_connect (TuttiTransport *transport, const TuttiSession *peer, gboolean client)
{
    TuttiDtlsPeer certificate = {peer->hash, peer->digest, peer->digest_bytes};

    tutti_vigil_set_remote (transport->vigil, peer->ufrag, peer->pwd);
    tutti_ice_set_remote (transport->ice, peer->ufrag, peer->pwd);
    tutti_secure_set_peer (transport->secure, &certificate, client);
}

void
tutti_transport_restart (TuttiTransport *transport)
{
    gint64 now_us = tutti_clock_now_us (tutti_clock_real ());

    transport->chosen_us = now_us + CHOICE_US;
    tutti_vigil_restart (transport->vigil, now_us);
    tutti_ice_restart (transport->ice);
}

void
tutti_transport_add_remote (TuttiTransport *transport, const NiceCandidate *candidate)
{
    if (candidate)
        tutti_ice_add_remote (transport->ice, candidate);
    else
        tutti_ice_end_remote (transport->ice);
}

void
tutti_transport_send (TuttiTransport *transport, guint8 *data, gsize length_bytes, gboolean rtcp)
{
    if (transport->state != TUTTI_LEG_CONNECTED && transport->state != TUTTI_LEG_LOST)
        return;
    if (may_send (transport) && tutti_secure_protect (transport->secure, data, &length_bytes, rtcp))
        tutti_ice_send (transport->ice, data, length_bytes);
}

void
tutti_transport_send_data (TuttiTransport *transport, const guint8 *data, gsize length_bytes)
{
    if (may_send (transport))
        tutti_secure_send_data (transport->secure, data, length_bytes);
}

void
tutti_transport_settle (TuttiTransport *transport, gint64 now_us)
{
    tutti_wire_run (transport->wire, now_us);
    settle (transport, now_us);
}

TuttiSeat *
tutti_transport_get_seat (TuttiTransport *transport)
{
    return transport->seat;
}

TuttiLegState
tutti_transport_get_state (TuttiTransport *transport)
{
    return transport->state;
}

void
tutti_transport_get_stats (TuttiTransport *transport, TuttiLegStats *stats)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&transport->lock);

    stats->srtp_failures += transport->shared.srtp_failures;
    stats->replays += transport->shared.replays;
    stats->malformed += transport->shared.malformed;
    memcpy (stats->srtp_profile, transport->shared.srtp_profile, sizeof stats->srtp_profile);
    memcpy (stats->pair, transport->shared.pair, sizeof stats->pair);
}
