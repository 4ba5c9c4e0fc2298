/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event-streams.c: see event-streams.h. libsoup holds what a reader has not taken yet; counted
 * here, so that it can't grow.
 */
#include "event-streams.h"

#include <string.h>

#include "listener.h"
#include "news-json.h"

/* Of a server's admins and their scripts. */
#define STREAMS_MAX 64
/* About a thousand events: a reader that far behind has hung. */
#define UNREAD_MAX_BYTES (256 * 1024)
/* Events that a reader who comes back is told again: some minutes of a busy server; and their
 * bytes, which it must not be cut off for. */
#define RECENT_MAX 500
#define RECENT_MAX_BYTES (UNREAD_MAX_BYTES / 2)
/* Shorter than what proxies and clients take for a dead connection. */
#define KEEP_ALIVE_S 15
/* How soon a browser's EventSource is to come back. */
#define GREETING "retry: 2000\n\n"
#define KEEP_ALIVE ": still here\n\n"

struct _TuttiEventStreams {
    TuttiRooms *rooms;
    guint follow_id, keep_alive_id;
    GPtrArray *list; /* of Stream, owned */
    char *epoch;     /* this server's life, in the ids of its events */
    gsize recent_bytes;
    GQueue recent; /* of Told, the oldest first; none until somebody has followed */
    guint64 n_told;
    gboolean is_followed; /* somebody did, and so may come back */
};

/* An event that was told. */
typedef struct {
    guint64 n;
    char *room;
    GBytes *bytes;
} Told;

typedef struct {
    TuttiEventStreams *streams;
    SoupServerMessage *message; /* a reference */
    char *room;                 /* NULL: all */
    GSource *hang_up;           /* the reader has gone; NULL: not watched */
    gsize unread_bytes;
    gboolean cut;
} Stream;

static void
stream_free (Stream *stream)
{
    g_signal_handlers_disconnect_by_data (stream->message, stream);
    if (stream->hang_up)
        g_source_destroy (stream->hang_up);
    g_clear_pointer (&stream->hang_up, g_source_unref);
    g_object_unref (stream->message);
    g_free (stream->room);
    g_free (stream);
}

/* The connection breaks, on which libsoup ends the message. */
static void
cut (Stream *stream)
{
    GSocket *socket = tutti_listener_get_socket (stream->message);

    stream->cut = TRUE;
    g_message ("an event stream is cut off: its reader does not read");
    if (socket)
        g_socket_shutdown (socket, TRUE, TRUE, NULL);
}

static void
push (Stream *stream, GBytes *bytes)
{
    SoupMessageBody *body = soup_server_message_get_response_body (stream->message);

    if (stream->cut)
        return;
    stream->unread_bytes += g_bytes_get_size (bytes);
    if (stream->unread_bytes > UNREAD_MAX_BYTES) {
        cut (stream);
        return;
    }
    soup_message_body_append_bytes (body, bytes);
    soup_server_message_unpause (stream->message);
}

static void
free_told (gpointer data)
{
    Told *told = data;

    g_free (told->room);
    g_bytes_unref (told->bytes);
    g_free (told);
}

static GBytes *
format (TuttiEventStreams *streams, const TuttiNews *news)
{
    g_autofree char *json = tutti_news_json_write (news);
    char *text =
        g_strdup_printf ("id: %s-%" G_GUINT64_FORMAT "\nevent: %s\ndata: %s\n\n", streams->epoch,
                         streams->n_told, tutti_news_json_type (news), json);

    return g_bytes_new_take (text, strlen (text));
}

static const Told *
remember (TuttiEventStreams *streams, const TuttiNews *news)
{
    Told *told = g_new0 (Told, 1);

    told->n = ++streams->n_told;
    told->room = g_strdup (news->room);
    told->bytes = format (streams, news);
    g_queue_push_tail (&streams->recent, told);
    streams->recent_bytes += g_bytes_get_size (told->bytes);
    while (streams->recent.length > RECENT_MAX ||
           (streams->recent_bytes > RECENT_MAX_BYTES && streams->recent.length > 1)) {
        Told *oldest = g_queue_pop_head (&streams->recent);

        streams->recent_bytes -= g_bytes_get_size (oldest->bytes);
        free_told (oldest);
    }
    return told;
}

static void
tell (Stream *stream, const Told *told)
{
    if (!stream->room || g_strcmp0 (stream->room, told->room) == 0)
        push (stream, told->bytes);
}

/* What came after the event that the reader had last (WHATWG HTML, section 9.2.3), as far as it is
 * remembered; nothing if that was of another life of the server. */
static void
catch_up (TuttiEventStreams *streams, Stream *stream)
{
    const char *id = soup_message_headers_get_one (
        soup_server_message_get_request_headers (stream->message), "Last-Event-ID");
    gsize n_epoch = strlen (streams->epoch);
    guint64 last;

    if (!id || !g_str_has_prefix (id, streams->epoch) || id[n_epoch] != '-' ||
        !g_ascii_string_to_unsigned (id + n_epoch + 1, 10, 0, G_MAXUINT64, &last, NULL))
        return;
    for (GList *item = streams->recent.head; item; item = item->next) {
        const Told *told = item->data;

        if (told->n > last)
            tell (stream, told);
    }
}

