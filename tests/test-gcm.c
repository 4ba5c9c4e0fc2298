/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-gcm.c: SRTP by AES-GCM: the vectors of RFC 7714, libsrtp2 at the other end, numbers that
 * wrap around, and replays.
 */
#include <string.h>

#include <srtp2/srtp.h>

#include "leg/gcm.h"
#include "leg/replay.h"
#include "leg/srtp.h"

/* RFC 7714 sections 16 and 17: these are session keys. */
static void
fill_rfc_keys (TuttiGcmKeys *keys, gsize key_bytes)
{
    *keys = (TuttiGcmKeys){.key_bytes = key_bytes};
    for (guint i = 0; i < key_bytes; i++)
        keys->rtp_key[i] = keys->rtcp_key[i] = (guint8)i;
    memcpy (keys->rtp_salt, "Quid pro quo", TUTTI_GCM_SALT_BYTES);
    memcpy (keys->rtcp_salt, "Quid pro quo", TUTTI_GCM_SALT_BYTES);
}

static gsize
read_hex (const char *hex, guint8 *to)
{
    gsize n = 0;

    for (; *hex; hex++) {
        if (*hex == ' ')
            continue;
        to[n++] = (guint8)(g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));
        hex++;
    }
    return n;
}

typedef struct {
    gsize key_bytes;
    const char *clear, *sealed;
    guint32 rtcp_index; /* 0: RTP */
} Vector;

static const Vector vectors[] = {
    /* section 16.1.1 */
    {16,
     "8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070"
     "61727465 73207472 6573",
     "8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a"
     "51c7d19b 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce",
     0},
    /* section 16.2.1 */
    {32,
     "8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070"
     "61727465 73207472 6573",
     "8040f17b 8041f8d3 5501a0b2 32b1de78 a822fe12 ef9f78fa 332e33aa b1801238 9a58e2f3 b50b2a02"
     "76ffae0f 1ba63799 b87b7aa3 db36dfff d6b0f9bb 7878d7a7 6c13",
     0},
    /* section 17.1 */
    {16,
     "81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61 deadbeef deadbeef"
     "deadbeef deadbeef deadbeef",
     "81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d c676a5f1 730d6fda"
     "4ce09b46 86303ded 0bb9275b c84aa458 96cf4d2f c5abf872 45d9eade 800005d4",
     0x5d4},
};

static void
test_vectors (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (vectors); i++) {
        const Vector *vector = &vectors[i];
        g_autoptr (TuttiGcm) sealer = NULL;
        g_autoptr (TuttiGcm) opener = NULL;
        TuttiGcmKeys keys;
        guint8 clear[128], sealed[128], data[128];
        gsize clear_bytes = read_hex (vector->clear, clear);
        gsize sealed_bytes = read_hex (vector->sealed, sealed), n = clear_bytes;

        fill_rfc_keys (&keys, vector->key_bytes);
        sealer = tutti_gcm_new (&keys, TRUE);
        opener = tutti_gcm_new (&keys, FALSE);
        memcpy (data, clear, clear_bytes);
        g_assert_true (vector->rtcp_index
                           ? tutti_gcm_seal_rtcp (sealer, data, &n, vector->rtcp_index)
                           : tutti_gcm_seal_rtp (sealer, data, &n, 0xf17b));
        g_assert_cmpmem (data, n, sealed, sealed_bytes);
        g_assert_true (vector->rtcp_index ? tutti_gcm_open_rtcp (opener, data, &n)
                                          : tutti_gcm_open_rtp (opener, data, &n, 0xf17b));
        g_assert_cmpmem (data, n, clear, clear_bytes);
    }
}

/* --- libsrtp2 at the other end --- */

typedef struct {
    TuttiSrtp *own;
    srtp_t in, out;
} Ends;

