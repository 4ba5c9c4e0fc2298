/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * candidate.c: text of ICE candidates. Any thread.
 *
 * libnice's own reader takes text that is none (missing fields become zeroes) and is therefore not
 * given any.
 */
#include "candidate.h"

#include <arpa/inet.h>
#include <string.h>

#include <tutti/error.h>
#include <tutti/session.h>

/* foundation, component, transport, priority, address, port, "typ", type */
#define FIELDS_MIN 8
/* As many pairs of extension names and values as fit into TUTTI_CANDIDATE_MAX_BYTES. */
#define FIELDS_MAX 256

static gboolean
read_number (const char *text, guint64 min, guint64 max, guint64 *number)
{
    return g_ascii_string_to_unsigned (text, 10, min, max, number, NULL);
}

static const char *
find_extension (char **fields, const char *name)
{
    for (guint i = FIELDS_MIN; fields[i] && fields[i + 1]; i += 2)
        if (g_ascii_strcasecmp (fields[i], name) == 0)
            return fields[i + 1];
    return NULL;
}

static gboolean
read_type (const char *text, NiceCandidateType *type)
{
    static const char *const names[] = {
        [NICE_CANDIDATE_TYPE_HOST] = "host",
        [NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE] = "srflx",
        [NICE_CANDIDATE_TYPE_PEER_REFLEXIVE] = "prflx",
        [NICE_CANDIDATE_TYPE_RELAYED] = "relay",
    };

    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        if (g_ascii_strcasecmp (text, names[i]) == 0) {
            *type = (NiceCandidateType)i;
            return TRUE;
        }
    return FALSE;
}

static gboolean
read_transport (char **fields, NiceCandidateTransport *transport)
{
    const char *tcp_type = find_extension (fields, "tcptype");

    if (g_ascii_strcasecmp (fields[2], "udp") == 0)
        *transport = NICE_CANDIDATE_TRANSPORT_UDP;
    else if (g_ascii_strcasecmp (fields[2], "tcp") != 0 || !tcp_type)
        return FALSE;
    else if (g_ascii_strcasecmp (tcp_type, "active") == 0)
        *transport = NICE_CANDIDATE_TRANSPORT_TCP_ACTIVE;
    else if (g_ascii_strcasecmp (tcp_type, "passive") == 0)
        *transport = NICE_CANDIDATE_TRANSPORT_TCP_PASSIVE;
    else
        return FALSE;
    return TRUE;
}

/* NULL: nothing for us. */
static NiceCandidate *
make_candidate (char **fields, guint32 priority, guint16 port)
{
    NiceCandidateType type;
    NiceCandidateTransport transport;
    NiceAddress address;
    NiceCandidate *candidate;

    nice_address_init (&address);
    if (!read_type (fields[7], &type) || !read_transport (fields, &transport) ||
        !nice_address_set_from_string (&address, fields[4]))
        return NULL;
    nice_address_set_port (&address, port);
    candidate = nice_candidate_new (type);
    candidate->component_id = NICE_COMPONENT_TYPE_RTP;
    candidate->transport = transport;
    candidate->priority = priority;
    candidate->addr = address;
    candidate->base_addr = address;
    g_strlcpy (candidate->foundation, fields[0], sizeof candidate->foundation);
    return candidate;
}

gboolean
tutti_candidate_is_end (const char *text)
{
    return *text == '\0' || strcmp (text, "end-of-candidates") == 0 ||
           strcmp (text, "a=end-of-candidates") == 0;
}

gboolean
tutti_candidate_parse (const char *text, NiceCandidate **candidate, GError **error)
{
    g_auto (GStrv) fields = NULL;
    guint64 component, priority, port;

    if (g_str_has_prefix (text, "a="))
        text += strlen ("a=");
    if (g_str_has_prefix (text, "candidate:") && strlen (text) <= TUTTI_CANDIDATE_MAX_BYTES)
        fields = g_strsplit (text + strlen ("candidate:"), " ", FIELDS_MAX);
    if (!fields || g_strv_length (fields) < FIELDS_MIN ||
        !read_number (fields[1], 1, 256, &component) ||
        !read_number (fields[3], 1, G_MAXUINT32, &priority) ||
        !read_number (fields[5], 0, G_MAXUINT16, &port) || strcmp (fields[6], "typ") != 0) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CANDIDATE, "not an ICE candidate");
        return FALSE;
    }
    *candidate = component == NICE_COMPONENT_TYPE_RTP && port > 0
                     ? make_candidate (fields, (guint32)priority, (guint16)port)
                     : NULL;
    return TRUE;
}

static const char *
type_name (NiceCandidateType type)
{
    switch (type) {
    case NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE:
        return "srflx";
    case NICE_CANDIDATE_TYPE_PEER_REFLEXIVE:
        return "prflx";
    case NICE_CANDIDATE_TYPE_RELAYED:
        return "relay";
    default:
        return "host";
    }
}

static void
format_address (const NiceCandidate *candidate, const char *public_address, char *text)
{
    NiceAddress other;
    char local[NICE_ADDRESS_STRING_LEN];

    nice_address_to_string (&candidate->addr, text);
    nice_address_init (&other);
    if (candidate->type != NICE_CANDIDATE_TYPE_HOST || !public_address ||
        !nice_address_set_from_string (&other, public_address) ||
        nice_address_ip_version (&other) != nice_address_ip_version (&candidate->addr))
        return;
    nice_address_to_string (&candidate->addr, local);
    if (g_str_has_prefix (local, "127.") || strcmp (local, "::1") == 0)
        return;
    nice_address_to_string (&other, text);
}

char *
tutti_candidate_format (const NiceCandidate *candidate, const char *public_address)
{
    gboolean is_udp = candidate->transport == NICE_CANDIDATE_TRANSPORT_UDP;
    char address[NICE_ADDRESS_STRING_LEN];
    char base[NICE_ADDRESS_STRING_LEN];
    GString *text;

    if (!is_udp && candidate->transport != NICE_CANDIDATE_TRANSPORT_TCP_PASSIVE)
        return NULL;
    format_address (candidate, public_address, address);
    text = g_string_new (NULL);
    g_string_printf (text, "candidate:%s %u %s %u %s %u typ %s", candidate->foundation,
                     candidate->component_id, is_udp ? "udp" : "tcp", candidate->priority, address,
                     nice_address_get_port (&candidate->addr), type_name (candidate->type));
    if (candidate->type != NICE_CANDIDATE_TYPE_HOST) {
        nice_address_to_string (&candidate->base_addr, base);
        g_string_append_printf (text, " raddr %s rport %u", base,
                                nice_address_get_port (&candidate->base_addr));
    }
    if (!is_udp)
        g_string_append (text, " tcptype passive");
    return g_string_free (text, FALSE);
}
