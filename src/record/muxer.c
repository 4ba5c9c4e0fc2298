/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * muxer.c: units -> libavformat -> the sink. Role: file.
 *
 *   Matroska, WebM: header, clusters of 0.7 s, index and duration at the end (seeks back)
 *   MP4: header with the first fragment (only then the edit lists are known), fragments of
 *        0.7 s, index at the end
 *
 * libavformat holds a fragment in memory until it is complete. Beyond that it keeps but the index:
 * an entry for each key frame (Matroska) or for each stream's fragment (MP4), a megabyte an hour
 * at most.
 */
#include "muxer.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include <tutti/error.h>

#include "key-frame.h"
#include "opus-packet.h"

/* Clusters are given away whole, so a system call each is what this saves. */
#define IO_BUFFER_BYTES (64 * 1024)
#define CLUSTER_MAX_MS "1000"

#if LIBAVFORMAT_VERSION_MAJOR >= 61
#define TUTTI_AVIO_CONST const
#else
#define TUTTI_AVIO_CONST
#endif

/* FFmpeg 6.0 and later add the codec's delay to what goes into Matroska blocks, as readers take it
 * off again; those before write what they are given. */
#define ADDS_DELAY (LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT (59, 31, 0))

typedef struct {
    AVStream *stream;
    gint64 delay; /* of the decoder, in the stream's time base */
    gint64 last;  /* time of the last unit, likewise */
    gint64 frame_us;
} Stream;

struct _TuttiMuxer {
    TuttiContainer container;
    TuttiMuxerSink sink;
    AVFormatContext *context;
    AVIOContext *io;
    AVPacket *packet;
    guint n_streams;
    Stream streams[TUTTI_MUXER_STREAMS_MAX];
    gint64 position, end; /* of the next byte, of all bytes */
    gint64 latest;        /* Matroska: time of the last unit of all streams, ms */
    gint64 fragment_us;   /* when the open fragment began; G_MININT64: none is open */
    gboolean owes_header; /* MP4: it comes with the first fragment */
    gboolean is_broken;   /* the sink failed */
};

static enum AVCodecID
choose_codec (TuttiCodec codec)
{
    switch (codec) {
    case TUTTI_CODEC_OPUS:
        return AV_CODEC_ID_OPUS;
    case TUTTI_CODEC_VP8:
        return AV_CODEC_ID_VP8;
    case TUTTI_CODEC_H264:
        return AV_CODEC_ID_H264;
    default:
        return AV_CODEC_ID_NONE;
    }
}

static const char *
choose_format (TuttiContainer container)
{
    switch (container) {
    case TUTTI_CONTAINER_WEBM:
        return "webm";
    case TUTTI_CONTAINER_MKV:
        return "matroska";
    default:
        return "mp4";
    }
}

static gboolean
fail (GError **error, const char *what)
{
    g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_UNSUPPORTED, "the container can't hold %s", what);
    return FALSE;
}

/* --- What libavformat calls --- */

static int
on_write (void *user_data, TUTTI_AVIO_CONST uint8_t *data, int length_bytes)
{
    TuttiMuxer *self = user_data;

    if (self->is_broken)
        return AVERROR (EIO);
    if (!self->sink.write (self->sink.user_data, self->position, data, (gsize)length_bytes)) {
        self->is_broken = TRUE;
        return AVERROR (EIO);
    }
    self->position += length_bytes;
    self->end = MAX (self->end, self->position);
    return length_bytes;
}

static int64_t
on_seek (void *user_data, int64_t offset, int whence)
{
    TuttiMuxer *self = user_data;

    if (whence == AVSEEK_SIZE)
        return self->end;
    if (whence == SEEK_CUR)
        offset += self->position;
    else if (whence == SEEK_END)
        offset += self->end;
    if (offset < 0 || offset > self->end)
        return AVERROR (EINVAL);
    self->position = offset;
    return offset;
}

/* --- Making it --- */

static gboolean
set_extradata (AVCodecParameters *parameters, const guint8 *data, gsize length_bytes)
{
    parameters->extradata = av_mallocz (length_bytes + AV_INPUT_BUFFER_PADDING_SIZE);
    if (parameters->extradata == NULL)
        return FALSE;
    memcpy (parameters->extradata, data, length_bytes);
    parameters->extradata_size = (int)length_bytes;
    return TRUE;
}

