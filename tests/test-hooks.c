/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-hooks.c: webhooks as a receiver meets them: a small HTTP server in this thread is told what
 * happens in real rooms; signed, in order, once more when it fails; and what an admin sees of it.
 */
#include <libsoup/soup.h>
#include <string.h>

#include "control/hook-secrets.h"
#include "office.h"
#include "patience.h"

/* Of the specification's own examples, as its libraries' tests have them. */
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

typedef struct {
    char *path, *type, *id, *timestamp, *signature, *room;
    gboolean is_signed;
} Letter;

typedef struct {
    SoupServer *server;
    guint16 port;
    TuttiConfig *config; /* knows the secret */
    GPtrArray *letters;
    guint status;               /* of the next answers */
    SoupServerMessage *hanging; /* one that gets no answer; NULL: all do */
    const char *hangs;          /* the path where that is so */
} Receiver;

static void
free_letter (gpointer data)
{
    Letter *letter = data;

    g_free (letter->path);
    g_free (letter->type);
    g_free (letter->id);
    g_free (letter->timestamp);
    g_free (letter->signature);
    g_free (letter->room);
    g_free (letter);
}

static gboolean
check_signature (Receiver *receiver, const Letter *letter, GBytes *body)
{
    g_autoptr (GPtrArray) secrets = tutti_hook_secrets_read (receiver->config, NULL);
    gint64 timestamp_s = g_ascii_strtoll (letter->timestamp, NULL, 10);
    g_autofree char *wanted = tutti_hook_secrets_sign (secrets, letter->id, timestamp_s, body);

    return g_str_equal (letter->signature, wanted) &&
           ABS (timestamp_s - g_get_real_time () / G_USEC_PER_SEC) < 60;
}

static Letter *
read_letter (Receiver *receiver, SoupServerMessage *message, const char *path)
{
    SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
    g_autoptr (GBytes) body =
        soup_message_body_flatten (soup_server_message_get_request_body (message));
    g_autofree char *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
    g_autoptr (JsonNode) root = json_from_string (text, NULL);
    JsonObject *object = json_node_get_object (root);
    JsonObject *data = json_object_get_object_member (object, "data");
    g_autoptr (GDateTime) time =
        g_date_time_new_from_iso8601 (json_object_get_string_member (object, "time"), NULL);
    Letter *letter = g_new0 (Letter, 1);

    g_test_message ("%s %s", path, text);
    g_assert_nonnull (time);
    g_assert_cmpstr (soup_message_headers_get_one (headers, "Content-Type"), ==,
                     "application/json");
    letter->path = g_strdup (path);
    letter->id = g_strdup (soup_message_headers_get_one (headers, "webhook-id"));
    letter->timestamp = g_strdup (soup_message_headers_get_one (headers, "webhook-timestamp"));
    letter->signature = g_strdup (soup_message_headers_get_one (headers, "webhook-signature"));
    letter->type = g_strdup (json_object_get_string_member (object, "type"));
    letter->room = g_strdup (json_object_get_string_member (data, "room"));
    g_assert_cmpstr (json_object_get_string_member (object, "id"), ==, letter->id);
    g_assert_false (json_object_has_member (data, "type"));
    letter->is_signed = check_signature (receiver, letter, body);
    return letter;
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer user_data)
{
    Receiver *receiver = user_data;

    g_ptr_array_add (receiver->letters, read_letter (receiver, message, path));
    if (g_strcmp0 (path, receiver->hangs) == 0) {
        receiver->hanging = message;
        soup_server_message_pause (message);
        return;
    }
    soup_message_headers_replace (soup_server_message_get_response_headers (message), "Location",
                                  "/elsewhere");
    soup_server_message_set_status (message, receiver->status, NULL);
    soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_STATIC, "ok", 2);
}

static Receiver *
receiver_new (void)
{
    Receiver *receiver = g_new0 (Receiver, 1);
    GSList *uris;

    receiver->status = 200;
    receiver->letters = g_ptr_array_new_with_free_func (free_letter);
    receiver->config = tutti_config_new ();
    tutti_config_set (receiver->config, "hooks.secret=" SECRET, NULL);
    receiver->server = soup_server_new (NULL, NULL);
    soup_server_add_handler (receiver->server, NULL, on_request, receiver, NULL);
    g_assert_true (
        soup_server_listen_local (receiver->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, NULL));
    uris = soup_server_get_uris (receiver->server);
    receiver->port = (guint16)g_uri_get_port (uris->data);
    g_slist_free_full (uris, (GDestroyNotify)g_uri_unref);
    return receiver;
}

static void
receiver_free (Receiver *receiver)
{
    soup_server_disconnect (receiver->server);
    g_object_unref (receiver->server);
    tutti_config_free (receiver->config);
    g_ptr_array_unref (receiver->letters);
    g_free (receiver);
    while (g_main_context_iteration (NULL, FALSE)) /* libsoup closes connections */
        continue;
}

