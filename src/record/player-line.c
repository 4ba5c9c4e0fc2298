/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * player-line.c: see player-line.h. Role: file.
 */
#include "player-line.h"

/* Sound and pictures of one time stand within a second of each other in good files. */
#define SPAN_MAX_US (2 * G_USEC_PER_SEC)
/* Two seconds of the fattest films we expect, 32 Mbit/s... */
#define BYTES_MAX (8 * 1024 * 1024)
/* ...and a bound for packets of nothing. */
#define PACKETS_MAX 4096

gboolean
tutti_player_line_open (TuttiPlayerLine *line, TuttiPlayerFile *file, enum AVMediaType type,
                        const char **why)
{
    *line = (TuttiPlayerLine){.packets = G_QUEUE_INIT};
    if (!tutti_player_file_open_codec (file, type, &line->codec, &line->stream, why))
        return FALSE;
    if (line->codec)
        line->time_base = line->codec->pkt_timebase;
    line->has_ended = !line->codec;
    return TRUE;
}

static void
drop_packet (TuttiPlayerLine *line)
{
    AVPacket *packet = g_queue_pop_head (&line->packets);

    line->bytes -= (gsize)packet->size;
    av_packet_free (&packet);
}

gboolean
tutti_player_line_rewind (TuttiPlayerLine *line, TuttiPlayerFile *file)
{
    AVFormatContext *format = tutti_player_file_get_format (file);

    while (line->packets.length > 0)
        drop_packet (line);
    line->is_draining = FALSE;
    line->has_ended = !line->codec;
    line->n_frames = 0;
    if (!line->codec)
        return TRUE;
    avcodec_flush_buffers (line->codec);
    if (line->stream >= (int)format->nb_streams)
        return FALSE;
    line->time_base = line->codec->pkt_timebase = format->streams[line->stream]->time_base;
    return TRUE;
}

void
tutti_player_line_close (TuttiPlayerLine *line)
{
    while (line->packets.length > 0)
        drop_packet (line);
    avcodec_free_context (&line->codec);
}

void
tutti_player_line_push (TuttiPlayerLine *line, AVPacket *packet)
{
    AVPacket *kept = av_packet_alloc ();

    av_packet_move_ref (kept, packet);
    line->bytes += (gsize)kept->size;
    g_queue_push_tail (&line->packets, kept);
}

static gboolean
is_long (const TuttiPlayerLine *line)
{
    const AVPacket *first = line->packets.head->data, *last = line->packets.tail->data;
    const AVRational us = {1, G_USEC_PER_SEC};

    if (first->dts == AV_NOPTS_VALUE || last->dts == AV_NOPTS_VALUE)
        return FALSE;
    return av_compare_ts (last->dts, line->time_base, first->dts, line->time_base) > 0 &&
           av_rescale_q (last->dts, line->time_base, us) -
                   av_rescale_q (first->dts, line->time_base, us) >
               SPAN_MAX_US;
}

gboolean
tutti_player_line_is_full (const TuttiPlayerLine *line)
{
    if (line->packets.length == 0)
        return FALSE;
    return line->bytes > BYTES_MAX || line->packets.length > PACKETS_MAX || is_long (line);
}

void
tutti_player_line_skip_to_key (TuttiPlayerLine *line)
{
    avcodec_flush_buffers (line->codec);
    do
        drop_packet (line);
    while (line->packets.length > 0 &&
           !(((AVPacket *)line->packets.head->data)->flags & AV_PKT_FLAG_KEY));
}

/* A decoder that finds fault with a packet goes on with the next one. */
static TuttiPlayerLineResult
feed (TuttiPlayerLine *line, gboolean at_end)
{
    if (line->packets.length > 0) {
        avcodec_send_packet (line->codec, line->packets.head->data);
        drop_packet (line);
        return TUTTI_PLAYER_LINE_BUSY;
    }
    if (!at_end)
        return TUTTI_PLAYER_LINE_HUNGRY;
    line->has_ended = line->is_draining;
    line->is_draining = TRUE;
    avcodec_send_packet (line->codec, NULL);
    return line->has_ended ? TUTTI_PLAYER_LINE_ENDED : TUTTI_PLAYER_LINE_BUSY;
}

TuttiPlayerLineResult
tutti_player_line_decode (TuttiPlayerLine *line, gboolean at_end, AVFrame *frame)
{
    int result;

    if (line->has_ended)
        return TUTTI_PLAYER_LINE_ENDED;
    result = avcodec_receive_frame (line->codec, frame);
    if (result == 0) {
        line->n_frames++;
        return TUTTI_PLAYER_LINE_FRAME;
    }
    if (result == AVERROR_EOF) {
        line->has_ended = TRUE;
        return TUTTI_PLAYER_LINE_ENDED;
    }
    return feed (line, at_end);
}
