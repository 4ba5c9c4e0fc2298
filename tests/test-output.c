/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-output.c: live outputs with ffmpeg as the peer: what it receives by each transport, what
 * happens when it goes, comes again, or takes nothing, and how HLS looks on disk.
 */
#include <glib/gstdio.h>
#include <string.h>
#include <tutti/error.h>

#include "live-kit.h"
#include "patience.h"

typedef struct {
    LiveSource *source;
    TuttiWish *wish;
    char *directory;
} Studio;

static Studio *
open_studio (void)
{
    Studio *studio = g_new0 (Studio, 1);

    studio->source = live_source_new ();
    studio->wish = tutti_wish_new (NULL, NULL);
    studio->directory = g_dir_make_tmp ("tutti-live-XXXXXX", NULL);
    return studio;
}

static void
remove_tree (const char *path)
{
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name (dir))) {
        g_autofree char *inner = g_build_filename (path, name, NULL);
        remove_tree (inner);
    }
    g_remove (path);
}

static void
close_studio (Studio *studio)
{
    live_source_free (studio->source);
    tutti_wish_unref (studio->wish);
    remove_tree (studio->directory);
    g_free (studio->directory);
    g_free (studio);
}

static char *
get_path (const Studio *studio, const char *name)
{
    return g_build_filename (studio->directory, name, NULL);
}

static void
on_told (TuttiOutput *output, gpointer user_data)
{
    guint *times = user_data;

    if (times)
        (*times)++;
}

static TuttiOutput *
send_to (Studio *studio, const char *url, guint *told)
{
    g_autofree char *directory = get_path (studio, "hls");
    g_autoptr (GError) error = NULL;
    const TuttiOutputSetup setup = {
        .url = url,
        .directory = directory,
        .segment_s = 2,
        .video_codec = TUTTI_CODEC_H264,
        .width = LIVE_WIDTH,
        .height = LIVE_HEIGHT,
        .frame_rate = LIVE_FRAME_RATE,
        .channels = LIVE_CHANNELS,
        .bitrate_bps = 400000,
        .audio_bitrate_bps = 128000,
        .key_frame = studio->wish,
        .told = on_told,
        .user_data = told,
    };
    TuttiOutput *output = tutti_output_new (&setup, &error);

    g_assert_no_error (error);
    live_source_add (studio->source, output);
    return output;
}

/* Each in its time: within two seconds it must be over, and then some where threads wait. */
static void
end (Studio *studio, TuttiOutput *output)
{
    gint64 before_us = g_get_monotonic_time ();

    live_source_remove (studio->source, output);
    tutti_output_free (output);
    g_assert_cmpint (g_get_monotonic_time () - before_us, <,
                     TEST_PATIENCE * TUTTI_OUTPUT_PATIENCE_US);
}

static TuttiOutputStats
get_stats (TuttiOutput *output)
{
    TuttiOutputStats stats;

    tutti_output_get_stats (output, &stats);
    return stats;
}

static gboolean
on_tick (gpointer user_data)
{
    return G_SOURCE_CONTINUE;
}

#define wait_for(seconds, condition)                                                               \
    G_STMT_START                                                                                   \
    {                                                                                              \
        gint64 due_us = g_get_monotonic_time () + TEST_PATIENCE * (seconds)*G_USEC_PER_SEC;        \
        guint tick = g_timeout_add (20, on_tick, NULL);                                            \
        while (!(condition)) {                                                                     \
            g_assert_cmpint (g_get_monotonic_time (), <, due_us);                                  \
            g_main_context_iteration (NULL, TRUE);                                                 \
        }                                                                                          \
        g_source_remove (tick);                                                                    \
    }                                                                                              \
    G_STMT_END

static gboolean
is_in_state (TuttiOutput *output, TuttiOutputState state)
{
    return get_stats (output).state == state;
}

/* --- Content --- */

/* A receiver may have begun just after a key frame: what it can show of it is SHOWN_S at least. */
#define SECONDS "8"
#define SHOWN_S 6

typedef struct {
    const char *name, *format, *listen; /* %u: port */
    const char *url;
    GSocketType type;
    TuttiOutput *output;
    GSubprocess *ffmpeg;
    char *file;
} Peer;