/* --- Callbacks. --- */

static void
on_news (const TuttiNews *news, gpointer user_data)
{
    TuttiEventStreams *streams = user_data;
    const Told *told;

    if (!streams->is_followed)
        return;
    told = remember (streams, news);
    for (guint i = 0; i < streams->list->len; i++)
        tell (streams->list->pdata[i], told);
}

static gboolean
on_keep_alive (gpointer user_data)
{
    TuttiEventStreams *streams = user_data;
    g_autoptr (GBytes) bytes = g_bytes_new_static (KEEP_ALIVE, strlen (KEEP_ALIVE));

    for (guint i = 0; i < streams->list->len; i++)
        push (streams->list->pdata[i], bytes);
    return G_SOURCE_CONTINUE;
}

/* libsoup looks at the socket only when there is something to write. */
static gboolean
on_hang_up (GSocket *socket, GIOCondition condition, gpointer user_data)
{
    g_autoptr (GBytes) bytes = g_bytes_new_static (KEEP_ALIVE, strlen (KEEP_ALIVE));

    push (user_data, bytes);
    return G_SOURCE_REMOVE;
}

static void
on_wrote (SoupServerMessage *message, guint n_bytes, gpointer user_data)
{
    Stream *stream = user_data;

    stream->unread_bytes -= MIN (stream->unread_bytes, n_bytes);
}

static void
on_finished (SoupServerMessage *message, gpointer user_data)
{
    Stream *stream = user_data;
    TuttiEventStreams *streams = stream->streams;

    g_ptr_array_remove (streams->list, stream);
    if (streams->list->len == 0)
        g_clear_handle_id (&streams->keep_alive_id, g_source_remove);
}

/* --- Life. --- */

TuttiEventStreams *
tutti_event_streams_new (TuttiRooms *rooms)
{
    TuttiEventStreams *streams = g_new0 (TuttiEventStreams, 1);

    streams->rooms = rooms;
    streams->epoch = g_strdup_printf ("%08x", g_random_int ());
    g_queue_init (&streams->recent);
    streams->list = g_ptr_array_new_with_free_func ((GDestroyNotify)stream_free);
    streams->follow_id = tutti_rooms_follow_news (rooms, on_news, streams);
    return streams;
}

void
tutti_event_streams_free (TuttiEventStreams *streams)
{
    if (!streams)
        return;
    tutti_rooms_unfollow_news (streams->rooms, streams->follow_id);
    g_clear_handle_id (&streams->keep_alive_id, g_source_remove);
    g_ptr_array_unref (streams->list);
    g_queue_clear_full (&streams->recent, free_told);
    g_free (streams->epoch);
    g_free (streams);
}

static void
watch_hang_up (Stream *stream)
{
    GSocket *socket = tutti_listener_get_socket (stream->message);

    if (!socket)
        return;
    /* A reader says nothing, however long; a source that waits for longer than the socket's
     * patience would have the next write fail. */
    g_socket_set_timeout (socket, 0);
    stream->hang_up = g_socket_create_source (socket, G_IO_HUP, NULL);
    g_source_set_callback (stream->hang_up, G_SOURCE_FUNC (on_hang_up), stream, NULL);
    g_source_attach (stream->hang_up, g_main_context_get_thread_default ());
}

static Stream *
add_stream (TuttiEventStreams *streams, SoupServerMessage *message, const char *room)
{
    Stream *stream = g_new0 (Stream, 1);

    stream->streams = streams;
    stream->message = g_object_ref (message);
    stream->room = g_strdup (room);
    g_ptr_array_add (streams->list, stream);
    g_signal_connect (message, "wrote-body-data", G_CALLBACK (on_wrote), stream);
    g_signal_connect (message, "finished", G_CALLBACK (on_finished), stream);
    watch_hang_up (stream);
    return stream;
}

gboolean
tutti_event_streams_add (TuttiEventStreams *streams, SoupServerMessage *message, const char *room)
{
    SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
    g_autoptr (GBytes) greeting = g_bytes_new_static (GREETING, strlen (GREETING));
    Stream *stream;

    if (streams->list->len >= STREAMS_MAX)
        return FALSE;
    soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
    soup_message_headers_set_content_type (headers, "text/event-stream", NULL);
    soup_message_headers_replace (headers, "Cache-Control", "no-store");
    soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
    /* What was sent is forgotten. */
    soup_message_body_set_accumulate (soup_server_message_get_response_body (message), FALSE);
    streams->is_followed = TRUE;
    stream = add_stream (streams, message, room);
    push (stream, greeting);
    catch_up (streams, stream);
    if (streams->keep_alive_id == 0)
        streams->keep_alive_id = g_timeout_add_seconds (KEEP_ALIVE_S, on_keep_alive, streams);
    return TRUE;
}
