/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * srtp.c: libsrtp2 sessions made from DTLS key material. Role: net.
 */
#include "srtp.h"

#include <string.h>

#include <srtp2/srtp.h>

/* RFC 3711 section 3.3.2: at least 64. A retransmission comes a round trip and a NACK later: 1024
 * packets are 2 s of a 5 Mbit/s stream. */
#define REPLAY_WINDOW_PACKETS 1024

#define RTP_HEADER_BYTES 12
#define RTCP_HEADER_BYTES 8

typedef struct {
    guint32 ssrc;
    guint64 used; /* by the count of packets */
} Stream;

struct _TuttiSrtp {
    srtp_t in, out;
    guint64 packets;
    guint n_streams;
    Stream streams[TUTTI_SRTP_STREAMS_MAX]; /* of the peer; those seen authentic */
};

typedef struct {
    guint id;
    const char *name;
    srtp_profile_t profile;
} Profile;

static const Profile *
find_profile (guint id)
{
    static const Profile profiles[] = {
        {0x0007, "AEAD_AES_128_GCM", srtp_profile_aead_aes_128_gcm}, /* RFC 7714 section 14.2 */
        {0x0008, "AEAD_AES_256_GCM", srtp_profile_aead_aes_256_gcm},
        {0x0001, "AES128_CM_SHA1_80", srtp_profile_aes128_cm_sha1_80}, /* RFC 5764 section 4.1.2 */
    };

    for (guint i = 0; i < G_N_ELEMENTS (profiles); i++)
        if (profiles[i].id == id)
            return &profiles[i];
    return NULL;
}

static srtp_t
make_session (const TuttiSrtpKeys *keys, gboolean inbound)
{
    srtp_profile_t profile = find_profile (keys->profile)->profile;
    gsize key_bytes = srtp_profile_get_master_key_length (profile);
    gsize salt_bytes = srtp_profile_get_master_salt_length (profile);
    gboolean of_client = keys->client != inbound;
    guint8 key[SRTP_MAX_KEY_LEN] = {0};
    srtp_policy_t policy = {.window_size = REPLAY_WINDOW_PACKETS, .allow_repeat_tx = 1, .key = key};
    srtp_t session = NULL;

    memcpy (key, keys->material + (of_client ? 0 : key_bytes), key_bytes);
    memcpy (key + key_bytes, keys->material + 2 * key_bytes + (of_client ? 0 : salt_bytes),
            salt_bytes);
    policy.ssrc.type = inbound ? ssrc_any_inbound : ssrc_any_outbound;
    srtp_crypto_policy_set_from_profile_for_rtp (&policy.rtp, profile);
    srtp_crypto_policy_set_from_profile_for_rtcp (&policy.rtcp, profile);
    if (srtp_create (&session, &policy) != srtp_err_status_ok)
        session = NULL;
    memset (key, 0, sizeof key);
    return session;
}

static gpointer
start_library (gpointer unused)
{
    return GINT_TO_POINTER (srtp_init () == srtp_err_status_ok);
}

static Stream *
find_stream (TuttiSrtp *srtp, guint32 ssrc)
{
    for (guint i = 0; i < srtp->n_streams; i++)
        if (srtp->streams[i].ssrc == ssrc)
            return &srtp->streams[i];
    return NULL;
}

/* An entry for a new stream, in the place of the oldest when there are too many. */
static Stream *
add_stream (TuttiSrtp *srtp, guint32 ssrc)
{
    Stream *stream = &srtp->streams[0];

    if (srtp->n_streams < TUTTI_SRTP_STREAMS_MAX) {
        stream = &srtp->streams[srtp->n_streams++];
    } else {
        for (guint i = 1; i < srtp->n_streams; i++)
            if (srtp->streams[i].used < stream->used)
                stream = &srtp->streams[i];
        srtp_remove_stream (srtp->in, g_htonl (stream->ssrc));
    }
    stream->ssrc = ssrc;
    return stream;
}

gsize
tutti_srtp_material_bytes (guint profile)
{
    const Profile *found = find_profile (profile);

    return found ? 2 * (srtp_profile_get_master_key_length (found->profile) +
                        srtp_profile_get_master_salt_length (found->profile))
                 : 0;
}

const char *
tutti_srtp_profile_name (guint profile)
{
    const Profile *found = find_profile (profile);

    return found ? found->name : "";
}

TuttiSrtp *
tutti_srtp_new (const TuttiSrtpKeys *keys)
{
    static GOnce once = G_ONCE_INIT;
    g_autoptr (TuttiSrtp) srtp = g_new0 (TuttiSrtp, 1);

    if (!g_once (&once, start_library, NULL) || !find_profile (keys->profile))
        return NULL;
    srtp->in = make_session (keys, TRUE);
    srtp->out = make_session (keys, FALSE);
    return srtp->in && srtp->out ? g_steal_pointer (&srtp) : NULL;
}

void
tutti_srtp_free (TuttiSrtp *srtp)
{
    if (!srtp)
        return;
    if (srtp->in)
        srtp_dealloc (srtp->in);
    if (srtp->out)
        srtp_dealloc (srtp->out);
    g_free (srtp);
}

TuttiSrtpResult
tutti_srtp_protect (TuttiSrtp *srtp, guint8 *data, gsize *length_bytes, gboolean rtcp)
{
    int length = (int)*length_bytes;
    srtp_err_status_t status = rtcp ? srtp_protect_rtcp (srtp->out, data, &length)
                                    : srtp_protect (srtp->out, data, &length);

    if (status != srtp_err_status_ok)
        return TUTTI_SRTP_FAILED;
    *length_bytes = (gsize)length;
    return TUTTI_SRTP_OK;
}

TuttiSrtpResult
tutti_srtp_unprotect (TuttiSrtp *srtp, guint8 *data, gsize *length_bytes, gboolean rtcp)
{
    int length = (int)*length_bytes;
    srtp_err_status_t status;
    guint32 ssrc;
    Stream *stream;

    if (*length_bytes < (rtcp ? RTCP_HEADER_BYTES : RTP_HEADER_BYTES))
        return TUTTI_SRTP_FAILED;
    memcpy (&ssrc, data + (rtcp ? 4 : 8), sizeof ssrc);
    ssrc = g_ntohl (ssrc);
    status = rtcp ? srtp_unprotect_rtcp (srtp->in, data, &length)
                  : srtp_unprotect (srtp->in, data, &length);
    if (status == srtp_err_status_replay_fail || status == srtp_err_status_replay_old)
        return TUTTI_SRTP_REPLAYED;
    if (status != srtp_err_status_ok)
        return TUTTI_SRTP_FAILED;
    stream = find_stream (srtp, ssrc);
    if (!stream)
        stream = add_stream (srtp, ssrc);
    stream->used = ++srtp->packets;
    *length_bytes = (gsize)length;
    return TUTTI_SRTP_OK;
}
