/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * main.c: a room full of people for a server in another process, so that their cost is not its own.
 *
 *   tutti-load --url ws://127.0.0.1:8443/ws --people 25 --talk 3 --seconds 20
 *
 * Prints "ready" when everyone is connected. With --seconds it measures so long, prints a line of
 * JSON (report.c) and ends; else it obeys lines on its standard input:
 *
 *   begin          measures from now on
 *   end            prints the line of JSON
 *   listeners N    lets more come until there are N; "ready" when they are connected
 *   quit
 */
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include <gio/gunixinputstream.h>

#include "report.h"

/* A server that has taken nobody for so long takes nobody any more. */
#define STUCK_SECONDS 30
/* After the last came: servers ask for smaller pictures after a while only (tutti: 2 s). */
#define SETTLE_US (3 * G_USEC_PER_SEC)
#define SECONDS_MAX 3600
/* So many join at a time: a crowd, not an attack. */
#define JOINING_MAX 32
#define LOOK_MS 20
/* Each look makes the main loop poll everybody's WebSocket. */
#define READY_LOOK_MS 100
/* Of those who are light (light.h) each so-manieth is whole after all, a sample: decrypts what it
 * gets, keeps libnice. */
#define SAMPLE 50

typedef struct {
    char *url, *room, *size, *talk, *interfaces;
    int people, cameras, listeners, rooms, seconds, frame_rate, bitrate, whole;
    gboolean dtx, no_canvas, no_transport_cc, no_probe;
} Options;

typedef struct {
    Options options;
    GMainLoop *loop;
    SoupSession *session;
    TuttiNet *net;
    LightNet *light_net; /* NULL: nobody is light */
    Clips *clips;
    Crowd *crowd;
    Probe *probe;
    Report *report;
    GPtrArray *clients;
    GDataInputStream *commands;
    guint n_wanted, n_connected; /* clients in order: so many of the first are connected */
    gint64 progress_us, ends_us;
    gboolean is_ready;
    guint look; /* the timer's source */
    int status;
} Load;

static LoadClient *
get_client (Load *load, guint i)
{
    return load->clients->pdata[i];
}

/* --- People --- */

static void
on_layout (const TuttiRect *tile, int width, int height, gpointer user_data)
{
    Load *load = user_data;

    probe_set_tile (load->probe, tile, width, height);
}

/* The first sends what the second, or if there is none a listener, watches. */
static gboolean
is_watcher (Load *load, guint i)
{
    return load->probe && i == 1;
}

static gboolean
is_light (Load *load, guint i)
{
    return load->light_net && i >= (guint)load->options.whole && i % SAMPLE != 0;
}

static void
add_person (Load *load)
{
    const Options *options = &load->options;
    guint i = load->clients->len;
    gboolean is_listener = i >= (guint)options->people, is_camera = i < (guint)options->cameras;
    g_autofree char *name = g_strdup_printf ("Person %u", i + 1);
    g_autofree char *room = options->rooms > 1
                                ? g_strdup_printf ("%s-%u", options->room, i % options->rooms)
                                : g_strdup (options->room);
    LoadClientSetup setup = {.url = options->url,
                             .room = room,
                             .name = name,
                             .listener = is_listener,
                             .camera = is_camera,
                             .canvas = !options->no_canvas,
                             .transport_cc = !options->no_transport_cc,
                             .light = is_light (load, i) ? load->light_net : NULL};
    LoadClient *client;

    if (is_watcher (load, i)) {
        setup.in[TUTTI_KIND_AUDIO] = probe_get_input (load->probe, TUTTI_KIND_AUDIO);
        setup.in[TUTTI_KIND_VIDEO] = probe_get_input (load->probe, TUTTI_KIND_VIDEO);
        setup.watched_id = load_client_get_id (get_client (load, 0));
        setup.layout = on_layout;
        setup.user_data = load;
    }
    client = load_client_new (load->session, load->net, &setup);
    g_ptr_array_add (load->clients, client);
    if (!is_listener)
        crowd_add (load->crowd, client, is_camera);
}

