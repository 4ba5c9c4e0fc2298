/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * remux.c: see remux.h. The container is the one the name says, never guessed, and nothing is
 * opened by a name found within: whatever the bytes, they only lead to themselves.
 */
#include "remux.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "mp4-tail.h"

#define IO_BUFFER_BYTES (256 * 1024)
/* So often what was written goes to the disk and out of the system's memory: a recovery of many
 * gigabytes beside running calls should not make the disk hold its breath at its end. */
#define SYNC_STEP_BYTES (32 * 1024 * 1024)
/* A file we made grows by its index only. One that leads to more than that leads in circles. */
#define GROWTH_MAX_BYTES (16 * 1024 * 1024)
/* As recorder's own fragments. */
#define FRAGMENT_US "700000"
#define STREAMS_MAX 8
/* libavformat's muxers stop the process at what they think can't be, so what they are given must be
 * what a recording can hold: a month of it, in ticks of a clock at most so fast. */
#define TIME_MAX_US (G_GINT64_CONSTANT (31) * 24 * 3600 * G_USEC_PER_SEC)
#define TIME_MIN_US (-G_USEC_PER_SEC)
#define CLOCK_MAX_HZ 1000000
#define PACKET_MAX_US (60 * G_USEC_PER_SEC)
#define SIDE_MAX_PX 16384
#define OPUS_HEAD_BYTES 19 /* RFC 7845 5.1, for mono and stereo */
#define AVCC_MIN_BYTES 7

#define RECOVERED_COMMENT "recovered"

/* FFmpeg 6.0 and later add the decoder's delay to what goes into Matroska blocks, which readers
 * take off; those before write what they are given. */
#define ADDS_DELAY (LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT (59, 31, 0))

#if LIBAVFORMAT_VERSION_MAJOR >= 61
#define IO_CONST const
#else
#define IO_CONST
#endif

typedef struct {
    int fd;
    int why;    /* what the system said; 0: nothing */
    gint64 end; /* of what is read */
    guint64 size_bytes, synced_bytes, size_max_bytes, minimum_free_bytes;
} Disk;

typedef struct {
    AVFormatContext *context;
    AVIOContext *io;
    Disk disk;
} Side;

typedef struct {
    Side in, out;
    AVPacket *packet;
    int n_streams;
    int map[STREAMS_MAX];
    gint64 last_us[STREAMS_MAX]; /* of those read */
    gboolean is_mp4;
    TuttiRemuxed remuxed;
} Remux;

static const char *const demuxers[] = {
    [TUTTI_CONTAINER_WEBM] = "matroska",
    [TUTTI_CONTAINER_MKV] = "matroska",
    [TUTTI_CONTAINER_MP4] = "mp4",
};

static const char *const muxers[] = {
    [TUTTI_CONTAINER_WEBM] = "webm",
    [TUTTI_CONTAINER_MKV] = "matroska",
    [TUTTI_CONTAINER_MP4] = "mp4",
};

/* --- What libavformat calls. --- */

static int
fail (Disk *disk, int why)
{
    disk->why = disk->why ? disk->why : why;
    return AVERROR (why);
}

static int
on_read (void *user_data, uint8_t *data, int length_bytes)
{
    Disk *disk = user_data;
    gint64 left_bytes = disk->end - lseek (disk->fd, 0, SEEK_CUR);
    ssize_t n;

    do
        n = read (disk->fd, data, (size_t)CLAMP (left_bytes, 0, length_bytes));
    while (n < 0 && errno == EINTR);
    if (n > 0)
        return n;
    return n < 0 ? fail (disk, errno) : AVERROR_EOF;
}

static gboolean
has_room (Disk *disk)
{
    struct statvfs about;

    if (fstatvfs (disk->fd, &about) != 0)
        return TRUE;
    return (guint64)about.f_bavail * about.f_frsize > disk->minimum_free_bytes;
}

static int
sync_step (Disk *disk)
{
    if (disk->size_bytes < disk->synced_bytes + SYNC_STEP_BYTES)
        return 0;
    disk->synced_bytes = disk->size_bytes;
    if (!has_room (disk))
        return ENOSPC;
    if (fdatasync (disk->fd) != 0 && errno != EINVAL)
        return errno;
    posix_fadvise (disk->fd, 0, disk->size_bytes, POSIX_FADV_DONTNEED);
    return 0;
}

