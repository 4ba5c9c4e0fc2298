/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-metrics.c: /metrics on the admin socket and on an address of its own: clean by promtool's
 * lint, OpenMetrics for who asks for it, no names of rooms unless asked for; the dashboard and the
 * alerts name only what is there.
 */
#include "office.h"

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>
#include <string.h>

#include "control/metrics-server.h"
#include "control/metrics-text.h"

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_assert_true (g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, user_data,
                                                         NULL, NULL));
}

static void
assert_lint (const char *metrics)
{
    g_autofree char *promtool = g_find_program_in_path ("promtool");
    g_autoptr (GSubprocess) process = NULL;
    char *out = NULL;

    if (!promtool) {
        g_test_message ("promtool is not installed: not linted");
        return;
    }
    process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                    G_SUBPROCESS_FLAGS_STDERR_MERGE,
                                NULL, promtool, "check", "metrics", NULL);
    g_assert_nonnull (process);
    g_subprocess_communicate_utf8_async (process, metrics, NULL, on_done, &out);
    while (!out)
        g_main_context_iteration (NULL, TRUE);
    g_test_message ("promtool: %s", out);
    g_assert_cmpstr (out, ==, "");
    g_assert_true (g_subprocess_get_successful (process));
    g_free (out);
}

static void
test_text (void)
{
    static const char *const WANTED[] = {
        "# TYPE tutti_rooms gauge\ntutti_rooms 2\n",
        "\ntutti_participants 3\n",
        "# TYPE tutti_packets_received_total counter\n",
        "\ntutti_cpu_seconds_total{stage=\"encode\"} ",
        "# TYPE tutti_wakeups_total counter\n",
        "\ntutti_wakeups_total{thread=\"control\"} ",
        "tutti_build_info{version=\"" TUTTI_VERSION "\"} 1\n",
        "\ntutti_recordings_total{result=\"failed\"} 0\n",
        "\ntutti_outputs{state=\"live\"} 0\n",
        "\nprocess_resident_memory_bytes ",
        "# TYPE tutti_join_seconds histogram\n",
        "\ntutti_join_seconds_count 0\n",
        "# TYPE tutti_mix_lateness_seconds histogram\n",
        "\ntutti_mix_lateness_seconds_bucket{le=\"0.005\"} ",
        "\ntutti_mix_lateness_seconds_bucket{le=\"1.0\"} ",
        "\ntutti_mix_lateness_seconds_bucket{le=\"+Inf\"} ",
        "# TYPE tutti_jitter_buffer_delay_seconds histogram\n",
        "\ntutti_jitter_buffer_delay_seconds_bucket{le=\"0.05\"} ",
        "\ntutti_jitter_buffer_delay_seconds_sum ",
        "# TYPE tutti_audio_encode_seconds histogram\n",
        "\ntutti_audio_encode_seconds_bucket{le=\"0.0002\"} ",
        "# TYPE tutti_video_encode_seconds histogram\n",
        "\ntutti_video_encode_seconds_bucket{codec=\"vp8\",le=\"0.005\"} ",
        "\ntutti_video_encode_seconds_bucket{codec=\"h264\",le=\"+Inf\"} ",
        "\ntutti_video_encode_seconds_count{codec=\"h264\"} 0\n",
        NULL,
    };
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Ada");
    g_autofree char *bob = office_join (office, "blue", "Bob");
    g_autofree char *eve = office_join (office, "red", "Eve");
    g_auto (Answer) answer = office_ask (office, "GET", "/metrics", NULL);
    g_auto (Answer) rooms = office_ask (office, "GET", "/metrics?rooms=1", NULL);

    g_assert_cmpuint (answer.status, ==, 200);
    g_assert_true (g_str_has_prefix (answer.type, "text/plain; version=0.0.4"));
    assert_has (answer.text, WANTED);
    g_assert_null (strstr (answer.text, "blue"));
    assert_lint (answer.text);
    g_assert_nonnull (strstr (rooms.text, "\ntutti_room_participants{room=\"blue\"} 2\n"));
    assert_lint (rooms.text);
    office_free (office);
}

/* --- On an address of its own. --- */

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
    *(GBytes **)user_data = soup_session_send_and_read_finish (SOUP_SESSION (source), result, NULL);
}

/* Gives the status; *text is new. */
static guint
ask (TuttiMetricsServer *server, const char *path, const char *accept, char **text)
{
    g_autofree char *url =
        g_strdup_printf ("http://127.0.0.1:%u%s", tutti_metrics_server_get_port (server), path);
    g_autoptr (SoupSession) session = soup_session_new_with_options ("proxy-resolver", NULL, NULL);
    g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
    g_autoptr (GBytes) bytes = NULL;

    soup_message_headers_replace (soup_message_get_request_headers (message), "Accept", accept);
    soup_session_send_and_read_async (session, message, G_PRIORITY_DEFAULT, NULL, on_answer,
                                      &bytes);
    while (!bytes)
        g_main_context_iteration (NULL, TRUE);
    *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    return soup_message_get_status (message);
}

