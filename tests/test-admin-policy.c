/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-admin-policy.c: rooms that are put, who waits and who was kicked, by the admin API; and what
 * their clients are told meanwhile.
 */
#include "office.h"

#include <string.h>

#include "control/client.h"

/* --- Clients --- */

typedef struct {
    TuttiClientSetup setup;
    TuttiClient *client;
    GString *said;
    guint code; /* of the end; 0: it has not come */
} Guest;

static void
on_send (const char *text, gpointer user_data)
{
    Guest *guest = user_data;

    g_string_append_printf (guest->said, "%s\n", text);
}

static void
on_end (guint16 code, gpointer user_data)
{
    Guest *guest = user_data;

    guest->code = code;
}

static void
say (Guest *guest, const char *text)
{
    tutti_client_receive (guest->client, text, strlen (text), 1);
}

/* What it was told has all of these in this order; and is forgotten. */
static void
expect (Guest *guest, const char *const *words)
{
    const char *at = guest->said->str;

    while (g_main_context_iteration (NULL, FALSE))
        ;
    at = guest->said->str;
    for (guint i = 0; words[i]; i++) {
        at = strstr (at, words[i]);
        if (!at)
            g_error ("no '%s' in: %s", words[i], guest->said->str);
    }
    g_string_truncate (guest->said, 0);
}

#define EXPECT(guest, ...) expect (guest, (const char *const[]){__VA_ARGS__, NULL})

static void
open_guest (Office *office, Guest *guest, const char *visitor)
{
    static const TuttiClientOutput output = {on_send, on_end};

    *guest = (Guest){.setup = {office->config, office->rooms, office->admission},
                     .said = g_string_new (NULL)};
    guest->client = tutti_client_new (&guest->setup, "192.0.2.1", visitor, &output, guest);
}

static void
close_guest (Guest *guest)
{
    tutti_client_free (guest->client);
    g_string_free (guest->said, TRUE);
}

/* The status, and of a problem its field. */
static void
ask (Office *office, const char *method, const char *path, const char *body, guint status,
     const char *field)
{
    g_auto (Answer) answer = office_ask (office, method, path, body);

    g_assert_cmpuint (answer.status, ==, status);
    if (field)
        g_assert_cmpstr (answer_text (&answer, "field"), ==, field);
}

/* --- Rooms --- */

static void
test_put (void)
{
    Office *office = office_new (NULL);
    g_auto (Answer) made = office_ask (
        office, "PUT", "/v1/rooms/blue",
        "{\"canvas\":\"640x360\",\"frame_rate\":15,\"limit\":7,\"pin\":\"secret\",\"record\":false,"
        "\"waiting_room\":true,\"share\":\"moderator\",\"moderators\":[\"Ada L\",\"Bob\"],"
        "\"closes_at\":\"2099-01-31T18:00:00+01:00\",\"max_duration\":90,\"locked\":true}");
    g_auto (Answer) again = office_ask (office, "PUT", "/v1/rooms/blue", "{\"limit\":3}");
    JsonObject *room = answer_object (&made);

    g_assert_cmpuint (made.status, ==, 201);
    g_assert_cmpstr (made.location, ==, "/v1/rooms/blue");
    g_assert_nonnull (made.etag);
    g_assert_null (strstr (made.text, "secret"));
    g_assert_cmpint (json_object_get_int_member (room, "canvas_width"), ==, 640);
    g_assert_cmpint (json_object_get_int_member (room, "frame_rate"), ==, 15);
    g_assert_cmpint (json_object_get_int_member (room, "max_duration"), ==, 90);
    g_assert_true (json_object_get_boolean_member (room, "pin"));
    g_assert_true (json_object_get_boolean_member (room, "kept"));
    g_assert_true (json_object_get_boolean_member (room, "locked"));
    g_assert_cmpstr (answer_text (&made, "closes_at"), ==, "2099-01-31T17:00:00Z");
    g_assert_cmpstr (answer_text (&made, "ends_at"), ==, "2099-01-31T17:00:00Z");
    g_assert_cmpuint (json_array_get_length (json_object_get_array_member (room, "moderators")), ==,
                      2);

    g_assert_cmpuint (again.status, ==, 200);
    g_assert_cmpstr (again.etag, !=, made.etag);
    room = answer_object (&again);
    g_assert_false (json_object_get_boolean_member (room, "pin"));
    g_assert_cmpint (json_object_get_int_member (room, "canvas_width"), ==, 640);
    g_assert_cmpstr (answer_text (&again, "closes_at"), ==, "");
    ask (office, "DELETE", "/v1/rooms/blue", NULL, 204, NULL);
    ask (office, "GET", "/v1/rooms/blue", NULL, 404, NULL);
    office_free (office);
}

