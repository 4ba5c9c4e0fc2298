/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * downloads.c: a piece is read by a thread of GIO's, appended to the answer, written by libsoup as
 * the peer takes it; then the next is read. Of each download one piece is in memory.
 *
 *   file --(thread)--> piece --> libsoup --> peer
 *             ^------- "wrote-chunk" --'
 */
#include "downloads.h"
#include "media-type.h"

#include <gio/gunixinputstream.h>
#include <sys/stat.h>
#include <unistd.h>

/* Some 100 ms of a fast line: more would be memory for nothing, less a wake-up for little. */
#define PIECE_BYTES (256 * 1024)
/* When too many download: by then one of them may have ended. */
#define RETRY_S "10"

struct _TuttiDownloads {
    guint n_max, n_running;
};

typedef struct {
    TuttiDownloads *downloads;
    SoupServerMessage *message;
    GInputStream *file;
    GCancellable *gone;
    guint64 left_bytes;
    gboolean is_reading;
} Transfer;

typedef struct {
    guint64 start, length_bytes, of_bytes;
} Part;

/* --- Transfer. --- */

static void
free_transfer (Transfer *transfer)
{
    transfer->downloads->n_running--;
    g_rc_box_release (transfer->downloads);
    g_object_unref (transfer->file);
    g_object_unref (transfer->gone);
    g_free (transfer);
}

/* The answer can't be what its headers promised: the peer learns it by the connection's end. */
static void
break_off (Transfer *transfer)
{
    g_autoptr (GIOStream) stream = NULL;

    g_signal_handlers_disconnect_by_data (transfer->message, transfer);
    stream = soup_server_message_steal_connection (transfer->message);
    if (stream)
        g_io_stream_close (stream, NULL, NULL);
    free_transfer (transfer);
}

static void
on_read (GObject *file, GAsyncResult *result, gpointer user_data)
{
    Transfer *transfer = user_data;
    g_autoptr (GBytes) piece =
        g_input_stream_read_bytes_finish (G_INPUT_STREAM (file), result, NULL);
    SoupMessageBody *body;

    transfer->is_reading = FALSE;
    if (g_cancellable_is_cancelled (transfer->gone)) {
        free_transfer (transfer);
        return;
    }
    if (!piece || g_bytes_get_size (piece) == 0) { /* it was cut short meanwhile */
        break_off (transfer);
        return;
    }
    transfer->left_bytes -= g_bytes_get_size (piece);
    body = soup_server_message_get_response_body (transfer->message);
    soup_message_body_append_bytes (body, piece);
    if (transfer->left_bytes == 0)
        soup_message_body_complete (body);
    soup_server_message_unpause (transfer->message);
}

static void
read_next (Transfer *transfer)
{
    if (transfer->left_bytes == 0 || transfer->is_reading)
        return;
    transfer->is_reading = TRUE;
    g_input_stream_read_bytes_async (transfer->file, MIN (PIECE_BYTES, transfer->left_bytes),
                                     G_PRIORITY_LOW, transfer->gone, on_read, transfer);
}

static void
on_wrote_chunk (SoupServerMessage *message, gpointer user_data)
{
    read_next (user_data);
}

/* Sent, or the peer has gone. */
static void
on_finished (SoupServerMessage *message, gpointer user_data)
{
    Transfer *transfer = user_data;

    g_signal_handlers_disconnect_by_data (message, transfer);
    g_cancellable_cancel (transfer->gone);
    if (!transfer->is_reading)
        free_transfer (transfer);
}

static void
start (TuttiDownloads *downloads, SoupServerMessage *message, int descriptor, const Part *part)
{
    Transfer *transfer = g_new0 (Transfer, 1);

    lseek (descriptor, (off_t)part->start, SEEK_SET);
    downloads->n_running++;
    transfer->downloads = g_rc_box_acquire (downloads);
    transfer->message = message;
    transfer->file = g_unix_input_stream_new (descriptor, TRUE);
    transfer->gone = g_cancellable_new ();
    transfer->left_bytes = part->length_bytes;
    soup_message_body_set_accumulate (soup_server_message_get_response_body (message), FALSE);
    g_signal_connect (message, "wrote-chunk", G_CALLBACK (on_wrote_chunk), transfer);
    g_signal_connect (message, "finished", G_CALLBACK (on_finished), transfer);
    read_next (transfer);
}

/* --- Headers. --- */

/* RFC 9110 section 8.8.3: a strong validator, as the file is never written again once it has its
 * name. */
static char *
make_tag (const struct stat *about)
{
    return g_strdup_printf (
        "\"%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x\"",
        (guint64)about->st_ino, (guint64)about->st_size,
        (guint64)about->st_mtim.tv_sec * G_USEC_PER_SEC + (guint64)about->st_mtim.tv_nsec / 1000);
}

static gboolean
client_has (SoupMessageHeaders *request, const char *tag)
{
    const char *tags = soup_message_headers_get_list (request, "If-None-Match");

    return tags && strstr (tags, tag);
}

