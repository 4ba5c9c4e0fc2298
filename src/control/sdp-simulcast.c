/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sdp-simulcast.c: see sdp-simulcast.h.
 */
#include "sdp-simulcast.h"
#include "sdp-format.h"

#include <string.h>

static gboolean
has_layer (const TuttiMedia *media, const char *rid, guint32 ssrc)
{
    for (guint i = 0; i < media->n_layers; i++)
        if (ssrc ? media->layers[i].ssrc == ssrc : g_str_equal (media->layers[i].rid, rid))
            return TRUE;
    return FALSE;
}

static void
add_layer (TuttiMedia *media, const char *rid, guint32 ssrc)
{
    TuttiLayer *layer;

    if (media->n_layers == TUTTI_SIMULCAST_MAX || has_layer (media, rid, ssrc))
        return;
    layer = &media->layers[media->n_layers++];
    *layer = (TuttiLayer){.ssrc = ssrc};
    g_strlcpy (layer->rid, rid, sizeof layer->rid);
}

/* RFC 8852 section 3: letters and digits; RFC 8851 section 10 had - and _ as well. */
static gboolean
is_rid (const char *text)
{
    gsize n = strlen (text);

    for (gsize i = 0; i < n; i++)
        if (!g_ascii_isalnum (text[i]) && text[i] != '-' && text[i] != '_')
            return FALSE;
    return n > 0 && n <= TUTTI_RID_MAX;
}

/* RFC 8853 section 5.1: layers between `;`, alternatives of one between `,`, of which the first is
 * taken; `~`: paused at first. */
static void
read_list (TuttiMedia *media, const char *list)
{
    g_auto (GStrv) layers = g_strsplit (list, ";", TUTTI_SIMULCAST_MAX + 1);

    for (guint i = 0; i < TUTTI_SIMULCAST_MAX && layers[i]; i++) {
        char *rid = layers[i] + (layers[i][0] == '~' ? 1 : 0);

        rid[strcspn (rid, ",")] = '\0';
        if (is_rid (rid))
            add_layer (media, rid, 0);
    }
}

/* "send q;h;f recv ..." */
static void
read_simulcast (TuttiMedia *media, const char *value)
{
    g_auto (GStrv) parts = g_strsplit (value, " ", 5);

    for (guint i = 0; parts[i] && parts[i + 1]; i += 2)
        if (g_str_equal (parts[i], "send"))
            read_list (media, parts[i + 1]);
}

/* "SIM a b c" */
static void
read_group (TuttiMedia *media, const char *value)
{
    g_auto (GStrv) parts = g_strsplit (value, " ", TUTTI_SIMULCAST_MAX + 2);

    if (!parts[0] || !g_str_equal (parts[0], "SIM"))
        return;
    for (guint i = 1; i <= TUTTI_SIMULCAST_MAX && parts[i]; i++) {
        const char *text = parts[i];
        guint64 ssrc;

        if (tutti_sdp_take_number (&text, G_MAXUINT32, &ssrc) && ssrc > 0)
            add_layer (media, "", (guint32)ssrc);
    }
}

void
tutti_sdp_simulcast_read (TuttiMedia *media, const char *key, const char *value)
{
    /* Whichever comes first: both at once would be two names of one thing. */
    if (media->kind != TUTTI_KIND_VIDEO || media->n_layers > 0)
        return;
    if (g_str_equal (key, "simulcast"))
        read_simulcast (media, value);
    else if (g_str_equal (key, "ssrc-group"))
        read_group (media, value);
    if (media->n_layers == 1)
        media->n_layers = 0; /* one is no choice */
}

void
tutti_sdp_simulcast_pair (TuttiMedia *media, guint32 ssrc, guint32 rtx_ssrc)
{
    for (guint i = 0; ssrc && i < media->n_layers; i++)
        if (media->layers[i].ssrc == ssrc)
            media->layers[i].rtx_ssrc = rtx_ssrc;
}

void
tutti_sdp_simulcast_write (const TuttiMedia *media, GString *sdp)
{
    if (media->n_layers == 0 || !media->layers[0].rid[0])
        return;
    for (guint i = 0; i < media->n_layers; i++)
        g_string_append_printf (sdp, "a=rid:%s recv\r\n", media->layers[i].rid);
    g_string_append (sdp, "a=simulcast:recv ");
    for (guint i = 0; i < media->n_layers; i++)
        g_string_append_printf (sdp, "%s%s", i ? ";" : "", media->layers[i].rid);
    g_string_append (sdp, "\r\n");
}
