/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * film-kit.c: see film-kit.h.
 */
#include "film-kit.h"

#include <math.h>
#include <string.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include "encode-fixture.h"
#include "encode/encoder.h"
#include "encode/opus-encode.h"

#define TONE_HZ 440
#define TONE_VALUE 8000

/* --- Packets --- */

GPtrArray *
kit_make_pictures (TuttiCodec codec, guint n, guint key_each, gint64 from_us)
{
    TuttiEncoderSetup setup = {.width = KIT_WIDTH,
                               .height = KIT_HEIGHT,
                               .frame_rate = KIT_RATE,
                               .bitrate_bps = 600000,
                               .threads = 1};
    g_autoptr (TuttiEncoder) encoder = tutti_encoder_new (codec, &setup);
    GPtrArray *packets = g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_packet_unref);

    for (guint i = 0; i < n; i++) {
        g_autoptr (TuttiPicture) picture = fixture_draw_canvas (KIT_WIDTH, KIT_HEIGHT, i);
        gboolean is_key = i % key_each == 0;

        g_assert_true (
            tutti_encoder_encode (encoder, picture, from_us + i * KIT_FRAME_US, &is_key, packets));
    }
    return packets;
}

GPtrArray *
kit_make_sounds (guint n, guint channels, gint64 from_us)
{
    TuttiOpusSetup setup = {.channels = channels, .bitrate_bps = 48000, .complexity = 1};
    g_autoptr (TuttiOpusEncoder) encoder = tutti_opus_encoder_new (&setup);
    GPtrArray *packets = g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_packet_unref);
    gint16 pcm[TUTTI_ROUND_VALUES_MAX];

    for (guint i = 0; i < n; i++) {
        for (guint s = 0; s < TUTTI_ROUND_SAMPLES * channels; s++) {
            double t = (double)(i * TUTTI_ROUND_SAMPLES + s / channels) / TUTTI_RATE_HZ;

            pcm[s] = (gint16)(TONE_VALUE * sin (2 * G_PI * TONE_HZ * t));
        }
        g_ptr_array_add (packets,
                         tutti_opus_encoder_push (encoder, pcm, from_us + i * TUTTI_ROUND_US));
    }
    return packets;
}

/* --- Bytes --- */

static gboolean
on_write (gpointer user_data, gint64 offset, const guint8 *data, gsize length_bytes)
{
    GByteArray *bytes = user_data;

    g_assert_cmpint (offset, <=, bytes->len);
    if (offset + length_bytes > bytes->len)
        g_byte_array_set_size (bytes, (guint)(offset + length_bytes));
    memcpy (bytes->data + offset, data, length_bytes);
    return TRUE;
}

static void
on_flush (gpointer user_data)
{
    (void)user_data;
}

TuttiMuxerSink
kit_sink (GByteArray *bytes)
{
    return (TuttiMuxerSink){.write = on_write, .flush = on_flush, .user_data = bytes};
}

gsize
kit_trim_head (const GByteArray *bytes, gsize n)
{
    gsize at = 0, size = 0;

    while (at + 8 <= n) {
        const guint8 *box = bytes->data + at;

        size = (gsize)box[0] << 24 | (gsize)box[1] << 16 | (gsize)box[2] << 8 | box[3];
        if (at + size > n)
            return memcmp (box + 4, "moof", 4) == 0 ? at : n;
        at += size;
    }
    return n;
}

/* --- Witnesses --- */

gboolean
kit_has_witness (void)
{
    g_autofree char *ffmpeg = g_find_program_in_path ("ffmpeg");
    g_autofree char *ffprobe = g_find_program_in_path ("ffprobe");

    if (ffmpeg != NULL && ffprobe != NULL)
        return TRUE;
    g_test_skip ("there is no ffmpeg");
    return FALSE;
}

/* The file is the program's argument, so that it may seek in it. */
static void
run (const char *command, const GByteArray *bytes, char **out, char **err)
{
    g_autoptr (GFileIOStream) stream = NULL;
    g_autoptr (GFile) file = g_file_new_tmp ("tutti-XXXXXX", &stream, NULL);
    g_autofree char *line = g_strdup_printf (command, g_file_peek_path (file));
    g_autoptr (GError) error = NULL;

    g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (stream)),
                                              bytes->data, bytes->len, NULL, NULL, NULL));
    g_assert_true (g_io_stream_close (G_IO_STREAM (stream), NULL, NULL));
    g_spawn_command_line_sync (line, out, err, NULL, &error);
    g_assert_no_error (error);
    g_file_delete (file, NULL, NULL);
}

