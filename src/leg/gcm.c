/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gcm.c: see gcm.h.
 *
 *   RTP   header (clear, authentic) | payload (encrypted) | tag
 *   RTCP  8 bytes (clear, authentic) | rest (encrypted) | tag | E, index (clear, authentic)
 */
#include "gcm.h"

#include <string.h>

#include <openssl/crypto.h>

#include "bytes.h"
#include "handles.h"

#define IV_BYTES 12
#define RTP_HEADER_BYTES 12
#define RTCP_HEADER_BYTES 8
#define INDEX_BYTES 4
#define E_FLAG 0x80000000u
/* RFC 3711 section 4.3.2 */
#define LABEL_RTP_KEY 0
#define LABEL_RTP_SALT 2
#define LABEL_RTCP_KEY 3
#define LABEL_RTCP_SALT 5
/* Where the label stands in the key derivation's 112-bit input: before 48 bits of index, which are
 * zero (section 4.3.1: no rate of key derivation). */
#define LABEL_AT 7

struct _TuttiGcm {
    gboolean sealing;
    EVP_CIPHER_CTX *rtp, *rtcp;
    guint8 rtp_salt[TUTTI_GCM_SALT_BYTES], rtcp_salt[TUTTI_GCM_SALT_BYTES];
};

/* What is encrypted of a packet, and what is authentic beside it: one or two pieces. */
typedef struct {
    const guint8 *head;
    gsize head_bytes;
    const guint8 *tail;
    gsize tail_bytes;
    guint8 *text, *tag;
    gsize text_bytes;
    guint8 iv[IV_BYTES];
} Parts;

/* RFC 3711 section 4.3.3: AES in counter mode over zeros. */
static gboolean
derive_one (const guint8 *master_key, gsize key_bytes, const guint8 *input, guint8 *to, gsize bytes)
{
    static const guint8 zeros[TUTTI_GCM_KEY_MAX_BYTES];
    g_autoptr (EVP_CIPHER_CTX) cipher = EVP_CIPHER_CTX_new ();
    int written = 0;

    return cipher &&
           EVP_EncryptInit_ex (cipher, key_bytes == 16 ? EVP_aes_128_ctr () : EVP_aes_256_ctr (),
                               NULL, master_key, input) == 1 &&
           EVP_EncryptUpdate (cipher, to, &written, zeros, (int)bytes) == 1;
}

static gboolean
derive (const guint8 *master_key, gsize key_bytes, const guint8 *master_salt, guint8 label,
        guint8 *to, gsize bytes)
{
    /* RFC 7714 section 11: the shorter salt has zeros behind it. */
    guint8 input[16] = {0};

    memcpy (input, master_salt, TUTTI_GCM_SALT_BYTES);
    input[LABEL_AT] ^= label;
    return derive_one (master_key, key_bytes, input, to, bytes);
}

static EVP_CIPHER_CTX *
new_cipher (const guint8 *key, gsize key_bytes, gboolean sealing)
{
    g_autoptr (EVP_CIPHER_CTX) cipher = EVP_CIPHER_CTX_new ();

    if (!cipher ||
        EVP_CipherInit_ex (cipher, key_bytes == 16 ? EVP_aes_128_gcm () : EVP_aes_256_gcm (), NULL,
                           key, NULL, sealing) != 1)
        return NULL;
    return g_steal_pointer (&cipher);
}

static gboolean
add_head (EVP_CIPHER_CTX *cipher, const Parts *parts)
{
    int written = 0;

    return EVP_CipherUpdate (cipher, NULL, &written, parts->head, (int)parts->head_bytes) == 1 &&
           (parts->tail_bytes == 0 ||
            EVP_CipherUpdate (cipher, NULL, &written, parts->tail, (int)parts->tail_bytes) == 1);
}