/* RFC 9110 section 13.1.5: a range of another version is no use. */
static gboolean
wants_range (SoupMessageHeaders *request, const char *tag)
{
    const char *version = soup_message_headers_get_one (request, "If-Range");

    return !version || g_str_equal (version, tag);
}

/* The status; part: what is sent. Several ranges at once are answered by the whole, as section
 * 14.2 allows. */
static guint
choose_part (SoupServerMessage *message, const char *tag, Part *part)
{
    SoupMessageHeaders *request = soup_server_message_get_request_headers (message);
    guint status = SOUP_STATUS_OK;
    SoupRange *ranges;
    int n_ranges;

    part->start = 0;
    part->length_bytes = part->of_bytes;
    if (part->of_bytes == 0 || !wants_range (request, tag) ||
        !soup_message_headers_get_ranges (request, (goffset)part->of_bytes, &ranges, &n_ranges))
        return SOUP_STATUS_OK;
    if (n_ranges == 1 && (guint64)ranges[0].start >= part->of_bytes) {
        status = SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE;
    } else if (n_ranges == 1) {
        status = SOUP_STATUS_PARTIAL_CONTENT;
        part->start = (guint64)ranges[0].start;
        part->length_bytes =
            MIN ((guint64)ranges[0].end, part->of_bytes - 1) + 1 - (guint64)ranges[0].start;
    }
    soup_message_headers_free_ranges (request, ranges);
    return status;
}

static void
write_disposition (SoupMessageHeaders *response, const TuttiDownload *download)
{
    g_autofree char *name = g_path_get_basename (download->name);
    g_autoptr (GHashTable) parameters = g_hash_table_new (g_str_hash, g_str_equal);

    g_hash_table_insert (parameters, "filename", name);
    soup_message_headers_set_content_disposition (
        response, download->save ? "attachment" : "inline", parameters);
}

static void
write_headers (SoupServerMessage *message, guint status, const Part *part,
               const TuttiDownload *download)
{
    SoupMessageHeaders *response = soup_server_message_get_response_headers (message);

    soup_message_headers_replace (response, "Accept-Ranges", "bytes");
    soup_message_headers_replace (response, "Content-Type", tutti_media_type_of (download->name));
    write_disposition (response, download);
    soup_message_headers_set_content_length (response, (goffset)part->length_bytes);
    if (status == SOUP_STATUS_PARTIAL_CONTENT)
        soup_message_headers_set_content_range (response, (goffset)part->start,
                                                (goffset)(part->start + part->length_bytes - 1),
                                                (goffset)part->of_bytes);
}

static void
answer_busy (SoupServerMessage *message)
{
    soup_message_headers_replace (soup_server_message_get_response_headers (message), "Retry-After",
                                  RETRY_S);
    soup_server_message_set_status (message, SOUP_STATUS_SERVICE_UNAVAILABLE, NULL);
}

static void
answer_unsatisfiable (SoupServerMessage *message, guint64 size_bytes)
{
    g_autofree char *range = g_strdup_printf ("bytes */%" G_GUINT64_FORMAT, size_bytes);

    soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                  "Content-Range", range);
}

/* TRUE: the body is to follow. */
static gboolean
begin (SoupServerMessage *message, const struct stat *about, const TuttiDownload *download,
       Part *part)
{
    SoupMessageHeaders *response = soup_server_message_get_response_headers (message);
    g_autofree char *tag = make_tag (about);
    guint status;

    part->of_bytes = (guint64)about->st_size;
    status = client_has (soup_server_message_get_request_headers (message), tag)
                 ? SOUP_STATUS_NOT_MODIFIED
                 : choose_part (message, tag, part);
    soup_server_message_set_status (message, status, NULL);
    soup_message_headers_replace (response, "ETag", tag);
    soup_message_headers_replace (response, "Cache-Control", download->caching);
    if (status == SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE)
        answer_unsatisfiable (message, part->of_bytes);
    if (status != SOUP_STATUS_OK && status != SOUP_STATUS_PARTIAL_CONTENT)
        return FALSE;
    write_headers (message, status, part, download);
    return part->length_bytes > 0 && soup_server_message_get_method (message) != SOUP_METHOD_HEAD;
}

/* --- Life cycle. --- */

TuttiDownloads *
tutti_downloads_new (guint n_max)
{
    TuttiDownloads *downloads = g_rc_box_new0 (TuttiDownloads);

    downloads->n_max = n_max;
    return downloads;
}

void
tutti_downloads_free (TuttiDownloads *downloads)
{
    if (downloads)
        g_rc_box_release (downloads);
}

void
tutti_downloads_serve (TuttiDownloads *downloads, SoupServerMessage *message, int descriptor,
                       const TuttiDownload *download)
{
    struct stat about;
    Part part;

    if (fstat (descriptor, &about) != 0 || !S_ISREG (about.st_mode)) {
        soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
        close (descriptor);
    } else if (downloads->n_running >= downloads->n_max) {
        answer_busy (message);
        close (descriptor);
    } else if (begin (message, &about, download, &part)) {
        start (downloads, message, descriptor, &part);
    } else {
        close (descriptor);
    }
}

guint
tutti_downloads_n_running (TuttiDownloads *downloads)
{
    return downloads->n_running;
}
