/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * main.c: tuttid(8): options, configuration, start, signals, stop.
 */
#include <gio/gio.h>
#include <glib-unix.h>
#include <locale.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>
#include <tutti/config.h>
#include <tutti/error.h>
#include <tutti/log.h>
#include <tutti/role.h>
#include <tutti/trim.h>
#include <unistd.h>

#include "admin.h"
#include "hooks.h"
#include "metrics-server.h"
#include "privileges.h"
#include "recording.h"
#include "rooms.h"
#include "server.h"

/* How long the goodbyes may take to reach the clients before the sockets are closed. */
#define LARGE_BYTES (1 << 20)
#define FAREWELL_MS 300
/* And how long recordings to be finished: beyond, the disk hangs, and they are for the next start.
 */
#define FINISHING_US (10 * G_USEC_PER_SEC)
/* And how long webhooks may take beyond that to tell of it. */
#define FLUSHING_US (2 * G_USEC_PER_SEC)
#define DEFAULT_CONFIG SYSCONFDIR "/tutti/tuttid.conf"

typedef struct {
    char *config, *listen, *user;
    char **set;
    gboolean check, version;
} Options;

typedef struct {
    GMainLoop *loop;
    const Options *options;
    TuttiConfig *config;
    TuttiRooms *rooms;
    TuttiServer *server;
    TuttiAdmin *admin;
    TuttiHooks *hooks;
    TuttiMetricsServer *metrics; /* NULL: off */
    gboolean stopping, hung;
    TuttiTrim trim;
    gint64 stopping_us;     /* since */
    gint64 finished_us;     /* recordings are; 0: not yet */
    guint drain_id;         /* looks whether everyone has left; 0: it isn't drained */
    gint64 drain_before_us; /* it ends then, whoever is there; 0: never */
} Daemon;

/* --- Options and configuration. --- */

