/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sdp-read.c: the way in of SDP text. GStreamer's parser splits it into lines and attributes; here
 * they are checked and become a TuttiSession. Hostile text is expected: sizes are bounded first.
 */
#include "sdp-read.h"
#include "sdp-media.h"
#include "sdp-names.h"

#include <tutti/error.h>
#include <string.h>

/* RFC 8839 section 5.4. */
#define UFRAG_MIN 4
#define PWD_MIN 22

/* The offer, and which m-line speaks for the transport. */
typedef struct {
    GstSDPMessage *whole;
    const GstSDPMedia *line;
    TuttiSession *session;
} Offer;

static gboolean
refuse (GError **error, const char *what)
{
    g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_BAD_SDP, what);
    return FALSE;
}

static gboolean
check_text (const char *text, GError **error)
{
    gsize n = strlen (text);

    if (n > TUTTI_SDP_MAX_BYTES)
        return refuse (error, "longer than 64 KiB");
    if (!g_str_has_prefix (text, "v=0"))
        return refuse (error, "does not begin with v=0");
    for (gsize i = 0; i < n; i++)
        if ((guchar)text[i] < ' ' && !strchr ("\r\n\t", text[i]))
            return refuse (error, "has control characters");
    return TRUE;
}

/* An attribute of the transport's m-line, else of the session. */
static const char *
get_attribute (const Offer *offer, const char *key)
{
    const char *value = gst_sdp_media_get_attribute_val (offer->line, key);

    return value ? value : gst_sdp_message_get_attribute_val (offer->whole, key);
}

/* Printable ASCII; `:` separates the two ufrags of a STUN USERNAME (RFC 8445 section 7.2.2). */
static gboolean
is_credential (const char *text, gsize min, gsize max)
{
    gsize n = text ? strlen (text) : 0;

    for (gsize i = 0; i < n; i++)
        if (!g_ascii_isgraph (text[i]) || text[i] == ':')
            return FALSE;
    return n >= min && n <= max;
}

static gboolean
read_ice (Offer *offer, GError **error)
{
    const char *ufrag = get_attribute (offer, "ice-ufrag");
    const char *pwd = get_attribute (offer, "ice-pwd");
    const char *options = get_attribute (offer, "ice-options");

    if (!ufrag || !pwd)
        return refuse (error, "no ICE: a=ice-ufrag or a=ice-pwd is missing");
    if (!is_credential (ufrag, UFRAG_MIN, TUTTI_UFRAG_MAX))
        return refuse (error, "a=ice-ufrag must be 4 to 256 printable characters");
    if (!is_credential (pwd, PWD_MIN, TUTTI_PWD_MAX))
        return refuse (error, "a=ice-pwd must be 22 to 256 printable characters");
    g_strlcpy (offer->session->ufrag, ufrag, sizeof offer->session->ufrag);
    g_strlcpy (offer->session->pwd, pwd, sizeof offer->session->pwd);
    offer->session->trickle = options && strstr (options, "trickle");
    offer->session->lite = gst_sdp_message_get_attribute_val (offer->whole, "ice-lite") != NULL;
    return TRUE;
}

/* "AB:CD:…" into bytes; 0 if it is anything else. */
static guint
read_hex (const char *text, guint8 *bytes, guint max_bytes)
{
    guint n = 0;

    while (n < max_bytes && g_ascii_isxdigit (text[0]) && g_ascii_isxdigit (text[1])) {
        bytes[n++] = (guint8)(g_ascii_xdigit_value (text[0]) << 4 | g_ascii_xdigit_value (text[1]));
        text += 2;
        if (*text != ':')
            break;
        text++;
    }
    return *text == '\0' ? n : 0;
}

/* RFC 8122 section 5; MD5 and SHA-1 are no protection any more. TRUE: taken. */
static gboolean
take_fingerprint (TuttiSession *session, const char *value)
{
    static const struct {
        const char *name;
        guint bytes;
    } hashes[] = {{"sha-256", 32}, {"sha-384", 48}, {"sha-512", 64}};
    g_auto (GStrv) parts = g_strsplit (value, " ", 2);
    guint8 digest[TUTTI_DIGEST_MAX_BYTES];

    for (guint i = 0; parts[0] && parts[1] && i < G_N_ELEMENTS (hashes); i++) {
        if (g_ascii_strcasecmp (parts[0], hashes[i].name) != 0 ||
            read_hex (g_strstrip (parts[1]), digest, sizeof digest) != hashes[i].bytes)
            continue;
        g_strlcpy (session->hash, hashes[i].name, sizeof session->hash);
        memcpy (session->digest, digest, hashes[i].bytes);
        session->digest_bytes = hashes[i].bytes;
        return TRUE;
    }
    return FALSE;
}

static gboolean
read_dtls (Offer *offer, GError **error)
{
    const char *setup = get_attribute (offer, "setup");
    int role = tutti_sdp_setup_by_name (setup ? setup : "actpass");
    gboolean found = FALSE;
    const char *value;

    for (guint i = 0;
         !found &&
         (value = gst_sdp_media_get_attribute_val_n (offer->line, "fingerprint", i)) != NULL;
         i++)
        found = take_fingerprint (offer->session, value);
    for (guint i = 0;
         !found &&
         (value = gst_sdp_message_get_attribute_val_n (offer->whole, "fingerprint", i)) != NULL;
         i++)
        found = take_fingerprint (offer->session, value);
    if (!found)
        return refuse (error, "no DTLS: a=fingerprint with SHA-256, SHA-384 or SHA-512 is missing");
    if (role < 0)
        return refuse (error, "a=setup must be actpass, active or passive");
    offer->session->setup = (TuttiSetup)role;
    return TRUE;
}

