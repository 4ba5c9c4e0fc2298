/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-cli-token.c: tutti token: what it prints lets in, for that room, as that and for so long;
 * what makes no sense is refused.
 */
#include "office.h"

#include <string.h>
#include <tutti/error.h>

static const char *const SECRET[] = {"auth.mode=token",
                                     "auth.secret=0123456789abcdef0123456789abcdef", NULL};

/* In at the door with it, now_s of Unix time; the name and role are what it made of them. */
static gboolean
come_in (Office *office, const char *token, const char *room, gint64 now_s, TuttiPass *pass)
{
    const TuttiRequest request = {
        .room = room, .name = "Whoever", .token = token, .address = "192.0.2.1"};

    return tutti_admission_check (office->admission, &request, 0, now_s, pass, NULL);
}

static gint64
get_now_s (void)
{
    return g_get_real_time () / G_USEC_PER_SEC;
}

/* Runs it; what it printed without the line's end. */
static char *
print_token (Office *office, const char *words)
{
    g_auto (Run) run = office_run (office->socket, words);

    g_test_message ("%s: %d %s", words, run.status, run.err);
    g_assert_cmpint (run.status, ==, 0);
    g_assert_cmpstr (run.err, ==, "");
    g_assert_true (g_str_has_suffix (run.out, "\n"));
    g_assert_null (strpbrk (g_strchomp (run.out), " \n"));
    return g_steal_pointer (&run.out);
}

static void
test_lets_in (void)
{
    Office *office = office_new (SECRET);
    g_autofree char *token =
        print_token (office, "token blue --name Нина --role moderator --ttl 30m");
    TuttiPass pass = {0};
    gint64 now_s = get_now_s ();

    g_assert_true (come_in (office, token, "blue", now_s, &pass));
    g_assert_cmpstr (pass.name, ==, "Нина");
    g_assert_cmpint (pass.role, ==, TUTTI_PERSON_MODERATOR);
    g_assert_true (pass.may_moderate);
    g_assert_cmpint (ABS (pass.expires_s - (now_s + 1800)), <=, 60);
    tutti_pass_clear (&pass);
    g_assert_false (come_in (office, token, "red", now_s, &pass));
    g_assert_false (come_in (office, token, "blue", now_s + 1860, &pass));
    office_free (office);
}

/* A participant, who chooses a name, for a day. */
static void
test_defaults (void)
{
    Office *office = office_new (SECRET);
    g_autofree char *token = print_token (office, "token blue");
    TuttiPass pass = {0};
    gint64 now_s = get_now_s ();

    g_assert_true (come_in (office, token, "blue", now_s, &pass));
    g_assert_cmpstr (pass.name, ==, "Whoever");
    g_assert_cmpint (pass.role, ==, TUTTI_PERSON_PARTICIPANT);
    g_assert_false (pass.may_moderate);
    g_assert_cmpint (ABS (pass.expires_s - (now_s + 86400)), <=, 60);
    tutti_pass_clear (&pass);
    office_free (office);
}

static void
test_times (void)
{
    static const struct {
        const char *words;
        gint64 s;
    } cases[] = {
        {"token blue --ttl 90s", 90},
        {"token blue --ttl 12h", 12 * 3600},
        {"token blue --ttl 7d", 7 * 86400},
        {"token blue --ttl 365d", 365 * 86400},
    };
    Office *office = office_new (SECRET);

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *token = print_token (office, cases[i].words);
        g_autoptr (TuttiToken) read =
            tutti_admission_read_token (office->admission, token, "blue", get_now_s (), NULL);
        g_assert_nonnull (read);
        g_assert_cmpint (ABS (read->expires_s - (get_now_s () + cases[i].s)), <=, 60);
    }
    office_free (office);
}

