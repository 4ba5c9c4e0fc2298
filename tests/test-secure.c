/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-secure.c: SRTP, and DTLS-SRTP from memory to memory.
 */
#include <string.h>

#include <openssl/evp.h>

#include "leg/secure.h"

/* --- SRTP --- */

static const guint profiles[] = {0x0007, 0x0008, 0x0001};

static void
make_pair (guint profile, TuttiSrtp **client, TuttiSrtp **server)
{
    TuttiSrtpKeys keys = {.profile = profile, .client = TRUE};

    for (guint i = 0; i < sizeof keys.material; i++)
        keys.material[i] = (guint8)(i * 7 + 1);
    *client = tutti_srtp_new (&keys);
    keys.client = FALSE;
    *server = tutti_srtp_new (&keys);
    g_assert_nonnull (*client);
    g_assert_nonnull (*server);
}

static gsize
write_rtp (guint8 *data, guint16 seq, guint32 ssrc)
{
    memset (data, 0, 40);
    data[0] = 0x80;
    data[1] = 96;
    data[2] = (guint8)(seq >> 8);
    data[3] = (guint8)seq;
    data[8] = (guint8)(ssrc >> 24);
    data[9] = (guint8)(ssrc >> 16);
    data[10] = (guint8)(ssrc >> 8);
    data[11] = (guint8)ssrc;
    return 40;
}

static gsize
write_rtcp (guint8 *data)
{
    const guint8 report[] = {0x80, 201, 0, 1, 0, 0, 0, 9};

    memcpy (data, report, sizeof report);
    return sizeof report;
}

static void
test_srtp_both_ways (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (profiles); i++) {
        g_autoptr (TuttiSrtp) client = NULL;
        g_autoptr (TuttiSrtp) server = NULL;
        guint8 data[128], clear[128];
        gsize length;

        make_pair (profiles[i], &client, &server);
        length = write_rtp (data, 1, 77);
        write_rtp (clear, 1, 77);
        g_assert_cmpint (tutti_srtp_protect (client, data, &length, FALSE), ==, TUTTI_SRTP_OK);
        g_assert_cmpuint (length, >, 40);
        g_assert_cmpint (tutti_srtp_unprotect (server, data, &length, FALSE), ==, TUTTI_SRTP_OK);
        g_assert_cmpmem (data, length, clear, 40);
        length = write_rtcp (data);
        g_assert_cmpint (tutti_srtp_protect (server, data, &length, TRUE), ==, TUTTI_SRTP_OK);
        g_assert_cmpint (tutti_srtp_unprotect (client, data, &length, TRUE), ==, TUTTI_SRTP_OK);
        g_assert_cmpuint (length, ==, 8);
    }
}

static void
test_srtp_bad (void)
{
    g_autoptr (TuttiSrtp) client = NULL;
    g_autoptr (TuttiSrtp) server = NULL;
    guint8 data[128], copy[128];
    gsize length, copy_length;

    make_pair (profiles[0], &client, &server);
    length = write_rtp (data, 1, 77);
    tutti_srtp_protect (client, data, &length, FALSE);
    memcpy (copy, data, length);
    copy_length = length;
    g_assert_cmpint (tutti_srtp_unprotect (server, copy, &copy_length, FALSE), ==, TUTTI_SRTP_OK);
    memcpy (copy, data, length);
    copy_length = length;
    g_assert_cmpint (tutti_srtp_unprotect (server, copy, &copy_length, FALSE), ==,
                     TUTTI_SRTP_REPLAYED);
    data[3] ^= 4;
    copy_length = length;
    g_assert_cmpint (tutti_srtp_unprotect (server, data, &copy_length, FALSE), ==,
                     TUTTI_SRTP_FAILED);
    for (gsize cut = 0; cut < 40; cut++) {
        copy_length = cut;
        memset (copy, 0x80, sizeof copy);
        g_assert_cmpint (tutti_srtp_unprotect (server, copy, &copy_length, cut & 1), ==,
                         TUTTI_SRTP_FAILED);
    }
}

