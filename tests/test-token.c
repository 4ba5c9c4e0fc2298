/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-token.c: tokens made by another implementation (Python's hmac) are taken or refused. All are
 * for room blue; the good one is valid from 1000 s to 2000 s.
 */
#include "control/token.h"

#include <string.h>
#include <tutti/error.h>

#define SECRET "a-secret-of-thirty-two-bytes-len"
static const char *const SECRETS[] = {SECRET, NULL};
#define HEAD "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
/* {"room":"blue","sub":"Ann","role":"moderator","exp":2000,"nbf":1000} */
#define CLAIMS                                                                                     \
    "eyJyb29tIjoiYmx1ZSIsInN1YiI6IkFubiIsInJvbGUiOiJtb2RlcmF0b3IiLCJleHAiOjIwMDAsIm5iZiI6MTAwMH0."
#define GOOD HEAD CLAIMS "gl-ZHXczVA2YScLu59NvvZAkTGabXgp965QNp6Y8nnE"

typedef struct {
    const char *name, *text, *says;
    gint64 now_s;
} Fault;

static const Fault faults[] = {
    {"early", GOOD, "not valid yet", 999},
    {"expired", GOOD, "expired", 2000},
    {"empty", "", "not signed", 1500},
    {"garbage", "hello", "not signed", 1500},
    {"dots", "...", "not signed", 1500},
    {"no-signature", HEAD CLAIMS, "not signed", 1500},
    {"tampered", HEAD CLAIMS "gl-ZHXczVA2YScLu59NvvZAkTGabXgp965QNp6Y8nmE", "not signed", 1500},
    {"other-claims",
     HEAD "eyJyb29tIjoiYmx1ZSIsImV4cCI6MjAwMH0.gl-ZHXczVA2YScLu59NvvZAkTGabXgp965QNp6Y8nnE",
     "not signed", 1500},
    {"other-secret", HEAD CLAIMS "zCbIzY27rV84vbp84zBT_0iaCenY27yfJCbbHQ4Lb8w", "not signed", 1500},
    {"alg-none", "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0." CLAIMS, "not signed", 1500},
    {"alg-hs512",
     "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9." CLAIMS "vegthBGaraAZElM5dOog_SSrfJF9LkYpFXF4pJVP03pD8E"
     "S8x7Pnl9ALfNHbcbQ1zUCcpIKmcC9Zo9CawmdFiQ",
     "not signed", 1500},
    {"no-expiry",
     HEAD "eyJyb29tIjoiYmx1ZSIsInN1YiI6IkFubiJ9.0G1Z7gKzFlakemXK8guiTmjr8DdElmywzj3CofQNq_Q",
     "no expiry", 1500},
    {"expiry-text",
     HEAD "eyJyb29tIjoiYmx1ZSIsImV4cCI6IjIwMDAifQ.wZKjWzW-VBP8UvWN8RzWoZzyiiKyH2e2Hq6hkvkMfh4",
     "no expiry", 1500},
    {"nbf-text",
     HEAD "eyJyb29tIjoiYmx1ZSIsImV4cCI6MjAwMCwibmJmIjoieCJ9.2VdoQwd0K5o9NdES5EkBHQVjCUdcIQt1mmvfUl"
          "eejiU",
     "nbf", 1500},
    {"role-king",
     HEAD "eyJyb29tIjoiYmx1ZSIsImV4cCI6MjAwMCwicm9sZSI6ImtpbmcifQ.VuvykYNKxJpH9OE5I8t0PjcFMDLmjF_Ir"
          "bt2gdeVVfU",
     "role", 1500},
    {"role-number",
     HEAD "eyJyb29tIjoiYmx1ZSIsImV4cCI6MjAwMCwicm9sZSI6Mn0.vZRaZktojx6M6_alVuqw2_j_Q6oezfs8Ckxtq3qU"
          "rFY",
     "role", 1500},
    {"no-room", HEAD "eyJleHAiOjIwMDB9.6kQP35H48TAfTY71grATQfkGKypNLMo4vBmcftWUnjk", "another room",
     1500},
};

static void
test_good (void)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (TuttiToken) token = tutti_token_read (GOOD, SECRETS, "blue", 1500, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (token->name, ==, "Ann");
    g_assert_cmpint (token->role, ==, TUTTI_PERSON_MODERATOR);
}

/* Only what must be there: a participant without a name, from always. */
static void
test_plain (void)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (TuttiToken) token = tutti_token_read (
        HEAD "eyJyb29tIjoiYmx1ZSIsImV4cCI6MjAwMH0.3n41_7xzyUBJ0X1K2Vkm1D2BqSI7zUj4KVPnh3MK4gE",
        SECRETS, "blue", 0, &error);

    g_assert_no_error (error);
    g_assert_null (token->name);
    g_assert_cmpint (token->role, ==, TUTTI_PERSON_PARTICIPANT);
}

