/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sdp-media.c: reads one m-line. Its attributes come in any order (Firefox sorts them by name, so
 * fmtp stands before rtpmap), hence two passes: formats and layers first, then what refers to them.
 * Unknown attributes are passed over; what is known but broken is a fault only where we could not
 * go on.
 */
#include "sdp-media.h"
#include "sdp-format.h"
#include "sdp-names.h"
#include "sdp-simulcast.h"

#include <tutti/error.h>
#include <string.h>

/* RFC 8841 section 5.1 and 6.1: port when only DTLS/SCTP is said; size when none is said. */
#define SCTP_PORT_DEFAULT 5000
#define SCTP_MESSAGE_DEFAULT_BYTES 65536
/* RFC 8285 section 4.2: 15 is reserved in the one-byte form. */
#define EXTENSION_ID_RESERVED 15

typedef void (*ReadAttribute) (TuttiSdpReading *reading, const char *value);

static gboolean
refuse (GError **error, guint index, const char *what)
{
    g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_SDP, "m-line %u: %s", index, what);
    return FALSE;
}

gboolean
tutti_sdp_is_token (const char *text, gsize max_bytes)
{
    gsize n = strlen (text);

    for (gsize i = 0; i < n; i++)
        if (!g_ascii_isalnum (text[i]) && !strchr ("!#$%&'*+-.^_`{|}~", text[i]))
            return FALSE;
    return n > 0 && n <= max_bytes;
}

/* "4 URI", "2/recvonly URI attributes". */
static void
read_extension (TuttiSdpReading *reading, const char *value)
{
    g_auto (GStrv) parts = g_strsplit (value, " ", 3);
    const char *number = parts[0] ? parts[0] : "";
    guint64 id;
    int extension;

    if (!parts[0] || !parts[1] || !tutti_sdp_take_number (&number, G_MAXUINT8, &id))
        return;
    extension = tutti_sdp_extension_by_uri (parts[1]);
    if (extension < 0 || id == 0 || id == EXTENSION_ID_RESERVED ||
        g_str_equal (number, "/inactive"))
        return;
    /* One id names one thing: a second use of it is passed over. */
    if (!memchr (reading->media->extension, (int)id, TUTTI_N_EXTENSIONS))
        reading->media->extension[extension] = (guint8)id;
}

static void
read_ssrc (TuttiSdpReading *reading, const char *value)
{
    guint64 ssrc;

    if (reading->media->ssrc == 0 && tutti_sdp_take_number (&value, G_MAXUINT32, &ssrc))
        reading->media->ssrc = (guint32)ssrc;
}

/* "FID first rtx" (RFC 5576 section 4.2, RFC 4588 section 8.3). The m-line's own is the first. */
static void
read_ssrc_group (TuttiSdpReading *reading, const char *value)
{
    g_auto (GStrv) parts = g_strsplit (value, " ", 4);
    const char *first, *second;
    guint64 ssrc, rtx;

    if (g_strv_length (parts) < 3 || !g_str_equal (parts[0], "FID"))
        return;
    first = parts[1];
    second = parts[2];
    if (!tutti_sdp_take_number (&first, G_MAXUINT32, &ssrc) ||
        !tutti_sdp_take_number (&second, G_MAXUINT32, &rtx))
        return;
    tutti_sdp_simulcast_pair (reading->media, (guint32)ssrc, (guint32)rtx);
    if (reading->media->rtx_ssrc)
        return;
    reading->media->ssrc = (guint32)ssrc;
    reading->media->rtx_ssrc = (guint32)rtx;
}

static void
read_rtcp_mux (TuttiSdpReading *reading, const char *value)
{
    reading->media->rtcp_mux = TRUE;
}

static void
read_sctp_port (TuttiSdpReading *reading, const char *value)
{
    guint64 port;

    if (tutti_sdp_take_number (&value, G_MAXUINT16, &port))
        reading->media->sctp_port = (guint16)port;
}

static void
read_message_size (TuttiSdpReading *reading, const char *value)
{
    guint64 bytes;

    if (tutti_sdp_take_number (&value, G_MAXUINT64, &bytes))
        reading->media->max_message_bytes = (guint32)MIN (bytes, G_MAXUINT32);
}

static void
read_max_packet (TuttiSdpReading *reading, const char *value)
{
    guint64 ms;

    if (tutti_sdp_take_number (&value, G_MAXUINT16, &ms))
        reading->media->max_packet_ms = (guint16)ms;
}

static const struct {
    const char *key;
    ReadAttribute read;
} attributes[] = {
    {"fmtp", tutti_sdp_format_read_fmtp},
    {"rtcp-fb", tutti_sdp_format_read_feedback},
    {"extmap", read_extension},
    {"ssrc-group", read_ssrc_group},
    {"ssrc", read_ssrc},
    {"rtcp-mux", read_rtcp_mux},
    {"sctp-port", read_sctp_port},
    {"sctpmap", read_sctp_port}, /* draft-ietf-mmusic-sctp-sdp-05, which aiortc still speaks */
    {"max-message-size", read_message_size},
    {"maxptime", read_max_packet},
};

