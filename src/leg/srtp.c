/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * srtp.c: who encrypts, by profile: the AEAD ones gcm.c, the one of old libsrtp2; and the streams
 * of both ways. Role: net.
 */
#include "srtp.h"

#include <string.h>

#include <openssl/crypto.h>
#include <srtp2/srtp.h>

#include "bytes.h"
#include "gcm.h"
#include "replay.h"

#define RTP_HEADER_BYTES 12
#define RTCP_HEADER_BYTES 8
/* RFC 3711 section 9.2: a key's SRTCP packets are counted in 31 bits; at ten a second they last
 * seven years. */
#define RTCP_INDEX_MAX 0x7fffffffu

typedef struct {
    guint32 ssrc;
    guint64 used; /* by the count of packets */
    TuttiReplay rtp, rtcp;
} Stream;

typedef struct {
    guint64 packets;
    guint n;
    Stream *streams[TUTTI_SRTP_STREAMS_MAX];
} Table;

struct _TuttiSrtp {
    srtp_t in, out; /* NULL: gcm does it */
    TuttiGcm *open, *seal;
    guint32 rtcp_index; /* of the last one that went out */
    Table theirs;       /* those seen authentic */
    Table ours;
};

typedef struct {
    guint id;
    const char *name;
    srtp_profile_t profile;
    gboolean gcm;
} Profile;

static const Profile *
find_profile (guint id)
{
    static const Profile profiles[] = {
        {0x0007, "AEAD_AES_128_GCM", srtp_profile_aead_aes_128_gcm, TRUE}, /* RFC 7714, 14.2 */
        {0x0008, "AEAD_AES_256_GCM", srtp_profile_aead_aes_256_gcm, TRUE},
        {0x0001, "AES128_CM_SHA1_80", srtp_profile_aes128_cm_sha1_80, FALSE}, /* RFC 5764, 4.1.2 */
    };

    for (guint i = 0; i < G_N_ELEMENTS (profiles); i++)
        if (profiles[i].id == id)
            return &profiles[i];
    return NULL;
}

/* Of one direction. */
typedef struct {
    gsize key_bytes, salt_bytes;
    const guint8 *key, *salt;
} Master;

static Master
find_master (const TuttiSrtpKeys *keys, gboolean inbound)
{
    srtp_profile_t profile = find_profile (keys->profile)->profile;
    gboolean of_client = keys->client != inbound;
    Master master = {
        .key_bytes = srtp_profile_get_master_key_length (profile),
        .salt_bytes = srtp_profile_get_master_salt_length (profile),
    };

    master.key = keys->material + (of_client ? 0 : master.key_bytes);
    master.salt = keys->material + 2 * master.key_bytes + (of_client ? 0 : master.salt_bytes);
    return master;
}

static srtp_t
make_session (const TuttiSrtpKeys *keys, gboolean inbound)
{
    srtp_profile_t profile = find_profile (keys->profile)->profile;
    Master master = find_master (keys, inbound);
    guint8 key[SRTP_MAX_KEY_LEN] = {0};
    srtp_policy_t policy = {.window_size = TUTTI_REPLAY_WINDOW, .allow_repeat_tx = 1, .key = key};
    srtp_t session = NULL;

    memcpy (key, master.key, master.key_bytes);
    memcpy (key + master.key_bytes, master.salt, master.salt_bytes);
    policy.ssrc.type = inbound ? ssrc_any_inbound : ssrc_any_outbound;
    srtp_crypto_policy_set_from_profile_for_rtp (&policy.rtp, profile);
    srtp_crypto_policy_set_from_profile_for_rtcp (&policy.rtcp, profile);
    if (srtp_create (&session, &policy) != srtp_err_status_ok)
        session = NULL;
    OPENSSL_cleanse (key, sizeof key);
    return session;
}

static TuttiGcm *
make_gcm (const TuttiSrtpKeys *keys, gboolean inbound)
{
    Master master = find_master (keys, inbound);
    TuttiGcmKeys derived = {0};
    TuttiGcm *gcm = NULL;

    if (tutti_gcm_derive (master.key, master.key_bytes, master.salt, &derived))
        gcm = tutti_gcm_new (&derived, !inbound);
    OPENSSL_cleanse (&derived, sizeof derived);
    return gcm;
}

