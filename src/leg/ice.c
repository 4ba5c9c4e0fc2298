/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ice.c: one leg's libnice agent. Role: net.
 *
 * libnice emits its signals without its lock held, on the thread that iterates the wire's context
 * or calls it: always our net thread.
 */
#include "ice.h"

#include <string.h>

#include <gio/gio.h>
#include <tutti/error.h>

#include "candidate.h"

struct _TuttiIce {
    const TuttiIceConfig *config;
    TuttiWire *wire;
    const TuttiIceEvents *events;
    gpointer user_data;

    NiceAgent *agent;
    guint stream;
    GPtrArray *candidates; /* of char*: our own, as text */
    guint n_selections;    /* of our own */
    gboolean is_gathered, is_described, is_failed;
    gboolean is_asking; /* libnice asks for consent */
    char pair[96];
};

/* HOST:PORT, the host of IPv6 in brackets. */
static void
name_address (const NiceAddress *address, char *text, gsize text_bytes)
{
    char host[NICE_ADDRESS_STRING_LEN];
    gboolean is_ipv6 = nice_address_ip_version (address) == 6;

    nice_address_to_string (address, host);
    g_snprintf (text, text_bytes, "%s%s%s:%u", is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "",
                nice_address_get_port (address));
}

static void
name_pair (TuttiIce *ice, NiceCandidate *local, NiceCandidate *remote)
{
    char local_name[NICE_ADDRESS_STRING_LEN + 8];
    char remote_name[NICE_ADDRESS_STRING_LEN + 8];
    const char *kind = local->transport == NICE_CANDIDATE_TRANSPORT_UDP ? "udp" : "tcp";

    if (local->type == NICE_CANDIDATE_TYPE_RELAYED)
        kind = "relay";
    name_address (&local->addr, local_name, sizeof local_name);
    name_address (&remote->addr, remote_name, sizeof remote_name);
    g_snprintf (ice->pair, sizeof ice->pair, "%s %s %s", kind, local_name, remote_name);
}

/* FALSE: the pair is by TCP or a relay. */
static gboolean
set_path (TuttiIce *ice, NiceCandidate *remote)
{
    /* NULL unless the pair is plain UDP. */
    g_autoptr (GSocket) gsocket =
        nice_agent_get_selected_socket (ice->agent, ice->stream, NICE_COMPONENT_TYPE_RTP);
    union {
        struct sockaddr any;
        struct sockaddr_storage storage;
    } peer = {0};
    socklen_t peer_bytes;

    if (!gsocket) {
        tutti_wire_set_path (ice->wire, -1, NULL, 0);
        return FALSE;
    }
    nice_address_copy_to_sockaddr (&remote->addr, &peer.any);
    peer_bytes =
        peer.any.sa_family == AF_INET ? sizeof (struct sockaddr_in) : sizeof (struct sockaddr_in6);
    tutti_wire_set_path (ice->wire, g_socket_get_fd (gsocket), &peer.any, peer_bytes);
    return TRUE;
}

static void
set_asking (TuttiIce *ice, gboolean asking)
{
    ice->is_asking = asking;
    g_object_set (ice->agent, "keepalive-conncheck", asking, NULL);
}

static void
on_new_candidate (NiceAgent *agent, NiceCandidate *candidate, gpointer user_data)
{
    TuttiIce *ice = user_data;
    g_autofree char *text = tutti_candidate_format (candidate, ice->config->public_address);

    if (!text || g_ptr_array_find_with_equal_func (ice->candidates, text, g_str_equal, NULL))
        return;
    if (ice->is_described)
        ice->events->candidate (text, ice->user_data);
    g_ptr_array_add (ice->candidates, g_steal_pointer (&text));
}

static void
on_gathered (NiceAgent *agent, guint stream, gpointer user_data)
{
    TuttiIce *ice = user_data;

    ice->is_gathered = TRUE;
    tutti_wire_set_gathering (ice->wire, FALSE);
    if (ice->is_described)
        ice->events->candidate ("", ice->user_data);
}

/* libnice finds a pair by foundations, which it gives to all peer-reflexive candidates of one host
 * alike: the remote one gets a foundation of its own first. As a host candidate, since others are
 * not taken from outside. */
static gboolean
select_pair (TuttiIce *ice, const NiceCandidate *local, const NiceCandidate *remote)
{
    NiceCandidate *named = nice_candidate_copy (remote);
    gboolean done;

    if (named->type == NICE_CANDIDATE_TYPE_PEER_REFLEXIVE)
        named->type = NICE_CANDIDATE_TYPE_HOST;
    g_snprintf (named->foundation, sizeof named->foundation, "own%u", ++ice->n_selections);
    tutti_ice_add_remote (ice, named);
    done = nice_agent_set_selected_pair (ice->agent, ice->stream, NICE_COMPONENT_TYPE_RTP,
                                         local->foundation, named->foundation);
    nice_candidate_free (named);
    return done;
}