static int
on_write (void *user_data, IO_CONST uint8_t *data, int length_bytes)
{
    Disk *disk = user_data;
    int left = length_bytes, why;

    while (left > 0) {
        ssize_t n = write (disk->fd, data, left);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail (disk, errno);
        data += n;
        left -= n;
    }
    disk->size_bytes = MAX (disk->size_bytes, (guint64)lseek (disk->fd, 0, SEEK_CUR));
    why = sync_step (disk);
    return why ? fail (disk, why) : length_bytes;
}

static int64_t
on_seek (void *user_data, int64_t offset, int whence)
{
    Disk *disk = user_data;
    struct stat about;

    if (whence == AVSEEK_SIZE && disk->end > 0 && disk->end < G_MAXINT64)
        return disk->end;
    if (whence == AVSEEK_SIZE)
        return fstat (disk->fd, &about) == 0 ? about.st_size : AVERROR (errno);
    offset = lseek (disk->fd, offset, whence & ~AVSEEK_FORCE);
    return offset < 0 ? AVERROR (errno) : offset;
}

/* No file but the one that is open. */
static int
on_open (AVFormatContext *context, AVIOContext **io, const char *url, int flags,
         AVDictionary **options)
{
    return AVERROR (EPERM);
}

/* --- One side. --- */

static gboolean
open_side (Side *side, int fd, gboolean writes)
{
    av_log_set_level (AV_LOG_QUIET); /* a cut is what is expected */
    side->disk.fd = fd;
    lseek (fd, 0, SEEK_SET);
    side->io =
        avio_alloc_context (av_malloc (IO_BUFFER_BYTES), IO_BUFFER_BYTES, writes, &side->disk,
                            writes ? NULL : on_read, writes ? on_write : NULL, on_seek);
    if (!side->context)
        side->context = avformat_alloc_context ();
    if (!side->io || !side->context)
        return FALSE;
    side->context->pb = side->io;
    side->context->flags |= AVFMT_FLAG_CUSTOM_IO;
    side->context->io_open = on_open;
    return TRUE;
}

static void
clear_side (Side *side)
{
    if (side->io)
        av_freep (&side->io->buffer);
    avio_context_free (&side->io);
}

static gboolean
open_in (Side *in, int fd, TuttiContainer container)
{
    in->disk.end = container == TUTTI_CONTAINER_MP4 ? tutti_mp4_find_end (fd) : G_MAXINT64;
    /* On failure libavformat frees the context and sets it to NULL. */
    return open_side (in, fd, FALSE) &&
           avformat_open_input (&in->context, NULL, av_find_input_format (demuxers[container]),
                                NULL) == 0;
}

static void
clear_in (Side *in)
{
    avformat_close_input (&in->context);
    clear_side (in);
}

static void
clear_out (Side *out)
{
    avformat_free_context (out->context);
    out->context = NULL;
    clear_side (out);
}

/* --- From one to the other. --- */

static gboolean
is_sound_of_ours (const AVCodecParameters *sound)
{
    return sound->codec_id == AV_CODEC_ID_OPUS && sound->sample_rate == TUTTI_RATE_HZ &&
           sound->ch_layout.nb_channels > 0 && sound->ch_layout.nb_channels <= TUTTI_CHANNELS_MAX &&
           sound->initial_padding >= 0 && sound->initial_padding <= TUTTI_RATE_HZ &&
           sound->extradata_size >= OPUS_HEAD_BYTES;
}

/* Containers hold H.264's parameter sets as ISO/IEC 14496-15 5.2.4.1 has them: version 1 first. */
static gboolean
has_parameters (const AVCodecParameters *picture)
{
    return picture->codec_id != AV_CODEC_ID_H264 ||
           (picture->extradata_size >= AVCC_MIN_BYTES && picture->extradata[0] == 1);
}

static gboolean
is_picture_of_ours (const AVCodecParameters *picture)
{
    return (picture->codec_id == AV_CODEC_ID_VP8 || picture->codec_id == AV_CODEC_ID_H264) &&
           has_parameters (picture) && picture->width > 0 && picture->width <= SIDE_MAX_PX &&
           picture->height > 0 && picture->height <= SIDE_MAX_PX;
}

