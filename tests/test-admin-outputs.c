/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-admin-outputs.c: live outputs by the admin API and tutti(1), to a port of loopback that
 * nobody listens at: UDP does not mind.
 */
#include "office.h"

#include <string.h>

#define OUTPUTS "/v1/rooms/blue/outputs"
#define URL "udp://127.0.0.1:9"

static void
test_outputs (void)
{
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_auto (Answer) start = office_ask (office, "POST", OUTPUTS, "{\"url\":\"" URL "\"}");
    g_auto (Answer) twice = office_ask (office, "POST", OUTPUTS, "{\"url\":\"" URL "\"}");
    g_auto (Answer) list = office_ask (office, "GET", OUTPUTS, NULL);
    g_auto (Answer) one = office_ask (office, "GET", start.location, NULL);
    g_auto (Answer) stop = office_ask (office, "DELETE", start.location, NULL);
    g_auto (Answer) after = office_ask (office, "DELETE", start.location, NULL);
    g_auto (Answer) gone = office_ask (office, "GET", start.location, NULL);

    g_assert_cmpuint (start.status, ==, 201);
    g_assert_cmpuint (twice.status, ==, 409);
    g_assert_cmpuint (list.status, ==, 200);
    g_assert_nonnull (strstr (list.text, "\"state\""));
    g_assert_cmpstr (answer_text (&one, "id"), ==, answer_text (&start, "id"));
    g_assert_cmpuint (stop.status, ==, 204);
    g_assert_cmpuint (after.status, ==, 404);
    g_assert_cmpuint (gone.status, ==, 404);
    office_free (office);
}

static void
test_refusals (void)
{
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_auto (Answer) file = office_ask (office, "POST", OUTPUTS, "{\"url\":\"file:/etc/x\"}");
    g_auto (Answer) none = office_ask (office, "POST", OUTPUTS, "{}");
    g_auto (Answer) room = office_ask (office, "GET", "/v1/rooms/red/outputs", NULL);

    g_assert_true (file.status == 400 || file.status == 501);
    g_assert_cmpstr (answer_text (&none, "field"), ==, "url");
    g_assert_cmpuint (room.status, ==, 404);
    office_free (office);
}

static void
assert_run (Office *office, const char *words, int status, const char *says)
{
    g_auto (Run) run = office_run (office->socket, words);

    g_test_message ("%s: %d %s%s", words, run.status, run.out, run.err);
    g_assert_cmpint (run.status, ==, status);
    g_assert_nonnull (strstr (status == 0 ? run.out : run.err, says));
}

static void
test_commands (void)
{
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");

    assert_run (office, "stream start blue " URL, 0, "");
    assert_run (office, "streams blue", 0, "127.0.0.1:9");
    assert_run (office, "stream stop blue " URL, 0, "");
    assert_run (office, "stream stop blue o9", 1, "no such output");
    assert_run (office, "stream", 2, "usage: tutti stream start ROOM URL");
    office_free (office);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/admin-outputs/outputs", test_outputs);
    g_test_add_func ("/admin-outputs/refusals", test_refusals);
    g_test_add_func ("/admin-outputs/commands", test_commands);
    return g_test_run ();
}