static srtp_t
make_other (const TuttiSrtpKeys *keys, gsize key_bytes, gboolean inbound)
{
    srtp_profile_t profile =
        key_bytes == 16 ? srtp_profile_aead_aes_128_gcm : srtp_profile_aead_aes_256_gcm;
    guint8 key[SRTP_MAX_KEY_LEN] = {0};
    srtp_policy_t policy = {.window_size = 128, .key = key};
    srtp_t session = NULL;

    /* Of the server: what is client's comes in. */
    memcpy (key, keys->material + (inbound ? 0 : key_bytes), key_bytes);
    memcpy (key + key_bytes, keys->material + 2 * key_bytes + (inbound ? 0 : TUTTI_GCM_SALT_BYTES),
            TUTTI_GCM_SALT_BYTES);
    policy.ssrc.type = inbound ? ssrc_any_inbound : ssrc_any_outbound;
    srtp_crypto_policy_set_from_profile_for_rtp (&policy.rtp, profile);
    srtp_crypto_policy_set_from_profile_for_rtcp (&policy.rtcp, profile);
    g_assert_cmpint (srtp_create (&session, &policy), ==, srtp_err_status_ok);
    return session;
}

static void
make_ends (Ends *ends, guint profile)
{
    TuttiSrtpKeys keys = {.profile = profile, .client = TRUE};
    gsize key_bytes = profile == 7 ? 16 : 32;

    for (guint i = 0; i < sizeof keys.material; i++)
        keys.material[i] = (guint8)(i * 31 + 5);
    srtp_init ();
    ends->own = tutti_srtp_new (&keys);
    ends->in = make_other (&keys, key_bytes, TRUE);
    ends->out = make_other (&keys, key_bytes, FALSE);
}

static void
clear_ends (Ends *ends)
{
    tutti_srtp_free (ends->own);
    srtp_dealloc (ends->in);
    srtp_dealloc (ends->out);
}

/* With a CSRC and an extension of 4 bytes. */
static gsize
write_rtp (guint8 *data, guint16 seq)
{
    static const guint8 head[] = {0x91, 96, 0, 0, 1, 2, 3, 4, 0,    0,    0,    77,
                                  0,    0,  0, 9, 0, 0, 0, 1, 0x50, 0x41, 0x42, 0};

    memcpy (data, head, sizeof head);
    data[2] = (guint8)(seq >> 8);
    data[3] = (guint8)seq;
    memset (data + sizeof head, (guint8)seq, 100);
    return sizeof head + 100;
}

static void
check_rtp (Ends *ends, guint16 seq)
{
    guint8 clear[256], data[256];
    gsize clear_bytes = write_rtp (clear, seq), n = write_rtp (data, seq);
    int length;

    g_assert_cmpint (tutti_srtp_protect (ends->own, data, &n, FALSE), ==, TUTTI_SRTP_OK);
    length = (int)n;
    g_assert_cmpint (srtp_unprotect (ends->in, data, &length), ==, srtp_err_status_ok);
    g_assert_cmpmem (data, length, clear, clear_bytes);
    g_assert_cmpint (srtp_protect (ends->out, data, &length), ==, srtp_err_status_ok);
    n = (gsize)length;
    g_assert_cmpint (tutti_srtp_unprotect (ends->own, data, &n, FALSE), ==, TUTTI_SRTP_OK);
    g_assert_cmpmem (data, n, clear, clear_bytes);
}

static void
check_rtcp (Ends *ends, guint8 mark)
{
    guint8 clear[64] = {0x80, 201, 0, 3, 0, 0, 0, 9, mark}, data[64];
    gsize n = 16;
    int length;

    memcpy (data, clear, n);
    g_assert_cmpint (tutti_srtp_protect (ends->own, data, &n, TRUE), ==, TUTTI_SRTP_OK);
    length = (int)n;
    g_assert_cmpint (srtp_unprotect_rtcp (ends->in, data, &length), ==, srtp_err_status_ok);
    g_assert_cmpmem (data, length, clear, 16);
    g_assert_cmpint (srtp_protect_rtcp (ends->out, data, &length), ==, srtp_err_status_ok);
    n = (gsize)length;
    g_assert_cmpint (tutti_srtp_unprotect (ends->own, data, &n, TRUE), ==, TUTTI_SRTP_OK);
    g_assert_cmpmem (data, n, clear, 16);
}

