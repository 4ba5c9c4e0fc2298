/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-live-door.c: a room's live output as a player fetches it: types, caching, tokens, and
 * nothing from beside it.
 */
#include "front-door.h"
#include "make-token.h"
#include "record-kit.h"

#define PLAYLIST                                                                                   \
    "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-MAP:URI=\"init.mp4\"\n#EXTINF:2.0,\nsegment-1.m4s\n"

typedef struct {
    Scratch scratch;
    Door *door;
} House;

static House
open_house (const char *const *settings)
{
    House house = {.scratch = scratch_new ()};

    plant_folder (&house.scratch, "blue");
    plant_file (&house.scratch, "blue/index.m3u8", PLAYLIST);
    plant_file (&house.scratch, "blue/init.mp4", "header");
    plant_file (&house.scratch, "blue/segment-1.m4s", "0123456789");
    plant_file (&house.scratch, "secret.txt", "private");
    house.door = door_new (settings);
    fake_room_set_live_directory (house.door->rooms, house.scratch.path);
    return house;
}

static void
close_house (House *house)
{
    door_free (house->door);
    scratch_clear (&house->scratch);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (House, close_house)

static House
open_guarded (void)
{
    const char *const settings[] = {"auth.mode=token", "auth.secret=" TOKEN_SECRET, NULL};

    return open_house (settings);
}

typedef struct {
    guint status;
    char *body, *type, *caching, *cookie, *allow_origin;
} Answer;

static void
clear_answer (Answer *answer)
{
    g_free (answer->body);
    g_free (answer->type);
    g_free (answer->caching);
    g_free (answer->cookie);
    g_free (answer->allow_origin);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, clear_answer)

static Answer
ask (House *house, const char *path, const char *header, const char *value)
{
    const char *const headers[] = {header, value, NULL};
    Answer answer = {0};
    g_autoptr (SoupMessage) message = door_ask (house->door, "GET", path, headers, &answer.body);
    SoupMessageHeaders *response = soup_message_get_response_headers (message);

    answer.status = soup_message_get_status (message);
    answer.type = g_strdup (soup_message_headers_get_one (response, "Content-Type"));
    answer.caching = g_strdup (soup_message_headers_get_one (response, "Cache-Control"));
    answer.cookie = g_strdup (soup_message_headers_get_one (response, "Set-Cookie"));
    answer.allow_origin =
        g_strdup (soup_message_headers_get_one (response, "Access-Control-Allow-Origin"));
    return answer;
}

static void
test_open (void)
{
    g_auto (House) house = open_house (NULL);
    g_auto (Answer) page = ask (&house, "/live/blue/", NULL, NULL);
    g_auto (Answer) playlist = ask (&house, "/live/blue/index.m3u8", NULL, NULL);
    g_auto (Answer) header = ask (&house, "/live/blue/init.mp4", NULL, NULL);
    g_auto (Answer) segment = ask (&house, "/live/blue/segment-1.m4s", "Range", "bytes=2-4");
    g_auto (Answer) redirected = ask (&house, "/live/blue", NULL, NULL);

    g_assert_nonnull (strstr (page.body, "<html"));
    g_assert_cmpstr (playlist.type, ==, "application/vnd.apple.mpegurl");
    g_assert_cmpstr (playlist.caching, ==, "no-cache");
    g_assert_cmpstr (playlist.allow_origin, ==, "*");
    g_assert_cmpstr (playlist.body, ==, PLAYLIST);
    g_assert_cmpstr (header.type, ==, "video/mp4");
    g_assert_cmpstr (header.caching, ==, "no-cache");
    g_assert_cmpstr (segment.type, ==, "video/mp4");
    g_assert_cmpstr (segment.caching, ==, "max-age=60");
    g_assert_cmpstr (segment.allow_origin, ==, "*");
    g_assert_cmpuint (segment.status, ==, 206);
    g_assert_cmpstr (segment.body, ==, "234");
    g_assert_cmpuint (redirected.status, ==, 200); /* the client followed */
    g_assert_cmpstr (redirected.body, ==, page.body);
}

static void
test_nothing_there (void)
{
    g_auto (House) house = open_house (NULL);
    g_auto (Answer) other = ask (&house, "/live/red/index.m3u8", NULL, NULL);
    g_auto (Answer) none = ask (&house, "/live/", NULL, NULL);
    g_auto (Answer) bad = ask (&house, "/live/b%C3%A4d/index.m3u8", NULL, NULL);

    g_assert_cmpuint (other.status, ==, 404);
    g_assert_cmpuint (none.status, ==, 404);
    g_assert_cmpuint (bad.status, ==, 400);
    fake_room_set_live_directory (house.door->rooms, NULL);
    g_assert_cmpuint (door_get_status (house.door, "/live/blue/index.m3u8"), ==, 404);
}

static void
test_no_escape (void)
{
    static const char *const paths[] = {
        "/live/../secret.txt",      "/live/%2e%2e/secret.txt",
        "/live/blue/../secret.txt", "/live/blue/..%2fsecret.txt",
        "/live/blue/link.m4s",      "/live/link/secret.txt",
        "/live/./secret.txt",       "/live//secret.txt",
        "/live/blue//etc/passwd",   "/live/blue/%2e%2e%2fsecret.txt",
    };
    g_auto (House) house = open_house (NULL);

    plant_link (&house.scratch, "../secret.txt", "blue/link.m4s");
    plant_link (&house.scratch, ".", "link");
    for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
        g_auto (Answer) answer = ask (&house, paths[i], NULL, NULL);

        g_test_message ("%s: %u", paths[i], answer.status);
        g_assert_null (strstr (answer.body, "private"));
        g_assert_null (strstr (answer.body, "root:"));
    }
}

