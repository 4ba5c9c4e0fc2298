/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * player-file.c: see player-file.h. Role: file.
 */
#include "player-file.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tutti/frame.h>

#define BUFFER_BYTES (64 * 1024)
/* The heads of good files are read in milliseconds; what is made to be searched for ever is not. */
#define OPEN_TIMEOUT_US (10 * G_USEC_PER_SEC)
/* Formats that hold all they need in themselves, as libavformat names them. */
#define FORMATS                                                                                    \
    "matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,ogg,wav,w64,mp3,flac,aac,aiff,au,caf,avi,mpegts,mpeg,"  \
    "flv,asf,ivf,gif,apng,png_pipe,jpeg_pipe,webp_pipe,bmp_pipe"
/* More than any sound card has. */
#define CHANNELS_MAX 32
#define RATE_MAX_HZ 768000

struct _TuttiPlayerFile {
    int fd;
    const _Atomic int *stop;
    gint64 deadline_us; /* 0: none */
    gint64 offset;
    AVIOContext *io;
    AVFormatContext *format;
};

/* --- What libavformat calls --- */

static int
on_interrupt (void *user_data)
{
    TuttiPlayerFile *file = user_data;

    if (atomic_load (file->stop))
        return TRUE;
    return file->deadline_us != 0 && g_get_monotonic_time () > file->deadline_us;
}

static int
on_read (void *user_data, guint8 *data, int size)
{
    TuttiPlayerFile *file = user_data;
    gssize n;

    if (on_interrupt (file))
        return AVERROR_EXIT;
    do
        n = pread (file->fd, data, (gsize)size, file->offset);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return AVERROR (errno);
    file->offset += n;
    return n == 0 ? AVERROR_EOF : (int)n;
}

static gint64
on_seek (void *user_data, gint64 offset, int whence)
{
    TuttiPlayerFile *file = user_data;
    struct stat info;

    if (fstat (file->fd, &info) < 0)
        return AVERROR (errno);
    switch (whence & ~AVSEEK_FORCE) {
    case AVSEEK_SIZE:
        return info.st_size;
    case SEEK_CUR:
        offset += file->offset;
        break;
    case SEEK_END:
        offset += info.st_size;
        break;
    default:
        break;
    }
    if (offset < 0)
        return AVERROR (EINVAL);
    return file->offset = offset;
}

/* A file that refers to another one. */
static int
on_open (AVFormatContext *format, AVIOContext **io, const char *url, int flags,
         AVDictionary **options)
{
    return AVERROR (EPERM);
}

/* --- Life --- */

static gboolean
is_regular (int fd)
{
    struct stat info;

    return fstat (fd, &info) == 0 && S_ISREG (info.st_mode);
}

static AVFormatContext *
make_format (TuttiPlayerFile *file)
{
    AVFormatContext *format = avformat_alloc_context ();

    file->io = avio_alloc_context (av_malloc (BUFFER_BYTES), BUFFER_BYTES, 0, file, on_read, NULL,
                                   on_seek);
    format->pb = file->io;
    format->flags |= AVFMT_FLAG_CUSTOM_IO;
    format->io_open = on_open;
    format->interrupt_callback = (AVIOInterruptCB){on_interrupt, file};
    format->format_whitelist = av_strdup (FORMATS);
    format->protocol_whitelist = av_strdup ("none");
    format->max_streams = TUTTI_PLAYER_STREAMS_MAX;
    return format;
}

TuttiPlayerFile *
tutti_player_file_open (int fd, const _Atomic int *stop, gboolean is_known, const char **why)
{
    g_autoptr (TuttiPlayerFile) file = g_new0 (TuttiPlayerFile, 1);

    /* What files say must not write into our log. */
    av_log_set_level (AV_LOG_QUIET);
    *file = (TuttiPlayerFile){.fd = fd, .stop = stop};
    *why = "not a file";
    if (!is_regular (fd))
        return NULL;
    *why = "not a film, sound or picture that can be played";
    file->deadline_us = g_get_monotonic_time () + OPEN_TIMEOUT_US;
    file->format = make_format (file);
    if (avformat_open_input (&file->format, NULL, NULL, NULL) < 0)
        return NULL;
    if ((!is_known || file->format->ctx_flags & AVFMTCTX_NOHEADER) &&
        avformat_find_stream_info (file->format, NULL) < 0)
        return NULL;
    file->deadline_us = 0;
    return g_steal_pointer (&file);
}

void
tutti_player_file_close (TuttiPlayerFile *file)
{
    if (!file)
        return;
    avformat_close_input (&file->format);
    if (file->io)
        av_freep (&file->io->buffer);
    avio_context_free (&file->io);
    g_free (file);
}

AVFormatContext *
tutti_player_file_get_format (TuttiPlayerFile *file)
{
    return file->format;
}

/* --- Decoders --- */

static gboolean
is_bearable (const AVCodecParameters *params, const char **why)
{
    if (params->codec_type == AVMEDIA_TYPE_VIDEO) {
        *why = "its picture is too large";
        return params->width <= TUTTI_PICTURE_SIDE_MAX && params->height <= TUTTI_PICTURE_SIDE_MAX;
    }
    *why = "its sound is of no common kind";
    return params->sample_rate <= RATE_MAX_HZ && params->ch_layout.nb_channels <= CHANNELS_MAX;
}

gboolean
tutti_player_file_open_codec (TuttiPlayerFile *file, enum AVMediaType type,
                              AVCodecContext **context, int *stream, const char **why)
{
    const AVCodec *codec = NULL;
    int index = av_find_best_stream (file->format, type, -1, -1, &codec, 0);
    AVCodecContext *made;

    *stream = -1;
    if (index < 0 || !is_bearable (file->format->streams[index]->codecpar, why)) {
        *why = index == AVERROR_DECODER_NOT_FOUND ? "its codec is not known here" : *why;
        return index == AVERROR_STREAM_NOT_FOUND;
    }
    made = avcodec_alloc_context3 (codec);
    avcodec_parameters_to_context (made, file->format->streams[index]->codecpar);
    made->pkt_timebase = file->format->streams[index]->time_base;
    made->thread_count = 1; /* the call's own work is never one core behind */
    made->max_pixels = (gint64)TUTTI_PICTURE_SIDE_MAX * TUTTI_PICTURE_SIDE_MAX;
    if (avcodec_open2 (made, codec, NULL) < 0) {
        *why = "its codec can't be opened";
        avcodec_free_context (&made);
        return FALSE;
    }
    *context = made;
    *stream = index;
    return TRUE;
}