static void
test_refused (void)
{
    static const struct {
        const char *body, *field;
    } bodies[] = {
        {"{\"limit\":0}", "limit"},
        {"{\"limit\":2.5}", "limit"},
        {"{\"limit\":\"2\"}", "limit"},
        {"{\"pin\":\"123\"}", "pin"},
        {"{\"pin\":true}", "pin"},
        {"{\"share\":\"nobody\"}", "share"},
        {"{\"closes_at\":\"2020-01-01T00:00:00Z\"}", "closes_at"},
        {"{\"closes_at\":\"soon\"}", "closes_at"},
        {"{\"max_duration\":-1}", "max_duration"},
        {"{\"canvas\":\"wide\"}", "canvas"},
        {"{\"moderators\":[\"a;b\"]}", "moderators"},
        {"{\"moderators\":[1]}", "moderators"},
        {"{\"layout\":\"speaker\",\"colour\":\"red\"}", "colour"},
    };
    Office *office = office_new (NULL);

    for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
        ask (office, "PUT", "/v1/rooms/blue", bodies[i].body, 400, bodies[i].field);
    ask (office, "GET", "/v1/rooms/blue", NULL, 404, NULL); /* none of them made it */
    ask (office, "PUT", "/v1/rooms/a%20b", "{}", 400, NULL);
    ask (office, "PUT", "/v1/rooms/blue", NULL, 201, NULL);
    ask (office, "PATCH", "/v1/rooms/blue", "{\"layout\":\"speaker\",\"canvas\":\"640x360\"}", 409,
         NULL);
    ask (office, "PATCH", "/v1/rooms/blue", "{\"layout\":\"speaker\",\"limit\":0}", 400, "limit");
    g_auto (Answer) room = office_ask (office, "GET", "/v1/rooms/blue", NULL);
    g_assert_cmpstr (answer_text (&room, "layout"), ==, "grid"); /* all or nothing */
    office_free (office);
}

/* --- People --- */

#define JOIN "{\"type\":\"join_room\",\"room\":\"blue\",\"name\":\"Bob\"}"

static char *
first_id (const Answer *answer, const char *list)
{
    JsonArray *array = json_object_get_array_member (answer_object (answer), list);

    g_assert_cmpuint (json_array_get_length (array), ==, 1);
    return g_strdup (
        json_object_get_string_member (json_array_get_object_element (array, 0), "id"));
}

static void
test_lobby (void)
{
    Office *office = office_new (NULL);
    g_autofree char *id = NULL, *path = NULL;
    Guest bob;

    ask (office, "PUT", "/v1/rooms/blue", "{\"waiting_room\":true}", 201, NULL);
    open_guest (office, &bob, NULL);
    say (&bob, JOIN);
    EXPECT (&bob, "\"type\":\"waiting\",\"room\":\"blue\"", "\"name\":\"Bob\"");
    g_assert_true (tutti_client_is_joined (bob.client));
    say (&bob, "{\"type\":\"chat\",\"text\":\"hello?\"}");
    EXPECT (&bob, "\"code\":\"not_joined\"");
    say (&bob, JOIN);
    EXPECT (&bob, "\"code\":\"already_joined\"");
    g_auto (Answer) list = office_ask (office, "GET", "/v1/rooms/blue/waiting", NULL);
    id = first_id (&list, "waiting");
    path = g_strconcat ("/v1/rooms/blue/waiting/", id, NULL);
    ask (office, "PATCH", path, "{\"admitted\":false}", 400, "admitted");
    ask (office, "PATCH", path, "{\"admitted\":true}", 204, NULL);
    ask (office, "PATCH", path, "{\"admitted\":true}", 404, NULL);
    EXPECT (&bob, "\"type\":\"room_joined\"", id, "\"waiting_room\":true");
    ask (office, "PATCH", "/v1/rooms/blue/participants", "{\"audio_muted\":true}", 204, NULL);
    EXPECT (&bob, "participant_updated", "\"audio_muted\":true");
    close_guest (&bob);

    open_guest (office, &bob, NULL);
    say (&bob, JOIN);
    say (&bob, "{\"type\":\"leave\"}");
    g_assert_cmpuint (bob.code, ==, 1000);
    close_guest (&bob);
    open_guest (office, &bob, NULL);
    say (&bob, JOIN);
    ask (office, "PATCH", "/v1/rooms/blue/waiting", "{\"admitted\":true}", 204, NULL);
    EXPECT (&bob, "\"type\":\"waiting\"", "\"type\":\"room_joined\"");
    close_guest (&bob);
    open_guest (office, &bob, NULL);
    say (&bob, JOIN);
    ask (office, "DELETE", "/v1/rooms/blue", NULL, 204, NULL);
    EXPECT (&bob, "\"type\":\"room_closed\"");
    g_assert_cmpuint (bob.code, ==, 1000);
    close_guest (&bob);
    office_free (office);
}