static gboolean
run (EVP_CIPHER_CTX *cipher, gboolean sealing, const Parts *parts)
{
    int written = 0;

    if (EVP_CipherInit_ex (cipher, NULL, NULL, NULL, parts->iv, sealing) != 1 ||
        (!sealing && EVP_CIPHER_CTX_ctrl (cipher, EVP_CTRL_AEAD_SET_TAG, TUTTI_GCM_TAG_BYTES,
                                          parts->tag) != 1) ||
        !add_head (cipher, parts))
        return FALSE;
    if (parts->text_bytes > 0 &&
        EVP_CipherUpdate (cipher, parts->text, &written, parts->text, (int)parts->text_bytes) != 1)
        return FALSE;
    return EVP_CipherFinal_ex (cipher, parts->tag, &written) == 1 &&
           (!sealing || EVP_CIPHER_CTX_ctrl (cipher, EVP_CTRL_AEAD_GET_TAG, TUTTI_GCM_TAG_BYTES,
                                             parts->tag) == 1);
}

/* RFC 7714 section 8.1: 00 00 SSRC ROC SEQ, and the salt. */
static void
fill_rtp_iv (Parts *parts, const guint8 *data, const guint8 *salt, guint64 index)
{
    memset (parts->iv, 0, 2);
    memcpy (parts->iv + 2, data + 8, 4);
    tutti_put_u32 (parts->iv + 6, (guint32)(index >> 16));
    tutti_put_u16 (parts->iv + 10, (guint16)index);
    for (guint i = 0; i < IV_BYTES; i++)
        parts->iv[i] ^= salt[i];
}

/* RFC 7714 section 9.1: 00 00 SSRC 00 00 0,index, and the salt. */
static void
fill_rtcp_iv (Parts *parts, const guint8 *data, const guint8 *salt, guint32 index)
{
    memset (parts->iv, 0, IV_BYTES);
    memcpy (parts->iv + 2, data + 4, 4);
    tutti_put_u32 (parts->iv + 8, index);
    for (guint i = 0; i < IV_BYTES; i++)
        parts->iv[i] ^= salt[i];
}

/* RFC 3550 section 5.1 and 5.3.1: with CSRCs and the extension. 0: not a packet. */
static gsize
read_header_bytes (const guint8 *data, gsize length_bytes)
{
    gsize header_bytes;

    if (length_bytes < RTP_HEADER_BYTES)
        return 0;
    header_bytes = RTP_HEADER_BYTES + 4 * (gsize)(data[0] & 0x0f);
    if (data[0] & 0x10) {
        if (header_bytes + 4 > length_bytes)
            return 0;
        header_bytes += 4 + 4 * (gsize)tutti_get_u16 (data + header_bytes + 2);
    }
    return header_bytes <= length_bytes ? header_bytes : 0;
}

/* length_bytes: without the tag. */
static gboolean
split_rtp (TuttiGcm *gcm, guint8 *data, gsize length_bytes, guint64 index, Parts *parts)
{
    gsize header_bytes = read_header_bytes (data, length_bytes);

    *parts = (Parts){.head = data,
                     .head_bytes = header_bytes,
                     .text = data + header_bytes,
                     .text_bytes = length_bytes - header_bytes,
                     .tag = data + length_bytes};
    if (header_bytes == 0)
        return FALSE;
    fill_rtp_iv (parts, data, gcm->rtp_salt, index);
    return TRUE;
}

/* length_bytes: without tag and index, which is there. */
static void
split_rtcp (TuttiGcm *gcm, guint8 *data, gsize length_bytes, guint32 index, Parts *parts)
{
    *parts = (Parts){.head = data,
                     .head_bytes = RTCP_HEADER_BYTES,
                     .tail = data + length_bytes + TUTTI_GCM_TAG_BYTES,
                     .tail_bytes = INDEX_BYTES,
                     .text = data + RTCP_HEADER_BYTES,
                     .text_bytes = length_bytes - RTCP_HEADER_BYTES,
                     .tag = data + length_bytes};
    fill_rtcp_iv (parts, data, gcm->rtcp_salt, index);
}

gboolean
tutti_gcm_derive (const guint8 *master_key, gsize key_bytes,
                  const guint8 master_salt[TUTTI_GCM_SALT_BYTES], TuttiGcmKeys *keys)
{
    g_assert (key_bytes == 16 || key_bytes == 32);
    keys->key_bytes = key_bytes;
    return derive (master_key, key_bytes, master_salt, LABEL_RTP_KEY, keys->rtp_key, key_bytes) &&
           derive (master_key, key_bytes, master_salt, LABEL_RTCP_KEY, keys->rtcp_key, key_bytes) &&
           derive (master_key, key_bytes, master_salt, LABEL_RTP_SALT, keys->rtp_salt,
                   TUTTI_GCM_SALT_BYTES) &&
           derive (master_key, key_bytes, master_salt, LABEL_RTCP_SALT, keys->rtcp_salt,
                   TUTTI_GCM_SALT_BYTES);
}