static void
test_refusals (void)
{
    static const struct {
        const char *words, *says;
        int status;
    } cases[] = {
        {"token", "usage: tutti token ROOM", 2},
        {"token blue --role king", "participant, listener or moderator, not 'king'", 2},
        {"token blue --ttl 0h", "--ttl is", 2},
        {"token blue --ttl 12", "--ttl is", 2},
        {"token blue --ttl -5m", "--ttl is", 2},
        {"token blue --ttl 5min", "--ttl is", 2},
        {"token blue --ttl h", "--ttl is", 2},
        {"token blue --ttl 366d", "--ttl is", 2},
        {"token blue --ttl 99999999999999999999d", "--ttl is", 2},
        {"token blue/red", "'room' must have 1 to 64", 1},
        {"token blue --name=", "'name' has nothing", 1},
        {"rooms --ttl 5m", "--ttl is not for `tutti rooms`", 2},
    };
    Office *office = office_new (SECRET);

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_auto (Run) run = office_run (office->socket, cases[i].words);

        g_test_message ("%s: %d %s", cases[i].words, run.status, run.err);
        g_assert_cmpint (run.status, ==, cases[i].status);
        g_assert_nonnull (strstr (run.err, cases[i].says));
        g_assert_cmpstr (run.out, ==, "");
    }
    office_free (office);
}

static void
test_no_secret (void)
{
    Office *office = office_new (NULL);
    g_auto (Run) run = office_run (office->socket, "token blue");
    g_auto (Answer) answer = office_ask (office, "POST", "/v1/tokens", "{\"room\":\"blue\"}");

    g_assert_cmpint (run.status, ==, 1);
    g_assert_nonnull (strstr (run.err, "set [auth] secret-file"));
    g_assert_cmpstr (run.out, ==, "");
    g_assert_cmpuint (answer.status, ==, 501);
    g_assert_cmpstr (answer_text (&answer, "code"), ==, "unsupported");
    office_free (office);
}

/* As a program asks. */
static void
test_api (void)
{
    static const char *const bad[][2] = {
        {"{}", "room"},
        {"{\"room\":\"blue\",\"role\":\"king\"}", "role"},
        {"{\"room\":\"blue\",\"ttl_s\":0}", "ttl_s"},
        {"{\"room\":\"blue\",\"ttl_s\":31536001}", "ttl_s"},
        {"{\"room\":\"blue\",\"ttl_s\":\"1h\"}", "ttl_s"},
        {"{\"room\":\"a b\"}", "room"},
        {"{\"room\":\"blue\",\"name\":\" \"}", "name"},
    };
    Office *office = office_new (SECRET);
    g_auto (Answer) good = office_ask (office, "POST", "/v1/tokens",
                                       "{\"room\":\"blue\",\"role\":\"listener\",\"ttl_s\":60}");
    g_autoptr (GDateTime) expires = NULL;
    g_autoptr (TuttiToken) token = NULL;

    g_assert_cmpuint (good.status, ==, 200);
    token = tutti_admission_read_token (office->admission, answer_text (&good, "token"), "blue",
                                        get_now_s (), NULL);
    g_assert_nonnull (token);
    g_assert_cmpint (token->role, ==, TUTTI_PERSON_LISTENER);
    expires = g_date_time_new_from_iso8601 (answer_text (&good, "expires"), NULL);
    g_assert_cmpint (g_date_time_to_unix (expires), ==, token->expires_s);
    for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
        g_auto (Answer) answer = office_ask (office, "POST", "/v1/tokens", bad[i][0]);
        g_assert_cmpuint (answer.status, ==, 400);
        g_assert_cmpstr (answer_text (&answer, "field"), ==, bad[i][1]);
    }
    office_free (office);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/cli/token/lets-in", test_lets_in);
    g_test_add_func ("/cli/token/defaults", test_defaults);
    g_test_add_func ("/cli/token/times", test_times);
    g_test_add_func ("/cli/token/refusals", test_refusals);
    g_test_add_func ("/cli/token/no-secret", test_no_secret);
    g_test_add_func ("/cli/token/api", test_api);
    return g_test_run ();
}
