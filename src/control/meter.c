/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * meter.c: an input, an output and the pair of them. libsoup polls, so both ends pass polling on.
 */
#include "meter.h"

struct _TuttiMeter {
    GIOStream parent;
    GIOStream *base;
    GSocket *socket;
    GInputStream *input;
    GOutputStream *output;
    gsize written_bytes;
    gsize allowed_bytes;
    gint64 within_us, due_us; /* 0: no bound; none is awaited */
    gboolean is_resting, is_over;
};

/* --- Input. --- */

#define METER_TYPE_INPUT (meter_input_get_type ())
G_DECLARE_FINAL_TYPE (MeterInput, meter_input, METER, INPUT, GFilterInputStream)

struct _MeterInput {
    GFilterInputStream parent;
    TuttiMeter *meter; /* owns this */
};

static GInputStream *
get_base_input (gpointer input)
{
    return g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (input));
}

/* From the first look for it on: looked for and not there counts too, since a TLS record that
 * comes byte by byte is not there for long. */
static gboolean
is_overdue (TuttiMeter *meter)
{
    gint64 now_us = meter->within_us == 0 ? 0 : g_get_monotonic_time ();

    if (meter->due_us == 0)
        meter->due_us = now_us + meter->within_us;
    return now_us > meter->due_us;
}

/* Accounts for n bytes read; an error instead when they were too many or came too slowly. */
static gssize
count_input (gpointer input, gssize n, GError **error)
{
    TuttiMeter *meter = METER_INPUT (input)->meter;

    if (n != 0 && is_overdue (meter)) {
        g_clear_error (error);
        g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "too slow");
        return -1;
    }
    if (n <= 0)
        return n;
    if ((gsize)n > meter->allowed_bytes) {
        g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, "too many bytes");
        return -1;
    }
    meter->allowed_bytes -= meter->allowed_bytes == G_MAXSIZE ? 0 : (gsize)n;
    meter->is_resting = FALSE;
    return n;
}

/* What libsoup is told of n. */
static gssize
tell_input (gpointer input, void *buffer, gssize n, GError **error)
{
    TuttiMeter *meter = METER_INPUT (input)->meter;

    if (n > 0 || !meter->is_resting)
        return n;
    if (n < 0 && (!error || g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)))
        return n;
    g_clear_error (error);
    meter->is_resting = FALSE;
    meter->is_over = TRUE;
    *(char *)buffer = '?';
    return 1;
}

static gssize
read_input (GInputStream *input, void *buffer, gsize count, GCancellable *cancellable,
            GError **error)
{
    gssize n;

    if (METER_INPUT (input)->meter->is_over)
        return 0;
    n = g_input_stream_read (get_base_input (input), buffer, count, cancellable, error);
    return tell_input (input, buffer, count_input (input, n, error), error);
}

static gssize
read_input_nonblocking (GPollableInputStream *input, void *buffer, gsize count, GError **error)
{
    GPollableInputStream *base = G_POLLABLE_INPUT_STREAM (get_base_input (input));
    gssize n;

    if (METER_INPUT (input)->meter->is_over)
        return 0;
    n = g_pollable_input_stream_read_nonblocking (base, buffer, count, NULL, error);
    return tell_input (input, buffer, count_input (input, n, error), error);
}

static gboolean
is_readable (GPollableInputStream *input)
{
    return g_pollable_input_stream_is_readable (G_POLLABLE_INPUT_STREAM (get_base_input (input)));
}

static GSource *
create_input_source (GPollableInputStream *input, GCancellable *cancellable)
{
    GPollableInputStream *base = G_POLLABLE_INPUT_STREAM (get_base_input (input));
    g_autoptr (GSource) source = g_pollable_input_stream_create_source (base, cancellable);

    return g_pollable_source_new_full (input, source, NULL);
}

static void
fill_pollable_input (GPollableInputStreamInterface *pollable)
{
    pollable->is_readable = is_readable;
    pollable->create_source = create_input_source;
    pollable->read_nonblocking = read_input_nonblocking;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (MeterInput, meter_input, G_TYPE_FILTER_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      fill_pollable_input))

static void
meter_input_class_init (MeterInputClass *class)
{
    G_INPUT_STREAM_CLASS (class)->read_fn = read_input;
}

static void
meter_input_init (MeterInput *input)
{
}

/* --- Output. --- */

#define METER_TYPE_OUTPUT (meter_output_get_type ())
G_DECLARE_FINAL_TYPE (MeterOutput, meter_output, METER, OUTPUT, GFilterOutputStream)

struct _MeterOutput {
    GFilterOutputStream parent;
    TuttiMeter *meter; /* owns this */
};

static GOutputStream *
get_base_output (gpointer output)
{
    return g_filter_output_stream_get_base_stream (G_FILTER_OUTPUT_STREAM (output));
}

static gssize
count_output (gpointer output, gssize n)
{
    METER_OUTPUT (output)->meter->written_bytes += (gsize)MAX (n, 0);
    return n;
}

