/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * secure.c: puts DTLS and SRTP together. Role: net.
 */
#include "secure.h"

#include <string.h>

#include <tutti/work.h>

#include "deadlines.h"

/* DTLS that comes before ICE has chosen a pair or before the peer is known: a ClientHello in two
 * datagrams, sent again a few times. */
#define HELD_MAX 8

struct _TuttiSecure {
    TuttiCertificate *certificate;
    char *srtp_profiles;
    const TuttiSecureEvents *events;
    gpointer user_data;

    TuttiDtls *dtls; /* NULL: the peer is not known yet */
    TuttiSrtp *srtp; /* NULL: no keys yet */
    const char *profile;
    gboolean is_started;
    const char *fault; /* of ours, that DTLS doesn't know */
    GQueue held;       /* of GBytes */
    TuttiSecureStats stats;
};

static void
take_keys (TuttiSecure *secure)
{
    TuttiSrtpKeys keys = {0};

    if (tutti_dtls_export (secure->dtls, &keys))
        secure->srtp = tutti_srtp_new (&keys);
    secure->profile = tutti_srtp_profile_name (keys.profile);
    memset (&keys, 0, sizeof keys);
    if (secure->srtp)
        return;
    secure->fault = "no SRTP profile in common";
    tutti_dtls_close (secure->dtls);
}

static void
follow_dtls (TuttiSecure *secure, TuttiDtlsState state)
{
    if (state == TUTTI_DTLS_OPEN && !secure->srtp)
        take_keys (secure);
}

static void
receive_dtls (TuttiSecure *secure, const guint8 *data, gsize length_bytes)
{
    if (secure->dtls && secure->is_started)
        follow_dtls (secure, tutti_dtls_receive (secure->dtls, data, length_bytes));
    else if (secure->held.length < HELD_MAX)
        g_queue_push_tail (&secure->held, g_bytes_new (data, length_bytes));
}

static TuttiSrtpResult
unprotect (TuttiSrtp *srtp, guint8 *data, gsize *length_bytes, gboolean rtcp)
{
    TuttiWork work = tutti_work_enter (TUTTI_WORK_SRTP);
    TuttiSrtpResult result = tutti_srtp_unprotect (srtp, data, length_bytes, rtcp);

    tutti_work_enter (work);
    return result;
}

static void
receive_srtp (TuttiSecure *secure, guint8 *data, gsize length_bytes, gint64 now_us)
{
    /* RFC 5761 section 4: RTCP's types 192 to 223, marker bit cut off. */
    gboolean rtcp = length_bytes > 1 && (data[1] & 0x7f) >= 64 && (data[1] & 0x7f) <= 95;

    if (!secure->srtp) {
        secure->stats.malformed++;
        return;
    }
    switch (unprotect (secure->srtp, data, &length_bytes, rtcp)) {
    case TUTTI_SRTP_FAILED:
        secure->stats.srtp_failures++;
        break;
    case TUTTI_SRTP_REPLAYED:
        secure->stats.replays++;
        break;
    case TUTTI_SRTP_OK:
        (rtcp ? secure->events->rtcp : secure->events->rtp) (data, length_bytes, now_us,
                                                             secure->user_data);
        break;
    }
}

/* When both the peer is known and packets can be sent. */
static void
begin (TuttiSecure *secure)
{
    GBytes *held;

    if (!secure->dtls || !secure->is_started)
        return;
    while ((held = g_queue_pop_head (&secure->held))) {
        gsize length;
        const guint8 *data = g_bytes_get_data (held, &length);

        follow_dtls (secure, tutti_dtls_receive (secure->dtls, data, length));
        g_bytes_unref (held);
    }
    follow_dtls (secure, tutti_dtls_start (secure->dtls));
}

