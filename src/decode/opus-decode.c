/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * opus-decode.c: libopus behind opus-decode.h. Role: audio.
 */
#include "opus-decode.h"

#include <opus/opus.h>
#include <string.h>

#include <tutti/work.h>

/* RFC 6716 section 3.1: configurations 16 to 31 are CELT alone, which has no FEC. */
#define TOC_CELT 0x80

struct _TuttiOpusDecoder {
    OpusDecoder *opus;
    guint channels;
};

static gboolean
is_bit_set (guint8 byte, guint from_top)
{
    return byte >> (7 - from_top) & 1;
}

guint
tutti_opus_samples (const TuttiPacket *packet)
{
    int samples;

    if (packet->length_bytes == 0)
        return 0;
    samples = opus_packet_get_nb_samples (packet->data, packet->length_bytes, TUTTI_RATE_HZ);
    return samples > 0 ? (guint)samples : 0;
}

/* RFC 6716 section 4.2.3: a SILK layer begins with, for each channel, a voice bit for each of its
 * frames (one each 20 ms) and a bit that says whether redundancy (LBRR) follows. These are coded at
 * probability one half, so they stand in plain view at the first byte's top. */
gboolean
tutti_opus_has_fec (const TuttiPacket *packet)
{
    const guint8 *frame[48];
    opus_int16 size[48];
    guint n_silk, channels;

    if (packet->length_bytes == 0 || packet->data[0] & TOC_CELT)
        return FALSE;
    if (opus_packet_parse (packet->data, packet->length_bytes, NULL, frame, size, NULL) < 1 ||
        size[0] < 2)
        return FALSE;
    n_silk = (guint)opus_packet_get_samples_per_frame (packet->data, TUTTI_RATE_HZ) /
             (TUTTI_RATE_HZ / 50);
    n_silk = MAX (n_silk, 1);
    channels = (guint)opus_packet_get_nb_channels (packet->data);
    return is_bit_set (frame[0][0], n_silk) ||
           (channels == 2 && is_bit_set (frame[0][0], 2 * n_silk + 1));
}

TuttiOpusDecoder *
tutti_opus_decoder_new (guint channels)
{
    TuttiOpusDecoder *decoder = g_new0 (TuttiOpusDecoder, 1);
    int error;

    decoder->channels = channels;
    decoder->opus = opus_decoder_create (TUTTI_RATE_HZ, (int)channels, &error);
    g_assert (decoder->opus);
    return decoder;
}

void
tutti_opus_decoder_free (TuttiOpusDecoder *decoder)
{
    if (!decoder)
        return;
    opus_decoder_destroy (decoder->opus);
    g_free (decoder);
}

void
tutti_opus_decoder_reset (TuttiOpusDecoder *decoder)
{
    opus_decoder_ctl (decoder->opus, OPUS_RESET_STATE);
}

guint
tutti_opus_decoder_push (TuttiOpusDecoder *decoder, const TuttiPacket *packet, gint16 *pcm)
{
    TuttiWork work = tutti_work_enter (TUTTI_WORK_DECODE);
    int samples = opus_decode (decoder->opus, packet->data, packet->length_bytes, pcm,
                               TUTTI_OPUS_SAMPLES_MAX, 0);

    tutti_work_enter (work);
    return samples > 0 ? (guint)samples : 0;
}

gboolean
tutti_opus_decoder_conceal (TuttiOpusDecoder *decoder, const TuttiPacket *next, gint16 *pcm,
                            guint samples)
{
    gboolean has_fec = next && tutti_opus_has_fec (next);
    TuttiWork work = tutti_work_enter (TUTTI_WORK_DECODE);
    int made = opus_decode (decoder->opus, has_fec ? next->data : NULL,
                            has_fec ? next->length_bytes : 0, pcm, (int)samples, has_fec);

    tutti_work_enter (work);
    if (made == (int)samples)
        return has_fec;
    memset (pcm, 0, samples * decoder->channels * sizeof *pcm);
    return FALSE;
}
