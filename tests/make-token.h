/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * make-token.h: join tokens as an operator's own service would sign them: JWT (RFC 7519) by hand.
 */
#pragma once

#include <glib.h>
#include <string.h>

#define TOKEN_SECRET "a-secret-of-thirty-two-bytes-len"

/* RFC 4648 section 5, without padding. */
static inline char *
encode_url (const void *data, gsize length)
{
    char *text = g_base64_encode (data, length);

    g_strdelimit (text, "+", '-');
    g_strdelimit (text, "/", '_');
    text[strcspn (text, "=")] = '\0';
    return text;
}

/* Signed with HS256, whatever the head says. */
static inline char *
sign_token (const char *head_text, const char *claims, const char *secret)
{
    g_autofree char *head = encode_url (head_text, strlen (head_text));
    g_autofree char *body = encode_url (claims, strlen (claims));
    g_autofree char *text = g_strconcat (head, ".", body, NULL);
    g_autoptr (GHmac) hmac =
        g_hmac_new (G_CHECKSUM_SHA256, (const guchar *)secret, strlen (secret));
    g_autofree char *signature = NULL;
    guint8 digest[32];
    gsize length = sizeof digest;

    g_hmac_update (hmac, (const guchar *)text, (gssize)strlen (text));
    g_hmac_get_digest (hmac, digest, &length);
    signature = encode_url (digest, length);
    return g_strconcat (text, ".", signature, NULL);
}

#define TOKEN_HEAD "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"

/* Valid for an hour. */
static inline char *
make_token (const char *room, const char *role)
{
    g_autofree char *claims =
        g_strdup_printf ("{\"room\":\"%s\",\"role\":\"%s\",\"exp\":%" G_GINT64_FORMAT "}", room,
                         role, g_get_real_time () / G_USEC_PER_SEC + 3600);

    return sign_token (TOKEN_HEAD, claims, TOKEN_SECRET);
}