static void
read_attribute (TuttiSdpReading *reading, const GstSDPAttribute *attribute)
{
    for (guint i = 0; i < G_N_ELEMENTS (attributes); i++)
        if (g_str_equal (attribute->key, attributes[i].key))
            attributes[i].read (reading, attribute->value ? attribute->value : "");
}

static void
read_attributes (TuttiSdpReading *reading, const GstSDPMessage *whole, const GstSDPMedia *line)
{
    for (guint i = 0; i < gst_sdp_media_attributes_len (line); i++) {
        const GstSDPAttribute *attribute = gst_sdp_media_get_attribute (line, i);

        if (g_str_equal (attribute->key, "rtpmap") && attribute->value)
            tutti_sdp_format_read_rtpmap (reading, attribute->value);
        if (attribute->value)
            tutti_sdp_simulcast_read (reading->media, attribute->key, attribute->value);
    }
    for (guint i = 0; i < gst_sdp_media_attributes_len (line); i++)
        read_attribute (reading, gst_sdp_media_get_attribute (line, i));
    /* RFC 8285 section 5: extensions of the session level are every m-line's. */
    for (guint i = 0; i < gst_sdp_message_attributes_len (whole); i++) {
        const GstSDPAttribute *attribute = gst_sdp_message_get_attribute (whole, i);

        if (g_str_equal (attribute->key, "extmap") && attribute->value)
            read_extension (reading, attribute->value);
    }
    tutti_sdp_format_close (reading);
}

static TuttiDirection
read_direction (const GstSDPMessage *whole, const GstSDPMedia *line)
{
    int direction;

    for (guint i = 0; i < gst_sdp_media_attributes_len (line); i++)
        if ((direction =
                 tutti_sdp_direction_by_name (gst_sdp_media_get_attribute (line, i)->key)) >= 0)
            return (TuttiDirection)direction;
    for (guint i = 0; i < gst_sdp_message_attributes_len (whole); i++)
        if ((direction =
                 tutti_sdp_direction_by_name (gst_sdp_message_get_attribute (whole, i)->key)) >= 0)
            return (TuttiDirection)direction;
    return TUTTI_DIRECTION_BOTH; /* RFC 8866 section 6.7 */
}

static void
prepare_application (TuttiMedia *media, const GstSDPMedia *line)
{
    const char *port = gst_sdp_media_get_format (line, 0);
    guint64 number;

    media->max_message_bytes = SCTP_MESSAGE_DEFAULT_BYTES;
    media->sctp_port = SCTP_PORT_DEFAULT;
    /* "DTLS/SCTP 5000" */
    media->sctp_legacy = port && tutti_sdp_take_number (&port, G_MAXUINT16, &number);
    if (media->sctp_legacy)
        media->sctp_port = (guint16)number;
}

static gboolean
check_protocol (const GstSDPMedia *line, const TuttiMedia *media, guint index, GError **error)
{
    const char *proto = gst_sdp_media_get_proto (line) ? gst_sdp_media_get_proto (line) : "";
    gboolean good;

    if (media->kind == TUTTI_KIND_APPLICATION)
        good = g_str_has_suffix (proto, "DTLS/SCTP");
    else /* RFC 8829 section 5.1.2: older clients leave UDP/TLS/ or the F away */
        good = g_str_has_suffix (proto, "RTP/SAVPF") || g_str_has_suffix (proto, "RTP/SAVP");
    return good || refuse (error, index, "the transport must be DTLS");
}

gboolean
tutti_sdp_media_read (const GstSDPMessage *whole, guint index, TuttiMedia *media, GError **error)
{
    const GstSDPMedia *line = gst_sdp_message_get_media (whole, index);
    const char *mid = gst_sdp_media_get_attribute_val (line, "mid");
    TuttiSdpReading reading = {.media = media};
    int kind = tutti_sdp_kind_by_name (gst_sdp_media_get_media (line));

    if (kind < 0) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_UNSUPPORTED,
                     "m-line %u: neither audio, video nor application", index);
        return FALSE;
    }
    if (mid && !tutti_sdp_is_token (mid, TUTTI_MID_MAX))
        return refuse (error, index, "a=mid is no token of 1 to 32 characters");
    g_strlcpy (media->mid, mid ? mid : "", sizeof media->mid);
    media->kind = (TuttiKind)kind;
    media->direction = read_direction (whole, line);
    /* RFC 9143 section 6: port 0 with bundle-only is no rejection. */
    media->rejected = gst_sdp_media_get_port (line) == 0 &&
                      !gst_sdp_media_get_attribute_val (line, "bundle-only");
    if (media->rejected)
        return TRUE;
    if (!check_protocol (line, media, index, error))
        return FALSE;
    if (media->kind == TUTTI_KIND_APPLICATION)
        prepare_application (media, line);
    else if (!tutti_sdp_format_list (&reading, line))
        return refuse (error, index, "formats must be at most 64 payload types (0 to 127)");
    read_attributes (&reading, whole, line);
    return TRUE;
}