static void
start_peer (Studio *studio, Peer *peer)
{
    guint port = live_find_port (peer->type);
    g_autofree char *name = g_strconcat (peer->name, ".mkv", NULL);
    g_autofree char *listen = g_strdup_printf (peer->listen, port);
    g_autofree char *url = g_strdup_printf (peer->url, port);
    gboolean is_rtmp = g_str_equal (peer->format, "flv");

    peer->file = get_path (studio, name);
    peer->ffmpeg = live_receive (peer->file, SECONDS, listen, is_rtmp ? "-listen" : "-f",
                                 is_rtmp ? "1" : peer->format, NULL);
    peer->output = send_to (studio, url, NULL);
}

/* A peer that hears datagrams or reads files goes on when its stream begins again from zero, and
 * what it writes then can't be judged; that may happen only where the machine gave us no time. */
static gboolean
was_steady (const TuttiOutputStats *stats, const TestMachine *machine)
{
    gboolean is_quiet = test_machine_is_quiet (machine);

    if (stats->reconnects > 0)
        g_test_message ("began again %u times: %s", stats->reconnects, stats->why);
    if (is_quiet)
        g_assert_cmpuint (stats->reconnects, ==, 0);
    return stats->reconnects == 0;
}

static void
check_peer (Studio *studio, Peer *peer, const TestMachine *machine)
{
    TuttiOutputStats stats;
    LiveLook look;
    gboolean is_steady;

    g_test_message ("%s", peer->name);
    live_finish (peer->ffmpeg, 40);
    stats = get_stats (peer->output);
    is_steady = was_steady (&stats, machine);
    g_assert_cmpuint (stats.pictures, >, 100);
    g_assert_cmpuint (stats.sounds, >, 200);
    g_assert_cmpuint (stats.bytes, >, 20000);
    g_assert_cmpuint (stats.dropped, ==, 0);
    end (studio, peer->output);
    live_look (peer->file, &look);
    if (is_steady)
        live_assert_good (&look, SHOWN_S);
    g_free (peer->file);
}

/* All at once, from one source. */
static void
test_transports (void)
{
    Peer peers[] = {
        {.name = "rtmp",
         .format = "flv",
         .listen = "rtmp://127.0.0.1:%u/live/x",
         .url = "rtmp://127.0.0.1:%u/live/x",
         .type = G_SOCKET_TYPE_STREAM},
        {.name = "srt",
         .format = "mpegts",
         .listen = "srt://127.0.0.1:%u?mode=listener&passphrase=0123456789",
         .url = "srt://127.0.0.1:%u?passphrase=0123456789",
         .type = G_SOCKET_TYPE_DATAGRAM},
        {.name = "udp",
         .format = "mpegts",
         .listen = "udp://127.0.0.1:%u",
         .url = "udp://127.0.0.1:%u",
         .type = G_SOCKET_TYPE_DATAGRAM},
        {.name = "rtp",
         .format = "rtp",
         .listen = "rtp://127.0.0.1:%u",
         .url = "rtp://127.0.0.1:%u",
         .type = G_SOCKET_TYPE_DATAGRAM},
    };
    Studio *studio = open_studio ();
    TestMachine machine = test_machine_watch ();

    for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
        start_peer (studio, &peers[i]);
    for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
        check_peer (studio, &peers[i], &machine);
    close_studio (studio);
}

/* --- HLS --- */

static guint
count_files (const char *directory, const char *ending)
{
    g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
    const char *name;
    guint n = 0;

    while (dir && (name = g_dir_read_name (dir)))
        n += g_str_has_suffix (name, ending);
    return n;
}

