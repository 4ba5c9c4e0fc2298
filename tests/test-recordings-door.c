/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-recordings-door.c: who gets to see which recordings, what he may do with them, and what
 * nobody gets.
 */
#include "front-door.h"
#include "make-token.h"
#include "record-kit.h"

#define BLUE "blue-20261122T195300Z"
#define RED "red-20261122T195400Z"
#define TOKENS "auth.mode=token"
#define SECRET "auth.secret=" TOKEN_SECRET

typedef struct {
    Scratch scratch;
    TuttiStore *store;
    Door *door;
} House;

static House
open_house (const char *const *settings)
{
    House house = {.scratch = scratch_new ()};

    plant_file (&house.scratch, BLUE ".webm", "the film of blue");
    plant_file (&house.scratch, BLUE ".json", "{}");
    plant_file (&house.scratch, BLUE ".vtt", "WEBVTT\n");
    plant_folder (&house.scratch, BLUE ".tracks");
    plant_file (&house.scratch, BLUE ".tracks/p1-audio.webm", "a voice");
    plant_file (&house.scratch, RED ".mp4", "the film of red");
    plant_file (&house.scratch, "diary.txt", "private");
    house.store = store_open (&house.scratch);
    house.door = door_new (settings);
    fake_room_set_store (house.door->rooms, house.store);
    return house;
}

static void
close_house (House *house)
{
    door_free (house->door);
    tutti_store_unref (house->store);
    scratch_clear (&house->scratch);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (House, close_house)

static House
open_plain (void)
{
    return open_house (NULL);
}

static House
open_guarded (void)
{
    const char *const settings[] = {TOKENS, SECRET, NULL};

    return open_house (settings);
}

/* header NULL: none. */
static guint
ask (House *house, const char *method, const char *path, const char *header, const char *value,
     char **body)
{
    const char *const headers[] = {header, value, NULL};
    g_autoptr (SoupMessage) message = door_ask (house->door, method, path, headers, body);

    return soup_message_get_status (message);
}

static char *
make_bearer (const char *room, const char *role)
{
    g_autofree char *token = make_token (room, role);

    return g_strconcat ("Bearer ", token, NULL);
}

/* --- At this machine. --- */

static void
test_list (void)
{
    g_auto (House) house = open_plain ();
    g_autofree char *body = NULL;
    g_autoptr (JsonNode) root = NULL;
    JsonArray *list;
    JsonObject *red, *blue;

    g_assert_cmpuint (ask (&house, "GET", "/recordings.json", NULL, NULL, &body), ==, 200);
    root = json_from_string (body, NULL);
    g_assert_false (json_object_has_member (json_node_get_object (root), "room"));
    list = json_object_get_array_member (json_node_get_object (root), "recordings");
    g_assert_cmpuint (json_array_get_length (list), ==, 2);
    red = json_array_get_object_element (list, 0);
    blue = json_array_get_object_element (list, 1);
    g_assert_cmpstr (json_object_get_string_member (red, "name"), ==, RED);
    g_assert_cmpstr (json_object_get_string_member (red, "room"), ==, "red");
    g_assert_cmpstr (json_object_get_string_member (red, "state"), ==, "done");
    g_assert_cmpstr (json_object_get_string_member (red, "started"), ==, "2026-11-22T19:54:00Z");
    g_assert_cmpstr (json_object_get_string_member (red, "file"), ==, RED ".mp4");
    g_assert_false (json_object_has_member (red, "chapters"));
    g_assert_cmpstr (json_object_get_string_member (blue, "chapters"), ==, BLUE ".vtt");
    g_assert_cmpint (json_object_get_int_member (blue, "tracks"), ==, 1);
}

static void
test_files (void)
{
    g_auto (House) house = open_plain ();
    g_autofree char *list = NULL, *film = NULL, *part = NULL, *track = NULL;

    g_assert_cmpuint (ask (&house, "GET", "/recordings/" BLUE, NULL, NULL, &list), ==, 200);
    g_assert_cmpstr (list, ==,
                     "{\"files\":[\"" BLUE ".webm\",\"" BLUE ".json\",\"" BLUE ".vtt\",\"" BLUE
                     ".tracks/p1-audio.webm\"]}");
    g_assert_cmpuint (ask (&house, "GET", "/recordings/" BLUE ".webm", NULL, NULL, &film), ==, 200);
    g_assert_cmpstr (film, ==, "the film of blue");
    g_assert_cmpuint (ask (&house, "GET", "/recordings/" BLUE ".webm", "Range", "bytes=4-7", &part),
                      ==, 206);
    g_assert_cmpstr (part, ==, "film");
    g_assert_cmpuint (
        ask (&house, "GET", "/recordings/" BLUE ".tracks/p1-audio.webm", NULL, NULL, &track), ==,
        200);
    g_assert_cmpstr (track, ==, "a voice");
}

/* What is no recording's file, however it is written. */
static void
test_no_escape (void)
{
    static const char *const paths[] = {
        "/recordings/diary.txt",
        "/recordings/",
        "/recordings/..%2fdiary.txt",
        "/recordings/%2e%2e/diary.txt",
        "/recordings/" BLUE ".tracks/../diary.txt",
        "/recordings/" BLUE ".tracks/",
        "/recordings/" BLUE ".tracks/..%2f..%2fdiary.txt",
        "/recordings/%2fetc%2fpasswd",
        "/recordings//etc/passwd",
        "/recordings/" BLUE ".webm/x",
        "/recordings/" BLUE ".webm%00",
        "/recordings/link-20261122T195300Z.webm",
    };
    g_auto (House) house = open_plain ();

    plant_link (&house.scratch, "/etc/passwd", "link-20261122T195300Z.webm");
    for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
        g_autofree char *body = NULL;

        g_test_message ("%s", paths[i]);
        ask (&house, "GET", paths[i], NULL, NULL, &body);
        g_assert_null (strstr (body, "private"));
        g_assert_null (strstr (body, "root:"));
        g_assert_null (strstr (body, "film"));
    }
}