/* The first is in before the second comes, who must know its name. */
static void
let_in (Load *load)
{
    while (load->clients->len < load->n_wanted &&
           load->clients->len - load->n_connected < JOINING_MAX &&
           (load->clients->len == 0 || load->n_connected > 0))
        add_person (load);
}

static void
fail (Load *load, const char *why)
{
    g_printerr ("tutti-load: %s; %u of %u were connected\n", why, load->n_connected,
                load->n_wanted);
    load->status = 1;
    g_main_loop_quit (load->loop);
}

static void
finish (Load *load)
{
    g_autofree char *text = report_write (load->report);

    printf ("%s\n", text);
    fflush (stdout);
}

static void
become_ready (Load *load, gint64 now_us)
{
    load->is_ready = TRUE;
    printf ("ready\n");
    fflush (stdout);
    if (load->options.seconds > 0 && load->ends_us == 0) {
        load->ends_us = now_us + load->options.seconds * (gint64)G_USEC_PER_SEC;
        report_begin (load->report);
    }
}

static void
count_connected (Load *load, gint64 now_us)
{
    while (load->n_connected < load->clients->len &&
           load_client_get_media (get_client (load, load->n_connected))) {
        load->n_connected++;
        load->progress_us = now_us;
    }
    for (guint i = 0; i < load->clients->len; i++) {
        if (load_client_is_failed (get_client (load, i)))
            fail (load, "somebody failed");
    }
}

/* Each who comes makes everybody's tile another one; pictures for those that stay are made then. */
static gboolean
is_settled (const Load *load, gint64 now_us)
{
    return load->n_connected == load->n_wanted &&
           (load->options.cameras == 0 || now_us - load->progress_us >= SETTLE_US);
}

static gboolean on_look (gpointer user_data);

static void
look_later (Load *load)
{
    load->look = g_timeout_add (load->is_ready ? READY_LOOK_MS : LOOK_MS, on_look, load);
}

static gboolean
on_look (gpointer user_data)
{
    Load *load = user_data;
    gint64 now_us = g_get_monotonic_time ();

    count_connected (load, now_us);
    if (is_settled (load, now_us))
        crowd_prepare (load->crowd);
    now_us = g_get_monotonic_time (); /* that may take a second */
    let_in (load);
    if (load->probe && probe_take_key_frame_wish (load->probe) && load->n_connected > 1)
        load_media_want_key_frame (load_client_get_media (get_client (load, 1)));
    if (!load->is_ready && is_settled (load, now_us))
        become_ready (load, now_us);
    else if (!load->is_ready && now_us - load->progress_us > STUCK_SECONDS * G_USEC_PER_SEC)
        fail (load, "nobody more comes in");
    if (load->ends_us > 0 && now_us >= load->ends_us) {
        finish (load);
        g_main_loop_quit (load->loop);
    }
    look_later (load);
    return G_SOURCE_REMOVE;
}

/* --- Commands --- */

static void
obey (Load *load, const char *line)
{
    guint n;

    if (g_str_equal (line, "begin")) {
        report_begin (load->report);
    } else if (g_str_equal (line, "end")) {
        finish (load);
    } else if (sscanf (line, "listeners %u", &n) == 1 && n <= CROWD_MAX) {
        load->n_wanted = MAX (load->n_wanted, (guint)load->options.people + n);
        load->progress_us = g_get_monotonic_time ();
        load->is_ready = FALSE;
    } else {
        g_main_loop_quit (load->loop);
    }
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Load *load = user_data;
    g_autofree char *line =
        g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, NULL);

    if (!line) {
        g_main_loop_quit (load->loop);
        return;
    }
    obey (load, line);
    g_data_input_stream_read_line_async (load->commands, G_PRIORITY_DEFAULT, NULL, on_line, load);
}

static void
read_commands (Load *load)
{
    g_autoptr (GInputStream) input = g_unix_input_stream_new (0, FALSE);

    load->commands = g_data_input_stream_new (input);
    g_data_input_stream_read_line_async (load->commands, G_PRIORITY_DEFAULT, NULL, on_line, load);
}

