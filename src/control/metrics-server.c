/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * metrics-server.c: /metrics on an address of its own, so that a scraper needs nothing of the admin
 * socket. Role: main.
 */
#include "metrics-server.h"

#include "address.h"
#include "listener.h"
#include "metrics.h"

#include <string.h>
#include <tutti/error.h>

struct _TuttiMetricsServer {
    TuttiMetricsSources sources;
    SoupServer *soup; /* NULL: off */
    TuttiListener *listener;
};

static void
refuse (SoupServerMessage *message, guint status, const char *text)
{
    soup_server_message_set_status (message, status, NULL);
    soup_server_message_set_response (message, "text/plain; charset=utf-8", SOUP_MEMORY_COPY, text,
                                      strlen (text));
}

static void
on_request (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer user_data)
{
    TuttiMetricsServer *server = user_data;
    const char *method = soup_server_message_get_method (message);

    if (!g_str_equal (path, "/metrics")) {
        refuse (message, SOUP_STATUS_NOT_FOUND, "only /metrics\n");
    } else if (method != SOUP_METHOD_GET && method != SOUP_METHOD_HEAD) {
        soup_message_headers_replace (soup_server_message_get_response_headers (message), "Allow",
                                      "GET, HEAD");
        refuse (message, SOUP_STATUS_METHOD_NOT_ALLOWED, "only GET and HEAD\n");
    } else {
        tutti_metrics_answer (&server->sources, message,
                              query && g_hash_table_contains (query, "rooms"));
    }
}

/* No request has a body that is read. */
static void
on_request_started (SoupServer *soup, SoupServerMessage *message, gpointer user_data)
{
    soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
}

static gboolean
listen_everywhere (TuttiMetricsServer *server, const char *listen, GError **error)
{
    g_autoptr (GPtrArray) addresses = tutti_address_parse (listen, error);

    if (!addresses)
        return FALSE;
    server->listener = tutti_listener_new (server->soup, NULL, error);
    return server->listener && tutti_listener_add_all (server->listener, addresses, error);
}

TuttiMetricsServer *
tutti_metrics_server_new (TuttiConfig *config, const TuttiMetricsSources *sources, GError **error)
{
    const char *listen = tutti_config_string (config, "metrics", "listen");
    g_autoptr (TuttiMetricsServer) server = g_new0 (TuttiMetricsServer, 1);

    if (g_str_equal (listen, "off"))
        return g_steal_pointer (&server);
    server->sources = *sources;
    server->soup = soup_server_new ("server-header", "tuttid", NULL);
    g_signal_connect (server->soup, "request-started", G_CALLBACK (on_request_started), NULL);
    soup_server_add_handler (server->soup, NULL, on_request, server, NULL);
    if (listen_everywhere (server, listen, error))
        return g_steal_pointer (&server);
    g_prefix_error (error, "[metrics] listen: ");
    return NULL;
}

void
tutti_metrics_server_free (TuttiMetricsServer *server)
{
    if (!server)
        return;
    tutti_listener_free (server->listener);
    if (server->soup)
        soup_server_disconnect (server->soup);
    g_clear_object (&server->soup);
    g_free (server);
}

guint16
tutti_metrics_server_get_port (TuttiMetricsServer *server)
{
    g_auto (GStrv) urls = tutti_listener_get_urls (server->listener);
    g_autoptr (GUri) uri = g_uri_parse (urls[0], G_URI_FLAGS_NONE, NULL);

    return (guint16)g_uri_get_port (uri);
}
