/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-admin-events.c: /v1/events: what is told, to whom, in which order; readers that don't read.
 */
#include "office.h"

#include <gio/gunixsocketaddress.h>
#include <string.h>

/* One who follows: a connection of its own, read line by line. */
typedef struct {
    GSocketConnection *connection;
    GDataInputStream *lines;
} Follower;

static void
on_line (GObject *source, GAsyncResult *result, gpointer user_data)
{
    gsize length;
    char *line =
        g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, &length, NULL);

    *(char **)user_data = line ? line : g_strdup ("(end)");
}

static char *
read_line (Follower *follower)
{
    char *line = NULL;

    g_data_input_stream_read_line_async (follower->lines, G_PRIORITY_DEFAULT, NULL, on_line, &line);
    while (!line)
        g_main_context_iteration (NULL, TRUE);
    return line;
}

/* last: the id of the event that it had last, "" for none. */
static Follower *
follow_after (Office *office, const char *path, const char *last)
{
    Follower *follower = g_new0 (Follower, 1);
    g_autoptr (GSocketClient) client = g_socket_client_new ();
    g_autoptr (GSocketAddress) address = g_unix_socket_address_new (office->socket);
    g_autofree char *request =
        g_strdup_printf ("GET %s HTTP/1.1\r\nHost: x\r\nLast-Event-ID: %s\r\n\r\n", path, last);

    follower->connection =
        g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, NULL);
    g_assert_true (g_output_stream_write_all (
        g_io_stream_get_output_stream (G_IO_STREAM (follower->connection)), request,
        strlen (request), NULL, NULL, NULL));
    follower->lines =
        g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (follower->connection)));
    return follower;
}

static Follower *
follow (Office *office, const char *path)
{
    return follow_after (office, path, "");
}

/* Past the head, up to the first chunk: from then on nothing is missed. */
static Follower *
follow_all (Office *office, const char *path)
{
    Follower *follower = follow (office, path);
    g_autofree char *status = read_line (follower);

    g_assert_true (g_str_has_prefix (status, "HTTP/1.1 200"));
    for (;;) {
        g_autofree char *line = read_line (follower);
        if (g_str_has_prefix (line, "Content-Type:"))
            g_assert_nonnull (strstr (line, "text/event-stream"));
        if (g_str_has_prefix (line, "retry: "))
            return follower;
        g_assert_cmpstr (line, !=, "(end)");
    }
}

static void
follower_free (Follower *follower)
{
    g_object_unref (follower->lines);
    g_object_unref (follower->connection);
    g_free (follower);
}

/* The next event, chunk sizes and empty lines left out. */
static JsonObject *
hear (Follower *follower, const char *type)
{
    g_autofree char *event = g_strconcat ("event: ", type, NULL);
    g_autofree char *line = read_line (follower);
    g_autoptr (JsonNode) node = NULL;

    while (!g_str_has_prefix (line, "event: ")) {
        g_free (line);
        line = read_line (follower);
        g_assert_cmpstr (line, !=, "(end)");
    }
    g_assert_cmpstr (g_strchomp (line), ==, event);
    g_free (line);
    line = read_line (follower);
    g_test_message ("%.300s", line);
    g_assert_true (g_str_has_prefix (line, "data: "));
    node = json_from_string (line + strlen ("data: "), NULL);
    g_assert_nonnull (node);
    g_assert_cmpstr (json_object_get_string_member (json_node_get_object (node), "type"), ==, type);
    return json_node_dup_object (node);
}

/* The next event has this member. */
static void
expect (Follower *follower, const char *type, const char *name, const char *value)
{
    g_autoptr (JsonObject) event = hear (follower, type);

    g_assert_cmpstr (json_object_get_string_member (event, name), ==, value);
}

static void
test_told (void)
{
    Office *office = office_new (NULL);
    Follower *follower = follow_all (office, "/v1/events");
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_autofree char *bob = office_join (office, "blue", "Bob");
    TuttiRoom *room = tutti_rooms_find (office->rooms, "blue");

    expect (follower, "room_created", "room", "blue");
    expect (follower, "participant_joined", "id", ada);
    expect (follower, "participant_joined", "name", "Bob");
    tutti_participant_mute (tutti_room_find (room, bob), TRUE);
    expect (follower, "participant_updated", "id", bob);
    tutti_room_set_locked (room, TRUE);
    expect (follower, "room_updated", "layout", "grid");
    tutti_room_announce (room, "five minutes");
    expect (follower, "chat", "text", "five minutes");
    tutti_participant_kick (tutti_room_find (room, bob), "enough");
    expect (follower, "participant_left", "reason", "kicked");
    tutti_room_close (room, "over");
    expect (follower, "room_closed", "reason", "over");
    follower_free (follower);
    office_free (office);
}

/* Time is RFC 3339, UTC, now. */
static void
test_time (void)
{
    Office *office = office_new (NULL);
    Follower *follower = follow_all (office, "/v1/events");
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_autoptr (JsonObject) event = hear (follower, "room_created");
    const char *text = json_object_get_string_member (event, "time");
    g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, NULL);
    g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

    g_assert_nonnull (time);
    g_assert_true (g_str_has_suffix (text, "Z"));
    g_assert_cmpint (ABS (g_date_time_difference (now, time)), <, 60 * G_TIME_SPAN_SECOND);
    follower_free (follower);
    office_free (office);
}