static gboolean
is_of_ours (const AVStream *stream)
{
    if (stream->time_base.num != 1 || stream->time_base.den <= 0 ||
        stream->time_base.den > CLOCK_MAX_HZ)
        return FALSE;
    return is_sound_of_ours (stream->codecpar) || is_picture_of_ours (stream->codecpar);
}

/* A stream that the recorder makes; else it is left out. */
static gboolean
add_stream (Remux *remux, const AVStream *from)
{
    AVStream *to;

    if (!is_of_ours (from) ||
        avformat_query_codec (remux->out.context->oformat, from->codecpar->codec_id,
                              FF_COMPLIANCE_NORMAL) != 1)
        return FALSE;
    to = avformat_new_stream (remux->out.context, NULL);
    if (!to || avcodec_parameters_copy (to->codecpar, from->codecpar) < 0)
        return FALSE;
    to->codecpar->codec_tag = 0;
    to->time_base = from->time_base;
    if (from->codecpar->codec_type == AVMEDIA_TYPE_VIDEO) {
        to->avg_frame_rate = from->avg_frame_rate;
        to->r_frame_rate = from->r_frame_rate;
    }
    to->disposition = from->disposition;
    av_dict_copy (&to->metadata, from->metadata, 0);
    av_dict_set (&to->metadata, "DURATION", NULL, 0);
    return TRUE;
}

static gboolean
map_streams (Remux *remux)
{
    AVFormatContext *in = remux->in.context;

    for (guint i = 0; i < in->nb_streams && i < STREAMS_MAX; i++) {
        remux->map[i] = add_stream (remux, in->streams[i]) ? remux->n_streams++ : -1;
        remux->last_us[i] = TIME_MIN_US;
    }
    return remux->n_streams > 0;
}

static gboolean
open_out (Remux *remux, int fd, TuttiContainer container)
{
    AVDictionary *options = NULL;
    AVFormatContext *context;
    int status;

    avformat_alloc_output_context2 (&remux->out.context, NULL, muxers[container], NULL);
    if (!open_side (&remux->out, fd, TRUE) || !map_streams (remux))
        return FALSE;
    context = remux->out.context;
    context->avoid_negative_ts = AVFMT_AVOID_NEG_TS_DISABLED; /* Opus begins before 0 */
    context->flush_packets = 0;
    av_dict_copy (&context->metadata, remux->in.context->metadata, 0);
    av_dict_set (&context->metadata, "comment", RECOVERED_COMMENT, 0);
    if (remux->is_mp4) {
        av_dict_set (&options, "movflags", "empty_moov+delay_moov+default_base_moof", 0);
        av_dict_set (&options, "frag_duration", FRAGMENT_US, 0);
    }
    status = avformat_write_header (context, &options);
    av_dict_free (&options);
    return status >= 0;
}

static gboolean
is_whole (const Remux *remux)
{
    const AVPacket *packet = remux->packet;

    return packet->stream_index < STREAMS_MAX && remux->map[packet->stream_index] >= 0 &&
           !(packet->flags & AV_PKT_FLAG_CORRUPT) && packet->size > 0 &&
           packet->pts != AV_NOPTS_VALUE;
}

static gint64
read_us (const AVStream *stream, gint64 time)
{
    return av_rescale_q_rnd (time, stream->time_base, AV_TIME_BASE_Q,
                             AV_ROUND_NEAR_INF | AV_ROUND_PASS_MINMAX);
}

/* Time goes on, and not by more than a recording can. Our pictures are decoded in the order in
 * which they are shown. */
static gboolean
is_in_time (Remux *remux)
{
    AVPacket *packet = remux->packet;
    const AVStream *stream = remux->in.context->streams[packet->stream_index];
    gint64 *last_us = &remux->last_us[packet->stream_index];
    gint64 time_us = read_us (stream, packet->pts);

    if (time_us <= *last_us || time_us > TIME_MAX_US)
        return FALSE;
    *last_us = time_us;
    if (packet->duration < 0 || read_us (stream, packet->duration) > PACKET_MAX_US)
        packet->duration = 0;
    return TRUE;
}

static void
count (Remux *remux, const AVStream *stream)
{
    const AVPacket *packet = remux->packet;
    gint64 end_us = read_us (stream, packet->pts + packet->duration);

    remux->remuxed.duration_us = MAX (remux->remuxed.duration_us, end_us);
    if (stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO)
        remux->remuxed.pictures++;
    else
        remux->remuxed.sounds++;
}