static void
on_selected_pair (NiceAgent *agent, guint stream, guint component, NiceCandidate *local,
                  NiceCandidate *remote, gpointer user_data)
{
    TuttiIce *ice = user_data;
    gboolean is_plain = set_path (ice, remote);

    if (is_plain && ice->is_asking) {
        /* The pair before wasn't. libnice has asked about this one already, and would miss the
         * answers: selected anew, nothing is asked. */
        set_asking (ice, FALSE);
        if (select_pair (ice, local, remote))
            return;
    } else if (!is_plain) {
        set_asking (ice, TRUE);
    }
    name_pair (ice, local, remote);
    ice->is_failed = FALSE;
    ice->events->path (TRUE, ice->user_data);
}

/* The pair works again after libnice had given it up. Selected anew, consent counts from now; else
 * libnice would refuse to send on it for ever. */
static void
renew_path (TuttiIce *ice)
{
    NiceCandidate *local, *remote;

    if (!nice_agent_get_selected_pair (ice->agent, ice->stream, NICE_COMPONENT_TYPE_RTP, &local,
                                       &remote) ||
        !select_pair (ice, local, remote))
        ice->events->path (TRUE, ice->user_data);
}

static void
on_state (NiceAgent *agent, guint stream, guint component, guint state, gpointer user_data)
{
    TuttiIce *ice = user_data;

    if (state == NICE_COMPONENT_STATE_FAILED && !ice->is_failed) {
        ice->is_failed = TRUE;
        ice->events->path (FALSE, ice->user_data);
    } else if (state == NICE_COMPONENT_STATE_READY && ice->is_failed) {
        ice->is_failed = FALSE;
        renew_path (ice);
    }
}

static void
on_packet (NiceAgent *agent, guint stream, guint component, guint length, char *data,
           gpointer user_data)
{
    TuttiIce *ice = user_data;

    /* libnice's buffer holds 64 KiB, so there is room behind any packet of sane size. */
    if (length <= TUTTI_DATAGRAM_MAX_BYTES)
        ice->events->packet ((guint8 *)data, length, g_get_monotonic_time (), ice->user_data);
}

static void
add_servers (TuttiIce *ice)
{
    const TuttiIceConfig *config = ice->config;

    if (config->stun_host)
        g_object_set (ice->agent, "stun-server", config->stun_host, "stun-server-port",
                      (guint)config->stun_port, NULL);
    if (config->turn_host)
        nice_agent_set_relay_info (ice->agent, ice->stream, NICE_COMPONENT_TYPE_RTP,
                                   config->turn_host, config->turn_port, config->turn_user,
                                   config->turn_password, config->turn_type);
}

static gboolean
gather (TuttiIce *ice, GError **error)
{
    g_autoptr (GPtrArray) addresses = tutti_ice_config_list_addresses (ice->config);

    for (guint i = 0; i < addresses->len; i++)
        nice_agent_add_local_address (ice->agent, g_ptr_array_index (addresses, i));
    ice->stream = nice_agent_add_stream (ice->agent, NICE_COMPONENT_TYPE_RTP);
    if (ice->config->udp_port_max > 0)
        nice_agent_set_port_range (ice->agent, ice->stream, NICE_COMPONENT_TYPE_RTP,
                                   ice->config->udp_port_min, ice->config->udp_port_max);
    add_servers (ice);
    nice_agent_attach_recv (ice->agent, ice->stream, NICE_COMPONENT_TYPE_RTP,
                            tutti_wire_get_context (ice->wire), on_packet, ice);
    tutti_wire_set_gathering (ice->wire, TRUE);
    if (addresses->len > 0 && nice_agent_gather_candidates (ice->agent, ice->stream))
        return TRUE;
    g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_INTERNAL,
                 "no socket for ICE: no usable interface, or no free port");
    return FALSE;
}

TuttiIce *
tutti_ice_new (const TuttiIceConfig *config, TuttiWire *wire, gboolean controlling,
               const TuttiIceEvents *events, gpointer user_data, GError **error)
{
    const NiceAgentOption options =
        NICE_AGENT_OPTION_ICE_TRICKLE | NICE_AGENT_OPTION_REGULAR_NOMINATION;
    g_autoptr (TuttiIce) ice = g_new0 (TuttiIce, 1);

    ice->config = config;
    ice->wire = wire;
    ice->events = events;
    ice->user_data = user_data;
    ice->candidates = g_ptr_array_new_with_free_func (g_free);
    ice->agent =
        nice_agent_new_full (tutti_wire_get_context (wire), NICE_COMPATIBILITY_RFC5245, options);
    g_object_set (ice->agent, "controlling-mode", controlling, "ice-tcp", config->tcp,
                  "force-relay", config->force_relay, "upnp", FALSE, NULL);
    g_signal_connect (ice->agent, "new-candidate-full", G_CALLBACK (on_new_candidate), ice);
    g_signal_connect (ice->agent, "candidate-gathering-done", G_CALLBACK (on_gathered), ice);
    g_signal_connect (ice->agent, "new-selected-pair-full", G_CALLBACK (on_selected_pair), ice);
    g_signal_connect (ice->agent, "component-state-changed", G_CALLBACK (on_state), ice);
    if (!gather (ice, error))
        return NULL;
    return g_steal_pointer (&ice);
}

