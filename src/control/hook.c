/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hook.c: see hook.h. Role: main.
 */
#include "hook.h"
#include "hook-secrets.h"

#include <libsoup/soup.h>

/* Read of an answer, so that the connection can be kept: receivers say "ok". Beyond, it is closed.
 */
#define ANSWER_BYTES 4096
/* Of a receiver's words, in the log and in listings. */
#define ERROR_MAX_CHARS 160

typedef struct _Flight Flight;

struct _TuttiHook {
    const TuttiHookSetup *setup;
    char *url, *shown;
    TuttiHookQueue *queue;
    Flight *flight; /* NULL: none */
    guint retry_id; /* 0: nothing waits */
    char *error;
    gint64 error_wall_us, success_wall_us;
};

/* One request. Lives until libsoup is done with it, maybe longer than the hook. */
struct _Flight {
    TuttiHook *hook; /* NULL: it has been freed */
    SoupMessage *message;
    GCancellable *cancellable;
    guint deadline_id;
    gboolean late;
};

static void pump (TuttiHook *hook);

static void
free_flight (Flight *flight)
{
    g_clear_handle_id (&flight->deadline_id, g_source_remove);
    g_object_unref (flight->message);
    g_object_unref (flight->cancellable);
    g_free (flight);
}

/* --- What came of it. --- */

/* Takes what. Told of when it begins to fail, not at each try. */
static void
note_error (TuttiHook *hook, char *what, gboolean is_first)
{
    g_autofree char *whole = what;
    g_autofree char *valid = g_utf8_make_valid (whole, -1);

    g_free (hook->error);
    hook->error = g_utf8_substring (valid, 0, MIN (g_utf8_strlen (valid, -1), ERROR_MAX_CHARS));
    hook->error_wall_us = g_get_real_time ();
    if (is_first)
        g_warning ("webhook %s: %s", hook->shown, hook->error);
}

static void
note (TuttiHook *hook, Flight *flight, const GError *error)
{
    guint status = soup_message_get_status (flight->message);
    gboolean was_failing = tutti_hook_queue_is_failing (hook->queue);

    if (flight->late)
        note_error (hook, g_strdup_printf ("no answer within %u s", hook->setup->timeout_s),
                    !was_failing);
    else if (error)
        note_error (hook, g_strdup (error->message), !was_failing);
    else if (status == SOUP_STATUS_GONE)
        note_error (hook, g_strdup ("it wants nothing any more (410)"), TRUE);
    else if (status / 100 != 2)
        note_error (hook,
                    g_strdup_printf ("it answered %u %s", status, soup_status_get_phrase (status)),
                    !was_failing);
    else {
        hook->success_wall_us = g_get_real_time ();
        if (was_failing)
            g_message ("webhook %s: works again", hook->shown);
    }
}

/* RFC 9110 section 10.2.3; a date is not heeded, which is seldom and only costs a try. */
static gint64
read_retry_after_us (SoupMessage *message)
{
    const char *text =
        soup_message_headers_get_one (soup_message_get_response_headers (message), "Retry-After");
    guint64 seconds;

    if (!text || !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &seconds, NULL))
        return 0;
    return (gint64)seconds * G_USEC_PER_SEC;
}

/* Frees the flight. error: there is no answer. */
static void
land (Flight *flight, const GError *error)
{
    TuttiHook *hook = flight->hook;

    if (hook) {
        const TuttiHookOutcome outcome = {
            .status = error ? 0 : soup_message_get_status (flight->message),
            .retry_after_us = error ? 0 : read_retry_after_us (flight->message),
            .retries = hook->setup->retries,
            .chance = g_random_double (),
        };

        note (hook, flight, error);
        tutti_hook_queue_done (hook->queue, &outcome, g_get_monotonic_time ());
        hook->flight = NULL;
        pump (hook);
    }
    free_flight (flight);
}

/* --- Callbacks. --- */

static gboolean
on_deadline (gpointer user_data)
{
    Flight *flight = user_data;

    flight->deadline_id = 0;
    flight->late = TRUE;
    g_cancellable_cancel (flight->cancellable);
    return G_SOURCE_REMOVE;
}

/* Whatever came of the answer's body: its status says it all. */
static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Flight *flight = user_data;
    g_autoptr (GBytes) bytes =
        g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);

    g_input_stream_close_async (G_INPUT_STREAM (source), G_PRIORITY_DEFAULT, NULL, NULL, NULL);
    flight->late = FALSE;
    land (flight, NULL);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
    Flight *flight = user_data;
    g_autoptr (GError) error = NULL;
    g_autoptr (GInputStream) stream =
        soup_session_send_finish (SOUP_SESSION (source), result, &error);

    if (stream)
        g_input_stream_read_bytes_async (stream, ANSWER_BYTES, G_PRIORITY_DEFAULT,
                                         flight->cancellable, on_read, flight);
    else
        land (flight, error);
}