/* Takes the packet. FALSE: the disk says no, or the packet can't be after those before. */
static gboolean
pass (Remux *remux)
{
    AVPacket *packet = remux->packet;
    AVStream *from = remux->in.context->streams[packet->stream_index], *to;

    count (remux, from);
    to = remux->out.context->streams[remux->map[packet->stream_index]];
    if (!ADDS_DELAY && !remux->is_mp4)
        packet->pts += av_rescale_q (from->codecpar->initial_padding, av_make_q (1, TUTTI_RATE_HZ),
                                     from->time_base);
    packet->dts = packet->pts;
    packet->stream_index = to->index;
    packet->pos = -1;
    av_packet_rescale_ts (packet, from->time_base, to->time_base);
    /* In the order of the file, which our muxer interleaved. */
    return av_write_frame (remux->out.context, packet) >= 0;
}

/* Up to the cut, whatever it looks like to the reader: an end, or bytes that mean nothing. */
static void
copy (Remux *remux)
{
    Disk *out = &remux->out.disk;
    gboolean goes_on = TRUE;

    while (goes_on && out->why == 0 && out->size_bytes < out->size_max_bytes &&
           av_read_frame (remux->in.context, remux->packet) >= 0) {
        if (is_whole (remux) && is_in_time (remux))
            goes_on = pass (remux);
        av_packet_unref (remux->packet);
    }
}

static TuttiRemuxResult
run (Remux *remux, int from, int to, TuttiContainer container)
{
    struct stat about;

    if (fstat (from, &about) != 0)
        return TUTTI_REMUX_DISK;
    remux->out.disk.size_max_bytes = (guint64)about.st_size + GROWTH_MAX_BYTES;
    if (!open_in (&remux->in, from, container) || !open_out (remux, to, container))
        return TUTTI_REMUX_EMPTY;
    copy (remux);
    if (remux->remuxed.pictures + remux->remuxed.sounds == 0)
        return TUTTI_REMUX_EMPTY;
    av_write_trailer (remux->out.context);
    avio_flush (remux->out.io);
    remux->remuxed.bytes = remux->out.disk.size_bytes;
    return TUTTI_REMUX_OK;
}

/* Of the header alone: MP4 says it of each stream. -1: it does not. */
static gint64
read_duration_us (const AVFormatContext *context)
{
    gint64 duration_us = context->duration; /* AV_TIME_BASE is a microsecond */

    for (guint i = 0; i < context->nb_streams; i++) {
        const AVStream *stream = context->streams[i];

        if (stream->duration != AV_NOPTS_VALUE)
            duration_us = MAX (duration_us,
                               av_rescale_q (stream->duration, stream->time_base, AV_TIME_BASE_Q));
    }
    return duration_us > 0 ? duration_us : -1;
}

/* --- Public. --- */

TuttiRemuxResult
tutti_remux (int from, int to, TuttiContainer container, guint64 minimum_free_bytes,
             TuttiRemuxed *remuxed)
{
    Remux remux = {.packet = av_packet_alloc (), .is_mp4 = container == TUTTI_CONTAINER_MP4};
    TuttiRemuxResult result;
    int why;

    remux.out.disk.minimum_free_bytes = minimum_free_bytes;
    result = run (&remux, from, to, container);
    clear_out (&remux.out);
    clear_in (&remux.in);
    av_packet_free (&remux.packet);
    why = remux.out.disk.why ? remux.out.disk.why : remux.in.disk.why;
    if (why) {
        errno = why;
        return TUTTI_REMUX_DISK;
    }
    if (result == TUTTI_REMUX_OK)
        *remuxed = remux.remuxed;
    return result;
}

gboolean
tutti_remux_look (int fd, TuttiContainer container, gint64 *duration_us, gboolean *is_recovered)
{
    Side side = {0};
    gboolean known = open_in (&side, fd, container);

    if (known) {
        AVDictionaryEntry *comment = av_dict_get (side.context->metadata, "comment", NULL, 0);

        *duration_us = read_duration_us (side.context);
        *is_recovered = comment && strcmp (comment->value, RECOVERED_COMMENT) == 0;
    }
    clear_in (&side);
    return known;
}
