/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sdp-fragment.c: see sdp-fragment.h.
 */
#include "sdp-fragment.h"

#include <string.h>
#include <tutti/error.h>

static const char PREFIX_UFRAG[] = "a=ice-ufrag:";
static const char PREFIX_PWD[] = "a=ice-pwd:";
static const char PREFIX_CANDIDATE[] = "a=candidate:";

static gboolean
refuse (GError **error, const char *what)
{
    g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_SDP, "the fragment %s", what);
    return FALSE;
}

/* The same in every m-section, if it is said more than once. */
static gboolean
take_credential (const char *value, char *place, gsize size, GError **error)
{
    if (value[0] == '\0' || strlen (value) >= size)
        return refuse (error, "has credentials of a length that can't be");
    if (place[0] != '\0' && strcmp (place, value) != 0)
        return refuse (error, "has two sets of credentials");
    g_strlcpy (place, value, size);
    return TRUE;
}

static gboolean
take_candidate (TuttiSdpFragment *fragment, const char *value, GError **error)
{
    if (fragment->candidates->len == TUTTI_CANDIDATES_MAX)
        return refuse (error, "has too many candidates");
    if (strlen (value) > TUTTI_CANDIDATE_MAX_BYTES)
        return refuse (error, "has a candidate that is too long");
    g_ptr_array_add (fragment->candidates, g_strdup (value));
    return TRUE;
}

static gboolean
take_line (TuttiSdpFragment *fragment, const char *line, GError **error)
{
    if (g_str_has_prefix (line, PREFIX_UFRAG))
        return take_credential (line + strlen (PREFIX_UFRAG), fragment->ufrag,
                                sizeof fragment->ufrag, error);
    if (g_str_has_prefix (line, PREFIX_PWD))
        return take_credential (line + strlen (PREFIX_PWD), fragment->pwd, sizeof fragment->pwd,
                                error);
    if (g_str_has_prefix (line, PREFIX_CANDIDATE))
        return take_candidate (fragment, line + strlen ("a="), error);
    if (g_str_equal (line, "a=end-of-candidates"))
        fragment->end_of_candidates = TRUE;
    return TRUE;
}

TuttiSdpFragment *
tutti_sdp_fragment_read (const char *text, GError **error)
{
    g_autoptr (TuttiSdpFragment) fragment = g_new0 (TuttiSdpFragment, 1);
    g_auto (GStrv) lines = NULL;

    fragment->candidates = g_ptr_array_new_with_free_func (g_free);
    if (strlen (text) > TUTTI_SDP_FRAGMENT_MAX_BYTES) {
        refuse (error, "is too long");
        return NULL;
    }
    lines = g_strsplit (text, "\n", -1);
    for (guint i = 0; lines[i]; i++)
        if (!take_line (fragment, g_strstrip (lines[i]), error))
            return NULL;
    if (!fragment->ufrag[0] && !fragment->end_of_candidates && fragment->candidates->len == 0) {
        refuse (error, "says nothing of ICE");
        return NULL;
    }
    return g_steal_pointer (&fragment);
}

void
tutti_sdp_fragment_free (TuttiSdpFragment *fragment)
{
    if (!fragment)
        return;
    g_ptr_array_unref (fragment->candidates);
    g_free (fragment);
}

static const TuttiMedia *
find_bundled (const TuttiSession *answer)
{
    for (guint i = 0; i < answer->n_media; i++)
        if (!answer->media[i].rejected)
            return &answer->media[i];
    return NULL;
}

char *
tutti_sdp_fragment_write (const TuttiSession *answer)
{
    const TuttiMedia *media = find_bundled (answer);
    GString *text = g_string_new (NULL);

    g_string_append_printf (text, "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n", answer->ufrag, answer->pwd);
    if (media)
        g_string_append_printf (text, "m=%s 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:%s\r\n",
                                media->kind == TUTTI_KIND_AUDIO ? "audio" : "video", media->mid);
    for (guint i = 0; i < answer->candidates->len; i++)
        g_string_append_printf (text, "a=%s\r\n", (const char *)answer->candidates->pdata[i]);
    if (answer->end_of_candidates)
        g_string_append (text, "a=end-of-candidates\r\n");
    return g_string_free (text, FALSE);
}
