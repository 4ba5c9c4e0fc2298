/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-admin-etag.c: a room's settings have a tag, which changes with them and with nothing else;
 * two admins who change them don't overwrite each other.
 */
#include "office.h"

static Answer
ask (Office *office, const char *method, const char *header, const char *value)
{
    office->header = header;
    office->header_value = value;
    return office_ask (office, method, "/v1/rooms/blue",
                       g_str_equal (method, "PATCH") ? "{\"locked\":true}" : NULL);
}

static gboolean
is_locked (Office *office)
{
    TuttiRoomInfo info = {0};

    tutti_room_get_info (tutti_rooms_find (office->rooms, "blue"), &info);
    return info.locked;
}

/* Who comes and goes is no setting. */
static void
test_tag (void)
{
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_auto (Answer) one = ask (office, "GET", NULL, NULL);
    g_autofree char *bob = office_join (office, "blue", "Bob");
    g_auto (Answer) two = ask (office, "GET", NULL, NULL);
    g_auto (Answer) changed = ask (office, "PATCH", NULL, NULL);
    g_auto (Answer) three = ask (office, "GET", NULL, NULL);
    g_auto (Answer) layout =
        office_ask (office, "PATCH", "/v1/rooms/blue", "{\"layout\":\"speaker\"}");

    g_assert_cmpuint (strlen (one.etag), ==, 18);
    g_assert_true (one.etag[0] == '"'); /* a strong one */
    g_assert_cmpstr (one.etag, ==, two.etag);
    g_assert_cmpstr (one.etag, !=, changed.etag);
    g_assert_cmpstr (changed.etag, ==, three.etag);
    g_assert_cmpstr (layout.etag, !=, three.etag);
    office_free (office);
}

/* Of two who change what they have read before, the second is told. */
static void
test_lost_update (void)
{
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_auto (Answer) read = ask (office, "GET", NULL, NULL);
    g_auto (Answer) first = ask (office, "PATCH", "If-Match", read.etag);
    g_auto (Answer) second = ask (office, "PATCH", "If-Match", read.etag);
    g_auto (Answer) close = ask (office, "DELETE", "If-Match", read.etag);
    g_auto (Answer) again = ask (office, "DELETE", "If-Match", first.etag);

    g_assert_cmpuint (first.status, ==, 200);
    g_assert_cmpuint (second.status, ==, 412);
    g_assert_cmpstr (second.type, ==, "application/problem+json");
    g_assert_cmpstr (answer_text (&second, "code"), ==, "conflict");
    g_assert_cmpstr (second.etag, ==, first.etag);
    g_assert_cmpuint (close.status, ==, 412);
    g_assert_cmpuint (again.status, ==, 204);
    office_free (office);
}

/* RFC 9110 sections 13.1.1 and 13.1.2. TAG stands for the room's own. */
static void
test_conditions (void)
{
    static const struct {
        const char *method, *header, *value;
        guint status;
    } cases[] = {
        {"GET", "If-None-Match", "TAG", 304},
        {"HEAD", "If-None-Match", "TAG", 304},
        {"GET", "If-None-Match", "\"x\", W/TAG", 304},
        {"GET", "If-None-Match", "*", 304},
        {"GET", "If-None-Match", "\"x\"", 200},
        {"GET", "If-Match", "\"x\"", 412},
        {"GET", "If-Match", "TAG", 200},
        {"PATCH", "If-None-Match", "*", 412},
        {"PATCH", "If-Match", "\"x\"", 412},
        {"PATCH", "If-Match", "W/TAG", 412},
        {"PATCH", "If-Match", "nonsense", 412},
        {"PATCH", "If-Match", "", 412},
        {"PATCH", "If-Match", "\"x\", \"y,z\" , TAG", 200},
    };
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_auto (Answer) read = ask (office, "GET", NULL, NULL);

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_auto (GStrv) parts = g_strsplit (cases[i].value, "TAG", -1);
        g_autofree char *value = g_strjoinv (read.etag, parts);
        g_auto (Answer) answer = {0};

        g_assert_false (is_locked (office));
        answer = ask (office, cases[i].method, cases[i].header, value);
        g_assert_cmpuint (answer.status, ==, cases[i].status);
        g_assert_nonnull (answer.etag);
        if (answer.status == 304)
            g_assert_cmpstr (answer.text, ==, "");
    }
    g_assert_true (is_locked (office));
    office_free (office);
}

/* The PIN is told to nobody, that it was changed is. */
static void
test_pin (void)
{
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_auto (Answer) one = office_ask (office, "PATCH", "/v1/rooms/blue", "{\"pin\":\"1234\"}");
    g_auto (Answer) two = office_ask (office, "PATCH", "/v1/rooms/blue", "{\"pin\":\"5678\"}");
    g_auto (Answer) same = office_ask (office, "PATCH", "/v1/rooms/blue", "{\"pin\":\"5678\"}");

    g_assert_cmpuint (one.status, ==, 200);
    g_assert_cmpstr (one.etag, !=, two.etag);
    g_assert_cmpstr (two.etag, ==, same.etag);
    office_free (office);
}

/* If-None-Match: * makes a room, and leaves one alone that is there. */
static void
test_put (void)
{
    Office *office = office_new (NULL);
    g_auto (Answer) none = {0};
    g_auto (Answer) made = {0};
    g_auto (Answer) again = {0};
    g_auto (Answer) other = {0};
    g_auto (Answer) set = {0};

    office->header = "If-Match";
    office->header_value = "*";
    none = office_ask (office, "PUT", "/v1/rooms/blue", "{}");
    office->header = "If-None-Match";
    made = office_ask (office, "PUT", "/v1/rooms/blue", "{\"limit\":5}");
    again = office_ask (office, "PUT", "/v1/rooms/blue", "{\"limit\":6}");
    office->header = "If-Match";
    office->header_value = "\"x\"";
    other = office_ask (office, "PUT", "/v1/rooms/blue", "{\"limit\":7}");
    office->header_value = made.etag;
    set = office_ask (office, "PUT", "/v1/rooms/blue", "{\"limit\":8}");
    g_assert_cmpuint (none.status, ==, 412);
    g_assert_cmpuint (made.status, ==, 201);
    g_assert_cmpuint (again.status, ==, 412);
    g_assert_cmpstr (again.etag, ==, made.etag);
    g_assert_cmpuint (other.status, ==, 412);
    g_assert_cmpuint (set.status, ==, 200);
    g_assert_cmpint (json_object_get_int_member (answer_object (&set), "limit"), ==, 8);
    office_free (office);
}

static void
test_any (void)
{
    Office *office = office_new (NULL);
    g_auto (Answer) none = ask (office, "PATCH", "If-Match", "*");
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_auto (Answer) some = ask (office, "PATCH", "If-Match", "*");

    g_assert_cmpuint (none.status, ==, 404);
    g_assert_cmpuint (some.status, ==, 200);
    office_free (office);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/admin-etag/tag", test_tag);
    g_test_add_func ("/admin-etag/lost-update", test_lost_update);
    g_test_add_func ("/admin-etag/conditions", test_conditions);
    g_test_add_func ("/admin-etag/pin", test_pin);
    g_test_add_func ("/admin-etag/put", test_put);
    g_test_add_func ("/admin-etag/any", test_any);
    return g_test_run ();
}