/* The oldest number within the window still passes, what is behind it doesn't. */
static void
test_srtp_window (void)
{
    g_autoptr (TuttiSrtp) client = NULL;
    g_autoptr (TuttiSrtp) server = NULL;
    guint8 old[128], data[128];
    gsize old_length, length;

    make_pair (profiles[0], &client, &server);
    old_length = write_rtp (old, 100, 77);
    tutti_srtp_protect (client, old, &old_length, FALSE);
    for (guint16 seq = 101; seq <= 100 + 1023; seq++) {
        length = write_rtp (data, seq, 77);
        tutti_srtp_protect (client, data, &length, FALSE);
        g_assert_cmpint (tutti_srtp_unprotect (server, data, &length, FALSE), ==, TUTTI_SRTP_OK);
    }
    g_assert_cmpint (tutti_srtp_unprotect (server, old, &old_length, FALSE), ==, TUTTI_SRTP_OK);
}

/* A peer may change its SSRC for ever: the table stays bounded, and the newest ones work. */
static void
test_srtp_many_streams (void)
{
    g_autoptr (TuttiSrtp) client = NULL;
    g_autoptr (TuttiSrtp) server = NULL;

    make_pair (profiles[0], &client, &server);
    for (guint32 ssrc = 1; ssrc <= 4 * TUTTI_SRTP_STREAMS_MAX; ssrc++) {
        guint8 data[128];
        gsize length = write_rtp (data, 9, ssrc);

        tutti_srtp_protect (client, data, &length, FALSE);
        g_assert_cmpint (tutti_srtp_unprotect (server, data, &length, FALSE), ==, TUTTI_SRTP_OK);
    }
}

/* --- DTLS-SRTP, memory to memory --- */

typedef struct _Side Side;

struct _Side {
    TuttiCertificate *certificate;
    TuttiSecure *secure;
    GQueue in; /* of GBytes: on their way to this side */
    Side *other;
    guint n_rtp, n_rtcp, n_sent;
    gsize longest;
};

static void
on_rtp (guint8 *data, gsize length_bytes, gint64 now_us, gpointer user_data)
{
    ((Side *)user_data)->n_rtp++;
}

static void
on_rtcp (guint8 *data, gsize length_bytes, gint64 now_us, gpointer user_data)
{
    ((Side *)user_data)->n_rtcp++;
}

static void
on_output (const guint8 *data, gsize length_bytes, gpointer user_data)
{
    Side *side = user_data;

    side->n_sent++;
    side->longest = MAX (side->longest, length_bytes);
    g_queue_push_tail (&side->other->in, g_bytes_new (data, length_bytes));
}

static const TuttiSecureEvents secure_events = {on_rtp, on_rtcp, on_output, NULL};

static void
make_side (Side *side, Side *other, const char *srtp_profiles)
{
    *side = (Side){.other = other};
    side->certificate = tutti_certificate_new (NULL);
    g_assert_nonnull (side->certificate);
    side->secure = tutti_secure_new (side->certificate, srtp_profiles, &secure_events, side);
}

static void
free_side (Side *side)
{
    g_queue_clear_full (&side->in, (GDestroyNotify)g_bytes_unref);
    tutti_secure_free (side->secure);
    tutti_certificate_free (side->certificate);
}

static void
introduce (Side *side, gboolean client)
{
    TuttiDtlsPeer peer = {
        .hash = TUTTI_FINGERPRINT_HASH,
        .digest = tutti_certificate_get_fingerprint (side->other->certificate),
        .digest_bytes = TUTTI_FINGERPRINT_BYTES,
    };

    tutti_secure_set_peer (side->secure, &peer, client);
}

static gboolean
take_one (Side *side)
{
    GBytes *bytes = g_queue_pop_head (&side->in);
    guint8 data[2048];
    gsize length;

    if (!bytes)
        return FALSE;
    memcpy (data, g_bytes_get_data (bytes, &length), g_bytes_get_size (bytes));
    tutti_secure_receive (side->secure, data, length, 0);
    g_bytes_unref (bytes);
    return TRUE;
}

static void
run_sides (Side *a, Side *b)
{
    gboolean busy = TRUE;

    while (busy) {
        busy = take_one (a);
        busy |= take_one (b);
    }
}

