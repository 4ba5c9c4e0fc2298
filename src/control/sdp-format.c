/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sdp-format.c: reads the payload types of one m-line. A Reading collects which of them are
 * retransmissions, since those fold into the format they repair.
 */
#include "sdp-format.h"
#include "sdp-names.h"

#include <string.h>

#define PAYLOAD_TYPE_MAX 127

gboolean
tutti_sdp_take_number (const char **text, guint64 max, guint64 *number)
{
    char *end;
    guint64 value;

    if (!g_ascii_isdigit (**text))
        return FALSE;
    value = g_ascii_strtoull (*text, &end, 10);
    if (value > max)
        return FALSE;
    *number = value;
    *text = end;
    return TRUE;
}

/* "96 rest": the payload type; *rest: what follows the spaces. */
static gboolean
take_payload_type (const char *value, guint8 *payload_type, const char **rest)
{
    guint64 number;

    if (!tutti_sdp_take_number (&value, PAYLOAD_TYPE_MAX, &number))
        return FALSE;
    *payload_type = (guint8)number;
    *rest = value + strspn (value, " ");
    return TRUE;
}

static TuttiFormat *
find_format (TuttiSdpReading *reading, guint8 payload_type)
{
    for (guint i = 0; i < reading->media->n_formats; i++)
        if (reading->media->formats[i].payload_type == payload_type)
            return &reading->media->formats[i];
    return NULL;
}

static gboolean
is_rtx (TuttiSdpReading *reading, guint8 payload_type)
{
    return memchr (reading->rtx, payload_type, reading->n_rtx) != NULL;
}

void
tutti_sdp_format_read_rtpmap (TuttiSdpReading *reading, const char *value)
{
    g_auto (GStrv) parts = NULL;
    const TuttiSdpCodec *codec;
    TuttiFormat *format;
    guint8 payload_type;

    if (!take_payload_type (value, &payload_type, &value) ||
        !(format = find_format (reading, payload_type)))
        return;
    parts = g_strsplit (value, "/", 3);
    if (!parts[0] || !parts[1])
        return;
    if (g_ascii_strcasecmp (parts[0], "rtx") == 0) {
        if (!is_rtx (reading, payload_type))
            reading->rtx[reading->n_rtx++] = payload_type;
        return;
    }
    if (reading->media->kind == TUTTI_KIND_AUDIO && g_ascii_strcasecmp (parts[0], "red") == 0)
        reading->red = payload_type;
    codec = tutti_sdp_codec_by_name (reading->media->kind, parts[0],
                                     (guint)g_ascii_strtoull (parts[1], NULL, 10));
    format->codec = codec ? codec->codec : TUTTI_CODEC_NONE;
    format->channels = parts[2] ? (guint8)g_ascii_strtoull (parts[2], NULL, 10) : 1;
}

static void
read_parameter (TuttiFormat *format, const char *name, const char *value)
{
    guint64 number = g_ascii_strtoull (value, NULL, 10);

    if (g_ascii_strcasecmp (name, "useinbandfec") == 0)
        format->fec = number == 1;
    else if (g_ascii_strcasecmp (name, "usedtx") == 0)
        format->dtx = number == 1;
    else if (g_ascii_strcasecmp (name, "stereo") == 0)
        format->stereo = number == 1;
    else if (g_ascii_strcasecmp (name, "maxaveragebitrate") == 0)
        format->max_bitrate_bps = (guint32)MIN (number, G_MAXUINT32);
    else if (g_ascii_strcasecmp (name, "packetization-mode") == 0)
        format->packetization_mode = (guint8)MIN (number, G_MAXUINT8);
    else if (g_ascii_strcasecmp (name, "profile-level-id") == 0)
        format->profile_level_id = (guint32)(g_ascii_strtoull (value, NULL, 16) & 0xffffff);
}

