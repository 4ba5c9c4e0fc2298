/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * connection.c: see connection.h. Role: file.
 *
 * Whatever blocks in libavformat asks is_interrupted() ten times a second, and is left when its
 * owner says so or its time is over.
 */
#include "connection.h"

#include <string.h>

#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>

#include <tutti/role.h>

#include "hls.h"
#include "key-frame.h"

/* How far sound and pictures may be apart before one is sent without waiting for the other: a
 * canvas that stands still gives a picture a second. */
#define INTERLEAVE_US (300 * TUTTI_USEC_PER_MSEC)
/* MPEG-TS: by how much a receiver's clock is behind the bytes; its buffer. */
#define TS_DELAY_US (200 * TUTTI_USEC_PER_MSEC)

/* Whole transport packets of 188 bytes, and below what any path's MTU leaves: what receivers of
 * MPEG-TS over UDP are built for (ETSI TS 102 034, section 7.1.1: seven in a datagram). */
#define UDP_PAYLOAD_BYTES "1316"

enum {
    PICTURES,
    SOUND,
    N_STREAMS,
};

/* What an output of this scheme may open, and nothing else. */
static const struct {
    const char *muxer, *protocols;
} TRANSPORTS[] = {
    [TUTTI_URL_RTMP] = {"flv", "rtmp,tcp"},      [TUTTI_URL_RTMPS] = {"flv", "rtmps,tls,tcp"},
    [TUTTI_URL_SRT] = {"mpegts", "srt"},         [TUTTI_URL_UDP] = {"mpegts", "udp"},
    [TUTTI_URL_RTP] = {"rtp_mpegts", "rtp,udp"}, [TUTTI_URL_HLS] = {"hls", "file"},
};

struct _TuttiConnection {
    TuttiConnectionSetup setup;
    AVFormatContext *context;
    AVPacket *packet;
    gint64 deadline_us;  /* of what blocks now */
    gboolean is_late;    /* it was over */
    gboolean is_closing; /* the owner isn't asked any more */
    gboolean has_begun, has_failed;
    gint64 last_time[N_STREAMS]; /* in the stream's time base; each must be larger */
    char why[TUTTI_CONNECTION_WHY_BYTES];
};

static int
is_interrupted (gpointer user_data)
{
    TuttiConnection *self = user_data;

    if (!self->is_closing && self->setup.is_over (self->setup.user_data))
        return TRUE;
    self->is_late = g_get_monotonic_time () > self->deadline_us;
    return self->is_late;
}

static void
allow (TuttiConnection *self, gint64 time_us)
{
    self->is_late = FALSE;
    self->deadline_us = g_get_monotonic_time () + time_us;
}

/* Of the library's codes; what they don't tell: that it was we who gave up. */
static gboolean
judge (TuttiConnection *self, int code, const char *when_late)
{
    if (code >= 0)
        return TRUE;
    self->has_failed = TRUE;
    if (self->is_late)
        g_strlcpy (self->why, when_late, sizeof self->why);
    else if (av_strerror (code, self->why, sizeof self->why) < 0)
        g_strlcpy (self->why, "it failed", sizeof self->why);
    return FALSE;
}

/* --- Opening --- */

static void
add_options (AVDictionary **dictionary, char **options)
{
    for (; options[0]; options += 2)
        av_dict_set (dictionary, options[0], options[1], 0);
}

static int
open_protocol (TuttiConnection *self, const TuttiUrl *url)
{
    AVDictionary *options = NULL;
    int code;

    add_options (&options, url->options);
    if (url->scheme == TUTTI_URL_UDP)
        av_dict_set (&options, "pkt_size", UDP_PAYLOAD_BYTES, 0);
    av_dict_set (&options, "protocol_whitelist", TRANSPORTS[url->scheme].protocols, 0);
    if (url->scheme == TUTTI_URL_RTMPS) { /* the stream's key is for the right one only */
        av_dict_set (&options, "tls_verify", "1", 0);
        if (self->setup.certificates)
            av_dict_set (&options, "ca_file", self->setup.certificates, 0);
    }
    code = avio_open2 (&self->context->pb, url->target, AVIO_FLAG_WRITE,
                       &self->context->interrupt_callback, &options);
    av_dict_free (&options);
    return code;
}

