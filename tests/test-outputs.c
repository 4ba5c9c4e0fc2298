/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-outputs.c: a real room with people in it, sent to an RTMP server and as HLS: what arrives,
 * what control is told, that it costs one encode, and that all ends with the room.
 */
#include <string.h>

#include <glib/gstdio.h>
#include <tutti/error.h>

#include "room/news.h"
#include "room/outputs.h"

#include "caller.h"
#include "live-kit.h"

/* Its tone is what live-look listens for. */
static const CallerSetup RED = {"Red", TUTTI_PERSON_PARTICIPANT, LIVE_TONE_HZ, 0.1, {82, 90, 240}};

#define SECONDS "8"

typedef struct {
    Party *party;
    Caller *red;
    TuttiRoom *room;
    char *directory;
    GString *news;
} Stage;

static void
on_news (const TuttiNews *news, gpointer user_data)
{
    GString *text = user_data;

    if (news->type == TUTTI_NEWS_OUTPUT)
        g_string_append_printf (text, "%s %s %s;", news->room, news->item, news->state);
}

static Stage *
open_stage (void)
{
    Stage *stage = g_new0 (Stage, 1);
    g_autofree char *assignments = NULL;

    stage->directory = g_dir_make_tmp ("tutti-live-XXXXXX", NULL);
    assignments = g_strdup_printf ("ice.interfaces=lo;room.canvas=320x180;room.frame-rate=25;"
                                   "live.bitrate=400000;live.directory=%s",
                                   stage->directory);
    stage->party = party_new (assignments);
    stage->red = caller_new (stage->party, &RED);
    stage->room = tutti_participant_room (stage->red->self);
    stage->news = g_string_new (NULL);
    tutti_rooms_follow_news (stage->party->rooms, on_news, stage->news);
    return stage;
}

static void
close_stage (Stage *stage)
{
    party_free (stage->party);
    g_assert_true (g_str_has_suffix (stage->news->str, "ended;"));
    g_assert_cmpint (g_rmdir (stage->directory), ==, 0); /* nothing is left behind */
    g_string_free (stage->news, TRUE);
    g_free (stage->directory);
    g_free (stage);
}

typedef struct {
    const char *id;
    TuttiOutputInfo info;
} Search;

static void
on_output (const TuttiOutputInfo *info, gpointer user_data)
{
    Search *search = user_data;

    if (g_str_equal (info->id, search->id))
        search->info = *info;
}

static gboolean
is_live (Stage *stage, const char *id)
{
    Search search = {.id = id};

    tutti_room_each_output (stage->room, on_output, &search);
    return search.info.id && search.info.stats.state == TUTTI_OUTPUT_LIVE;
}

static guint
count_renditions (Stage *stage)
{
    TuttiRoomInfo info;

    tutti_room_get_info (stage->room, &info);
    return info.n_renditions;
}

static void
assert_seen_and_heard (const char *file)
{
    LiveLook look;

    live_look (file, &look);
    g_test_message ("%u pictures, %.2f red, longest gap %.2f s; %.2f s of sound, tone %.3f",
                    look.n_pictures, look.red, look.longest_gap_s, look.sound_s, look.tone);
    g_assert_cmpuint (look.n_pictures, >, 30);
    g_assert_cmpfloat (look.red, >, 0.9);
    g_assert_cmpfloat (look.longest_gap_s, <, 1.5);
    g_assert_cmpfloat (look.sound_s, >, 6);
    g_assert_cmpfloat (look.tone, >, 0.05);
}

static void
test_room (void)
{
    Stage *stage = open_stage ();
    guint port = live_find_port (G_SOCKET_TYPE_STREAM), before;
    g_autofree char *url = g_strdup_printf ("rtmp://127.0.0.1:%u/live/sesame", port);
    g_autofree char *index = g_build_filename (stage->directory, "blue", "index.m3u8", NULL);
    g_autofree char *rtmp_file = g_build_filename (g_get_tmp_dir (), "tutti-outputs-r.mkv", NULL);
    g_autofree char *hls_file = g_build_filename (g_get_tmp_dir (), "tutti-outputs-h.mkv", NULL);
    GSubprocess *ffmpeg = live_receive (rtmp_file, SECONDS, url, "-listen", "1", NULL);
    const char *rtmp, *hls;
    g_autoptr (GError) error = NULL;

    party_wait (stage->party, 30, caller_is_connected (stage->red));
    party_run (stage->party, 2); /* it settles */
    before = count_renditions (stage);
    g_assert_true (tutti_room_start_output (stage->room, url, &rtmp, &error));
    g_assert_cmpstr (rtmp, ==, "o1");
    g_assert_true (tutti_room_start_output (stage->room, "hls:", &hls, &error));
    party_wait (stage->party, 30, is_live (stage, "o1") && is_live (stage, "o2"));
    g_assert_cmpuint (count_renditions (stage), ==, before + 1);
    g_assert_false (tutti_room_start_output (stage->room, "hls:", &hls, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_CONFLICT);

    live_finish (ffmpeg, 40);
    assert_seen_and_heard (rtmp_file);
    party_wait (stage->party, 20, g_file_test (index, G_FILE_TEST_EXISTS));
    live_finish (live_receive (hls_file, SECONDS, index, "-f", "hls", NULL), 40);
    assert_seen_and_heard (hls_file);

    g_assert_true (tutti_room_stop_output (stage->room, url, NULL));
    g_assert_false (tutti_room_stop_output (stage->room, "o1", NULL));
    g_assert_nonnull (strstr (stage->news->str, "o1 connecting;"));
    g_assert_nonnull (strstr (stage->news->str, "o1 live;"));
    g_assert_nonnull (strstr (stage->news->str, "o1 ended;"));
    g_unlink (rtmp_file);
    g_unlink (hls_file);
    close_stage (stage);
}

/* Nobody takes it: control is told, nothing is encoded meanwhile, and there is a limit. */
static void
test_limits (void)
{
    Stage *stage = open_stage ();
    const char *id;
    g_autoptr (GError) many = NULL;
    g_autoptr (GError) scheme = NULL;
    guint before;

    party_wait (stage->party, 30, caller_is_connected (stage->red));
    party_run (stage->party, 2); /* it settles */
    before = count_renditions (stage);
    for (guint i = 0; i < TUTTI_OUTPUTS_MAX; i++) {
        g_autofree char *url = g_strdup_printf ("rtmp://127.0.0.1:9/live/%u", i);
        g_assert_true (tutti_room_start_output (stage->room, url, &id, NULL));
    }
    g_assert_false (tutti_room_start_output (stage->room, "rtmp://127.0.0.1:9/x/y", &id, &many));
    g_assert_error (many, TUTTI_ERROR, TUTTI_ERROR_CONFLICT);
    for (guint i = TUTTI_OUTPUTS_MAX; i > 1; i--) {
        g_autofree char *name = g_strdup_printf ("o%u", i);
        g_assert_true (tutti_room_stop_output (stage->room, name, NULL));
    }
    g_assert_false (tutti_room_start_output (stage->room, "file:/tmp/x", &id, &scheme));
    g_assert_error (scheme, TUTTI_ERROR, TUTTI_ERROR_UNSUPPORTED);
    party_wait (stage->party, 20, strstr (stage->news->str, "o1 waiting;"));
    party_wait (stage->party, 20, count_renditions (stage) == before);
    close_stage (stage);
}

int
main (int argc, char *argv[])
{
    g_autofree char *ffmpeg = g_find_program_in_path ("ffmpeg");

    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/outputs/limits", test_limits);
    if (ffmpeg)
        g_test_add_func ("/outputs/room", test_room);
    return g_test_run ();
}
