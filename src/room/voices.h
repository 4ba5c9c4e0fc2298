/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * voices.h: the sound encoders of one room: one for the mix that everyone silent shares, and a pool
 * lent to those who are in the mix and get it without themselves. A talker's encoder begins as a
 * copy of the shared one, and stays with it for a round after it left the mix (encoding the shared
 * one then), so that no change of streams is heard. A round takes talkers + 1 encodes, and for each
 * who leaves the mix one more in two rounds: while its sound fades out, and in that round after.
 * Role: audio; new and free: main.
 */
#pragma once

#include <tutti/packet.h>

#include "encode/opus-encode.h"
#include "mixers/audio/audio-mixer.h"

typedef struct _TuttiVoices TuttiVoices;

/* talkers: of the mixer. */
TuttiVoices *tutti_voices_new (const TuttiOpusSetup *setup, guint talkers);
void tutti_voices_free (TuttiVoices *voices);

/* What the listeners of the shared mix lose; 0 at first. */
void tutti_voices_set_loss (TuttiVoices *voices, guint percent);
/* Encodes a round's mixes, each at most once. The mix must last until the round's last get(). */
void tutti_voices_encode (TuttiVoices *voices, const TuttiAudioMix *mix, gint64 now_us);
/* This round's packet for one listener, borrowed until the next encode(); NULL: nothing to send.
 * id 0: of the mix that is shared.
 * loss_percent: what this one loses; its own encoder, if it has one, follows from the next round
 * on. */
TuttiPacket *tutti_voices_get (TuttiVoices *voices, guint id, guint loss_percent);

/* Packets encoded since it was made. */
guint64 tutti_voices_count_encoded (const TuttiVoices *voices);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiVoices, tutti_voices_free)