static void
test_listen (void)
{
    static const struct {
        const char *accept;
        gboolean open;
    } cases[] = {
        {"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
         "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
         TRUE},
        {"text/plain;version=0.0.4", FALSE},
        {"*/*", FALSE},
        {"text/plain;q=0.9,application/openmetrics-text;q=0.1", FALSE},
        {"nonsense", FALSE},
    };
    static const char *const OPEN[] = {"# TYPE tutti_packets_sent counter\n",
                                       "\ntutti_packets_sent_total ",
                                       "# UNIT tutti_cpu_seconds seconds\n", NULL};
    static const char *const MORE[] = {"metrics.listen=127.0.0.1:0", NULL};
    Office *office = office_new (MORE);
    g_autoptr (GError) error = NULL;
    TuttiMetricsServer *server =
        tutti_metrics_server_new (office->config, tutti_admin_get_sources (office->admin), &error);
    g_autofree char *elsewhere = NULL;

    g_assert_no_error (error);
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *text = NULL;

        g_assert_cmpuint (ask (server, "/metrics", cases[i].accept, &text), ==, 200);
        g_assert_cmpint (g_str_has_suffix (text, "\n# EOF\n"), ==, cases[i].open);
        if (cases[i].open)
            assert_has (text, OPEN);
    }
    g_assert_cmpuint (ask (server, "/v1/rooms", "*/*", &elsewhere), ==, 404);
    tutti_metrics_server_free (server);
    office_free (office);
}

static void
test_off (void)
{
    static const char *const TAKEN[] = {"metrics.listen=192.0.2.1:9", NULL};
    Office *office = office_new (NULL), *wrong = office_new (TAKEN);
    g_autoptr (GError) error = NULL;
    TuttiMetricsServer *off =
        tutti_metrics_server_new (office->config, tutti_admin_get_sources (office->admin), NULL);

    g_assert_nonnull (off);
    g_assert_null (
        tutti_metrics_server_new (wrong->config, tutti_admin_get_sources (wrong->admin), &error));
    g_assert_true (g_str_has_prefix (error->message, "[metrics] listen: "));
    tutti_metrics_server_free (off);
    office_free (office);
    office_free (wrong);
}

static void
test_escapes (void)
{
    static const TuttiMetricFamily family = {"x", TUTTI_METRIC_GAUGE, NULL, "X."};
    TuttiMetricsText *text = tutti_metrics_text_new (FALSE);
    g_autofree char *finished = NULL;

    tutti_metrics_text_begin (text, &family);
    tutti_metrics_text_add (text, "name", "a\"b\\c\nd", 0.25);
    finished = tutti_metrics_text_finish (text);
    g_assert_cmpstr (finished, ==,
                     "# HELP x X.\n# TYPE x gauge\nx{name=\"a\\\"b\\\\c\\nd\"} 0.25\n");
}

/* --- What is installed beside them names only what there is. --- */

static char *
read_etc (const char *name, char **path)
{
    char *text = NULL;

    *path = g_test_build_filename (G_TEST_DIST, "..", "etc", name, NULL);
    g_assert_true (g_file_get_contents (*path, &text, NULL, NULL));
    return text;
}

/* Gives how many names there were. */
static guint
assert_names (const char *text, const char *metrics)
{
    g_autoptr (GRegex) regex = g_regex_new ("\\b(?:tutti|process)_[a-z_]+\\b", 0, 0, NULL);
    g_autoptr (GMatchInfo) match = NULL;
    guint n = 0;

    for (g_regex_match (regex, text, 0, &match); g_match_info_matches (match);
         g_match_info_next (match, NULL)) {
        g_autofree char *name = g_match_info_fetch (match, 0);
        g_autofree char *bare = g_strconcat ("\n", name, " ", NULL);
        g_autofree char *labelled = g_strconcat ("\n", name, "{", NULL);

        g_test_message ("%s", name);
        g_assert_true (strstr (metrics, bare) || strstr (metrics, labelled));
        n++;
    }
    return n;
}

static void
assert_rules (const char *path)
{
    g_autofree char *promtool = g_find_program_in_path ("promtool");
    const char *argv[] = {promtool, "check", "rules", path, NULL};
    g_autofree char *out = NULL;
    int status = 0;

    if (!promtool) {
        g_test_message ("promtool is not installed: not checked");
        return;
    }
    g_assert_true (
        g_spawn_sync (NULL, (char **)argv, NULL, 0, NULL, NULL, &out, NULL, &status, NULL));
    g_test_message ("promtool: %s", out);
    g_assert_cmpint (status, ==, 0);
}

static void
test_beside (void)
{
    Office *office = office_new (NULL);
    g_auto (Answer) answer = office_ask (office, "GET", "/metrics", NULL);
    g_autofree char *dashboard_path = NULL, *rules_path = NULL;
    g_autofree char *dashboard = read_etc ("grafana-dashboard.json", &dashboard_path);
    g_autofree char *rules = read_etc ("tutti.rules.yml", &rules_path);
    g_autoptr (JsonNode) tree = json_from_string (dashboard, NULL);

    g_assert_true (tree && JSON_NODE_HOLDS_OBJECT (tree));
    g_assert_true (json_object_has_member (json_node_get_object (tree), "panels"));
    g_assert_cmpuint (assert_names (dashboard, answer.text), >=, 15);
    g_assert_cmpuint (assert_names (rules, answer.text), >=, 8);
    assert_rules (rules_path);
    office_free (office);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/metrics/text", test_text);
    g_test_add_func ("/metrics/listen", test_listen);
    g_test_add_func ("/metrics/off", test_off);
    g_test_add_func ("/metrics/escapes", test_escapes);
    g_test_add_func ("/metrics/dashboard-and-rules", test_beside);
    return g_test_run ();
}
