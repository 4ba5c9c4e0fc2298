/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * voices.c: see voices.h. Role: audio.
 */
#include "voices.h"

/* Beside those in the mix and as many fading out: some who do so. */
#define SPARE_ENCODERS 2
#define VOICES_MAX (TUTTI_MIXED_MAX + SPARE_ENCODERS)

typedef struct {
    guint id; /* 0: free */
    TuttiOpusEncoder *encoder;
    gint64 own_us; /* last in the mix */
    guint loss_percent;
    const gint16 *pcm;
    TuttiPacket *packet;
} Voice;

struct _TuttiVoices {
    TuttiOpusEncoder *shared;
    TuttiPacket *shared_packet;
    const gint16 *shared_pcm;
    gboolean shared_done; /* this round's is encoded */
    gint64 now_us;        /* of this round, or of the last before encode() */
    guint loss_percent;
    guint64 encoded;
    guint n;
    Voice voices[VOICES_MAX];
};

static TuttiPacket *
encode (TuttiVoices *voices, TuttiOpusEncoder *encoder, const gint16 *pcm)
{
    TuttiPacket *packet = tutti_opus_encoder_push (encoder, pcm, voices->now_us);

    voices->encoded += packet != NULL;
    return packet;
}

static Voice *
find (TuttiVoices *voices, guint id)
{
    for (guint i = 0; i < voices->n; i++) {
        if (voices->voices[i].id == id)
            return &voices->voices[i];
    }
    return NULL;
}

/* A free one, else the one whose talker is silent longest. NULL: all are in the mix. */
static Voice *
take (TuttiVoices *voices, guint id, gint64 now_us)
{
    Voice *oldest = &voices->voices[0];

    for (guint i = 0; i < voices->n; i++) {
        Voice *voice = &voices->voices[i];
        if (voice->id == 0) {
            oldest = voice;
            break;
        }
        if (voice->own_us < oldest->own_us)
            oldest = voice;
    }
    if (oldest->id != 0 && oldest->own_us == now_us)
        return NULL;
    /* Its listener has heard the shared stream up to now. */
    if (voices->shared_done)
        tutti_opus_encoder_follow (oldest->encoder, voices->shared);
    else
        tutti_opus_encoder_reset (oldest->encoder);
    oldest->id = id;
    return oldest;
}

/* Those already lent first: a newcomer must not take the encoder of one who is in this mix. */
static void
lend (TuttiVoices *voices, const TuttiAudioMix *mix, gint64 now_us)
{
    for (guint i = 0; i < voices->n; i++)
        voices->voices[i].pcm = mix->shared;
    for (guint i = 0; i < mix->n_own; i++) {
        Voice *voice = find (voices, mix->own[i].id);
        if (voice)
            voice->own_us = now_us;
    }
    for (guint i = 0; i < mix->n_own; i++) {
        Voice *voice = find (voices, mix->own[i].id);
        if (!voice)
            voice = take (voices, mix->own[i].id, now_us);
        if (!voice)
            continue;
        voice->own_us = now_us;
        voice->pcm = mix->own[i].pcm;
    }
}

/* Who left the mix goes on with its own encoder for one round, of the shared mix now: what both
 * encoders look ahead and back at is the same then, and the change can't be heard (without it, it
 * is a click). */
static void
release_leavers (TuttiVoices *voices, gint64 last_us)
{
    for (guint i = 0; i < voices->n; i++)
        if (voices->voices[i].own_us < last_us)
            voices->voices[i].id = 0;
}

static void
follow_loss (Voice *voice, guint percent)
{
    if (voice->loss_percent == percent)
        return;
    voice->loss_percent = percent;
    tutti_opus_encoder_set_loss (voice->encoder, percent);
}

TuttiVoices *
tutti_voices_new (const TuttiOpusSetup *setup, guint talkers)
{
    TuttiVoices *voices = g_new0 (TuttiVoices, 1);

    voices->n = MIN (2 * talkers + SPARE_ENCODERS, VOICES_MAX);
    voices->shared = tutti_opus_encoder_new (setup);
    for (guint i = 0; i < voices->n; i++)
        voices->voices[i].encoder = tutti_opus_encoder_new (setup);
    return voices;
}

void
tutti_voices_free (TuttiVoices *voices)
{
    if (!voices)
        return;
    g_clear_pointer (&voices->shared_packet, tutti_packet_unref);
    tutti_opus_encoder_free (voices->shared);
    for (guint i = 0; i < voices->n; i++) {
        g_clear_pointer (&voices->voices[i].packet, tutti_packet_unref);
        tutti_opus_encoder_free (voices->voices[i].encoder);
    }
    g_free (voices);
}

void
tutti_voices_set_loss (TuttiVoices *voices, guint percent)
{
    if (voices->loss_percent == percent)
        return;
    voices->loss_percent = percent;
    tutti_opus_encoder_set_loss (voices->shared, percent);
}

void
tutti_voices_encode (TuttiVoices *voices, const TuttiAudioMix *mix, gint64 now_us)
{
    lend (voices, mix, now_us);
    release_leavers (voices, voices->now_us);

    voices->shared_pcm = mix->shared;
    voices->shared_done = FALSE;
    voices->now_us = now_us;
    for (guint i = 0; i < voices->n; i++) {
        Voice *voice = &voices->voices[i];
        g_clear_pointer (&voice->packet, tutti_packet_unref);
        if (voice->id != 0)
            voice->packet = encode (voices, voice->encoder, voice->pcm);
    }
}

/* In a small room everyone may have a mix of its own: the shared one is made when first asked for.
 */
TuttiPacket *
tutti_voices_get (TuttiVoices *voices, guint id, guint loss_percent)
{
    Voice *voice = id != 0 ? find (voices, id) : NULL;

    if (voice) {
        follow_loss (voice, loss_percent);
        return voice->packet;
    }
    if (!voices->shared_done) {
        g_clear_pointer (&voices->shared_packet, tutti_packet_unref);
        voices->shared_packet = encode (voices, voices->shared, voices->shared_pcm);
        voices->shared_done = TRUE;
    }
    return voices->shared_packet;
}

guint64
tutti_voices_count_encoded (const TuttiVoices *voices)
{
    return voices->encoded;
}