static void
test_hls (void)
{
    Studio *studio = open_studio ();
    g_autofree char *directory = get_path (studio, "hls");
    g_autofree char *stale = g_build_filename (directory, "12.m4s", NULL);
    g_autofree char *other = g_build_filename (directory, "README", NULL);
    g_autofree char *index = g_build_filename (directory, "index.m3u8", NULL);
    g_autofree char *media = g_build_filename (directory, "media.m3u8", NULL);
    g_autofree char *file = get_path (studio, "hls.mkv");
    g_autofree char *master_text = NULL;
    g_autofree char *text = NULL;
    TuttiOutput *output;
    TuttiOutputStats stats;
    LiveLook look;
    TestMachine machine;

    g_mkdir (directory, 0755);
    g_file_set_contents (stale, "x", 1, NULL);
    g_file_set_contents (other, "x", 1, NULL);
    machine = test_machine_watch ();
    output = send_to (studio, "hls:", NULL);
    wait_for (20, is_in_state (output, TUTTI_OUTPUT_LIVE));
    g_assert_false (g_file_test (stale, G_FILE_TEST_EXISTS));
    g_assert_true (g_file_test (other, G_FILE_TEST_EXISTS));
    wait_for (20, count_files (directory, ".m4s") >= 3);
    live_finish (live_receive (file, SECONDS, index, "-f", "hls", NULL), 40);
    stats = get_stats (output);
    live_look (file, &look);
    if (was_steady (&stats, &machine))
        live_assert_good (&look, SHOWN_S);

    g_assert_true (g_file_get_contents (index, &master_text, NULL, NULL));
    g_assert_nonnull (strstr (master_text, "CODECS=\"avc1."));
    g_assert_nonnull (strstr (master_text, "mp4a.40.2"));
    g_assert_nonnull (strstr (master_text, "media.m3u8"));
    wait_for (20, count_files (directory, ".m4s") >= 7);
    /* As long as it runs, old segments go. */
    for (guint i = 0; i < 3; i++) {
        wait_for (5, count_files (directory, ".m4s") <= 8);
        g_usleep (G_USEC_PER_SEC);
    }
    live_source_remove (studio->source, output);
    tutti_output_stop (output);
    wait_for (2, is_in_state (output, TUTTI_OUTPUT_ENDED));
    tutti_output_free (output);
    g_assert_cmpuint (count_files (directory, ".tmp"), ==, 0);
    g_assert_true (g_file_get_contents (media, &text, NULL, NULL));
    g_assert_nonnull (strstr (text, "#EXT-X-INDEPENDENT-SEGMENTS"));
    g_assert_nonnull (strstr (text, "#EXT-X-TARGETDURATION:2\n"));
    g_assert_nonnull (strstr (text, "#EXT-X-MAP:URI=\"init.mp4\""));
    g_assert_nonnull (strstr (text, "#EXT-X-ENDLIST"));
    close_studio (studio);
}

/* --- Peers that go --- */

/* Killed in the middle; the next one gets a stream from its beginning. */
static void
test_reconnect (void)
{
    Studio *studio = open_studio ();
    guint port = live_find_port (G_SOCKET_TYPE_STREAM), told = 0;
    g_autofree char *url = g_strdup_printf ("rtmp://127.0.0.1:%u/live/x", port);
    g_autofree char *lost = get_path (studio, "lost.mkv");
    g_autofree char *file = get_path (studio, "again.mkv");
    GSubprocess *first = live_receive (lost, "60", url, "-listen", "1", NULL);
    TuttiOutput *output = send_to (studio, url, &told);
    TuttiOutputStats stats;
    LiveLook look;

    wait_for (20, is_in_state (output, TUTTI_OUTPUT_LIVE));
    wait_for (20, get_stats (output).bitrate_bps > 0);
    g_subprocess_force_exit (first);
    g_subprocess_wait (first, NULL, NULL);
    g_object_unref (first);
    wait_for (20, is_in_state (output, TUTTI_OUTPUT_WAITING));
    stats = get_stats (output);
    g_assert_cmpuint (stats.bitrate_bps, ==, 0);
    g_assert_cmpint (stats.live_us, ==, 0);
    g_assert_cmpstr (stats.why, !=, "");
    g_test_message ("lost: %s", stats.why);

    live_finish (live_receive (file, SECONDS, url, "-listen", "1", NULL), 60);
    stats = get_stats (output);
    g_assert_cmpuint (stats.reconnects, ==, 1);
    g_assert_cmpuint (stats.attempts, >=, 2);
    live_look (file, &look);
    live_assert_good (&look, SHOWN_S);
    g_assert_cmpuint (told, >=, 4);
    end (studio, output);
    close_studio (studio);
}

/* One peer says nothing at all; one stops reading: its output is dropped after a while. A third one
 * is untouched, and all end when they are told to. */