static void
test_bans (void)
{
    Office *office = office_new (NULL);
    g_autofree char *id = NULL, *path = NULL;
    Guest bob;

    ask (office, "PUT", "/v1/rooms/blue", "{}", 201, NULL);
    open_guest (office, &bob, "cookie");
    say (&bob, JOIN);
    ask (office, "DELETE", "/v1/rooms/blue/participants/Bob", NULL, 204, NULL);
    EXPECT (&bob, "\"type\":\"kicked\"");
    close_guest (&bob);
    open_guest (office, &bob, "cookie");
    say (&bob, "{\"type\":\"join_room\",\"room\":\"blue\",\"name\":\"Bert\"}");
    EXPECT (&bob, "\"code\":\"forbidden\",\"reason\":\"banned\"");
    g_auto (Answer) list = office_ask (office, "GET", "/v1/rooms/blue/bans", NULL);
    id = first_id (&list, "bans");
    path = g_strconcat ("/v1/rooms/blue/bans/", id, NULL);
    g_assert_null (strstr (list.text, "cookie"));
    g_assert_nonnull (strstr (list.text, "\"address\":\"192.0.2.1\""));
    ask (office, "DELETE", path, NULL, 204, NULL);
    ask (office, "DELETE", path, NULL, 404, NULL);
    ask (office, "DELETE", "/v1/rooms/blue/bans", NULL, 204, NULL);
    say (&bob, JOIN);
    EXPECT (&bob, "\"type\":\"room_created\"");
    close_guest (&bob);
    office_free (office);
}

static void
test_pin (void)
{
    Office *office = office_new (NULL);
    Guest ada;

    ask (office, "PUT", "/v1/rooms/blue", "{\"pin\":\"12345\"}", 201, NULL);
    open_guest (office, &ada, NULL);
    say (&ada, JOIN);
    EXPECT (&ada, "\"code\":\"unauthorized\",\"reason\":\"pin_required\"");
    g_assert_true (tutti_client_is_asked (ada.client));
    say (&ada, "{\"type\":\"join_room\",\"room\":\"blue\",\"pin\":\"12346\"}");
    EXPECT (&ada, "\"reason\":\"pin_wrong\"");
    say (&ada,
         "{\"type\":\"join_room\",\"room\":\"blue\",\"pin\":\"12345\",\"role\":\"moderator\"}");
    EXPECT (&ada, "\"type\":\"room_created\"", "\"pin\":true");
    say (&ada, "{\"type\":\"moderate\",\"action\":\"settings\",\"value\":{\"pin\":\"\","
               "\"waiting_room\":true,\"share\":\"moderator\"}}");
    EXPECT (&ada, "room_updated", "\"waiting_room\":true,\"share\":\"moderator\",\"pin\":false");
    say (&ada, "{\"type\":\"moderate\",\"action\":\"settings\",\"value\":{\"pin\":\"1\"}}");
    EXPECT (&ada, "\"code\":\"bad_message\"");
    close_guest (&ada);
    office_free (office);
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/admin-policy/put", test_put);
    g_test_add_func ("/admin-policy/refused", test_refused);
    g_test_add_func ("/admin-policy/lobby", test_lobby);
    g_test_add_func ("/admin-policy/bans", test_bans);
    g_test_add_func ("/admin-policy/pin", test_pin);
    return g_test_run ();
}