static gboolean
open_context (TuttiConnection *self, const TuttiUrl *url)
{
    g_autofree char *playlist =
        url->scheme == TUTTI_URL_HLS ? tutti_hls_get_target (self->setup.directory) : NULL;
    const char *target = playlist ? playlist : url->target;

    if (avformat_alloc_output_context2 (&self->context, NULL, TRANSPORTS[url->scheme].muxer,
                                        target) < 0)
        return FALSE;
    self->context->interrupt_callback = (AVIOInterruptCB){is_interrupted, self};
    self->context->protocol_whitelist = av_strdup (TRANSPORTS[url->scheme].protocols);
    self->context->max_interleave_delta = INTERLEAVE_US;
    self->context->max_delay = TS_DELAY_US;
    self->context->flush_packets = 1;
    self->packet = av_packet_alloc ();
    return self->packet != NULL;
}

static gboolean
add_stream (TuttiConnection *self, enum AVMediaType type, enum AVCodecID codec,
            const guint8 *extradata, gsize extradata_bytes)
{
    AVStream *stream = avformat_new_stream (self->context, NULL);
    AVCodecParameters *parameters;

    if (!stream)
        return FALSE;
    parameters = stream->codecpar;
    parameters->codec_type = type;
    parameters->codec_id = codec;
    parameters->extradata = av_mallocz (extradata_bytes + AV_INPUT_BUFFER_PADDING_SIZE);
    if (!parameters->extradata)
        return FALSE;
    memcpy (parameters->extradata, extradata, extradata_bytes);
    parameters->extradata_size = (int)extradata_bytes;
    return TRUE;
}

/* H.264 annex B.1.2: a zero more before the first parameter set; the HLS muxer looks for it. */
static GByteArray *
copy_parameters (const TuttiUnit *first)
{
    g_autoptr (GBytes) sets = tutti_key_frame_copy_parameters (first->data, first->length_bytes);
    GByteArray *parameters = sets ? g_byte_array_new () : NULL;

    if (sets) {
        g_byte_array_append (parameters, (const guint8 *)"", 1);
        g_byte_array_append (parameters, g_bytes_get_data (sets, NULL),
                             (guint)g_bytes_get_size (sets));
    }
    return parameters;
}

static gboolean
add_pictures (TuttiConnection *self, const TuttiUnit *first)
{
    g_autoptr (GByteArray) parameters = copy_parameters (first);
    AVStream *stream;

    if (!parameters ||
        !add_stream (self, AVMEDIA_TYPE_VIDEO, AV_CODEC_ID_H264, parameters->data, parameters->len))
        return FALSE;
    stream = self->context->streams[PICTURES];
    stream->codecpar->width = first->width > 0 ? first->width : self->setup.width;
    stream->codecpar->height = first->height > 0 ? first->height : self->setup.height;
    stream->codecpar->bit_rate = self->setup.bitrate_bps;
    stream->codecpar->format = 0; /* AV_PIX_FMT_YUV420P */
    stream->avg_frame_rate = (AVRational){(int)self->setup.frame_rate, 1};
    stream->time_base = (AVRational){1, TUTTI_VIDEO_CLOCK_HZ};
    return TRUE;
}

static gboolean
add_sound (TuttiConnection *self, const guint8 *config, gsize config_bytes)
{
    AVStream *stream;

    if (!add_stream (self, AVMEDIA_TYPE_AUDIO, AV_CODEC_ID_AAC, config, config_bytes))
        return FALSE;
    stream = self->context->streams[SOUND];
    stream->codecpar->sample_rate = TUTTI_RATE_HZ;
    stream->codecpar->bit_rate = self->setup.audio_bitrate_bps;
    stream->codecpar->frame_size = 1024; /* ISO/IEC 14496-3, AAC-LC */
    av_channel_layout_default (&stream->codecpar->ch_layout, (int)self->setup.channels);
    stream->time_base = (AVRational){1, TUTTI_RATE_HZ};
    return TRUE;
}

static gboolean
write_header (TuttiConnection *self)
{
    AVDictionary *options = NULL;
    gboolean is_good;

    if (self->setup.url->scheme == TUTTI_URL_HLS) {
        g_auto (GStrv) hls = tutti_hls_get_options (self->setup.directory, self->setup.segment_s);
        add_options (&options, hls);
    }
    allow (self, TUTTI_CONNECTION_WRITE_US);
    is_good = judge (self, avformat_write_header (self->context, &options), "it takes nothing");
    av_dict_free (&options);
    return is_good;
}