/* What is said to one stays between two; what the last one leaves behind is nothing. */
static void
test_private_chat (void)
{
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_autofree char *bob = office_join (office, "blue", "Bob");
    TuttiRoom *room = tutti_rooms_find (office->rooms, "blue");
    Follower *follower = follow_all (office, "/v1/events");
    TuttiParticipant *speaker = tutti_room_find (room, ada);

    g_assert_true (tutti_participant_chat (speaker, "between us", bob, NULL));
    g_assert_true (tutti_participant_chat (speaker, "for all", NULL, NULL));
    expect (follower, "chat", "text", "for all");
    tutti_participant_leave (speaker);
    expect (follower, "participant_left", "reason", "left");
    tutti_participant_leave (tutti_room_find (room, bob));
    expect (follower, "participant_left", "participant", bob);
    expect (follower, "room_closed", "reason", "empty");
    follower_free (follower);
    office_free (office);
}

static void
test_one_room (void)
{
    Office *office = office_new (NULL);
    Follower *follower = follow_all (office, "/v1/events?room=red");
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_autofree char *bob = office_join (office, "red", "Bob");
    g_auto (Answer) bad = office_ask (office, "GET", "/v1/events?room=not%20a%20name", NULL);
    g_auto (Answer) head = office_ask (office, "HEAD", "/v1/events", NULL);

    expect (follower, "room_created", "room", "red");
    expect (follower, "participant_joined", "id", bob);
    g_assert_cmpuint (bad.status, ==, 400);
    g_assert_cmpstr (answer_text (&bad, "field"), ==, "room");
    g_assert_cmpuint (head.status, ==, 200);
    follower_free (follower);
    office_free (office);
}

static void
speak (Office *office, const char *room, guint times)
{
    g_autofree char *text = g_strnfill (4000, 'x');

    for (guint i = 0; i < times; i++) {
        tutti_room_announce (tutti_rooms_find (office->rooms, room), text);
        while (g_main_context_iteration (NULL, FALSE))
            ;
    }
}

/* One who never reads is cut off; the other hears on. */
static void
test_slow_reader (void)
{
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_autofree char *bob = office_join (office, "red", "Bob");
    Follower *slow = follow_all (office, "/v1/events?room=blue");
    Follower *other = follow_all (office, "/v1/events?room=red");
    g_autofree char *line = NULL;
    gsize taken = 0;

    speak (office, "blue", 400); /* 1.6 MB: more than the kernel holds and the bound together */
    speak (office, "red", 1);
    expect (other, "chat", "from", "");
    do {
        g_free (line);
        line = read_line (slow);
        taken += strlen (line);
    } while (!g_str_equal (line, "(end)"));
    g_test_message ("the slow one got %zu bytes", taken);
    g_assert_cmpuint (taken, <, 1200 * 1000);
    follower_free (slow);
    follower_free (other);
    office_free (office);
}

/* Places are given back when a follower goes. */
static void
test_many (void)
{
    Office *office = office_new (NULL);
    g_autoptr (GPtrArray) followers =
        g_ptr_array_new_with_free_func ((GDestroyNotify)follower_free);
    guint status = 503;

    for (guint i = 0; i < 64; i++)
        g_ptr_array_add (followers, follow_all (office, "/v1/events"));
    {
        g_auto (Answer) one_more = office_ask (office, "GET", "/v1/events", NULL);
        g_assert_cmpuint (one_more.status, ==, 503);
        g_assert_cmpstr (answer_text (&one_more, "code"), ==, "overloaded");
    }
    g_ptr_array_set_size (followers, 63);
    for (guint i = 0; i < 1000 && status == 503; i++) { /* the server hears of it soon */
        Follower *follower = follow (office, "/v1/events");
        g_autofree char *line = read_line (follower);
        status = (guint)g_ascii_strtoull (line + strlen ("HTTP/1.1 "), NULL, 10);
        follower_free (follower);
    }
    g_assert_cmpuint (status, ==, 200);
    office_free (office);
}

static void
test_end (void)
{
    Office *office = office_new (NULL);
    Follower *follower = follow_all (office, "/v1/events");

    office_free (office); /* while it is followed */
    follower_free (follower);
}

/* The id that the next event has. */
static char *
hear_id (Follower *follower)
{
    for (;;) {
        g_autofree char *line = read_line (follower);

        g_assert_cmpstr (line, !=, "(end)");
        if (g_str_has_prefix (line, "id: "))
            return g_strdup (g_strstrip (line + strlen ("id: ")));
    }
}

/* Who comes back misses nothing of what it follows; who says what was never told gets no more than
 * others. */
static void
test_resume (void)
{
    Office *office = office_new (NULL);
    Follower *first = follow_all (office, "/v1/events");
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_autofree char *id = hear_id (first);
    g_autofree char *bob = office_join (office, "red", "Bob");
    Follower *again, *of_room, *stranger;

    follower_free (first);
    again = follow_after (office, "/v1/events", id);
    expect (again, "participant_joined", "name", "Ada");
    expect (again, "room_created", "room", "red");
    expect (again, "participant_joined", "name", "Bob");
    of_room = follow_after (office, "/v1/events?room=red", id);
    expect (of_room, "room_created", "room", "red");
    stranger = follow_after (office, "/v1/events", "00-1");
    tutti_room_set_locked (tutti_rooms_find (office->rooms, "blue"), TRUE);
    expect (again, "room_updated", "room", "blue");
    follower_free (again);
    follower_free (of_room);
    follower_free (stranger);
    office_free (office);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/admin-events/told", test_told);
    g_test_add_func ("/admin-events/time", test_time);
    g_test_add_func ("/admin-events/private-chat", test_private_chat);
    g_test_add_func ("/admin-events/one-room", test_one_room);
    g_test_add_func ("/admin-events/slow-reader", test_slow_reader);
    g_test_add_func ("/admin-events/many", test_many);
    g_test_add_func ("/admin-events/end", test_end);
    g_test_add_func ("/admin-events/resume", test_resume);
    return g_test_run ();
}
