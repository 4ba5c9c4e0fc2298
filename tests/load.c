/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * load.c: a room full of people for a server in another process, so that their cost is not its own.
 *
 *   load --url wss://127.0.0.1:8443/ws --people 25 --talkers 3 --seconds 20
 *
 * Prints "ready" when everyone is connected, then at the end one line of JSON: what each received,
 * on average and at least. Exit 0 if everybody got sound and picture.
 */
#include <stdio.h>

#include "load-client.h"
#include "load-media.h"

/* A server that has not taken everyone by then never will. */
#define JOIN_SECONDS_MAX 60
#define SECONDS_MAX 3600

typedef struct {
    char *url, *room, *size;
    int people, talkers, listeners, seconds, frame_rate, bitrate;
} Options;

#define PHASES 3

typedef struct {
    Options options;
    GMainLoop *loop;
    SoupSession *session;
    TuttiNet *net;
    LoadMedia *media[PHASES];
    GPtrArray *clients, *names;
    gboolean measuring;
    gint64 started_us, measured_us, next_picture_us[PHASES], next_voice_us;
    LoadReceived *before;
    int status;
} Load;

static LoadClient *
get_client (Load *load, guint i)
{
    return load->clients->pdata[i];
}

/* --- Sending. --- */

/* Cameras are not in step: a third of the people at a time, so that the canvas changes at each of
 * its own pictures, as it does with real ones. */
static void
send_picture (Load *load, guint phase, gint64 time_us)
{
    g_autoptr (GPtrArray) packets =
        g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_packet_unref);
    gboolean from_key = FALSE;

    for (guint i = phase; i < load->clients->len; i += PHASES)
        from_key |= load_client_take_key_frame_wish (get_client (load, i));
    load_media_next_picture (load->media[phase], time_us, from_key, packets);
    for (int i = phase; i < load->options.people; i += PHASES) {
        TuttiPeer *peer = load_client_get_peer (get_client (load, i));
        TuttiQueue *out = peer ? tutti_peer_get_output (peer, TUTTI_KIND_VIDEO) : NULL;

        for (guint k = 0; out && k < packets->len; k++)
            tutti_queue_push (out, packets->pdata[k]);
    }
}

static void
send_voice (Load *load, gint64 time_us)
{
    g_autoptr (TuttiPacket) voice = load_media_next_voice (load->media[0], time_us);

    for (int i = 0; i < MIN (load->options.talkers, load->options.people); i++) {
        TuttiPeer *peer = load_client_get_peer (get_client (load, i));

        if (peer)
            tutti_queue_push (tutti_peer_get_output (peer, TUTTI_KIND_AUDIO), voice);
    }
}

/* --- Measuring. --- */

static gboolean
all_connected (Load *load)
{
    for (guint i = 0; i < load->clients->len; i++) {
        if (load_client_is_failed (get_client (load, i))) {
            load->status = 1;
            g_main_loop_quit (load->loop);
        }
        if (!load_client_get_peer (get_client (load, i)))
            return FALSE;
    }
    return TRUE;
}

static void
begin (Load *load, gint64 now_us)
{
    load->measuring = TRUE;
    load->measured_us = now_us;
    for (guint i = 0; i < load->clients->len; i++)
        load_client_get_received (get_client (load, i), &load->before[i]);
    printf ("ready\n");
    fflush (stdout);
}

static void
finish (Load *load, gint64 now_us)
{
    double seconds = (double)(now_us - load->measured_us) / G_USEC_PER_SEC;
    double fps = 0, fps_min = G_MAXDOUBLE, voices = 0, voices_min = G_MAXDOUBLE, kbits = 0;
    guint n = load->clients->len;

    for (guint i = 0; i < n; i++) {
        LoadReceived now;

        load_client_get_received (get_client (load, i), &now);
        fps += (now.pictures - load->before[i].pictures) / seconds / n;
        fps_min = MIN (fps_min, (now.pictures - load->before[i].pictures) / seconds);
        voices += (now.voices - load->before[i].voices) / seconds / n;
        voices_min = MIN (voices_min, (now.voices - load->before[i].voices) / seconds);
        kbits += (now.bytes - load->before[i].bytes) * 8 / seconds / 1000 / n;
    }
    printf ("{\"people\":%u,\"seconds\":%.1f,\"fps\":%.1f,\"fps_min\":%.1f,\"voice_packets\":%.1f,"
            "\"voice_packets_min\":%.1f,\"kbits\":%.0f}\n",
            n, seconds, fps, fps_min, voices, voices_min, kbits);
    load->status = fps_min > 0 ? 0 : 1;
    g_main_loop_quit (load->loop);
}

static void
watch (Load *load, gint64 now_us)
{
    if (!load->measuring && all_connected (load))
        begin (load, now_us);
    else if (!load->measuring && now_us - load->started_us > JOIN_SECONDS_MAX * G_USEC_PER_SEC) {
        g_printerr ("load: not everyone was connected after %d s\n", JOIN_SECONDS_MAX);
        load->status = 1;
        g_main_loop_quit (load->loop);
    } else if (load->measuring &&
               now_us - load->measured_us >= load->options.seconds * (gint64)G_USEC_PER_SEC) {
        finish (load, now_us);
    }
}