static void
test_token_needed (void)
{
    g_auto (House) house = open_guarded ();
    g_autofree char *token = make_token ("red", "moderator");
    g_autofree char *path = g_strconcat ("/live/blue/index.m3u8?token=", token, NULL);
    g_auto (Answer) page = ask (&house, "/live/blue/", NULL, NULL);
    g_auto (Answer) none = ask (&house, "/live/blue/index.m3u8", NULL, NULL);
    g_auto (Answer) other = ask (&house, path, NULL, NULL);
    g_auto (Answer) segment = ask (&house, "/live/blue/segment-1.m4s", NULL, NULL);

    g_assert_cmpuint (page.status, ==, 200); /* it says what is missing */
    g_assert_cmpuint (none.status, ==, 401);
    g_assert_cmpuint (other.status, ==, 401);
    g_assert_cmpuint (segment.status, ==, 401);
}

/* A player that is given one address finds all others by it. */
static void
test_token_in_address (void)
{
    g_auto (House) house = open_guarded ();
    g_autofree char *token = make_token ("blue", "listener");
    g_autofree char *path = g_strconcat ("/live/blue/index.m3u8?token=", token, NULL);
    g_autofree char *next = g_strconcat ("/live/blue/segment-1.m4s?token=", token, NULL);
    g_autofree char *line = g_strconcat ("\nsegment-1.m4s?token=", token, "\n", NULL);
    g_autofree char *map = g_strconcat ("URI=\"init.mp4?token=", token, "\"", NULL);
    g_auto (Answer) playlist = ask (&house, path, NULL, NULL);
    g_auto (Answer) segment = ask (&house, next, NULL, NULL);

    g_assert_nonnull (strstr (playlist.body, line));
    g_assert_nonnull (strstr (playlist.body, map));
    g_assert_cmpstr (segment.body, ==, "0123456789");
    g_assert_cmpstr (segment.caching, ==, "private, max-age=60");
}

static void
test_token_in_cookie (void)
{
    g_auto (House) house = open_guarded ();
    g_autofree char *token = make_token ("blue", "participant");
    g_autofree char *bearer = g_strconcat ("Bearer ", token, NULL);
    g_autofree char *cookie = g_strconcat ("tutti_live=", token, NULL);
    g_autofree char *path = g_strconcat ("/live/blue/?token=", token, NULL);
    g_autofree char *wrong = g_strconcat ("/live/red/?token=", token, NULL);
    g_auto (Answer) page = ask (&house, path, NULL, NULL);
    g_auto (Answer) other = ask (&house, wrong, NULL, NULL);
    g_auto (Answer) by_cookie = ask (&house, "/live/blue/index.m3u8", "Cookie", cookie);
    g_auto (Answer) by_header = ask (&house, "/live/blue/index.m3u8", "Authorization", bearer);

    g_assert_nonnull (strstr (page.cookie, token));
    g_assert_nonnull (strstr (page.cookie, "; Path=/live/blue/; HttpOnly; SameSite=Strict"));
    g_assert_null (other.cookie);
    g_assert_cmpstr (by_cookie.body, ==, PLAYLIST);
    g_assert_cmpstr (by_header.body, ==, PLAYLIST);
}

static void
test_methods (void)
{
    g_auto (House) house = open_house (NULL);
    g_autoptr (SoupMessage) deleted =
        door_ask (house.door, "DELETE", "/live/blue/index.m3u8", NULL, NULL);
    g_autoptr (SoupMessage) head =
        door_ask (house.door, "HEAD", "/live/blue/segment-1.m4s", NULL, NULL);

    g_assert_cmpuint (soup_message_get_status (deleted), ==, 405);
    g_assert_true (is_there (&house.scratch, "blue/index.m3u8"));
    g_assert_cmpint (
        soup_message_headers_get_content_length (soup_message_get_response_headers (head)), ==, 10);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/live-door/open", test_open);
    g_test_add_func ("/live-door/nothing-there", test_nothing_there);
    g_test_add_func ("/live-door/no-escape", test_no_escape);
    g_test_add_func ("/live-door/token-needed", test_token_needed);
    g_test_add_func ("/live-door/token-in-address", test_token_in_address);
    g_test_add_func ("/live-door/token-in-cookie", test_token_in_cookie);
    g_test_add_func ("/live-door/methods", test_methods);
    return g_test_run ();
}