static void
test_delete (void)
{
    g_auto (House) house = open_plain ();

    g_assert_cmpuint (ask (&house, "DELETE", "/recordings/" BLUE, NULL, NULL, NULL), ==, 204);
    g_assert_false (is_there (&house.scratch, BLUE ".webm"));
    g_assert_false (is_there (&house.scratch, BLUE ".tracks"));
    g_assert_true (is_there (&house.scratch, RED ".mp4"));
    g_assert_cmpuint (ask (&house, "DELETE", "/recordings/" BLUE, NULL, NULL, NULL), ==, 404);
    g_assert_cmpuint (ask (&house, "DELETE", "/recordings/diary.txt", NULL, NULL, NULL), ==, 404);
    g_assert_true (is_there (&house.scratch, "diary.txt"));
    g_assert_cmpuint (ask (&house, "PUT", "/recordings/" RED, NULL, NULL, NULL), ==, 405);
}

/* What runs stays. */
static void
test_running (void)
{
    g_auto (House) house = open_plain ();
    g_autofree char *name = tutti_store_begin (house.store, "green", TUTTI_CONTAINER_WEBM, 0, NULL);
    g_autofree char *path = g_strconcat ("/recordings/", name, NULL), *body = NULL;

    g_assert_cmpuint (ask (&house, "DELETE", path, NULL, NULL, &body), ==, 409);
    g_assert_nonnull (strstr (body, "\"conflict\""));
}

/* Whoever is not at this machine, or is made to ask by somebody who isn't. */
static void
test_elsewhere (void)
{
    static const char *const signs[][2] = {
        {"X-Forwarded-For", "192.0.2.1"},   {"Forwarded", "for=192.0.2.1"},
        {"X-Real-IP", "192.0.2.1"},         {"Host", "evil.example:8443"},
        {"Origin", "https://evil.example"}, {"Origin", "null"},
    };
    g_auto (House) house = open_plain ();

    for (guint i = 0; i < G_N_ELEMENTS (signs); i++) {
        g_test_message ("%s: %s", signs[i][0], signs[i][1]);
        g_assert_cmpuint (ask (&house, "GET", "/recordings.json", signs[i][0], signs[i][1], NULL),
                          ==, 403);
        g_assert_cmpuint (
            ask (&house, "DELETE", "/recordings/" BLUE, signs[i][0], signs[i][1], NULL), ==, 403);
    }
    g_assert_true (is_there (&house.scratch, BLUE ".webm"));
}

static void
test_behind_proxy (void)
{
    const char *const settings[] = {"http.public-url=https://meet.example/", NULL};
    g_auto (House) house = open_house (settings);

    g_assert_cmpuint (ask (&house, "GET", "/recordings.json", NULL, NULL, NULL), ==, 403);
}

static void
test_no_directory (void)
{
    g_autoptr (Door) door = door_new (NULL);
    g_autofree char *body = NULL;
    g_autoptr (SoupMessage) message = door_ask (door, "GET", "/recordings.json", NULL, &body);

    g_assert_cmpuint (soup_message_get_status (message), ==, 404);
    g_assert_nonnull (strstr (body, "\"unsupported\""));
}