static void
test_secure_profiles (void)
{
    const struct {
        const char *offered, *chosen;
    } rows[] = {
        {NULL, "AEAD_AES_128_GCM"},
        {"SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM", "AEAD_AES_256_GCM"},
        {"SRTP_AES128_CM_SHA1_80", "AES128_CM_SHA1_80"},
    };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        Side client, server;
        guint8 data[128];
        gsize length = write_rtp (data, 1, 2);

        make_side (&client, &server, rows[i].offered);
        make_side (&server, &client, NULL);
        introduce (&client, TRUE);
        introduce (&server, FALSE);
        tutti_secure_start (server.secure, 0);
        tutti_secure_start (client.secure, 0);
        run_sides (&client, &server);
        g_assert_cmpint (tutti_secure_get_state (client.secure), ==, TUTTI_DTLS_OPEN);
        g_assert_cmpint (tutti_secure_get_state (server.secure), ==, TUTTI_DTLS_OPEN);
        g_assert_cmpstr (tutti_secure_get_profile (server.secure), ==, rows[i].chosen);
        g_assert_cmpuint (server.longest, <=, 1200);
        g_assert_true (tutti_secure_protect (client.secure, data, &length, FALSE));
        tutti_secure_receive (server.secure, data, length, 0);
        g_assert_cmpuint (server.n_rtp, ==, 1);
        free_side (&client);
        free_side (&server);
    }
}

/* The server knows nothing of its peer when the hello comes, nor has it a path: no round is lost.
 */
static void
test_secure_early (void)
{
    Side client, server;

    make_side (&client, &server, NULL);
    make_side (&server, &client, NULL);
    introduce (&client, TRUE);
    tutti_secure_start (client.secure, 0);
    run_sides (&client, &server);
    g_assert_cmpuint (server.n_sent, ==, 0);
    tutti_secure_start (server.secure, 0);
    introduce (&server, FALSE);
    run_sides (&client, &server);
    g_assert_cmpint (tutti_secure_get_state (server.secure), ==, TUTTI_DTLS_OPEN);
    g_assert_cmpint (tutti_secure_get_state (client.secure), ==, TUTTI_DTLS_OPEN);
    free_side (&client);
    free_side (&server);
}

/* One handshake message of one record as two of each (RFC 6347 section 4.2.3), cut in the middle.
 */
static void
cut_in_two (Side *side)
{
    GBytes *bytes = g_queue_pop_head (&side->in);
    gsize length;
    const guint8 *whole = g_bytes_get_data (bytes, &length);
    gsize body = length - 25;
    const gsize cuts[] = {0, body / 2, body};

    g_assert_cmpuint (whole[0], ==, 22);
    g_assert_cmpuint (body, ==, (gsize)whole[14] << 16 | whole[15] << 8 | whole[16]);
    for (guint i = 0; i < 2; i++) {
        gsize piece = cuts[i + 1] - cuts[i];
        g_autofree guint8 *data = g_malloc (25 + piece);

        memcpy (data, whole, 25);
        memcpy (data + 25, whole + 25 + cuts[i], piece);
        /* The client will use the next numbers itself; 40 further is within the replay window. */
        data[10] = (guint8)(whole[10] + 40 * i);
        data[11] = (guint8)((piece + 12) >> 8);
        data[12] = (guint8)(piece + 12);
        data[20] = (guint8)(cuts[i] >> 8);
        data[21] = (guint8)cuts[i];
        data[23] = (guint8)(piece >> 8);
        data[24] = (guint8)piece;
        g_queue_push_tail (&side->in, g_bytes_new (data, 25 + piece));
    }
    g_bytes_unref (bytes);
}

/* As Chromium and Firefox do with a post-quantum key share: the hello in two datagrams, in order or
 * not. */
static void
test_secure_hello_in_two (gconstpointer data)
{
    Side client, server;

    make_side (&client, &server, NULL);
    make_side (&server, &client, NULL);
    introduce (&client, TRUE);
    introduce (&server, FALSE);
    tutti_secure_start (server.secure, 0);
    tutti_secure_start (client.secure, 0);
    cut_in_two (&server);
    if (GPOINTER_TO_INT (data))
        g_queue_push_tail (&server.in, g_queue_pop_head (&server.in));
    run_sides (&client, &server);
    g_assert_cmpint (tutti_secure_get_state (server.secure), ==, TUTTI_DTLS_OPEN);
    g_assert_cmpint (tutti_secure_get_state (client.secure), ==, TUTTI_DTLS_OPEN);
    free_side (&client);
    free_side (&server);
}