/* TRUE: an m-line of the same ICE credentials as the transport's. */
static gboolean
shares_transport (const Offer *offer, const GstSDPMedia *line)
{
    const char *ufrag = gst_sdp_media_get_attribute_val (line, "ice-ufrag");

    return line == offer->line || (ufrag && g_str_equal (ufrag, offer->session->ufrag));
}

static gboolean
read_candidates_of (Offer *offer, const GstSDPMedia *line, GError **error)
{
    GPtrArray *candidates = offer->session->candidates;
    const char *value;

    for (guint i = 0; (value = gst_sdp_media_get_attribute_val_n (line, "candidate", i)); i++) {
        g_autofree char *candidate = g_strconcat ("candidate:", value, NULL);

        if (strlen (candidate) > TUTTI_CANDIDATE_MAX_BYTES)
            return refuse (error, "a candidate is longer than 512 bytes");
        if (g_ptr_array_find_with_equal_func (candidates, candidate, g_str_equal, NULL))
            continue;
        if (candidates->len == TUTTI_CANDIDATES_MAX)
            return refuse (error, "more than 64 candidates");
        g_ptr_array_add (candidates, g_steal_pointer (&candidate));
    }
    return TRUE;
}

static gboolean
read_candidates (Offer *offer, GError **error)
{
    for (guint i = 0; i < offer->session->n_media; i++) {
        const GstSDPMedia *line = gst_sdp_message_get_media (offer->whole, i);

        if (!offer->session->media[i].rejected && shares_transport (offer, line) &&
            !read_candidates_of (offer, line, error))
            return FALSE;
    }
    offer->session->end_of_candidates = get_attribute (offer, "end-of-candidates") != NULL;
    return TRUE;
}

static gboolean
read_media (Offer *offer, GError **error)
{
    TuttiSession *session = offer->session;
    guint n = gst_sdp_message_medias_len (offer->whole);

    if (n == 0)
        return refuse (error, "no m-line");
    if (n > TUTTI_MEDIA_MAX)
        return refuse (error, "more than 16 m-lines");
    for (guint i = 0; i < n; i++) {
        if (!tutti_sdp_media_read (offer->whole, i, &session->media[i], error))
            return FALSE;
        for (guint j = 0; j < i; j++)
            if (session->media[i].mid[0] &&
                g_str_equal (session->media[i].mid, session->media[j].mid))
                return refuse (error, "two m-lines have the same a=mid");
    }
    session->n_media = n;
    return TRUE;
}

/* The mids after "BUNDLE"; NULL when there is no such group. */
static char **
read_group (const Offer *offer)
{
    const char *value;

    for (guint i = 0;
         (value = gst_sdp_message_get_attribute_val_n (offer->whole, "group", i)) != NULL; i++)
        if (g_str_has_prefix (value, "BUNDLE"))
            return g_strsplit (value + strlen ("BUNDLE"), " ", -1);
    return NULL;
}

static int
find_mid (const TuttiSession *session, const char *mid)
{
    for (guint i = 0; i < session->n_media; i++)
        if (mid[0] && !session->media[i].rejected && g_str_equal (session->media[i].mid, mid))
            return (int)i;
    return -1;
}

/* One m-line needs no group. The answer may not have one either then, hence no mid. */
static gboolean
read_single (Offer *offer, GError **error)
{
    TuttiSession *session = offer->session;
    guint n_used = 0;

    for (guint i = 0; i < session->n_media; i++) {
        session->media[i].mid[0] = '\0';
        if (session->media[i].rejected)
            continue;
        n_used++;
        offer->line = gst_sdp_message_get_media (offer->whole, i);
    }
    if (n_used > 1)
        return refuse (error, "no BUNDLE group: all media must share one transport");
    return n_used == 1 || refuse (error, "every m-line is rejected");
}

/* Rejects what is outside of the group and finds the m-line that speaks for all. */
static gboolean
read_bundle (Offer *offer, GError **error)
{
    TuttiSession *session = offer->session;
    g_auto (GStrv) group = read_group (offer);
    int tagged = -1;

    if (!group)
        return read_single (offer, error);
    for (guint i = 0; i < session->n_media; i++)
        if (!session->media[i].mid[0] ||
            !g_strv_contains ((const char *const *)group, session->media[i].mid))
            session->media[i].rejected = TRUE;
    for (guint g = 0; tagged < 0 && group[g]; g++)
        tagged = find_mid (session, group[g]);
    if (tagged < 0)
        return refuse (error, "every m-line is rejected or outside of the BUNDLE group");
    offer->line = gst_sdp_message_get_media (offer->whole, (guint)tagged);
    return TRUE;
}

TuttiSession *
tutti_sdp_read (const char *text, GError **error)
{
    g_autoptr (TuttiSession) session = NULL;
    g_autoptr (GstSDPMessage) whole = NULL;
    Offer offer = {0};

    if (!check_text (text, error))
        return NULL;
    gst_sdp_message_new (&whole);
    if (gst_sdp_message_parse_buffer ((const guint8 *)text, (guint)strlen (text), whole) !=
        GST_SDP_OK) {
        refuse (error, "not an SDP text");
        return NULL;
    }
    session = tutti_session_new ();
    offer.whole = whole;
    offer.session = session;
    if (!read_media (&offer, error) || !read_bundle (&offer, error) || !read_ice (&offer, error) ||
        !read_dtls (&offer, error) || !read_candidates (&offer, error))
        return NULL;
    return g_steal_pointer (&session);
}
