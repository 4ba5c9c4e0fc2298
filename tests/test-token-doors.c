/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-token-doors.c: every kind of wrong token at every door: refused with the code that is
 * documented, counted, told once in the log, and too many of them with another code; right ones
 * pass, whichever of the two secrets signed them.
 */
#include "control/refusals.h"
#include "front-door.h"
#include "make-token.h"

#include <string.h>
#include <tutti/error.h>

#define OLD_SECRET "the-secret-of-before-of-32-bytes"
#define OTHER_SECRET "a-secret-that-is-of-nobody-here."

/* --- Tokens --- */

typedef struct {
    const char *what;
    const char *head, *room;
    const char *secret;      /* NULL: no signature */
    int expires_s, begins_s; /* from now; 0: the claim is not there */
    gboolean is_tampered;    /* another's claims */
    gboolean is_of_a_room;   /* right for doors that are no room's */
} Kind;

#define BLUE .head = TOKEN_HEAD, .room = "blue", .secret = TOKEN_SECRET, .expires_s = 3600

static const Kind right[] = {
    {.what = "of the new secret", BLUE},
    {.what = "of the old secret",
     .head = TOKEN_HEAD,
     .room = "blue",
     .secret = OLD_SECRET,
     .expires_s = 3600},
};

static const Kind wrong[] = {
    {.what = "expired",
     .head = TOKEN_HEAD,
     .room = "blue",
     .secret = TOKEN_SECRET,
     .expires_s = -10},
    {.what = "of later", BLUE, .begins_s = 600},
    {.what = "for ever", .head = TOKEN_HEAD, .room = "blue", .secret = TOKEN_SECRET},
    {.what = "of another room",
     .head = TOKEN_HEAD,
     .room = "red",
     .secret = TOKEN_SECRET,
     .expires_s = 3600,
     .is_of_a_room = TRUE},
    {.what = "of no algorithm", .head = "{\"alg\":\"none\"}", .room = "blue", .expires_s = 3600},
    {.what = "of no algorithm, signed",
     .head = "{\"alg\":\"none\"}",
     .room = "blue",
     .secret = TOKEN_SECRET,
     .expires_s = 3600},
    {.what = "of another algorithm",
     .head = "{\"alg\":\"HS512\"}",
     .room = "blue",
     .secret = TOKEN_SECRET,
     .expires_s = 3600},
    {.what = "tampered", BLUE, .is_tampered = TRUE},
    {.what = "of another key",
     .head = TOKEN_HEAD,
     .room = "blue",
     .secret = OTHER_SECRET,
     .expires_s = 3600},
    {.what = "of an empty key",
     .head = TOKEN_HEAD,
     .room = "blue",
     .secret = "",
     .expires_s = 3600},
    {.what = "without signature", .head = TOKEN_HEAD, .room = "blue", .expires_s = 3600},
};

static char *
make_claims (const Kind *kind, const char *room)
{
    gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
    GString *text = g_string_new (NULL);

    g_string_printf (text, "{\"room\":\"%s\",\"role\":\"moderator\"", room);
    if (kind->expires_s != 0)
        g_string_append_printf (text, ",\"exp\":%" G_GINT64_FORMAT, now_s + kind->expires_s);
    if (kind->begins_s != 0)
        g_string_append_printf (text, ",\"nbf\":%" G_GINT64_FORMAT, now_s + kind->begins_s);
    g_string_append_c (text, '}');
    return g_string_free (text, FALSE);
}

static char *
forge (const Kind *kind)
{
    g_autofree char *claims = make_claims (kind, kind->room);
    g_autofree char *before = make_claims (kind, "green");
    g_autofree char *token =
        sign_token (kind->head, claims, kind->secret ? kind->secret : TOKEN_SECRET);
    g_autofree char *other = sign_token (kind->head, before, TOKEN_SECRET);
    g_auto (GStrv) parts = g_strsplit (token, ".", 3);
    const char *signature = kind->is_tampered ? strrchr (other, '.') + 1
                            : kind->secret    ? parts[2]
                                              : "";

    return g_strdup_printf ("%s.%s.%s", parts[0], parts[1], signature);
}

/* --- Doors --- */

/* The code of the refusal, "" if there was none. */
typedef char *(*Knock) (Door *door, const char *token);

static char *
ask (Door *door, const char *method, const char *path, const char *token)
{
    g_autofree char *bearer = g_strconcat ("Bearer ", token, NULL);
    const char *const headers[] = {"Authorization", bearer, "Content-Type", "application/sdp",
                                   NULL};
    g_autofree char *body = NULL;
    g_autoptr (SoupMessage) message = door_ask (door, method, path, headers, &body);
    guint status = soup_message_get_status (message);
    g_autoptr (JsonNode) root = NULL;

    g_test_message ("%s: %u", path, status);

    if (status != 401 && status != 403 && status != 429)
        return g_strdup ("");
    if (status == 401)
        g_assert_cmpstr (soup_message_headers_get_one (soup_message_get_response_headers (message),
                                                       "WWW-Authenticate"),
                         ==, "Bearer");
    root = json_from_string (body, NULL);
    return g_strdup_printf ("%u %s", status,
                            json_object_get_string_member (json_node_get_object (root), "code"));
}

static char *
knock_whip (Door *door, const char *token)
{
    return ask (door, "POST", "/whip/blue", token);
}

static char *
knock_whep (Door *door, const char *token)
{
    return ask (door, "POST", "/whep/blue", token);
}

static char *
knock_recordings (Door *door, const char *token)
{
    return ask (door, "GET", "/recordings.json", token);
}

static char *
knock_live (Door *door, const char *token)
{
    return ask (door, "GET", "/live/blue/index.m3u8", token);
}