/* paths: of the receiver, one or two, separated by a space; more: another setting. */
static Office *
open_office (Receiver *receiver, const char *paths, const char *more)
{
    g_auto (GStrv) parts = g_strsplit (paths, " ", -1);
    g_autoptr (GString) urls = g_string_new ("hooks.url=");
    const char *settings[] = {NULL, "hooks.secret=" SECRET, more, NULL};

    for (guint i = 0; parts[i]; i++)
        g_string_append_printf (urls, "http://127.0.0.1:%u%s ", receiver->port, parts[i]);
    settings[0] = urls->str;
    return office_new (settings);
}

static void
wait_for (Receiver *receiver, guint n_letters)
{
    gint64 until_us = g_get_monotonic_time () + TEST_PATIENCE * 20 * G_USEC_PER_SEC;

    while (receiver->letters->len < n_letters) {
        g_assert_cmpint (g_get_monotonic_time (), <, until_us);
        g_main_context_iteration (NULL, FALSE) ? (void)0 : g_usleep (200);
    }
}

static void
settle (Office *office)
{
    gint64 until_us = g_get_monotonic_time () + TEST_PATIENCE * 20 * G_USEC_PER_SEC;

    while (tutti_hooks_is_flushing (office->hooks)) {
        g_assert_cmpint (g_get_monotonic_time (), <, until_us);
        g_main_context_iteration (NULL, FALSE) ? (void)0 : g_usleep (200);
    }
}

static Letter *
get (Receiver *receiver, guint n)
{
    return receiver->letters->pdata[n];
}

static void
assert_types (Receiver *receiver, const char *types)
{
    g_auto (GStrv) wanted = g_strsplit (types, " ", -1);

    g_assert_cmpuint (receiver->letters->len, ==, g_strv_length (wanted));
    for (guint i = 0; wanted[i]; i++)
        g_assert_cmpstr (get (receiver, i)->type, ==, wanted[i]);
}

/* --- Signatures. --- */