static void
let_go (TuttiIce *ice)
{
    tutti_wire_set_path (ice->wire, -1, NULL, 0);
    g_signal_handlers_disconnect_by_data (ice->agent, ice);
    if (ice->stream > 0)
        nice_agent_attach_recv (ice->agent, ice->stream, NICE_COMPONENT_TYPE_RTP,
                                tutti_wire_get_context (ice->wire), NULL, NULL);
    g_ptr_array_unref (ice->candidates);
}

void
tutti_ice_free (TuttiIce *ice)
{
    if (!ice)
        return;
    let_go (ice);
    if (ice->stream > 0)
        nice_agent_remove_stream (ice->agent, ice->stream);
    g_object_unref (ice->agent);
    g_free (ice);
}

NiceAgent *
tutti_ice_release_agent (TuttiIce *ice, guint *stream)
{
    NiceAgent *agent = ice->agent;

    if (!ice->config->turn_host)
        return NULL;
    let_go (ice);
    *stream = ice->stream;
    g_free (ice);
    return agent;
}

void
tutti_ice_describe (TuttiIce *ice, TuttiSession *description)
{
    g_autofree char *ufrag = NULL;
    g_autofree char *pwd = NULL;

    nice_agent_get_local_credentials (ice->agent, ice->stream, &ufrag, &pwd);
    tutti_wire_set_ufrag (ice->wire, ufrag, ice->config->turn_host != NULL);
    g_strlcpy (description->ufrag, ufrag, sizeof description->ufrag);
    g_strlcpy (description->pwd, pwd, sizeof description->pwd);
    for (guint i = 0; i < ice->candidates->len; i++)
        g_ptr_array_add (description->candidates, g_strdup (ice->candidates->pdata[i]));
    description->trickle = TRUE;
    description->end_of_candidates = ice->is_gathered;
    ice->is_described = TRUE;
}

void
tutti_ice_set_remote (TuttiIce *ice, const char *ufrag, const char *pwd)
{
    nice_agent_set_remote_credentials (ice->agent, ice->stream, ufrag, pwd);
}

void
tutti_ice_add_remote (TuttiIce *ice, const NiceCandidate *candidate)
{
    GSList list = {.data = (gpointer)candidate};

    nice_agent_set_remote_candidates (ice->agent, ice->stream, NICE_COMPONENT_TYPE_RTP, &list);
}

void
tutti_ice_end_remote (TuttiIce *ice)
{
    nice_agent_peer_candidate_gathering_done (ice->agent, ice->stream);
}

void
tutti_ice_restart (TuttiIce *ice)
{
    nice_agent_restart_stream (ice->agent, ice->stream);
}

static NiceCandidate *
find_candidate (GSList *candidates, const NiceAddress *address, gboolean local)
{
    for (GSList *link = candidates; link; link = link->next) {
        NiceCandidate *candidate = link->data;

        if (candidate->transport == NICE_CANDIDATE_TRANSPORT_UDP &&
            (!local || candidate->type == NICE_CANDIDATE_TYPE_HOST) &&
            nice_address_equal (&candidate->addr, address))
            return candidate;
    }
    return NULL;
}

static void
free_candidates (GSList *candidates)
{
    g_slist_free_full (candidates, (GDestroyNotify)nice_candidate_free);
}

gboolean
tutti_ice_move (TuttiIce *ice, int fd, const struct sockaddr_storage *peer)
{
    union {
        struct sockaddr any;
        struct sockaddr_storage storage;
    } own = {0};
    socklen_t own_bytes = sizeof own;
    NiceAddress own_address, peer_address;
    NiceCandidate *local, *remote;
    GSList *locals, *remotes;
    gboolean moved;

    if (getsockname (fd, &own.any, &own_bytes) < 0)
        return FALSE;
    nice_address_init (&own_address);
    nice_address_init (&peer_address);
    nice_address_set_from_sockaddr (&own_address, &own.any);
    nice_address_set_from_sockaddr (&peer_address, (const struct sockaddr *)peer);
    locals = nice_agent_get_local_candidates (ice->agent, ice->stream, NICE_COMPONENT_TYPE_RTP);
    remotes = nice_agent_get_remote_candidates (ice->agent, ice->stream, NICE_COMPONENT_TYPE_RTP);
    local = find_candidate (locals, &own_address, TRUE);

    remote = find_candidate (remotes, &peer_address, FALSE);
    moved = local && remote && select_pair (ice, local, remote);
    free_candidates (locals);
    free_candidates (remotes);
    return moved;
}

void
tutti_ice_send (TuttiIce *ice, const guint8 *data, gsize length_bytes)
{
    if (!tutti_wire_send (ice->wire, data, length_bytes))
        nice_agent_send (ice->agent, ice->stream, NICE_COMPONENT_TYPE_RTP, (guint)length_bytes,
                         (const char *)data);
}

const char *
tutti_ice_get_pair (TuttiIce *ice)
{
    return ice->pair;
}