static void
test_page (void)
{
    g_auto (House) house = open_guarded ();
    g_autofree char *body = NULL;
    g_autoptr (SoupMessage) page = door_ask (house.door, "GET", "/recordings", NULL, &body);
    SoupMessageHeaders *headers = soup_message_get_response_headers (page);

    g_assert_cmpuint (soup_message_get_status (page), ==, 200);
    g_assert_nonnull (strstr (body, "<html"));
    g_assert_nonnull (
        strstr (soup_message_headers_get_one (headers, "Content-Security-Policy"), "default-src"));
    g_assert_cmpstr (soup_message_headers_get_one (headers, "X-Content-Type-Options"), ==,
                     "nosniff");
    g_assert_cmpstr (soup_message_headers_get_one (headers, "Cross-Origin-Resource-Policy"), ==,
                     "same-origin");
}

/* --- With tokens. --- */

static void
test_token_needed (void)
{
    g_auto (House) house = open_guarded ();
    g_autofree char *body = NULL;
    g_autoptr (SoupMessage) message = door_ask (house.door, "GET", "/recordings.json", NULL, &body);

    g_assert_cmpuint (soup_message_get_status (message), ==, 401);
    g_assert_cmpstr (soup_message_headers_get_one (soup_message_get_response_headers (message),
                                                   "WWW-Authenticate"),
                     ==, "Bearer");
    g_assert_cmpuint (ask (&house, "GET", "/recordings/" BLUE ".webm", NULL, NULL, NULL), ==, 401);
    g_assert_cmpuint (ask (&house, "DELETE", "/recordings/" BLUE, NULL, NULL, NULL), ==, 401);
    g_assert_cmpuint (
        ask (&house, "GET", "/recordings.json", "Authorization", "Bearer nonsense", NULL), ==, 401);
}

static void
test_one_room (void)
{
    g_auto (House) house = open_guarded ();
    g_autofree char *bearer = make_bearer ("blue", "moderator"), *list = NULL;

    g_assert_cmpuint (ask (&house, "GET", "/recordings.json", "Authorization", bearer, &list), ==,
                      200);
    g_assert_nonnull (strstr (list, "\"room\":\"blue\",\"recordings\""));
    g_assert_nonnull (strstr (list, BLUE));
    g_assert_null (strstr (list, RED));
    g_assert_cmpuint (
        ask (&house, "GET", "/recordings/" BLUE ".webm", "Authorization", bearer, NULL), ==, 200);
    g_assert_cmpuint (ask (&house, "GET", "/recordings/" RED ".mp4", "Authorization", bearer, NULL),
                      ==, 404);
    g_assert_cmpuint (ask (&house, "GET", "/recordings/" RED, "Authorization", bearer, NULL), ==,
                      404);
    g_assert_cmpuint (ask (&house, "DELETE", "/recordings/" RED, "Authorization", bearer, NULL), ==,
                      404);
    g_assert_true (is_there (&house.scratch, RED ".mp4"));
    g_assert_cmpuint (ask (&house, "DELETE", "/recordings/" BLUE, "Authorization", bearer, NULL),
                      ==, 204);
}

static void
test_lesser_role (void)
{
    g_auto (House) house = open_guarded ();
    g_autofree char *bearer = make_bearer ("blue", "participant");

    g_assert_cmpuint (ask (&house, "GET", "/recordings.json", "Authorization", bearer, NULL), ==,
                      403);
    g_assert_cmpuint (ask (&house, "DELETE", "/recordings/" BLUE, "Authorization", bearer, NULL),
                      ==, 403);
}

/* In mode open too, if there is a secret, for those who are elsewhere. */
static void
test_token_in_mode_open (void)
{
    const char *const settings[] = {SECRET, "http.public-url=http://meet.example", NULL};
    g_auto (House) house = open_house (settings);
    g_autofree char *bearer = make_bearer ("blue", "moderator");

    g_assert_cmpuint (ask (&house, "GET", "/recordings.json", NULL, NULL, NULL), ==, 401);
    g_assert_cmpuint (ask (&house, "GET", "/recordings.json", "Authorization", bearer, NULL), ==,
                      200);
}

/* --- Signing in. --- */