static gboolean
on_retry (gpointer user_data)
{
    TuttiHook *hook = user_data;

    hook->retry_id = 0;
    pump (hook);
    return G_SOURCE_REMOVE;
}

/* --- Sending. --- */

/* The time is that of the try: a receiver refuses what is old, since it may be a replay. */
static SoupMessage *
make_message (TuttiHook *hook, const TuttiDelivery *delivery)
{
    SoupMessage *message = soup_message_new (SOUP_METHOD_POST, hook->url);
    SoupMessageHeaders *headers = soup_message_get_request_headers (message);
    gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
    g_autofree char *timestamp = g_strdup_printf ("%" G_GINT64_FORMAT, now_s);
    g_autofree char *signature =
        tutti_hook_secrets_sign (hook->setup->secrets, delivery->id, now_s, delivery->body);

    soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
    soup_message_headers_replace (headers, "webhook-id", delivery->id);
    soup_message_headers_replace (headers, "webhook-timestamp", timestamp);
    soup_message_headers_replace (headers, "webhook-signature", signature);
    soup_message_set_request_body_from_bytes (message, "application/json", delivery->body);
    return message;
}

static void
send (TuttiHook *hook, const TuttiDelivery *delivery)
{
    Flight *flight = g_new0 (Flight, 1);

    flight->hook = hook;
    flight->message = make_message (hook, delivery);
    flight->cancellable = g_cancellable_new ();
    flight->deadline_id = g_timeout_add_seconds (hook->setup->timeout_s, on_deadline, flight);
    hook->flight = flight;
    soup_session_send_async (hook->setup->session, flight->message, G_PRIORITY_DEFAULT,
                             flight->cancellable, on_sent, flight);
}

/* Sends what is due, or waits for it. */
static void
pump (TuttiHook *hook)
{
    gint64 now_us = g_get_monotonic_time ();
    const TuttiDelivery *delivery = tutti_hook_queue_take (hook->queue, now_us);
    gint64 due_us = tutti_hook_queue_due_us (hook->queue);

    if (delivery)
        send (hook, delivery);
    else if (hook->retry_id == 0 && due_us != G_MAXINT64)
        hook->retry_id = g_timeout_add ((guint)((due_us - now_us) / 1000 + 1), on_retry, hook);
}

/* --- Life cycle. --- */

static char *
hide_secrets (const char *url)
{
    g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);

    return uri ? g_uri_to_string_partial (uri, G_URI_HIDE_USERINFO | G_URI_HIDE_QUERY |
                                                   G_URI_HIDE_FRAGMENT)
               : g_strdup ("?");
}

TuttiHook *
tutti_hook_new (const char *url, const TuttiHookSetup *setup)
{
    TuttiHook *hook = g_new0 (TuttiHook, 1);

    hook->setup = setup;
    hook->url = g_strdup (url);
    hook->shown = hide_secrets (url);
    hook->queue = tutti_hook_queue_new ();
    return hook;
}

void
tutti_hook_free (TuttiHook *hook)
{
    if (!hook)
        return;
    if (hook->flight) {
        hook->flight->hook = NULL;
        g_cancellable_cancel (hook->flight->cancellable);
    }
    g_clear_handle_id (&hook->retry_id, g_source_remove);
    tutti_hook_queue_free (hook->queue);
    g_free (hook->url);
    g_free (hook->shown);
    g_free (hook->error);
    g_free (hook);
}

void
tutti_hook_push (TuttiHook *hook, const char *id, GBytes *body)
{
    tutti_hook_queue_push (hook->queue, id, body);
    pump (hook);
}

void
tutti_hook_get_info (TuttiHook *hook, TuttiHookInfo *info)
{
    *info = (TuttiHookInfo){.url = hook->shown,
                            .state = "idle",
                            .error = hook->error,
                            .error_wall_us = hook->error_wall_us,
                            .success_wall_us = hook->success_wall_us};
    tutti_hook_queue_get_counts (hook->queue, &info->counts);
    if (tutti_hook_queue_is_gone (hook->queue))
        info->state = "gone";
    else if (hook->flight)
        info->state = "sending";
    else if (tutti_hook_queue_is_failing (hook->queue))
        info->state = "waiting";
}

const char *
tutti_hook_get_url (TuttiHook *hook)
{
    return hook->url;
}

gboolean
tutti_hook_is_flushing (TuttiHook *hook)
{
    return hook->flight && !tutti_hook_queue_is_failing (hook->queue);
}