static gpointer
start_library (gpointer unused)
{
    return GINT_TO_POINTER (srtp_init () == srtp_err_status_ok);
}

static gboolean
make_libsrtp (TuttiSrtp *srtp, const TuttiSrtpKeys *keys)
{
    static GOnce once = G_ONCE_INIT;

    if (!g_once (&once, start_library, NULL))
        return FALSE;
    srtp->in = make_session (keys, TRUE);
    srtp->out = make_session (keys, FALSE);
    return srtp->in && srtp->out;
}

static gboolean
make_own (TuttiSrtp *srtp, const TuttiSrtpKeys *keys)
{
    srtp->open = make_gcm (keys, TRUE);
    srtp->seal = make_gcm (keys, FALSE);
    return srtp->open && srtp->seal;
}

/* --- Streams --- */

static Stream *
find_stream (const Table *table, guint32 ssrc)
{
    for (guint i = 0; i < table->n; i++)
        if (table->streams[i]->ssrc == ssrc)
            return table->streams[i];
    return NULL;
}

static Stream *
find_oldest (const Table *table)
{
    Stream *oldest = table->streams[0];

    for (guint i = 1; i < table->n; i++)
        if (table->streams[i]->used < oldest->used)
            oldest = table->streams[i];
    return oldest;
}

/* An entry for a new stream, in the place of the oldest when there are too many. */
static Stream *
add_stream (TuttiSrtp *srtp, Table *table, guint32 ssrc)
{
    Stream *stream;

    if (table->n < TUTTI_SRTP_STREAMS_MAX) {
        stream = table->streams[table->n++] = g_new (Stream, 1);
    } else {
        stream = find_oldest (table);
        if (srtp->in && table == &srtp->theirs)
            srtp_remove_stream (srtp->in, g_htonl (stream->ssrc));
    }
    *stream = (Stream){.ssrc = ssrc};
    return stream;
}

static Stream *
use_stream (TuttiSrtp *srtp, Table *table, guint32 ssrc)
{
    Stream *stream = find_stream (table, ssrc);

    if (!stream)
        stream = add_stream (srtp, table, ssrc);
    stream->used = ++table->packets;
    return stream;
}

static void
clear_table (Table *table)
{
    for (guint i = 0; i < table->n; i++)
        g_free (table->streams[i]);
}

/* --- GCM --- */

static TuttiSrtpResult
seal (TuttiSrtp *srtp, guint8 *data, gsize *length_bytes, gboolean rtcp)
{
    Stream *stream;
    guint64 index;

    if (rtcp && srtp->rtcp_index < RTCP_INDEX_MAX)
        return tutti_gcm_seal_rtcp (srtp->seal, data, length_bytes, ++srtp->rtcp_index)
                   ? TUTTI_SRTP_OK
                   : TUTTI_SRTP_FAILED;
    if (rtcp || *length_bytes < RTP_HEADER_BYTES)
        return TUTTI_SRTP_FAILED;
    stream = use_stream (srtp, &srtp->ours, tutti_get_u32 (data + 8));
    index = tutti_replay_extend (&stream->rtp, tutti_get_u16 (data + 2));
    if (!tutti_gcm_seal_rtp (srtp->seal, data, length_bytes, index))
        return TUTTI_SRTP_FAILED;
    tutti_replay_add (&stream->rtp, index);
    return TUTTI_SRTP_OK;
}

static TuttiSrtpResult
open_rtp (TuttiSrtp *srtp, guint8 *data, gsize *length_bytes)
{
    static const TuttiReplay nothing;
    guint32 ssrc = tutti_get_u32 (data + 8);
    const Stream *known = find_stream (&srtp->theirs, ssrc);
    const TuttiReplay *replay = known ? &known->rtp : &nothing;
    guint64 index = tutti_replay_extend (replay, tutti_get_u16 (data + 2));

    if (!tutti_replay_is_new (replay, index))
        return TUTTI_SRTP_REPLAYED;
    if (!tutti_gcm_open_rtp (srtp->open, data, length_bytes, index))
        return TUTTI_SRTP_FAILED;
    tutti_replay_add (&use_stream (srtp, &srtp->theirs, ssrc)->rtp, index);
    return TUTTI_SRTP_OK;
}