static void
assert_refused (const char *text, const char *room, gint64 now_s, const char *says)
{
    g_autoptr (GError) error = NULL;

    g_assert_null (tutti_token_read (text, SECRETS, room, now_s, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_UNAUTHORIZED);
    if (!strstr (error->message, says))
        g_error ("'%s' does not say '%s'", error->message, says);
}

static void
test_fault (gconstpointer data)
{
    const Fault *fault = data;

    assert_refused (fault->text, "blue", fault->now_s, fault->says);
}

static void
test_other_room (void)
{
    assert_refused (GOOD, "red", 1500, "another room");
    assert_refused (GOOD, "Blue", 1500, "another room");
}

/* Asked for no room, the token says its own. */
static void
test_any_room (void)
{
    g_autoptr (TuttiToken) token = tutti_token_read (GOOD, SECRETS, NULL, 1500, NULL);

    g_assert_nonnull (token);
    g_assert_cmpstr (token->room, ==, "blue");
}

/* While secrets are changed both are good, and neither once it is taken away. */
static void
test_rotation (void)
{
    static const char *const both[] = {"the-new-secret-of-thirty-two-byt", SECRET, NULL};
    static const char *const gone[] = {"the-new-secret-of-thirty-two-byt", NULL};
    g_autoptr (TuttiToken) token = tutti_token_read (GOOD, both, "blue", 1500, NULL);

    g_assert_nonnull (token);
    g_assert_cmpint (token->expires_s, ==, 2000);
    g_assert_null (tutti_token_read (GOOD, gone, "blue", 1500, NULL));
}

/* What we write is signed as RFC 7515 section 3.3 says, and read as it was meant. */
static void
test_write (void)
{
    TuttiToken token = {.room = (char *)"blue",
                        .name = (char *)"Zoë \"Z\"",
                        .role = TUTTI_PERSON_LISTENER,
                        .expires_s = 2000};
    g_autofree char *text = tutti_token_write (&token, SECRET);
    char *dot = strrchr (text, '.');
    g_autoptr (GHmac) hmac =
        g_hmac_new (G_CHECKSUM_SHA256, (const guchar *)SECRET, strlen (SECRET));
    g_autoptr (TuttiToken) back = tutti_token_read (text, SECRETS, "blue", 1999, NULL);
    guint8 digest[32];
    gsize length = sizeof digest;
    g_autofree char *signature = NULL;

    g_hmac_update (hmac, (const guchar *)text, dot - text);
    g_hmac_get_digest (hmac, digest, &length);
    signature = g_base64_encode (digest, length);
    g_strdelimit (g_strdelimit (signature, "+", '-'), "/", '_');
    *strchr (signature, '=') = '\0';
    g_assert_cmpstr (dot + 1, ==, signature);
    g_assert_nonnull (back);
    g_assert_cmpstr (back->name, ==, token.name);
    g_assert_cmpint (back->role, ==, TUTTI_PERSON_LISTENER);
}

static void
test_long (void)
{
    g_autofree char *padding = g_strnfill (100000, 'A');
    g_autofree char *text = g_strconcat (GOOD, padding, NULL);

    assert_refused (text, "blue", 1500, "not signed");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/token/good", test_good);
    g_test_add_func ("/token/plain", test_plain);
    for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
        g_autofree char *path = g_strconcat ("/token/fault/", faults[i].name, NULL);

        g_test_add_data_func (path, &faults[i], test_fault);
    }
    g_test_add_func ("/token/other-room", test_other_room);
    g_test_add_func ("/token/any-room", test_any_room);
    g_test_add_func ("/token/long", test_long);
    g_test_add_func ("/token/rotation", test_rotation);
    g_test_add_func ("/token/write", test_write);
    return g_test_run ();
}