static gboolean
parse_options (Options *options, int argc, char **argv)
{
    const GOptionEntry entries[] = {
        {"config", 'c', 0, G_OPTION_ARG_FILENAME, &options->config,
         "Read this file instead of " DEFAULT_CONFIG, "FILE"},
        {"listen", 'l', 0, G_OPTION_ARG_STRING, &options->listen,
         "Serve at this address (as --set http.listen=)", "ADDR:PORT"},
        {"set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->set,
         "Set a configuration key; may be given again", "SECTION.KEY=VALUE"},
        {"user", 'u', 0, G_OPTION_ARG_STRING, &options->user,
         "Started by root: become this user once ports and keys are had", "USER"},
        {"check", 0, 0, G_OPTION_ARG_NONE, &options->check,
         "Check the configuration and exit: 0 good, 78 bad", NULL},
        {"version", 'V', 0, G_OPTION_ARG_NONE, &options->version, "Print the version and exit",
         NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    g_autoptr (GOptionContext) context = g_option_context_new ("- a mixing conference server");
    g_autoptr (GError) error = NULL;

    g_option_context_add_main_entries (context, entries, NULL);
    if (!g_option_context_parse (context, &argc, &argv, &error)) {
        g_printerr ("tuttid: %s\n", error->message);
        return FALSE;
    }
    if (argc > 1) {
        g_printerr ("tuttid: unexpected argument '%s'\n", argv[1]);
        return FALSE;
    }
    return TRUE;
}

/* Adds a fault for what can't even be read. */
static void
read_config (TuttiConfig *config, const Options *options, GPtrArray *faults)
{
    const char *path = options->config ? options->config : DEFAULT_CONFIG;
    gboolean is_there = options->config || g_file_test (path, G_FILE_TEST_EXISTS);
    g_autoptr (GError) error = NULL;

    if (is_there && !tutti_config_load (config, path, &error))
        g_ptr_array_add (faults, g_strdup (error->message));
    for (guint i = 0; options->set && options->set[i]; i++) {
        g_clear_error (&error);
        if (!tutti_config_set (config, options->set[i], &error))
            g_ptr_array_add (faults, g_strdup_printf ("--set: %s", error->message));
    }
    if (options->listen) {
        g_autofree char *set = g_strconcat ("http.listen=", options->listen, NULL);

        tutti_config_set (config, set, NULL);
    }
}

/* FALSE: faults were found and printed. */
static gboolean
check_config (TuttiConfig *config, const Options *options)
{
    g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GError) error = NULL;

    read_config (config, options, faults);
    tutti_config_check (config, faults);
    if (faults->len == 0 &&
        (!tutti_server_check (config, &error) || !tutti_admin_check (config, &error) ||
         !tutti_hooks_check (config, &error)))
        g_ptr_array_add (faults, g_strdup (error->message));
    for (guint i = 0; i < faults->len; i++)
        g_printerr ("%s\n", (char *)faults->pdata[i]);
    return faults->len == 0;
}

/* Keys that are kept for what this version can't do yet: said aloud, never silently ignored. */
static void
warn_of_reserved_keys (TuttiConfig *config)
{
    static const char *const reserved[][2] = {
        {"audio", "noise-suppression"},
        {"audio", "gain-control"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS (reserved); i++) {
        if (tutti_config_is_written (config, reserved[i][0], reserved[i][1]))
            g_warning ("[%s] %s has no effect in this version", reserved[i][0], reserved[i][1]);
    }
}

/* --- The end. --- */

static gboolean
on_farewell_over (gpointer user_data)
{
    Daemon *daemon = user_data;

    gint64 now_us = g_get_monotonic_time ();

    if (tutti_rooms_is_finishing_recordings (daemon->rooms) &&
        now_us - daemon->stopping_us < FINISHING_US)
        return G_SOURCE_CONTINUE;
    if (daemon->finished_us == 0)
        daemon->finished_us = now_us;
    if (tutti_hooks_is_flushing (daemon->hooks) && now_us - daemon->finished_us < FLUSHING_US)
        return G_SOURCE_CONTINUE;
    g_main_loop_quit (daemon->loop);
    return G_SOURCE_REMOVE;
}

/* SIGTERM, SIGINT: no new joins, everyone is told, recordings are finished, then the loop ends. */
static gboolean
on_stop (gpointer user_data)
{
    Daemon *daemon = user_data;

    if (daemon->stopping)
        return G_SOURCE_CONTINUE;
    daemon->stopping = TRUE;
    daemon->stopping_us = g_get_monotonic_time ();
    g_clear_handle_id (&daemon->drain_id, g_source_remove);
    g_message ("stopping");
    sd_notify (0, "STOPPING=1");
    tutti_rooms_drain (daemon->rooms);
    tutti_rooms_close_all (daemon->rooms, "the server is stopping");
    g_timeout_add (FAREWELL_MS, on_farewell_over, daemon);
    return G_SOURCE_CONTINUE;
}

/* --- The admin's hand. --- */

static void
shut_down (gpointer user_data)
{
    on_stop (user_data);
}

static gboolean
on_drain_looked (gpointer user_data)
{
    Daemon *daemon = user_data;
    TuttiServerStats stats;

    tutti_rooms_get_stats (daemon->rooms, &stats);
    if (stats.n_participants > 0 &&
        (daemon->drain_before_us == 0 || g_get_monotonic_time () < daemon->drain_before_us))
        return G_SOURCE_CONTINUE;
    daemon->drain_id = 0;
    on_stop (daemon);
    return G_SOURCE_REMOVE;
}

/* Asked again, it has the new deadline. */
static void
drain (guint deadline_s, gpointer user_data)
{
    Daemon *daemon = user_data;

    if (daemon->stopping)
        return;
    g_message ("draining");
    tutti_rooms_drain (daemon->rooms);
    daemon->drain_before_us =
        deadline_s > 0 ? g_get_monotonic_time () + deadline_s * G_USEC_PER_SEC : 0;
    if (daemon->drain_id == 0)
        daemon->drain_id = g_timeout_add_seconds (1, on_drain_looked, daemon);
}

/* The configuration as it is written now, for those parts that can change while the server runs.
 * NULL: it makes no sense. */
static TuttiConfig *
read_anew (Daemon *daemon, GError **error)
{
    g_autoptr (TuttiConfig) config = tutti_config_new ();
    g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);

    read_config (config, daemon->options, faults);
    tutti_config_check (config, faults);
    if (faults->len == 0)
        return g_steal_pointer (&config);
    g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG, faults->pdata[0]);
    return NULL;
}

