/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * chain.h: one participant's ports, laid from end to end. Made when its first offer or candidate
 * comes, so that somebody who only joined costs nothing. Role: main.
 *
 *   leg --audio queue--> audio source --------------------------> room's sound
 *   leg --video queues-> video sources -> slots -> video inputs -> scenes of the views
 *   leg <--audio out---- room's sound          leg <--video out-- feed <-- rendition
 *       wishes for key frames travel the other way, by way of main
 */
#pragma once

#include <tutti/sound.h>

#include "encode/rendition.h"
#include "leg/leg.h"
#include "mixers/video/scene.h"

#include "decode/audio-source.h"
#include "decode/video-source.h"
#include "handover.h"
#include "shared.h"

typedef struct _TuttiChain TuttiChain;

/* As TuttiLegEvents. */
typedef struct {
    void (*state) (TuttiLegState state, gpointer user_data);
    void (*candidate) (const char *candidate, gpointer user_data);
    void (*estimate) (guint bitrate_bps, gpointer user_data);
    void (*channel) (guint max_bytes, gpointer user_data);
    /* May free the chain. */
    void (*said) (const char *text, gpointer user_data);
} TuttiChainEvents;

/* listener: what it sends is thrown away; it has no sources. name: for logs. */
TuttiChain *tutti_chain_new (TuttiShared *shared, gboolean listener, const char *name,
                             const TuttiChainEvents *events, gpointer user_data);
/* It must be gone from what the audio rounds work on already; `sound` frees the audio source when
 * the round under way has ended too. May wait for a decode under way (milliseconds). */
void tutti_chain_free (TuttiChain *chain, TuttiHandover *sound);

TuttiLeg *tutti_chain_get_leg (TuttiChain *chain);
TuttiFeed *tutti_chain_get_feed (TuttiChain *chain);
/* NULL for listeners; the next ones too. */
TuttiVideoInput *tutti_chain_get_input (TuttiChain *chain, TuttiTrack track);
TuttiAudioSource *tutti_chain_get_audio (TuttiChain *chain);
TuttiVideoSource *tutti_chain_get_video (TuttiChain *chain, TuttiTrack track);
TuttiSync *tutti_chain_get_sync (TuttiChain *chain);
/* What asks the peer for one; NULL for sound. */
TuttiWish *tutti_chain_get_key_frame (TuttiChain *chain, TuttiTrack track);
/* Where the leg puts its voice's packets. */
TuttiQueue *tutti_chain_get_audio_in (TuttiChain *chain);
/* For the ear at the leg's other end: see audience.h. */
gboolean *tutti_chain_get_is_paired (TuttiChain *chain);

/* What its sources have decoded. */
void tutti_chain_add_done (TuttiChain *chain, TuttiDone *done);

/* TRUE: it announced that it sends this track, and may. */
gboolean tutti_chain_is_sending (TuttiChain *chain, TuttiTrack track);
/* A screen that it sends is as one that it does not send. TRUE: that was different. */
gboolean tutti_chain_forbid_screen (TuttiChain *chain, gboolean is_forbidden);
/* Call after each accepted offer: tracks that ended leave no picture behind. */
void tutti_chain_settle_tracks (TuttiChain *chain);
/* Whether anybody sees the track: unseen ones aren't decoded. */
void tutti_chain_set_seen (TuttiChain *chain, TuttiTrack track, gboolean seen);