/* Both profiles, both ways, twice around the sequence numbers. */
static void
test_interop (void)
{
    for (guint profile = 7; profile <= 8; profile++) {
        Ends ends;

        make_ends (&ends, profile);
        for (guint i = 0; i < 140; i++) {
            check_rtp (&ends, (guint16)(20000 + i * 1000));
            check_rtcp (&ends, (guint8)i);
        }
        clear_ends (&ends);
    }
}

/* A number of before the wrap, again after it. */
static void
test_late (void)
{
    guint8 late[256];
    gsize n;
    int length;
    Ends ends;

    make_ends (&ends, 7);
    check_rtp (&ends, 65530);
    n = write_rtp (late, 65531);
    check_rtp (&ends, 3);
    g_assert_cmpint (tutti_srtp_protect (ends.own, late, &n, FALSE), ==, TUTTI_SRTP_OK);
    length = (int)n;
    g_assert_cmpint (srtp_unprotect (ends.in, late, &length), ==, srtp_err_status_ok);
    clear_ends (&ends);
}

/* What is replayed or changed anywhere is refused. */
static void
test_refused (void)
{
    guint8 sealed[64] = {0x80, 201, 0, 3, 0, 0, 0, 9}, data[64];
    int length = 16;
    Ends ends;

    make_ends (&ends, 7);
    g_assert_cmpint (srtp_protect_rtcp (ends.out, sealed, &length), ==, srtp_err_status_ok);
    for (guint bit = 0; bit < (guint)length * 8; bit++) {
        gsize n = (gsize)length;

        memcpy (data, sealed, n);
        data[bit / 8] ^= (guint8)(1 << bit % 8);
        g_assert_cmpint (tutti_srtp_unprotect (ends.own, data, &n, TRUE), ==, TUTTI_SRTP_FAILED);
    }
    for (guint i = 0; i < 2; i++) {
        gsize n = (gsize)length;

        memcpy (data, sealed, n);
        g_assert_cmpint (tutti_srtp_unprotect (ends.own, data, &n, TRUE), ==,
                         i == 0 ? TUTTI_SRTP_OK : TUTTI_SRTP_REPLAYED);
    }
    clear_ends (&ends);
}

static void
test_replay (void)
{
    TuttiReplay replay = {0};

    g_assert_cmpuint (tutti_replay_extend (&replay, 65535), ==, 65535);
    g_assert_true (tutti_replay_is_new (&replay, 65535));
    tutti_replay_add (&replay, 65535);
    g_assert_false (tutti_replay_is_new (&replay, 65535));
    g_assert_cmpuint (tutti_replay_extend (&replay, 0), ==, 65536);
    tutti_replay_add (&replay, 65536 + 1022);
    g_assert_false (tutti_replay_is_new (&replay, 65535));
    g_assert_true (tutti_replay_is_new (&replay, 65536));
    tutti_replay_add (&replay, 65536 + 1023);
    g_assert_false (tutti_replay_is_new (&replay, 65535)); /* too old to tell */
    g_assert_false (tutti_replay_is_new (&replay, 65534));
    g_assert_true (tutti_replay_is_new (&replay, 65536));
    tutti_replay_add (&replay, 65536);
    g_assert_false (tutti_replay_is_new (&replay, 65536));
    tutti_replay_add (&replay, 200000);
    g_assert_true (tutti_replay_is_new (&replay, 199999));
    g_assert_cmpuint (tutti_replay_extend (&replay, (guint16)199000), ==, 199000);
}

/* The first number is small, and one from before it comes. */
static void
test_replay_start (void)
{
    TuttiReplay replay = {0};

    tutti_replay_add (&replay, 2);
    g_assert_cmpuint (tutti_replay_extend (&replay, 65535), ==, 65535);
    g_assert_true (tutti_replay_is_new (&replay, 0));
    tutti_replay_add (&replay, 0);
    g_assert_false (tutti_replay_is_new (&replay, 0));
    g_assert_true (tutti_replay_is_new (&replay, 1));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/gcm/vectors", test_vectors);
    g_test_add_func ("/gcm/interop", test_interop);
    g_test_add_func ("/gcm/late", test_late);
    g_test_add_func ("/gcm/refused", test_refused);
    g_test_add_func ("/gcm/replay/window", test_replay);
    g_test_add_func ("/gcm/replay/start", test_replay_start);
    return g_test_run ();
}