static void
test_known_answer (void)
{
    g_autoptr (TuttiConfig) config = tutti_config_new ();
    g_autoptr (GBytes) body = g_bytes_new_static ("{\"test\": 2432232314}", 20);
    g_autoptr (GPtrArray) secrets = NULL;
    g_autofree char *signature = NULL;

    tutti_config_set (config, "hooks.secret=" SECRET, NULL);
    secrets = tutti_hook_secrets_read (config, NULL);
    signature = tutti_hook_secrets_sign (secrets, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body);
    g_assert_cmpstr (signature, ==, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

static void
test_check (void)
{
    static const struct {
        const char *settings, *says;
    } cases[] = {
        {"secret=", NULL},
        {"url=https://example.org/hook?key=1 secret=" SECRET, NULL},
        {"url=https://example.org/hook secret=012345678901234567890123", NULL},
        {"url=https://example.org/hook", "secret or secret-file"},
        {"url=https://example.org/hook secret=whsec_c2hvcnQ=", "24 bytes"},
        {"url=https://example.org/hook secret-file=/nonexistent", "/nonexistent"},
        {"url=ftp://example.org/ secret=" SECRET, "http"},
        {"url=example.org secret=" SECRET, "http"},
        {"url=https://ada:pw@example.org/ secret=" SECRET, "user"},
        {"url=https://example.org/ events=Room! secret=" SECRET, "patterns"},
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (TuttiConfig) config = tutti_config_new ();
        g_auto (GStrv) settings = g_strsplit (cases[i].settings, " ", -1);
        g_autoptr (GError) error = NULL;

        for (guint k = 0; settings[k]; k++) {
            g_autofree char *set = g_strconcat ("hooks.", settings[k], NULL);
            g_assert_true (tutti_config_set (config, set, NULL));
        }
        g_assert_cmpint (tutti_hooks_check (config, &error), ==, cases[i].says == NULL);
        if (cases[i].says)
            g_assert_nonnull (strstr (error->message, cases[i].says));
    }
}

/* --- Deliveries. --- */

static void
test_delivery (void)
{
    Receiver *receiver = receiver_new ();
    Office *office = open_office (receiver, "/hook?key=secret", NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");
    TuttiRoom *room = tutti_rooms_find (office->rooms, "blue");
    g_auto (Run) table = {0};
    g_auto (Run) status = {0};
    g_auto (Answer) list = {0};
    g_auto (Answer) metrics = {0};

    tutti_room_set_locked (room, TRUE);
    tutti_room_announce (room, "said to people, not to hooks");
    tutti_room_close (room, "closed by the administrator");
    wait_for (receiver, 4);
    settle (office);
    assert_types (receiver, "room.created participant.joined room.updated room.closed");
    for (guint i = 0; i < 4; i++) {
        g_assert_true (get (receiver, i)->is_signed);
        g_assert_cmpstr (get (receiver, i)->room, ==, "blue");
        g_assert_true (g_str_has_prefix (get (receiver, i)->id, "msg_"));
        g_assert_cmpstr (get (receiver, i)->path, ==, "/hook");
    }
    list = office_ask (office, "GET", "/v1/hooks", NULL);
    g_assert_nonnull (strstr (list.text, "\"state\":\"idle\",\"queued\":0,\"delivered\":4"));
    g_assert_null (strstr (list.text, "secret"));
    metrics = office_ask (office, "GET", "/metrics", NULL);
    g_assert_nonnull (
        strstr (metrics.text, "tutti_hook_deliveries_total{result=\"delivered\"} 4\n"));
    table = office_run (office->socket, "hooks");
    g_assert_nonnull (strstr (table.out, "/hook  idle"));
    status = office_run (office->socket, "status");
    g_assert_nonnull (strstr (status.out, "webhooks"));
    office_free (office);
    receiver_free (receiver);
}

static void
test_patterns (void)
{
    Receiver *receiver = receiver_new ();
    Office *office = open_office (receiver, "/", "hooks.events=recording.* *.closed");
    g_autofree char *ada = office_join (office, "blue", "Ada");

    tutti_room_close (tutti_rooms_find (office->rooms, "blue"), "closed");
    wait_for (receiver, 1);
    settle (office);
    assert_types (receiver, "room.closed");
    office_free (office);
    receiver_free (receiver);
}

/* A redirection is no success and is not followed; what failed comes again, before all else. */
static void
test_again (void)
{
    Receiver *receiver = receiver_new ();
    Office *office = open_office (receiver, "/", "hooks.events=room.created");
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_autofree char *bob = office_join (office, "red", "Bob");

    receiver->status = 302;
    wait_for (receiver, 1);
    receiver->status = 200;
    wait_for (receiver, 3);
    settle (office);
    g_assert_cmpstr (get (receiver, 1)->id, ==, get (receiver, 0)->id);
    g_assert_cmpstr (get (receiver, 1)->path, ==, "/");
    g_assert_cmpstr (get (receiver, 1)->room, ==, "blue");
    g_assert_cmpstr (get (receiver, 2)->room, ==, "red");
    g_assert_true (get (receiver, 1)->is_signed);
    office_free (office);
    receiver_free (receiver);
}

/* Nothing more to who said 410, until the configuration is read again. */
static void
test_gone (void)
{
    Receiver *receiver = receiver_new ();
    Office *office = open_office (receiver, "/", "hooks.events=room.created");
    g_autofree char *ada = NULL;
    g_autofree char *bob = NULL;
    g_autofree char *eve = NULL;

    receiver->status = 410;
    ada = office_join (office, "blue", "Ada");
    wait_for (receiver, 1);
    settle (office);
    {
        g_auto (Answer) list = office_ask (office, "GET", "/v1/hooks", NULL);
        g_assert_nonnull (strstr (list.text, "\"state\":\"gone\""));
        g_assert_nonnull (strstr (list.text, "410"));
    }
    bob = office_join (office, "red", "Bob");
    g_assert_false (tutti_hooks_is_flushing (office->hooks));
    receiver->status = 200;
    g_assert_true (tutti_hooks_reload (office->hooks, office->config, NULL));
    eve = office_join (office, "green", "Eve");
    wait_for (receiver, 2);
    settle (office);
    g_assert_cmpstr (get (receiver, 1)->room, ==, "green");
    office_free (office);
    receiver_free (receiver);
}

/* One that doesn't answer holds up nobody: rooms, other receivers, the end. */
static void
test_slow (void)
{
    Receiver *receiver = receiver_new ();
    Office *office = open_office (receiver, "/slow /fast", "hooks.events=room.created");
    g_autofree char *ada = NULL;
    g_autofree char *bob = NULL;
    TuttiHookCounts counts;
    gint64 before_us;

    receiver->hangs = "/slow";
    ada = office_join (office, "blue", "Ada");
    bob = office_join (office, "red", "Bob");
    wait_for (receiver, 3); /* one to /slow, both to /fast */
    g_assert_nonnull (receiver->hanging);
    tutti_hooks_get_counts (office->hooks, &counts);
    g_assert_cmpuint (counts.queued, >=, 2);
    before_us = g_get_monotonic_time ();
    office_free (office);
    g_assert_cmpint (g_get_monotonic_time () - before_us, <, 5 * G_USEC_PER_SEC);
    receiver_free (receiver);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK); /* failures are told */
    g_test_add_func ("/hooks/known-answer", test_known_answer);
    g_test_add_func ("/hooks/check", test_check);
    g_test_add_func ("/hooks/delivery", test_delivery);
    g_test_add_func ("/hooks/patterns", test_patterns);
    g_test_add_func ("/hooks/again", test_again);
    g_test_add_func ("/hooks/gone", test_gone);
    g_test_add_func ("/hooks/slow", test_slow);
    return g_test_run ();
}