static gboolean
reload (gpointer user_data, GError **error)
{
    Daemon *daemon = user_data;
    g_autoptr (TuttiConfig) anew = read_anew (daemon, error);

    /* First what is only looked at: either all of it changes or nothing. */
    if (!anew || !tutti_hooks_check (anew, error) || !tutti_admin_check (daemon->config, error) ||
        !tutti_server_reload (daemon->server, error) || !tutti_admin_renew (daemon->admin, error) ||
        !tutti_hooks_reload (daemon->hooks, anew, error))
        return FALSE;
    g_message ("reloaded");
    return TRUE;
}

static char *
write_token (const TuttiToken *token, gpointer user_data, GError **error)
{
    Daemon *daemon = user_data;

    return tutti_server_write_token (daemon->server, token, error);
}

/* SIGHUP: certificate, secrets, tokens and webhooks are read again; calls go on. */
static gboolean
on_reload (gpointer user_data)
{
    g_autoptr (GError) error = NULL;

    sd_notify (0, "RELOADING=1");
    if (!reload (user_data, &error))
        g_warning ("not reloaded: %s", error->message);
    sd_notify (0, "READY=1");
    return G_SOURCE_CONTINUE;
}

/* --- Running. --- */

/* That it is called at all shows that main turns; what else must turn is the sound. */
static gboolean
on_watchdog (gpointer user_data)
{
    Daemon *daemon = user_data;
    gboolean hung = !tutti_rooms_is_alive (daemon->rooms, g_get_monotonic_time ());

    if (!hung)
        sd_notify (0, "WATCHDOG=1");
    else if (!daemon->hung)
        g_critical ("an audio round hangs: the watchdog is no longer fed");
    daemon->hung = hung;
    return G_SOURCE_CONTINUE;
}

/* systemd wants to hear from us twice in its period. */
static void
feed_watchdog (Daemon *daemon)
{
    guint64 period_us = 0;

    if (sd_watchdog_enabled (0, &period_us) > 0)
        g_timeout_add ((guint)(period_us / 2 / 1000), on_watchdog, daemon);
}

/* Encoders' and pictures' large blocks go back to the system when they are freed. Once the first of
 * them was, glibc would take the next ones from its heaps, which keep them between smaller ones. */
static void
tame_malloc (void)
{
#ifdef __GLIBC__
    mallopt (M_MMAP_THRESHOLD, LARGE_BYTES);
#endif
}

/* malloc keeps what a crowd needed, spread over the heaps of many threads. */
static gboolean
on_look (gpointer user_data)
{
    Daemon *daemon = user_data;
    TuttiServerStats stats;

    tutti_rooms_get_stats (daemon->rooms, &stats);
    if (!tutti_trim_update (&daemon->trim,
                            tutti_server_n_connections (daemon->server) + stats.n_participants))
        return G_SOURCE_CONTINUE;
#ifdef __GLIBC__
    malloc_trim (0);
#endif
    return G_SOURCE_CONTINUE;
}

/* Each leg has several sockets and each client a connection: the usual soft limit of 1024 is a room
 * of some hundred. */
static void
raise_descriptor_limit (void)
{
    struct rlimit limit;

    if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
        g_warning ("the limit of open files can't be raised");
}

static void
print_urls (char **urls, const char *what)
{
    for (guint i = 0; urls[i]; i++)
        printf ("tuttid: %slistening on %s\n", what, urls[i]);
    fflush (stdout);
}

static gboolean
start (Daemon *daemon, GError **error)
{
    TuttiAdminHands hands = {drain, shut_down, reload, write_token, daemon, NULL};
    g_auto (GStrv) urls = NULL;
    g_auto (GStrv) admin_urls = NULL;

    daemon->rooms = tutti_rooms_new (daemon->config, error);
    if (!daemon->rooms)
        return FALSE;
    daemon->hooks = tutti_hooks_new (daemon->config, daemon->rooms, error);
    if (!daemon->hooks)
        return FALSE;
    hands.hooks = daemon->hooks;
    tutti_rooms_recover_recordings (daemon->rooms);
    daemon->admin = tutti_admin_new (daemon->config, daemon->rooms, &hands, error);
    if (!daemon->admin)
        return FALSE;
    daemon->metrics =
        tutti_metrics_server_new (daemon->config, tutti_admin_get_sources (daemon->admin), error);
    if (!daemon->metrics)
        return FALSE;
    daemon->server = tutti_server_new (daemon->config, daemon->rooms, error);
    if (!daemon->server)
        return FALSE;
    urls = tutti_server_get_urls (daemon->server);
    print_urls (urls, "");
    admin_urls = tutti_admin_get_urls (daemon->admin);
    print_urls (admin_urls, "admin API ");
    return TRUE;
}