static TuttiSrtpResult
open_rtcp (TuttiSrtp *srtp, guint8 *data, gsize *length_bytes)
{
    guint32 ssrc = tutti_get_u32 (data + 4), index;
    const Stream *known = find_stream (&srtp->theirs, ssrc);

    if (!tutti_gcm_read_rtcp_index (data, *length_bytes, &index))
        return TUTTI_SRTP_FAILED;
    if (known && !tutti_replay_is_new (&known->rtcp, index))
        return TUTTI_SRTP_REPLAYED;
    if (!tutti_gcm_open_rtcp (srtp->open, data, length_bytes))
        return TUTTI_SRTP_FAILED;
    tutti_replay_add (&use_stream (srtp, &srtp->theirs, ssrc)->rtcp, index);
    return TUTTI_SRTP_OK;
}

/* --- libsrtp2 --- */

static TuttiSrtpResult
unprotect (TuttiSrtp *srtp, guint8 *data, gsize *length_bytes, gboolean rtcp)
{
    guint32 ssrc = tutti_get_u32 (data + (rtcp ? 4 : 8));
    int length = (int)*length_bytes;
    srtp_err_status_t status = rtcp ? srtp_unprotect_rtcp (srtp->in, data, &length)
                                    : srtp_unprotect (srtp->in, data, &length);

    if (status == srtp_err_status_replay_fail || status == srtp_err_status_replay_old)
        return TUTTI_SRTP_REPLAYED;
    if (status != srtp_err_status_ok)
        return TUTTI_SRTP_FAILED;
    use_stream (srtp, &srtp->theirs, ssrc);
    *length_bytes = (gsize)length;
    return TUTTI_SRTP_OK;
}

static TuttiSrtpResult
protect (TuttiSrtp *srtp, guint8 *data, gsize *length_bytes, gboolean rtcp)
{
    int length = (int)*length_bytes;
    srtp_err_status_t status = rtcp ? srtp_protect_rtcp (srtp->out, data, &length)
                                    : srtp_protect (srtp->out, data, &length);

    if (status != srtp_err_status_ok)
        return TUTTI_SRTP_FAILED;
    *length_bytes = (gsize)length;
    return TUTTI_SRTP_OK;
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
    g_autoptr (TuttiSrtp) srtp = g_new0 (TuttiSrtp, 1);
    const Profile *profile = find_profile (keys->profile);
    gboolean done = profile && (profile->gcm ? make_own (srtp, keys) : make_libsrtp (srtp, keys));

    return done ? g_steal_pointer (&srtp) : NULL;
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
    tutti_gcm_free (srtp->open);
    tutti_gcm_free (srtp->seal);
    clear_table (&srtp->theirs);
    clear_table (&srtp->ours);
    g_free (srtp);
}

TuttiSrtpResult
tutti_srtp_protect (TuttiSrtp *srtp, guint8 *data, gsize *length_bytes, gboolean rtcp)
{
    return srtp->seal ? seal (srtp, data, length_bytes, rtcp)
                      : protect (srtp, data, length_bytes, rtcp);
}

TuttiSrtpResult
tutti_srtp_unprotect (TuttiSrtp *srtp, guint8 *data, gsize *length_bytes, gboolean rtcp)
{
    if (*length_bytes < (rtcp ? RTCP_HEADER_BYTES : RTP_HEADER_BYTES))
        return TUTTI_SRTP_FAILED;
    if (!srtp->open)
        return unprotect (srtp, data, length_bytes, rtcp);
    return rtcp ? open_rtcp (srtp, data, length_bytes) : open_rtp (srtp, data, length_bytes);
}