static void
test_secure_stranger (void)
{
    Side client, server;
    guint8 wrong[TUTTI_FINGERPRINT_BYTES] = {1, 2, 3};
    TuttiDtlsPeer peer = {TUTTI_FINGERPRINT_HASH, wrong, sizeof wrong};

    make_side (&client, &server, NULL);
    make_side (&server, &client, NULL);
    introduce (&client, TRUE);
    tutti_secure_set_peer (server.secure, &peer, FALSE);
    tutti_secure_start (server.secure, 0);
    tutti_secure_start (client.secure, 0);
    run_sides (&client, &server);
    g_assert_cmpint (tutti_secure_get_state (server.secure), ==, TUTTI_DTLS_CLOSED);
    g_assert_cmpint (tutti_secure_get_state (client.secure), ==, TUTTI_DTLS_CLOSED);
    g_assert_nonnull (strstr (tutti_secure_get_reason (server.secure), "fingerprint"));
    free_side (&client);
    free_side (&server);
}

/* Garbage, cut records and packets out of place, before and after the handshake. */
static void
throw_garbage (TuttiSecure *secure)
{
    for (guint i = 0; i < 3000; i++) {
        guint8 data[256];
        gsize length = (gsize)g_test_rand_int_range (0, sizeof data);

        for (gsize at = 0; at < length; at++)
            data[at] = (guint8)g_test_rand_int ();
        if (length > 0 && i % 2)
            data[0] = (guint8)g_test_rand_int_range (20, 64);
        tutti_secure_receive (secure, data, length, 0);
    }
}

static void
test_secure_garbage (void)
{
    Side client, server;
    TuttiSecureStats stats;

    make_side (&client, &server, NULL);
    make_side (&server, &client, NULL);
    introduce (&client, TRUE);
    introduce (&server, FALSE);
    tutti_secure_start (server.secure, 0);
    throw_garbage (server.secure);
    tutti_secure_start (client.secure, 0);
    run_sides (&client, &server);
    g_assert_cmpint (tutti_secure_get_state (server.secure), ==, TUTTI_DTLS_OPEN);
    throw_garbage (server.secure);
    throw_garbage (client.secure);
    g_assert_cmpint (tutti_secure_get_state (server.secure), ==, TUTTI_DTLS_OPEN);
    g_assert_cmpint (tutti_secure_get_state (client.secure), ==, TUTTI_DTLS_OPEN);
    g_assert_cmpuint (server.n_rtp + server.n_rtcp, ==, 0);
    tutti_secure_get_stats (server.secure, &stats);
    g_assert_cmpuint (stats.malformed, >, 1000);
    g_assert_cmpuint (stats.srtp_failures, >, 100);
    tutti_secure_close (client.secure);
    run_sides (&client, &server);
    g_assert_cmpint (tutti_secure_get_state (server.secure), ==, TUTTI_DTLS_CLOSED);
    free_side (&client);
    free_side (&server);
}

static void
test_hashes (void)
{
    g_assert_true (tutti_certificate_find_hash ("SHA-256") == EVP_sha256 ());
    g_assert_true (tutti_certificate_find_hash ("sha-1") == EVP_sha1 ());
    g_assert_true (tutti_certificate_find_hash ("sha-384") == EVP_sha384 ());
    g_assert_null (tutti_certificate_find_hash ("md5"));
    g_assert_null (tutti_certificate_find_hash (""));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/secure/srtp/both-ways", test_srtp_both_ways);
    g_test_add_func ("/secure/srtp/bad", test_srtp_bad);
    g_test_add_func ("/secure/srtp/window", test_srtp_window);
    g_test_add_func ("/secure/srtp/many-streams", test_srtp_many_streams);
    g_test_add_func ("/secure/dtls/profiles", test_secure_profiles);
    g_test_add_func ("/secure/dtls/early", test_secure_early);
    g_test_add_data_func ("/secure/dtls/hello-in-two", GINT_TO_POINTER (0),
                          test_secure_hello_in_two);
    g_test_add_data_func ("/secure/dtls/hello-in-two-swapped", GINT_TO_POINTER (1),
                          test_secure_hello_in_two);
    g_test_add_func ("/secure/dtls/stranger", test_secure_stranger);
    g_test_add_func ("/secure/dtls/garbage", test_secure_garbage);
    g_test_add_func ("/secure/hashes", test_hashes);
    return g_test_run ();
}