/* --- Start. --- */

static gboolean
parse (Options *options, int argc, char **argv)
{
    const GOptionEntry entries[] = {
        {"url", 0, 0, G_OPTION_ARG_STRING, &options->url, "The server's WebSocket", "URL"},
        {"room", 0, 0, G_OPTION_ARG_STRING, &options->room, "Room's name (load)", "NAME"},
        {"rooms", 0, 0, G_OPTION_ARG_INT, &options->rooms, "Over so many rooms (1)", "N"},
        {"people", 0, 0, G_OPTION_ARG_INT, &options->people, "Who may talk", "N"},
        {"cameras", 0, 0, G_OPTION_ARG_INT, &options->cameras, "With a camera (all)", "N"},
        {"listeners", 0, 0, G_OPTION_ARG_INT, &options->listeners, "Listeners besides", "N"},
        {"talk", 0, 0, G_OPTION_ARG_STRING, &options->talk, "How many talk (3)", "N|all|none"},
        {"dtx", 0, 0, G_OPTION_ARG_NONE, &options->dtx, "Who is silent sends nothing", NULL},
        {"no-canvas", 0, 0, G_OPTION_ARG_NONE, &options->no_canvas, "Nobody watches", NULL},
        {"no-transport-cc", 0, 0, G_OPTION_ARG_NONE, &options->no_transport_cc,
         "No transport-wide feedback", NULL},
        {"no-probe", 0, 0, G_OPTION_ARG_NONE, &options->no_probe, "Latency isn't measured", NULL},
        {"whole", 0, 0, G_OPTION_ARG_INT, &options->whole,
         "So many of the first, and each fiftieth, are whole clients (64)", "N"},
        {"interfaces", 0, 0, G_OPTION_ARG_STRING, &options->interfaces,
         "Whose addresses to use (all, loopback too)", "NAMES"},
        {"seconds", 0, 0, G_OPTION_ARG_INT, &options->seconds, "Measures and ends", "S"},
        {"size", 0, 0, G_OPTION_ARG_STRING, &options->size, "Cameras' (what is asked for)", "WxH"},
        {"rate", 0, 0, G_OPTION_ARG_INT, &options->frame_rate, "With --size (15)", "FPS"},
        {"bitrate", 0, 0, G_OPTION_ARG_INT, &options->bitrate, "With --size (150000)", "BPS"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    g_autoptr (GOptionContext) context = g_option_context_new ("- people for a room");
    g_autoptr (GError) error = NULL;

    g_option_context_add_main_entries (context, entries, NULL);
    if (!g_option_context_parse (context, &argc, &argv, &error)) {
        g_printerr ("tutti-load: %s\n", error->message);
        return FALSE;
    }
    options->seconds = CLAMP (options->seconds, 0, SECONDS_MAX);
    if (options->cameras < 0 || options->cameras > options->people)
        options->cameras = options->people;
    return options->url && options->people >= 0 && options->listeners >= 0 &&
           options->people + options->listeners > 0 &&
           options->people + options->listeners <= CROWD_MAX && options->frame_rate > 0;
}

static int
count_talkers (const char *talk)
{
    if (!talk)
        return 3;
    return g_str_equal (talk, "all") ? -1 : g_str_equal (talk, "none") ? 0 : atoi (talk);
}

/* A server uses its loopback addresses only when it is told to, or has no others: the load has a
 * way to either. */
static char *
list_interfaces (void)
{
    g_autoptr (GString) names = g_string_new (NULL);
    struct if_nameindex *all = if_nameindex ();

    for (struct if_nameindex *one = all; one && one->if_name; one++)
        g_string_append_printf (names, "%s ", one->if_name);
    if (all)
        if_freenameindex (all);
    return g_string_free (g_steal_pointer (&names), FALSE);
}

static gboolean
make_clips (Load *load)
{
    ClipsSetup setup = {.cameras = load->options.cameras > 0,
                        .fixed = {.max_rate = (guint)load->options.frame_rate,
                                  .max_bitrate_bps = (guint)load->options.bitrate}};

    if (load->options.size && (sscanf (load->options.size, "%dx%d", &setup.fixed.max_width,
                                       &setup.fixed.max_height) != 2 ||
                               setup.fixed.max_width < 16 || setup.fixed.max_height < 16))
        return FALSE;
    load->clips = clips_new (&setup);
    return TRUE;
}

/* NULL when nobody will need it, or there is no way by IPv4. */
static LightNet *
make_light_net (const Options *options)
{
    g_autoptr (GUri) uri = g_uri_parse (options->url, G_URI_FLAGS_NONE, NULL);
    g_autoptr (GError) error = NULL;
    LightNet *net = NULL;

    if (uri && options->whole < CROWD_MAX)
        net = light_net_new (g_uri_get_host (uri), &error);
    if (error)
        g_printerr ("tutti-load: all clients are whole ones: %s\n", error->message);
    return net;
}

static void
start (Load *load)
{
    const Options *options = &load->options;
    CrowdSetup crowd = {
        .clips = load->clips, .talkers = count_talkers (options->talk), .dtx = options->dtx};
    g_autofree char *interfaces =
        options->interfaces ? g_strdup (options->interfaces) : list_interfaces ();
    TuttiNetConfig net = {.stun_server = "",
                          .turn_server = "",
                          .turn_user = "",
                          .turn_password = "",
                          .interfaces = interfaces,
                          .public_address = ""};

    load->n_wanted = (guint)(options->people + options->listeners);
    if (!options->no_probe && options->people > 0 && load->n_wanted > 1 && options->rooms <= 1)
        load->probe = probe_new ();
    crowd.probe = load->probe;
    load->loop = g_main_loop_new (NULL, FALSE);
    load->session = soup_session_new_with_options ("max-conns", CROWD_MAX, "max-conns-per-host",
                                                   CROWD_MAX, NULL);
    load->net = tutti_net_new (&net, NULL);
    load->light_net = make_light_net (options);
    load->clients = g_ptr_array_new_with_free_func ((GDestroyNotify)load_client_free);
    load->crowd = crowd_new (&crowd);
    load->report = report_new (load->clients, load->crowd, load->probe);
    load->progress_us = g_get_monotonic_time ();
}

static void
clear (Load *load)
{
    crowd_free (load->crowd);
    report_free (load->report);
    g_ptr_array_unref (load->clients);
    tutti_net_free (load->net);
    light_net_free (load->light_net);
    probe_free (load->probe);
    clips_free (load->clips);
    g_clear_object (&load->commands);
    g_object_unref (load->session);
    g_main_loop_unref (load->loop);
}

/* Sockets: some five for each person. */
static void
lift_limit (void)
{
    struct rlimit limit;

    if (getrlimit (RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit (RLIMIT_NOFILE, &limit);
    }
}

/* Each leg tells of itself. */
static GLogWriterOutput
write_no_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
    return level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL) ? G_LOG_WRITER_UNHANDLED
                                                              : G_LOG_WRITER_HANDLED;
}

static void
run (Load *load)
{
    start (load);
    if (load->options.seconds == 0)
        read_commands (load);
    look_later (load);
    g_main_loop_run (load->loop);
    g_source_remove (load->look);
    clear (load);
}

int
main (int argc, char **argv)
{
    Load load = {.options = {.people = 2,
                             .cameras = -1,
                             .frame_rate = 15,
                             .bitrate = 150000,
                             .rooms = 1,
                             .whole = 64}};

    g_log_set_writer_func (write_no_log, NULL, NULL);
    lift_limit ();
    if (!parse (&load.options, argc, argv)) {
        g_printerr ("usage: tutti-load --url ws://HOST:PORT/ws [--people N] ...; see --help\n");
        return 2;
    }
    if (!load.options.room)
        load.options.room = g_strdup ("load");
    if (!make_clips (&load))
        return 2;
    run (&load);
    g_free (load.options.url);
    g_free (load.options.room);
    g_free (load.options.size);
    g_free (load.options.talk);
    return load.status;
}