/* *cookie: what the server sets, NULL if nothing; may be NULL. */
static guint
sign_in (House *house, const char *form, const char *origin, char **cookie)
{
    g_autofree char *url = g_strconcat (house->door->url, "recordings/session", NULL);
    g_autoptr (SoupMessage) message = soup_message_new ("POST", url);
    g_autoptr (GBytes) body = g_bytes_new (form, strlen (form));
    g_autoptr (GBytes) answer = NULL;

    soup_message_set_request_body_from_bytes (message, SOUP_FORM_MIME_TYPE_URLENCODED, body);
    if (origin)
        soup_message_headers_replace (soup_message_get_request_headers (message), "Origin", origin);
    answer = door_send (house->door, message);
    if (cookie)
        *cookie = g_strdup (soup_message_headers_get_one (
            soup_message_get_response_headers (message), "Set-Cookie"));
    return soup_message_get_status (message);
}

static void
test_sign_in (void)
{
    g_auto (House) house = open_guarded ();
    g_autofree char *token = make_token ("blue", "moderator"), *film = NULL;
    g_autofree char *form = g_strconcat ("token=", token, NULL), *set = NULL;
    g_autofree char *cookie = g_strconcat ("other=1; tutti_recordings=", token, NULL);

    g_assert_cmpuint (sign_in (&house, form, NULL, &set), ==, 204);
    g_assert_true (g_str_has_prefix (set, "tutti_recordings="));
    g_assert_nonnull (strstr (set, token));
    g_assert_nonnull (strstr (set, "; HttpOnly"));
    g_assert_nonnull (strstr (set, "; SameSite=Strict"));
    g_assert_nonnull (strstr (set, "; Path=/recordings"));
    g_assert_cmpuint (ask (&house, "GET", "/recordings/" BLUE ".webm", "Cookie", cookie, &film), ==,
                      200);
    g_assert_cmpstr (film, ==, "the film of blue");
    g_assert_cmpuint (ask (&house, "GET", "/recordings/" RED ".mp4", "Cookie", cookie, NULL), ==,
                      404);
}

static void
test_sign_out (void)
{
    g_auto (House) house = open_guarded ();
    g_autoptr (SoupMessage) message =
        door_ask (house.door, "DELETE", "/recordings/session", NULL, NULL);
    const char *set =
        soup_message_headers_get_one (soup_message_get_response_headers (message), "Set-Cookie");

    g_assert_cmpuint (soup_message_get_status (message), ==, 204);
    g_assert_true (g_str_has_prefix (set, "tutti_recordings=;"));
    g_assert_nonnull (strstr (set, "Max-Age=0"));
}

static void
test_sign_in_refused (void)
{
    const char *const settings[] = {TOKENS, SECRET, "auth.join-rate=3", NULL};
    g_auto (House) house = open_house (settings);
    g_autofree char *token = make_token ("blue", "listener"), *set = NULL;
    g_autofree char *form = g_strconcat ("token=", token, NULL);
    g_autofree char *endless = g_strnfill (100000, 'x');

    g_assert_cmpuint (sign_in (&house, "token=x", "https://evil.example", NULL), ==, 403);
    g_assert_cmpuint (sign_in (&house, endless, NULL, NULL), ==, 413);
    g_assert_cmpuint (sign_in (&house, form, NULL, &set), ==, 403);
    g_assert_null (set);
    g_assert_cmpuint (sign_in (&house, "token=nonsense", NULL, NULL), ==, 401);
    g_assert_cmpuint (sign_in (&house, "", NULL, NULL), ==, 401);
    g_assert_cmpuint (sign_in (&house, "token=nonsense", NULL, NULL), ==, 429);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/recordings/list", test_list);
    g_test_add_func ("/recordings/files", test_files);
    g_test_add_func ("/recordings/no-escape", test_no_escape);
    g_test_add_func ("/recordings/delete", test_delete);
    g_test_add_func ("/recordings/running", test_running);
    g_test_add_func ("/recordings/elsewhere", test_elsewhere);
    g_test_add_func ("/recordings/behind-proxy", test_behind_proxy);
    g_test_add_func ("/recordings/no-directory", test_no_directory);
    g_test_add_func ("/recordings/page", test_page);
    g_test_add_func ("/recordings/token-needed", test_token_needed);
    g_test_add_func ("/recordings/one-room", test_one_room);
    g_test_add_func ("/recordings/lesser-role", test_lesser_role);
    g_test_add_func ("/recordings/token-in-mode-open", test_token_in_mode_open);
    g_test_add_func ("/recordings/sign-in", test_sign_in);
    g_test_add_func ("/recordings/sign-out", test_sign_out);
    g_test_add_func ("/recordings/sign-in-refused", test_sign_in_refused);
    return g_test_run ();
}