static gboolean
on_tick (gpointer user_data)
{
    Load *load = user_data;
    gint64 now_us = g_get_monotonic_time ();

    while (load->next_voice_us <= now_us) {
        send_voice (load, load->next_voice_us);
        load->next_voice_us += TUTTI_ROUND_US;
    }
    for (guint phase = 0; phase < PHASES; phase++) {
        while (load->next_picture_us[phase] <= now_us) {
            send_picture (load, phase, load->next_picture_us[phase]);
            load->next_picture_us[phase] += G_USEC_PER_SEC / load->options.frame_rate;
        }
    }
    watch (load, now_us);
    return G_SOURCE_CONTINUE;
}

/* --- Start. --- */

static gboolean
parse (Options *options, int argc, char **argv)
{
    const GOptionEntry entries[] = {
        {"url", 0, 0, G_OPTION_ARG_STRING, &options->url, "The server's WebSocket", "URL"},
        {"room", 0, 0, G_OPTION_ARG_STRING, &options->room, "Room's name (load)", "NAME"},
        {"people", 0, 0, G_OPTION_ARG_INT, &options->people, "Cameras", "N"},
        {"talkers", 0, 0, G_OPTION_ARG_INT, &options->talkers, "How many of them talk", "N"},
        {"listeners", 0, 0, G_OPTION_ARG_INT, &options->listeners, "Listeners besides", "N"},
        {"seconds", 0, 0, G_OPTION_ARG_INT, &options->seconds, "Measured time", "S"},
        {"size", 0, 0, G_OPTION_ARG_STRING, &options->size, "Cameras' size (320x180)", "WxH"},
        {"rate", 0, 0, G_OPTION_ARG_INT, &options->frame_rate, "Cameras' rate (15)", "FPS"},
        {"bitrate", 0, 0, G_OPTION_ARG_INT, &options->bitrate, "Cameras' bit/s (150000)", "BPS"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    g_autoptr (GOptionContext) context = g_option_context_new ("- people for a room");
    g_autoptr (GError) error = NULL;

    g_option_context_add_main_entries (context, entries, NULL);
    if (!g_option_context_parse (context, &argc, &argv, &error)) {
        g_printerr ("load: %s\n", error->message);
        return FALSE;
    }
    options->seconds = CLAMP (options->seconds, 1, SECONDS_MAX);
    return options->url && options->people + options->listeners > 0 && options->frame_rate > 0;
}

static void
join_everyone (Load *load)
{
    int n = load->options.people + load->options.listeners;

    load->before = g_new0 (LoadReceived, n);
    for (int i = 0; i < n; i++) {
        char *name = g_strdup_printf ("Person %d", i + 1);
        LoadClientSetup setup = {.url = load->options.url,
                                 .room = load->options.room,
                                 .name = name,
                                 .listener = i >= load->options.people};

        g_ptr_array_add (load->names, name);
        g_ptr_array_add (load->clients, load_client_new (load->session, load->net, &setup));
    }
}

static void
clear (Load *load)
{
    g_ptr_array_unref (load->clients);
    g_ptr_array_unref (load->names);
    tutti_net_free (load->net);
    for (guint phase = 0; phase < PHASES; phase++)
        load_media_free (load->media[phase]);
    g_object_unref (load->session);
    g_main_loop_unref (load->loop);
    g_free (load->before);
}

static void
run (Load *load)
{
    LoadMediaSetup media = {.frame_rate = load->options.frame_rate,
                            .bitrate_bps = load->options.bitrate};
    guint source;

    g_assert_true (sscanf (load->options.size, "%dx%d", &media.width, &media.height) == 2);
    for (guint phase = 0; phase < PHASES; phase++)
        load->media[phase] = load_media_new (&media);
    load->loop = g_main_loop_new (NULL, FALSE);
    load->session =
        soup_session_new_with_options ("max-conns", 2000, "max-conns-per-host", 2000, NULL);
    load->net = tutti_net_new (&(TuttiNetConfig){.stun_server = "",
                                                 .turn_server = "",
                                                 .turn_user = "",
                                                 .turn_password = "",
                                                 .interfaces = "",
                                                 .public_address = ""},
                               NULL);
    load->clients = g_ptr_array_new_with_free_func ((GDestroyNotify)load_client_free);
    load->names = g_ptr_array_new_with_free_func (g_free);
    load->started_us = load->next_voice_us = g_get_monotonic_time ();
    for (guint phase = 0; phase < PHASES; phase++)
        load->next_picture_us[phase] =
            load->started_us + phase * G_USEC_PER_SEC / load->options.frame_rate / PHASES;
    join_everyone (load);
    source = g_timeout_add (5, on_tick, load);
    g_main_loop_run (load->loop);
    g_source_remove (source);
    clear (load);
}

int
main (int argc, char **argv)
{
    Load load = {
        .options = {.people = 2, .talkers = 3, .seconds = 10, .frame_rate = 15, .bitrate = 150000}};

    if (!parse (&load.options, argc, argv)) {
        g_printerr ("usage: load --url wss://HOST:PORT/ws [--people N] ...; see --help\n");
        return 2;
    }
    if (!load.options.room)
        load.options.room = g_strdup ("load");
    if (!load.options.size)
        load.options.size = g_strdup ("320x180");
    run (&load);
    g_free (load.options.url);
    g_free (load.options.room);
    g_free (load.options.size);
    return load.status;
}