static void
stop (Daemon *daemon)
{
    tutti_server_free (daemon->server);
    tutti_metrics_server_free (daemon->metrics);
    tutti_admin_free (daemon->admin);
    tutti_hooks_free (daemon->hooks);
    tutti_rooms_free (daemon->rooms);
    g_main_loop_unref (daemon->loop);
}

/* What root could read and --user can't: a reload would fail, and says so then too late. */
static void
warn_of_lost_files (TuttiConfig *config)
{
    static const char *const files[][2] = {
        {"http", "certificate"}, {"http", "private-key"}, {"auth", "secret-file"}};

    for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
        const char *path = tutti_config_string (config, files[i][0], files[i][1]);

        if (path[0] && access (path, R_OK) != 0)
            g_warning ("[%s] %s: can't be read again by this user: a reload will fail", files[i][0],
                       files[i][1]);
    }
}

static int
run (TuttiConfig *config, const Options *options)
{
    Daemon daemon = {.options = options, .config = config, .loop = g_main_loop_new (NULL, FALSE)};
    g_autoptr (GError) error = NULL;

    if (!start (&daemon, &error) || !tutti_privileges_finish (&error)) {
        g_printerr ("tuttid: %s\n", error->message);
        stop (&daemon);
        return EX_UNAVAILABLE;
    }
    /* A file that outgrows what the system allows (RLIMIT_FSIZE) is a recording that is full, not
     * the end of the server. */
    signal (SIGXFSZ, SIG_IGN);
    warn_of_lost_files (config);
    g_unix_signal_add (SIGTERM, on_stop, &daemon);
    g_unix_signal_add (SIGINT, on_stop, &daemon);
    g_unix_signal_add (SIGHUP, on_reload, &daemon);
    feed_watchdog (&daemon);
    g_timeout_add_seconds (TUTTI_TRIM_LOOK_S, on_look, &daemon);
    sd_notify (0, "READY=1");
    g_main_loop_run (daemon.loop);
    stop (&daemon);
    return EX_OK;
}

/* GIO leaves the versions to GnuTLS, whose own choice has the old ones (RFC 8996) still. What the
 * administrator has set there himself is kept. */
static void
choose_tls (void)
{
    g_setenv ("G_TLS_GNUTLS_PRIORITY", "NORMAL:%COMPAT:-VERS-TLS1.0:-VERS-TLS1.1", FALSE);
}

int
main (int argc, char **argv)
{
    Options options = {0};
    g_autoptr (TuttiConfig) config = tutti_config_new ();
    g_autoptr (GError) error = NULL;
    int status;

    setlocale (LC_ALL, "");
    tame_malloc ();
    choose_tls ();
    tutti_log_init ();
    tutti_role_enter (TUTTI_ROLE_MAIN);
    if (!parse_options (&options, argc, argv))
        return EX_USAGE;
    if (options.version) {
        printf ("tuttid %s\n", TUTTI_VERSION);
        return EX_OK;
    }
    if (!check_config (config, &options))
        return EX_CONFIG;
    if (options.check)
        return EX_OK;
    tutti_log_set (tutti_config_string (config, "log", "level"),
                   tutti_config_string (config, "log", "domains"));
    warn_of_reserved_keys (config);
    raise_descriptor_limit ();
    if (options.user && !tutti_privileges_begin (options.user, &error)) {
        g_printerr ("tuttid: %s\n", error->message);
        return EX_NOPERM;
    }
    status = run (config, &options);
    g_free (options.config);
    g_free (options.listen);
    g_free (options.user);
    g_strfreev (options.set);
    return status;
}