/* "apt=96": which format the retransmissions in payload_type belong to (RFC 4588 section 8). */
static void
read_rtx (TuttiSdpReading *reading, guint8 payload_type, const char *name, const char *value)
{
    guint64 apt;
    TuttiFormat *format;

    if (g_ascii_strcasecmp (name, "apt") != 0 ||
        !tutti_sdp_take_number (&value, PAYLOAD_TYPE_MAX, &apt))
        return;
    format = find_format (reading, (guint8)apt);
    if (format && !is_rtx (reading, (guint8)apt))
        format->rtx_payload_type = payload_type;
}

/* "111/111": what the blocks of a RED packet are, the packet's own first (RFC 2198 section 5).
 * Blocks of different formats are nothing that we would send. */
static void
read_red (TuttiSdpReading *reading, const char *value)
{
    guint64 first, other;
    TuttiFormat *format;

    if (!tutti_sdp_take_number (&value, PAYLOAD_TYPE_MAX, &first))
        return;
    while (*value == '/') {
        value++;
        if (!tutti_sdp_take_number (&value, PAYLOAD_TYPE_MAX, &other) || other != first)
            return;
    }
    format = find_format (reading, (guint8)first);
    if (format && format->payload_type != reading->red)
        format->red_payload_type = reading->red;
}

void
tutti_sdp_format_read_fmtp (TuttiSdpReading *reading, const char *value)
{
    g_auto (GStrv) parameters = NULL;
    TuttiFormat *format;
    guint8 payload_type;

    if (!take_payload_type (value, &payload_type, &value) ||
        !(format = find_format (reading, payload_type)))
        return;
    if (reading->red != 0 && payload_type == reading->red) {
        read_red (reading, value);
        return;
    }
    parameters = g_strsplit (value, ";", -1);
    for (guint i = 0; parameters[i]; i++) {
        char *equals = strchr (parameters[i], '=');

        if (!equals)
            continue;
        *equals = '\0';
        if (is_rtx (reading, payload_type))
            read_rtx (reading, payload_type, g_strstrip (parameters[i]), equals + 1);
        else
            read_parameter (format, g_strstrip (parameters[i]), equals + 1);
    }
}

/* "96 nack pli", "* transport-cc"; Pion leaves a space at the end. */
void
tutti_sdp_format_read_feedback (TuttiSdpReading *reading, const char *value)
{
    g_autofree char *name = NULL;
    guint8 payload_type = 0;
    gboolean all = value[0] == '*';
    TuttiFeedback feedback;

    if (all)
        value++;
    else if (!take_payload_type (value, &payload_type, &value))
        return;
    name = g_strstrip (g_strdup (value));
    feedback = tutti_sdp_feedback_by_name (name);
    for (guint i = 0; i < reading->media->n_formats; i++)
        if (all || reading->media->formats[i].payload_type == payload_type)
            reading->media->formats[i].feedback |= (guint8)feedback;
}

void
tutti_sdp_format_close (TuttiSdpReading *reading)
{
    TuttiMedia *media = reading->media;
    gboolean is_red_past = FALSE;
    guint kept = 0;

    for (guint i = 0; i < media->n_formats; i++) {
        is_red_past |= reading->red != 0 && media->formats[i].payload_type == reading->red;
        media->formats[i].red_first = is_red_past && media->formats[i].red_payload_type != 0;
    }
    for (guint i = 0; i < media->n_formats; i++)
        if (!is_rtx (reading, media->formats[i].payload_type) &&
            (reading->red == 0 || media->formats[i].payload_type != reading->red))
            media->formats[kept++] = media->formats[i];
    memset (&media->formats[kept], 0, (media->n_formats - kept) * sizeof (TuttiFormat));
    media->n_formats = kept;
}

gboolean
tutti_sdp_format_list (TuttiSdpReading *reading, const GstSDPMedia *line)
{
    guint n = gst_sdp_media_formats_len (line);
    TuttiMedia *media = reading->media;

    if (n > TUTTI_FORMATS_MAX)
        return FALSE;
    for (guint i = 0; i < n; i++) {
        const char *rest;
        guint8 payload_type;

        if (!take_payload_type (gst_sdp_media_get_format (line, i), &payload_type, &rest) || *rest)
            return FALSE;
        if (!find_format (reading, payload_type))
            media->formats[media->n_formats++].payload_type = payload_type;
    }
    return TRUE;
}
