/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * token.c: libjwt checks the signature; which algorithm, which room and what time are checked here.
 */
#include "token.h"

#include <jwt.h>
#include <stdlib.h>
#include <string.h>
#include <tutti/error.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (jwt_t, jwt_free)

static gboolean
refuse (GError **error, const char *what)
{
    g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_UNAUTHORIZED, what);
    return FALSE;
}

/* The claim as JSON text; NULL if it is not there. libjwt's own getters make no difference between
 * a claim that is missing and one of another kind. */
static char *
get_claim (jwt_t *jwt, const char *claim)
{
    char *text = jwt_get_grants_json (jwt, claim);
    char *copy = g_strdup (text);

    free (text);
    return copy;
}

static gboolean
read_time (const char *claim, gint64 *time_s)
{
    return g_ascii_string_to_signed (claim, 10, 0, G_MAXINT64, time_s, NULL);
}

static gboolean
check_time (jwt_t *jwt, gint64 now_s, gint64 *expires_s, GError **error)
{
    g_autofree char *expires = get_claim (jwt, "exp"), *begins = get_claim (jwt, "nbf");
    gint64 begins_s = 0;

    if (!expires || !read_time (expires, expires_s))
        return refuse (error, "the token has no expiry");
    if (begins && !read_time (begins, &begins_s))
        return refuse (error, "the token's nbf is no time");
    if (now_s >= *expires_s)
        return refuse (error, "the token has expired");
    return now_s >= begins_s || refuse (error, "the token is not valid yet");
}

static gboolean
read_role (jwt_t *jwt, TuttiPersonRole *role, GError **error)
{
    g_autofree char *claim = get_claim (jwt, "role");
    const char *name = jwt_get_grant (jwt, "role");

    return !claim || (name && tutti_person_role_from_name (name, role)) ||
           refuse (error, "the token's role is unknown");
}

/* room NULL: whichever it is for. */
static gboolean
check_room (jwt_t *jwt, const char *room, GError **error)
{
    const char *claim = jwt_get_grant (jwt, "room");

    return (claim && (!room || g_str_equal (claim, room))) ||
           refuse (error, "the token is for another room");
}

/* With a key given libjwt refuses `none`; other algorithms than ours could be meant for other keys
 * (RFC 8725 section 3.1). It compares signatures in constant time. */
static jwt_t *
decode (const char *text, const char *secret)
{
    g_autoptr (jwt_t) jwt = NULL;

    if (jwt_decode (&jwt, text, (const unsigned char *)secret, (int)strlen (secret)) != 0 ||
        jwt_get_alg (jwt) != JWT_ALG_HS256)
        return NULL;
    return g_steal_pointer (&jwt);
}

static jwt_t *
decode_any (const char *text, const char *const *secrets)
{
    jwt_t *jwt = NULL;

    for (guint i = 0; secrets[i] && !jwt; i++)
        jwt = decode (text, secrets[i]);
    return jwt;
}

TuttiToken *
tutti_token_read (const char *text, const char *const *secrets, const char *room, gint64 now_s,
                  GError **error)
{
    g_autoptr (jwt_t) jwt = NULL;
    g_autoptr (TuttiToken) token = g_new0 (TuttiToken, 1);

    if (strlen (text) <= TUTTI_TOKEN_MAX_BYTES)
        jwt = decode_any (text, secrets);
    if (!jwt) {
        refuse (error, "the token is not signed by this server's secret");
        return NULL;
    }
    if (!check_time (jwt, now_s, &token->expires_s, error) || !check_room (jwt, room, error) ||
        !read_role (jwt, &token->role, error))
        return NULL;
    token->room = g_strdup (jwt_get_grant (jwt, "room"));
    token->name = g_strdup (jwt_get_grant (jwt, "sub"));
    return g_steal_pointer (&token);
}

char *
tutti_token_write (const TuttiToken *token, const char *secret)
{
    g_autoptr (jwt_t) jwt = NULL;
    char *text, *copy;

    if (jwt_new (&jwt) != 0 || jwt_add_grant (jwt, "room", token->room) != 0 ||
        (token->name && jwt_add_grant (jwt, "sub", token->name) != 0) ||
        jwt_add_grant (jwt, "role", tutti_person_role_name (token->role)) != 0 ||
        jwt_add_grant_int (jwt, "exp", (long)token->expires_s) != 0 ||
        jwt_set_alg (jwt, JWT_ALG_HS256, (const unsigned char *)secret, (int)strlen (secret)) != 0)
        g_error ("out of memory"); /* the only way in which they fail */
    text = jwt_encode_str (jwt);
    copy = g_strdup (text);
    free (text);
    return copy;
}

void
tutti_token_free (TuttiToken *token)
{
    if (!token)
        return;
    g_free (token->room);
    g_free (token->name);
    g_free (token);
}