static gboolean
describe_sound (AVCodecParameters *parameters, const TuttiMuxerStream *setup)
{
    guint8 head[TUTTI_OPUS_HEAD_BYTES];

    parameters->codec_type = AVMEDIA_TYPE_AUDIO;
    parameters->sample_rate = TUTTI_RATE_HZ;
    parameters->frame_size = TUTTI_ROUND_SAMPLES;
    parameters->initial_padding = TUTTI_OPUS_PRE_SKIP_SAMPLES;
    parameters->seek_preroll = TUTTI_OPUS_PRE_ROLL_SAMPLES;
    av_channel_layout_default (&parameters->ch_layout, (int)setup->channels);
    tutti_opus_write_head (head, setup->channels);
    return set_extradata (parameters, head, sizeof head);
}

static gboolean
describe_pictures (AVStream *stream, const TuttiMuxerStream *setup)
{
    AVCodecParameters *parameters = stream->codecpar;
    g_autoptr (GBytes) sets = NULL;

    parameters->codec_type = AVMEDIA_TYPE_VIDEO;
    parameters->width = setup->width;
    parameters->height = setup->height;
    parameters->format = AV_PIX_FMT_YUV420P;
    if (setup->frame_rate > 0)
        stream->avg_frame_rate = stream->r_frame_rate = av_make_q ((int)setup->frame_rate, 1);
    if (setup->codec != TUTTI_CODEC_H264)
        return TRUE;
    if (setup->key_frame != NULL)
        sets = tutti_key_frame_copy_parameters (setup->key_frame->data,
                                                setup->key_frame->length_bytes);
    return sets != NULL &&
           set_extradata (parameters, g_bytes_get_data (sets, NULL), g_bytes_get_size (sets));
}

static gboolean
add_stream (TuttiMuxer *self, const TuttiMuxerStream *setup, GError **error)
{
    Stream *stream = &self->streams[self->n_streams++];
    enum AVCodecID codec = choose_codec (setup->codec);

    if (avformat_query_codec (self->context->oformat, codec, FF_COMPLIANCE_NORMAL) != 1)
        return fail (error, "this codec");
    stream->stream = avformat_new_stream (self->context, NULL);
    stream->stream->codecpar->codec_id = codec;
    if (setup->codec == TUTTI_CODEC_OPUS) {
        stream->stream->time_base = av_make_q (1, TUTTI_RATE_HZ);
        if (!describe_sound (stream->stream->codecpar, setup))
            return fail (error, "this sound");
    } else {
        stream->stream->time_base = av_make_q (1, TUTTI_VIDEO_CLOCK_HZ);
        stream->frame_us = G_USEC_PER_SEC / MAX (setup->frame_rate, 1);
        if (!describe_pictures (stream->stream, setup))
            return fail (error, "pictures without parameter sets");
    }
    av_dict_set (&stream->stream->metadata, "title", setup->title, 0);
    av_dict_set (&stream->stream->metadata, "language", setup->language, 0);
    return TRUE;
}

static gboolean
open_context (TuttiMuxer *self, const TuttiMuxerSetup *setup, GError **error)
{
    g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (setup->started_us / G_USEC_PER_SEC);
    g_autofree char *text = date != NULL ? g_date_time_format_iso8601 (date) : NULL;

    if (avformat_alloc_output_context2 (&self->context, NULL, choose_format (setup->container),
                                        NULL) < 0)
        return fail (error, "anything: libavformat lacks it");
    self->io = avio_alloc_context (av_malloc (IO_BUFFER_BYTES), IO_BUFFER_BYTES, 1, self, NULL,
                                   on_write, on_seek);
    self->packet = av_packet_alloc ();
    self->context->pb = self->io;
    self->context->flags |= AVFMT_FLAG_CUSTOM_IO;
    self->context->flush_packets = 0;     /* fragments say when */
    self->context->avoid_negative_ts = 0; /* Opus begins before 0, by its decoder's delay */
    av_dict_set (&self->context->metadata, "title", setup->title, 0);
    av_dict_set (&self->context->metadata, "creation_time", text, 0);
    return TRUE;
}

static gboolean
write_header (TuttiMuxer *self, GError **error)
{
    AVDictionary *options = NULL;
    int status;

    if (self->container == TUTTI_CONTAINER_MP4)
        av_dict_set (&options, "movflags", "frag_custom+empty_moov+delay_moov+default_base_moof",
                     0);
    else
        av_dict_set (&options, "cluster_time_limit", CLUSTER_MAX_MS, 0);
    status = avformat_write_header (self->context, &options);
    av_dict_free (&options);
    if (self->is_broken)
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_STORAGE, "can't write the file's header");
    else if (status < 0)
        fail (error, "these streams");
    return status >= 0 && !self->is_broken;
}