static void
test_stuck (void)
{
    Studio *studio = open_studio ();
    guint port = live_find_port (G_SOCKET_TYPE_STREAM);
    guint mute_port = live_find_port (G_SOCKET_TYPE_STREAM);
    g_autoptr (GSocketListener) mute = g_socket_listener_new ();
    g_autoptr (GSocketAddress) address =
        g_inet_socket_address_new_from_string ("127.0.0.1", mute_port);
    g_autofree char *url = g_strdup_printf ("rtmp://127.0.0.1:%u/live/x", port);
    g_autofree char *mute_url = g_strdup_printf ("rtmp://127.0.0.1:%u/live/x", mute_port);
    g_autofree char *file = get_path (studio, "stuck.mkv");
    GSubprocess *ffmpeg = live_receive (file, "60", url, "-listen", "1", NULL);
    TuttiOutput *stuck, *unanswered, *fine;
    TuttiOutputStats stats;
    TestMachine machine;
    guint64 before;

    g_assert_true (g_socket_listener_add_address (mute, address, G_SOCKET_TYPE_STREAM,
                                                  G_SOCKET_PROTOCOL_TCP, NULL, NULL, NULL));
    stuck = send_to (studio, url, NULL);
    unanswered = send_to (studio, mute_url, NULL);
    fine = send_to (studio, "hls:", NULL);
    wait_for (20, is_in_state (stuck, TUTTI_OUTPUT_LIVE));
    wait_for (20, is_in_state (fine, TUTTI_OUTPUT_LIVE));
    machine = test_machine_watch ();
    g_subprocess_send_signal (ffmpeg, SIGSTOP);
    live_source_set_ballast (studio->source, 150); /* fills the sockets' buffers: 4 MB/s */
    wait_for (40, is_in_state (stuck, TUTTI_OUTPUT_WAITING));
    stats = get_stats (stuck);
    g_test_message ("stuck: %s", stats.why);
    g_assert_cmpstr (stats.why, ==, "it takes nothing any more");
    before = get_stats (fine).pictures;
    wait_for (5, get_stats (fine).pictures > before + LIVE_FRAME_RATE);
    if (test_machine_is_quiet (&machine))
        g_assert_cmpuint (get_stats (fine).dropped, ==, 0);
    g_assert_true (is_in_state (fine, TUTTI_OUTPUT_LIVE));
    g_assert_false (is_in_state (unanswered, TUTTI_OUTPUT_LIVE));
    end (studio, stuck);
    end (studio, unanswered);
    end (studio, fine);
    g_subprocess_force_exit (ffmpeg);
    g_subprocess_wait (ffmpeg, NULL, NULL);
    g_object_unref (ffmpeg);
    close_studio (studio);
}

/* Ends in each of its moods: while it looks for somebody, while it waits. */
static void
test_refused (void)
{
    Studio *studio = open_studio ();
    guint port = live_find_port (G_SOCKET_TYPE_STREAM);
    g_autofree char *url = g_strdup_printf ("rtmp://127.0.0.1:%u/live/sesame", port);
    TuttiOutput *at_once = send_to (studio, url, NULL);
    TuttiOutput *waiting = send_to (studio, url, NULL);

    end (studio, at_once);
    wait_for (20, is_in_state (waiting, TUTTI_OUTPUT_WAITING));
    g_test_message ("refused: %s", get_stats (waiting).why);
    g_assert_null (strstr (get_stats (waiting).why, "sesame"));
    wait_for (20, get_stats (waiting).attempts >= 2);
    end (studio, waiting);
    close_studio (studio);
}

static void
test_setup (void)
{
    g_autoptr (TuttiWish) wish = tutti_wish_new (NULL, NULL);
    TuttiOutputSetup setup = {
        .url = "file:/tmp/x", .video_codec = TUTTI_CODEC_H264, .channels = 2, .key_frame = wish};
    g_autoptr (GError) scheme = NULL;
    g_autoptr (GError) codec = NULL;
    g_autoptr (GError) directory = NULL;

    g_assert_null (tutti_output_new (&setup, &scheme));
    g_assert_error (scheme, TUTTI_ERROR, TUTTI_ERROR_UNSUPPORTED);
    setup.url = "hls:";
    g_assert_null (tutti_output_new (&setup, &directory));
    g_assert_error (directory, TUTTI_ERROR, TUTTI_ERROR_UNSUPPORTED);
    setup.url = "rtmp://127.0.0.1/live/x";
    setup.video_codec = TUTTI_CODEC_VP8;
    g_assert_null (tutti_output_new (&setup, &codec));
    g_assert_error (codec, TUTTI_ERROR, TUTTI_ERROR_UNSUPPORTED);
    g_assert_true (tutti_output_check_url ("srt://h:9000", NULL));
    g_assert_true (tutti_output_check_url ("rtmps://h/live/x", NULL));
}

int
main (int argc, char *argv[])
{
    g_autofree char *ffmpeg = g_find_program_in_path ("ffmpeg");

    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/output/setup", test_setup);
    g_test_add_func ("/output/refused", test_refused);
    if (ffmpeg) {
        g_test_add_func ("/output/transports", test_transports);
        g_test_add_func ("/output/hls", test_hls);
        g_test_add_func ("/output/reconnect", test_reconnect);
        g_test_add_func ("/output/stuck", test_stuck);
    }
    return g_test_run ();
}