TuttiSecure *
tutti_secure_new (TuttiCertificate *certificate, const char *srtp_profiles,
                  const TuttiSecureEvents *events, gpointer user_data)
{
    TuttiSecure *secure = g_new0 (TuttiSecure, 1);

    secure->certificate = certificate;
    secure->srtp_profiles = g_strdup (srtp_profiles);
    secure->events = events;
    secure->user_data = user_data;
    secure->profile = "";
    return secure;
}

void
tutti_secure_free (TuttiSecure *secure)
{
    if (!secure)
        return;
    tutti_dtls_free (secure->dtls);
    tutti_srtp_free (secure->srtp);
    g_queue_clear_full (&secure->held, (GDestroyNotify)g_bytes_unref);
    g_free (secure->srtp_profiles);
    g_free (secure);
}

void
tutti_secure_set_peer (TuttiSecure *secure, const TuttiDtlsPeer *peer, gboolean client)
{
    TuttiDtlsSetup setup = {
        .certificate = secure->certificate,
        .client = client,
        .peer = *peer,
        .srtp_profiles = secure->srtp_profiles,
        .output = secure->events->output,
        .data = secure->events->data,
        .user_data = secure->user_data,
    };

    if (secure->dtls)
        return;
    secure->dtls = tutti_dtls_new (&setup);
    begin (secure);
}

void
tutti_secure_start (TuttiSecure *secure, gint64 now_us)
{
    if (secure->is_started)
        return;
    secure->is_started = TRUE;
    begin (secure);
}

void
tutti_secure_receive (TuttiSecure *secure, guint8 *data, gsize length_bytes, gint64 now_us)
{
    /* RFC 7983 section 7 */
    if (length_bytes > 0 && data[0] >= 20 && data[0] <= 63)
        receive_dtls (secure, data, length_bytes);
    else if (length_bytes > 0 && data[0] >= 128 && data[0] <= 191)
        receive_srtp (secure, data, length_bytes, now_us);
    else
        secure->stats.malformed++;
}

void
tutti_secure_tick (TuttiSecure *secure, gint64 now_us)
{
    if (tutti_secure_get_due (secure, now_us) <= now_us)
        follow_dtls (secure, tutti_dtls_tick (secure->dtls));
}

gint64
tutti_secure_get_due (TuttiSecure *secure, gint64 now_us)
{
    return secure->dtls ? tutti_dtls_get_due (secure->dtls, now_us) : TUTTI_DEADLINE_NEVER;
}

gboolean
tutti_secure_protect (TuttiSecure *secure, guint8 *data, gsize *length_bytes, gboolean rtcp)
{
    TuttiWork work;
    TuttiSrtpResult result;

    if (!secure->srtp)
        return FALSE;
    work = tutti_work_enter (TUTTI_WORK_SRTP);
    result = tutti_srtp_protect (secure->srtp, data, length_bytes, rtcp);
    tutti_work_enter (work);
    return result == TUTTI_SRTP_OK;
}

void
tutti_secure_send_data (TuttiSecure *secure, const guint8 *data, gsize length_bytes)
{
    if (secure->dtls)
        tutti_dtls_send (secure->dtls, data, length_bytes);
}

void
tutti_secure_close (TuttiSecure *secure)
{
    if (secure->dtls)
        tutti_dtls_close (secure->dtls);
}

TuttiDtlsState
tutti_secure_get_state (TuttiSecure *secure)
{
    return secure->dtls ? tutti_dtls_get_state (secure->dtls) : TUTTI_DTLS_SHAKING;
}

const char *
tutti_secure_get_reason (TuttiSecure *secure)
{
    return secure->fault ? secure->fault : tutti_dtls_get_reason (secure->dtls);
}

const char *
tutti_secure_get_profile (TuttiSecure *secure)
{
    return secure->profile;
}

void
tutti_secure_get_stats (TuttiSecure *secure, TuttiSecureStats *stats)
{
    *stats = secure->stats;
    if (secure->dtls)
        stats->malformed += tutti_dtls_get_malformed (secure->dtls);
}