TuttiGcm *
tutti_gcm_new (const TuttiGcmKeys *keys, gboolean sealing)
{
    g_autoptr (TuttiGcm) gcm = g_new0 (TuttiGcm, 1);

    gcm->sealing = sealing;
    memcpy (gcm->rtp_salt, keys->rtp_salt, sizeof gcm->rtp_salt);
    memcpy (gcm->rtcp_salt, keys->rtcp_salt, sizeof gcm->rtcp_salt);
    gcm->rtp = new_cipher (keys->rtp_key, keys->key_bytes, sealing);
    gcm->rtcp = new_cipher (keys->rtcp_key, keys->key_bytes, sealing);
    return gcm->rtp && gcm->rtcp ? g_steal_pointer (&gcm) : NULL;
}

void
tutti_gcm_free (TuttiGcm *gcm)
{
    if (!gcm)
        return;
    EVP_CIPHER_CTX_free (gcm->rtp);
    EVP_CIPHER_CTX_free (gcm->rtcp);
    OPENSSL_cleanse (gcm, sizeof *gcm);
    g_free (gcm);
}

gboolean
tutti_gcm_seal_rtp (TuttiGcm *gcm, guint8 *data, gsize *length_bytes, guint64 index)
{
    Parts parts;

    g_assert (gcm->sealing);
    if (!split_rtp (gcm, data, *length_bytes, index, &parts) || !run (gcm->rtp, TRUE, &parts))
        return FALSE;
    *length_bytes += TUTTI_GCM_TAG_BYTES;
    return TRUE;
}

gboolean
tutti_gcm_open_rtp (TuttiGcm *gcm, guint8 *data, gsize *length_bytes, guint64 index)
{
    Parts parts;

    g_assert (!gcm->sealing);
    if (*length_bytes < RTP_HEADER_BYTES + TUTTI_GCM_TAG_BYTES ||
        !split_rtp (gcm, data, *length_bytes - TUTTI_GCM_TAG_BYTES, index, &parts) ||
        !run (gcm->rtp, FALSE, &parts))
        return FALSE;
    *length_bytes -= TUTTI_GCM_TAG_BYTES;
    return TRUE;
}

gboolean
tutti_gcm_seal_rtcp (TuttiGcm *gcm, guint8 *data, gsize *length_bytes, guint32 index)
{
    Parts parts;

    g_assert (gcm->sealing);
    if (*length_bytes < RTCP_HEADER_BYTES)
        return FALSE;
    tutti_put_u32 (data + *length_bytes + TUTTI_GCM_TAG_BYTES, E_FLAG | index);
    split_rtcp (gcm, data, *length_bytes, index, &parts);
    if (!run (gcm->rtcp, TRUE, &parts))
        return FALSE;
    *length_bytes += TUTTI_GCM_TAG_BYTES + INDEX_BYTES;
    return TRUE;
}

gboolean
tutti_gcm_read_rtcp_index (const guint8 *data, gsize length_bytes, guint32 *index)
{
    guint32 word;

    if (length_bytes < RTCP_HEADER_BYTES + TUTTI_GCM_TAG_BYTES + INDEX_BYTES)
        return FALSE;
    word = tutti_get_u32 (data + length_bytes - INDEX_BYTES);
    *index = word & ~E_FLAG;
    return (word & E_FLAG) != 0;
}

gboolean
tutti_gcm_open_rtcp (TuttiGcm *gcm, guint8 *data, gsize *length_bytes)
{
    guint32 index;
    Parts parts;

    g_assert (!gcm->sealing);
    if (!tutti_gcm_read_rtcp_index (data, *length_bytes, &index))
        return FALSE;
    split_rtcp (gcm, data, *length_bytes - TUTTI_GCM_TAG_BYTES - INDEX_BYTES, index, &parts);
    if (!run (gcm->rtcp, FALSE, &parts))
        return FALSE;
    *length_bytes -= TUTTI_GCM_TAG_BYTES + INDEX_BYTES;
    return TRUE;
}