static char *
knock_signalling (Door *door, const char *token)
{
    g_autoptr (Caller) caller = caller_new (door, NULL);
    g_autofree char *text =
        g_strdup_printf ("{\"type\":\"join_room\",\"room\":\"blue\",\"token\":\"%s\"}", token);
    JsonNode *node;
    JsonObject *answer;
    char *code;

    caller_say (caller, text);
    door_wait (!g_queue_is_empty (&caller->texts));
    node = g_queue_peek_head (&caller->texts);
    answer = json_node_get_object (node);
    code = g_strdup (json_object_get_string_member_with_default (answer, "code", ""));
    caller_say (caller, "{\"type\":\"leave\"}");
    return code;
}

static const struct {
    const char *name;
    Knock knock;
    const char *refusal, *too_many;
    gboolean is_of_a_room;     /* else whichever room the token is for */
    gboolean limits_right_too; /* a join is a join */
} doors[TUTTI_N_DOORS] = {
    [TUTTI_DOOR_SIGNALLING] = {"signalling", knock_signalling, "unauthorized", "rate_limited", TRUE,
                               TRUE},
    [TUTTI_DOOR_WHIP] = {"whip", knock_whip, "401 unauthorized", "429 rate_limited", TRUE, TRUE},
    [TUTTI_DOOR_WHEP] = {"whep", knock_whep, "401 unauthorized", "429 rate_limited", TRUE, TRUE},
    [TUTTI_DOOR_RECORDINGS] = {"recordings", knock_recordings, "401 unauthorized",
                               "429 rate_limited", FALSE, FALSE},
    [TUTTI_DOOR_LIVE] = {"live", knock_live, "401 unauthorized", "429 rate_limited", TRUE, FALSE},
};

static Door *
open_doors (const char *rate)
{
    const char *const settings[] = {"auth.mode=token", "auth.secret=" TOKEN_SECRET "\n" OLD_SECRET,
                                    rate, NULL};

    return door_new (settings);
}

/* --- The log --- */

static guint n_lines;

static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
    for (gsize i = 0; i < n_fields; i++) {
        if (g_str_equal (fields[i].key, "MESSAGE") && strstr (fields[i].value, "was refused"))
            n_lines++;
    }
    return g_log_writer_default (level, fields, n_fields, user_data);
}

/* --- Tests --- */

static guint64
count (TuttiDoor door)
{
    return tutti_refusals_count (door).unauthorized;
}

static void
check_door (Door *house, TuttiDoor door)
{
    guint64 before = count (door);
    guint n_wrong = 0;

    for (guint i = 0; i < G_N_ELEMENTS (right); i++) {
        g_autofree char *token = forge (&right[i]);
        g_autofree char *code = doors[door].knock (house, token);

        g_test_message ("%s, %s: '%s'", doors[door].name, right[i].what, code);
        g_assert_cmpstr (code, ==, "");
    }
    for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
        gboolean is_right = wrong[i].is_of_a_room && !doors[door].is_of_a_room;
        g_autofree char *token = forge (&wrong[i]);
        g_autofree char *code = doors[door].knock (house, token);

        g_test_message ("%s, %s: '%s'", doors[door].name, wrong[i].what, code);
        g_assert_cmpstr (code, ==, is_right ? "" : doors[door].refusal);
        n_wrong += !is_right;
    }
    g_assert_cmpuint (count (door) - before, ==, n_wrong);
}

static void
test_matrix (void)
{
    g_autoptr (Door) house = open_doors ("auth.join-rate=1000");

    n_lines = 0;
    for (int door = 0; door < TUTTI_N_DOORS; door++) {
        g_assert_cmpstr (tutti_door_name ((TuttiDoor)door), ==, doors[door].name);
        check_door (house, (TuttiDoor)door);
    }
    /* One address, within a minute. */
    g_assert_cmpuint (n_lines, ==, 1);
}

/* Three are answered for what they are. */
static void
test_too_many (void)
{
    g_autofree char *good = forge (&right[0]), *bad = forge (&wrong[0]);

    for (int door = 0; door < TUTTI_N_DOORS; door++) {
        g_autoptr (Door) house = open_doors ("auth.join-rate=3");
        guint64 before = tutti_refusals_count ((TuttiDoor)door).rate_limited;
        g_autofree char *after = NULL;

        for (guint i = 0; i < 5; i++) {
            g_autofree char *code = doors[door].knock (house, bad);
            g_assert_cmpstr (code, ==, i < 3 ? doors[door].refusal : doors[door].too_many);
        }
        g_assert_cmpuint (tutti_refusals_count ((TuttiDoor)door).rate_limited - before, ==, 2);
        after = doors[door].knock (house, good);
        g_assert_cmpstr (after, ==, doors[door].limits_right_too ? doors[door].too_many : "");
    }
}

/* A line an address and minute, sixty in all, and what was left out is told with the next. */
static void
test_log (void)
{
    TuttiRefusals *refusals = tutti_refusals_new (0);

    n_lines = 0;
    for (guint i = 0; i < 500; i++) {
        g_autofree char *address = g_strdup_printf ("192.0.2.%u", i % 250);
        g_autoptr (GError) error =
            g_error_new_literal (TUTTI_ERROR, TUTTI_ERROR_FORBIDDEN, "for a reason");

        tutti_refusals_add (refusals, TUTTI_DOOR_LIVE, address, G_USEC_PER_SEC, &error);
        g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_FORBIDDEN);
    }
    g_assert_cmpuint (n_lines, ==, 60);
    tutti_refusals_free (refusals);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_log_set_writer_func (write_log, NULL, NULL);
    g_test_add_func ("/token-doors/matrix", test_matrix);
    g_test_add_func ("/token-doors/too-many", test_too_many);
    g_test_add_func ("/token-doors/log", test_log);
    return g_test_run ();
}