/* --- Life --- */

TuttiConnection *
tutti_connection_open (const TuttiConnectionSetup *setup, char *why)
{
    g_autoptr (TuttiConnection) self = g_new0 (TuttiConnection, 1);
    int code = 0;

    tutti_assert_role (TUTTI_ROLE_FILE);
    av_log_set_level (AV_LOG_QUIET); /* it would tell of keys and pass phrases */
    self->setup = *setup;
    self->last_time[PICTURES] = self->last_time[SOUND] = -1;
    if (!open_context (self, setup->url)) {
        g_strlcpy (why, "libavformat can't do this", TUTTI_CONNECTION_WHY_BYTES);
        return NULL;
    }
    allow (self, TUTTI_CONNECTION_OPEN_US);
    if (setup->url->scheme != TUTTI_URL_HLS)
        code = open_protocol (self, setup->url);
    else if (!tutti_hls_prepare (setup->directory))
        code = AVERROR (EACCES);
    if (!judge (self, code, "no answer")) {
        g_strlcpy (why, self->why, TUTTI_CONNECTION_WHY_BYTES);
        return NULL;
    }
    return g_steal_pointer (&self);
}

void
tutti_connection_close (TuttiConnection *self)
{
    if (!self)
        return;
    self->is_closing = TRUE;
    allow (self, self->has_failed ? -1 : TUTTI_CONNECTION_CLOSE_US);
    if (self->has_begun && !self->has_failed)
        av_write_trailer (self->context);
    if (self->context && self->context->pb)
        avio_closep (&self->context->pb);
    avformat_free_context (self->context);
    av_packet_free (&self->packet);
    g_free (self);
}

/* --- Sending --- */

gboolean
tutti_connection_begin (TuttiConnection *self, const TuttiUnit *first, const guint8 *aac_config,
                        gsize aac_config_bytes)
{
    if (!add_pictures (self, first) || !add_sound (self, aac_config, aac_config_bytes)) {
        g_strlcpy (self->why, "these pictures can't be sent", sizeof self->why);
        self->has_failed = TRUE;
        return FALSE;
    }
    self->has_begun = write_header (self);
    return self->has_begun;
}

/* self->packet has data, and the rest in the given time base. */
static gboolean
write_packet (TuttiConnection *self, int stream, AVRational time_base)
{
    AVPacket *packet = self->packet;

    packet->stream_index = stream;
    av_packet_rescale_ts (packet, time_base, self->context->streams[stream]->time_base);
    packet->pts = packet->dts = MAX (packet->pts, self->last_time[stream] + 1);
    self->last_time[stream] = packet->pts;
    allow (self, TUTTI_CONNECTION_WRITE_US);
    return judge (self, av_interleaved_write_frame (self->context, packet),
                  "it takes nothing any more");
}

gboolean
tutti_connection_write_picture (TuttiConnection *self, const TuttiUnit *unit, gint64 time_us)
{
    AVPacket *packet = self->packet;

    packet->data = (guint8 *)unit->data;
    packet->size = (int)unit->length_bytes;
    packet->pts = packet->dts = time_us;
    packet->duration = G_USEC_PER_SEC / MAX (self->setup.frame_rate, 1);
    packet->flags = unit->is_key ? AV_PKT_FLAG_KEY : 0;
    return write_packet (self, PICTURES, (AVRational){1, G_USEC_PER_SEC});
}

gboolean
tutti_connection_write_sound (TuttiConnection *self, const guint8 *data, gsize length_bytes,
                              gint64 position_samples)
{
    AVPacket *packet = self->packet;

    packet->data = (guint8 *)data;
    packet->size = (int)length_bytes;
    packet->pts = packet->dts = position_samples;
    packet->duration = self->context->streams[SOUND]->codecpar->frame_size;
    packet->flags = AV_PKT_FLAG_KEY;
    return write_packet (self, SOUND, (AVRational){1, TUTTI_RATE_HZ});
}

const char *
tutti_connection_get_why (const TuttiConnection *self)
{
    return self->why;
}