static gssize
write_output (GOutputStream *output, const void *buffer, gsize count, GCancellable *cancellable,
              GError **error)
{
    return count_output (output, g_output_stream_write (get_base_output (output), buffer, count,
                                                        cancellable, error));
}

static gssize
write_output_nonblocking (GPollableOutputStream *output, const void *buffer, gsize count,
                          GError **error)
{
    GPollableOutputStream *base = G_POLLABLE_OUTPUT_STREAM (get_base_output (output));

    return count_output (
        output, g_pollable_output_stream_write_nonblocking (base, buffer, count, NULL, error));
}

static gboolean
is_writable (GPollableOutputStream *output)
{
    return g_pollable_output_stream_is_writable (
        G_POLLABLE_OUTPUT_STREAM (get_base_output (output)));
}

static GSource *
create_output_source (GPollableOutputStream *output, GCancellable *cancellable)
{
    GPollableOutputStream *base = G_POLLABLE_OUTPUT_STREAM (get_base_output (output));
    g_autoptr (GSource) source = g_pollable_output_stream_create_source (base, cancellable);

    return g_pollable_source_new_full (output, source, NULL);
}

static void
fill_pollable_output (GPollableOutputStreamInterface *pollable)
{
    pollable->is_writable = is_writable;
    pollable->create_source = create_output_source;
    pollable->write_nonblocking = write_output_nonblocking;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (MeterOutput, meter_output, G_TYPE_FILTER_OUTPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                                                      fill_pollable_output))

static void
meter_output_class_init (MeterOutputClass *class)
{
    G_OUTPUT_STREAM_CLASS (class)->write_fn = write_output;
}

static void
meter_output_init (MeterOutput *output)
{
}

/* --- The pair. --- */

G_DEFINE_FINAL_TYPE (TuttiMeter, tutti_meter, G_TYPE_IO_STREAM)

static GInputStream *
get_input (GIOStream *stream)
{
    return TUTTI_METER (stream)->input;
}

static GOutputStream *
get_output (GIOStream *stream)
{
    return TUTTI_METER (stream)->output;
}

static gboolean
close_stream (GIOStream *stream, GCancellable *cancellable, GError **error)
{
    return g_io_stream_close (TUTTI_METER (stream)->base, cancellable, error);
}

static void
on_base_closed (GObject *base, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (GTask) task = user_data;
    GError *error = NULL;

    if (g_io_stream_close_finish (G_IO_STREAM (base), result, &error))
        g_task_return_boolean (task, TRUE);
    else
        g_task_return_error (task, error);
}

static void
close_stream_async (GIOStream *stream, int priority, GCancellable *cancellable,
                    GAsyncReadyCallback callback, gpointer user_data)
{
    GTask *task = g_task_new (stream, cancellable, callback, user_data);

    g_io_stream_close_async (TUTTI_METER (stream)->base, priority, cancellable, on_base_closed,
                             task);
}

static gboolean
close_stream_finish (GIOStream *stream, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean (G_TASK (result), error);
}

static void
finalize (GObject *object)
{
    TuttiMeter *meter = TUTTI_METER (object);

    G_OBJECT_CLASS (tutti_meter_parent_class)->finalize (object);
    g_object_unref (meter->input);
    g_object_unref (meter->output);
    g_object_unref (meter->socket);
    g_object_unref (meter->base);
}

static void
tutti_meter_class_init (TuttiMeterClass *class)
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
tutti_meter_init (TuttiMeter *meter)
{
    meter->allowed_bytes = G_MAXSIZE;
}

TuttiMeter *
tutti_meter_new (GIOStream *base, GSocket *socket)
{
    TuttiMeter *meter = g_object_new (TUTTI_TYPE_METER, NULL);

    meter->base = g_object_ref (base);
    meter->socket = g_object_ref (socket);
    meter->input =
        g_object_new (METER_TYPE_INPUT, "base-stream", g_io_stream_get_input_stream (base), NULL);
    meter->output =
        g_object_new (METER_TYPE_OUTPUT, "base-stream", g_io_stream_get_output_stream (base), NULL);
    METER_INPUT (meter->input)->meter = meter;
    METER_OUTPUT (meter->output)->meter = meter;
    return meter;
}

GSocket *
tutti_meter_get_socket (TuttiMeter *meter)
{
    return meter->socket;
}

gsize
tutti_meter_take_written (TuttiMeter *meter)
{
    gsize n = meter->written_bytes;

    meter->written_bytes = 0;
    return n;
}

void
tutti_meter_allow (TuttiMeter *meter, gsize n_bytes)
{
    meter->allowed_bytes = n_bytes;
}

void
tutti_meter_expect (TuttiMeter *meter, gint64 within_us)
{
    meter->within_us = within_us;
    meter->due_us = 0;
}

void
tutti_meter_rest (TuttiMeter *meter)
{
    meter->is_resting = TRUE;
}

void
tutti_meter_set_timeout (TuttiMeter *meter, guint seconds)
{
    g_socket_set_timeout (meter->socket, seconds);
}