/* Only the header fixes the time base. */
static void
start_streams (TuttiMuxer *self)
{
    for (guint i = 0; i < self->n_streams; i++) {
        Stream *stream = &self->streams[i];

        stream->last = G_MININT64;
        if (ADDS_DELAY || self->container == TUTTI_CONTAINER_MP4)
            stream->delay = av_rescale_q (stream->stream->codecpar->initial_padding,
                                          av_make_q (1, TUTTI_RATE_HZ), stream->stream->time_base);
    }
    self->latest = self->fragment_us = G_MININT64;
}

TuttiMuxer *
tutti_muxer_new (const TuttiMuxerSetup *setup, const TuttiMuxerSink *sink, GError **error)
{
    g_autoptr (TuttiMuxer) self = g_new0 (TuttiMuxer, 1);

    g_assert (setup->n_streams > 0 && setup->n_streams <= TUTTI_MUXER_STREAMS_MAX);
    self->container = setup->container;
    self->owes_header = setup->container == TUTTI_CONTAINER_MP4;
    self->sink = *sink;
    if (!open_context (self, setup, error))
        return NULL;
    for (guint i = 0; i < setup->n_streams; i++)
        if (!add_stream (self, &setup->streams[i], error))
            return NULL;
    if (!write_header (self, error))
        return NULL;
    start_streams (self);
    return g_steal_pointer (&self);
}

void
tutti_muxer_free (TuttiMuxer *self)
{
    if (self == NULL)
        return;
    self->is_broken = TRUE; /* what is still in a buffer belongs to no whole fragment */
    avformat_free_context (self->context);
    if (self->io != NULL)
        av_freep (&self->io->buffer);
    avio_context_free (&self->io);
    av_packet_free (&self->packet);
    g_free (self);
}

/* --- Writing --- */

/* Two units of a stream can't be at the same instant. In Matroska none may step back behind one of
 * another stream: Chromium refuses such a file. */
static gint64
place (TuttiMuxer *self, Stream *stream, gint64 time_us)
{
    gint64 at = av_rescale_q (time_us, av_make_q (1, G_USEC_PER_SEC), stream->stream->time_base);

    if (stream->last != G_MININT64)
        at = MAX (at, stream->last + 1);
    if (self->container != TUTTI_CONTAINER_MP4)
        at = self->latest = MAX (at, self->latest);
    stream->last = at;
    return at;
}

static gint64
get_duration_us (const Stream *stream, const TuttiUnit *unit)
{
    return unit->codec == TUTTI_CODEC_OPUS
               ? tutti_opus_get_duration_us (unit->data, unit->length_bytes)
               : stream->frame_us;
}

static void
write_packet (TuttiMuxer *self, Stream *stream, const TuttiUnit *unit, gint64 time_us)
{
    AVPacket *packet = self->packet;

    packet->data = (guint8 *)unit->data; /* borrowed: libavformat copies what it keeps */
    packet->size = (int)unit->length_bytes;
    packet->stream_index = stream->stream->index;
    packet->flags = unit->is_key ? AV_PKT_FLAG_KEY : 0;
    packet->pts = packet->dts = place (self, stream, time_us) - stream->delay;
    packet->duration = av_rescale_q (get_duration_us (stream, unit), av_make_q (1, G_USEC_PER_SEC),
                                     stream->stream->time_base);
    av_write_frame (self->context, packet);
    av_packet_unref (packet);
}

gboolean
tutti_muxer_flush (TuttiMuxer *self)
{
    if (self->fragment_us == G_MININT64)
        return !self->is_broken;
    self->fragment_us = G_MININT64;
    if (self->owes_header) /* movenc: the first flush gives the header, only the next a fragment */
        av_write_frame (self->context, NULL);
    self->owes_header = FALSE;
    av_write_frame (self->context, NULL);
    avio_flush (self->io);
    if (!self->is_broken)
        self->sink.flush (self->sink.user_data);
    return !self->is_broken;
}

gboolean
tutti_muxer_write (TuttiMuxer *self, guint stream, const TuttiUnit *unit, gint64 time_us)
{
    g_assert (stream < self->n_streams);
    if (self->fragment_us != G_MININT64 && time_us >= self->fragment_us + TUTTI_FRAGMENT_US)
        tutti_muxer_flush (self);
    if (self->fragment_us == G_MININT64)
        self->fragment_us = time_us;
    write_packet (self, &self->streams[stream], unit, time_us);
    return !self->is_broken;
}

gboolean
tutti_muxer_finish (TuttiMuxer *self)
{
    if (!tutti_muxer_flush (self))
        return FALSE;
    av_write_trailer (self->context);
    avio_flush (self->io);
    if (!self->is_broken)
        self->sink.flush (self->sink.user_data);
    return !self->is_broken;
}