char *
kit_probe (const GByteArray *bytes, const char *arguments)
{
    g_autofree char *command =
        g_strconcat ("ffprobe -v warning -of csv=p=0 ", arguments, " %s", NULL);
    g_autofree char *err = NULL;
    char *out = NULL;

    run (command, bytes, &out, &err);
    g_assert_cmpstr (err, ==, "");
    return g_strstrip (out);
}

double
kit_probe_number (const GByteArray *bytes, const char *arguments)
{
    g_autofree char *text = kit_probe (bytes, arguments);

    return g_ascii_strtod (text, NULL);
}

char *
kit_decode (const GByteArray *bytes)
{
    char *out = NULL, *err = NULL;

    run ("ffmpeg -nostdin -v warning -i %s -map 0 -f null -", bytes, &out, &err);
    g_free (out);
    return g_strstrip (err);
}

/* --- Playing in this process --- */

#define IO_BUFFER_BYTES 32768

typedef struct {
    const guint8 *bytes;
    gsize length_bytes, at;
} Reader;

static int
on_read (void *user_data, uint8_t *to, int length_bytes)
{
    Reader *reader = user_data;
    gsize n = MIN ((gsize)length_bytes, reader->length_bytes - reader->at);

    memcpy (to, reader->bytes + reader->at, n);
    reader->at += n;
    return n > 0 ? (int)n : AVERROR_EOF;
}

static int64_t
on_seek (void *user_data, int64_t offset, int whence)
{
    Reader *reader = user_data;

    if (whence == AVSEEK_SIZE)
        return (int64_t)reader->length_bytes;
    if (whence != SEEK_SET || offset < 0 || (gsize)offset > reader->length_bytes)
        return AVERROR (EINVAL);
    reader->at = (gsize)offset;
    return offset;
}

static AVCodecContext *
open_decoder (const AVStream *stream)
{
    AVCodecContext *decoder = avcodec_alloc_context3 (NULL);

    g_assert_cmpint (avcodec_parameters_to_context (decoder, stream->codecpar), >=, 0);
    decoder->pkt_timebase = stream->time_base;
    g_assert_cmpint (
        avcodec_open2 (decoder, avcodec_find_decoder (stream->codecpar->codec_id), NULL), ==, 0);
    return decoder;
}

static void
take_frames (AVCodecContext *decoder, AVFrame *frame, KitPlayed *played)
{
    gboolean is_sound = decoder->codec_type == AVMEDIA_TYPE_AUDIO;

    while (avcodec_receive_frame (decoder, frame) == 0) {
        double duration_s = is_sound ? (double)frame->nb_samples / TUTTI_RATE_HZ : 1.0 / KIT_RATE;

        played->frames[is_sound]++;
        played->ends_s[is_sound] = (double)frame->pts * av_q2d (decoder->pkt_timebase) + duration_s;
    }
}

static void
decode_all (AVFormatContext *context, KitPlayed *played)
{
    AVCodecContext *decoders[TUTTI_MUXER_STREAMS_MAX] = {NULL};
    AVPacket *packet = av_packet_alloc ();
    AVFrame *frame = av_frame_alloc ();

    for (guint i = 0; i < context->nb_streams; i++)
        decoders[i] = open_decoder (context->streams[i]);
    while (av_read_frame (context, packet) >= 0) {
        AVCodecContext *decoder = decoders[packet->stream_index];

        if (avcodec_send_packet (decoder, packet) < 0)
            played->errors++;
        take_frames (decoder, frame, played);
        av_packet_unref (packet);
    }
    for (guint i = 0; i < context->nb_streams; i++) {
        avcodec_send_packet (decoders[i], NULL);
        take_frames (decoders[i], frame, played);
        avcodec_free_context (&decoders[i]);
    }
    av_frame_free (&frame);
    av_packet_free (&packet);
}

gboolean
kit_play (const guint8 *bytes, gsize length_bytes, KitPlayed *played)
{
    Reader reader = {.bytes = bytes, .length_bytes = length_bytes};
    AVFormatContext *context = avformat_alloc_context ();
    AVIOContext *io = avio_alloc_context (av_malloc (IO_BUFFER_BYTES), IO_BUFFER_BYTES, 0, &reader,
                                          on_read, NULL, on_seek);
    gboolean is_open;

    *played = (KitPlayed){0};
    av_log_set_level (AV_LOG_QUIET);
    context->pb = io;
    is_open = avformat_open_input (&context, NULL, NULL, NULL) == 0; /* frees it if not */
    if (is_open) {
        g_assert_cmpuint (context->nb_streams, <=, TUTTI_MUXER_STREAMS_MAX);
        decode_all (context, played);
        avformat_close_input (&context);
    }
    av_freep (&io->buffer);
    avio_context_free (&io);
    return is_open;
}
