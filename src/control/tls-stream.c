/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tls-stream.c: an input, an output and the pair of them, over one TuttiTls.
 */
#include "tls-stream.h"

struct _TuttiTlsStream {
    GIOStream parent;
    TuttiTls *tls;
    GInputStream *input;
    GOutputStream *output;
};

/* --- Input. --- */

#define TLS_TYPE_INPUT (tls_input_get_type ())
G_DECLARE_FINAL_TYPE (TlsInput, tls_input, TLS, INPUT, GInputStream)

struct _TlsInput {
    GInputStream parent;
    TuttiTls *tls;
};

static gssize
read_input (GPollableInputStream *input, void *buffer, gsize count, GError **error)
{
    return tutti_tls_read (TLS_INPUT (input)->tls, buffer, count, error);
}

static gboolean
is_readable (GPollableInputStream *input)
{
    return tutti_tls_is_ready (TLS_INPUT (input)->tls, TUTTI_TLS_READ);
}

static GSource *
create_input_source (GPollableInputStream *input, GCancellable *cancellable)
{
    g_autoptr (GSource) source = tutti_tls_create_source (TLS_INPUT (input)->tls, TUTTI_TLS_READ);

    return g_pollable_source_new_full (input, source, cancellable);
}

static void
fill_pollable_input (GPollableInputStreamInterface *pollable)
{
    pollable->is_readable = is_readable;
    pollable->create_source = create_input_source;
    pollable->read_nonblocking = read_input;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TlsInput, tls_input, G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      fill_pollable_input))

static void
finalize_input (GObject *object)
{
    tutti_tls_unref (TLS_INPUT (object)->tls);
    G_OBJECT_CLASS (tls_input_parent_class)->finalize (object);
}

static void
tls_input_class_init (TlsInputClass *class)
{
    G_OBJECT_CLASS (class)->finalize = finalize_input;
}

static void
tls_input_init (TlsInput *input)
{
}

/* --- Output. --- */

#define TLS_TYPE_OUTPUT (tls_output_get_type ())
G_DECLARE_FINAL_TYPE (TlsOutput, tls_output, TLS, OUTPUT, GOutputStream)

struct _TlsOutput {
    GOutputStream parent;
    TuttiTls *tls;
};

static gssize
write_output (GPollableOutputStream *output, const void *buffer, gsize count, GError **error)
{
    return tutti_tls_write (TLS_OUTPUT (output)->tls, buffer, count, error);
}

static gboolean
is_writable (GPollableOutputStream *output)
{
    return tutti_tls_is_ready (TLS_OUTPUT (output)->tls, TUTTI_TLS_WRITE);
}

static GSource *
create_output_source (GPollableOutputStream *output, GCancellable *cancellable)
{
    g_autoptr (GSource) source =
        tutti_tls_create_source (TLS_OUTPUT (output)->tls, TUTTI_TLS_WRITE);

    return g_pollable_source_new_full (output, source, cancellable);
}

static void
fill_pollable_output (GPollableOutputStreamInterface *pollable)
{
    pollable->is_writable = is_writable;
    pollable->create_source = create_output_source;
    pollable->write_nonblocking = write_output;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TlsOutput, tls_output, G_TYPE_OUTPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                                                      fill_pollable_output))

static void
finalize_output (GObject *object)
{
    tutti_tls_unref (TLS_OUTPUT (object)->tls);
    G_OBJECT_CLASS (tls_output_parent_class)->finalize (object);
}

static void
tls_output_class_init (TlsOutputClass *class)
{
    G_OBJECT_CLASS (class)->finalize = finalize_output;
}

static void
tls_output_init (TlsOutput *output)
{
}

/* --- The pair. --- */

G_DEFINE_FINAL_TYPE (TuttiTlsStream, tutti_tls_stream, G_TYPE_IO_STREAM)

static GInputStream *
get_input (GIOStream *stream)
{
    return TUTTI_TLS_STREAM (stream)->input;
}

static GOutputStream *
get_output (GIOStream *stream)
{
    return TUTTI_TLS_STREAM (stream)->output;
}

static gboolean
close_stream (GIOStream *stream, GCancellable *cancellable, GError **error)
{
    tutti_tls_close (TUTTI_TLS_STREAM (stream)->tls);
    return TRUE;
}

static void
close_stream_async (GIOStream *stream, int priority, GCancellable *cancellable,
                    GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);

    tutti_tls_close (TUTTI_TLS_STREAM (stream)->tls);
    g_task_return_boolean (task, TRUE);
}

static gboolean
close_stream_finish (GIOStream *stream, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}

static void
finalize (GObject *object)
{
    TuttiTlsStream *stream = TUTTI_TLS_STREAM (object);

    G_OBJECT_CLASS (tutti_tls_stream_parent_class)->finalize (object);
    g_object_unref (stream->input);
    g_object_unref (stream->output);
    tutti_tls_unref (stream->tls);
}

static void
tutti_tls_stream_class_init (TuttiTlsStreamClass *class)
{
    GIOStreamClass *stream = G_IO_STREAM_CLASS (class);

    G_OBJECT_CLASS (class)->finalize = finalize;
    stream->get_input_stream = get_input;
    stream->get_output_stream = get_output;
    stream->close_fn = close_stream;
    stream->close_async = close_stream_async;
    stream->close_finish = close_stream_finish;
}

static void
tutti_tls_stream_init (TuttiTlsStream *stream)
{
}

GIOStream *
tutti_tls_stream_new (TuttiTls *tls)
{
    TuttiTlsStream *stream = g_object_new (TUTTI_TYPE_TLS_STREAM, NULL);
    TlsInput *input = g_object_new (TLS_TYPE_INPUT, NULL);
    TlsOutput *output = g_object_new (TLS_TYPE_OUTPUT, NULL);

    stream->tls = tutti_tls_ref (tls);
    input->tls = tutti_tls_ref (tls);
    output->tls = tutti_tls_ref (tls);
    stream->input = G_INPUT_STREAM (input);
    stream->output = G_OUTPUT_STREAM (output);
    return G_IO_STREAM (stream);
}
