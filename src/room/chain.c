/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * chain.c: see chain.h. Key frame wishes come from net threads and decoding jobs; they only ring a
 * bell, and main passes them on: so no lifetime crosses threads. Role: main.
 */
#include <tutti/clock.h>

#include "bell.h"
#include "chain.h"

/* 128 packets of 20 ms: far more than any jitter buffer holds; a sender that floods loses its own.
 */
#define AUDIO_QUEUE_PACKETS 128

typedef struct {
    TuttiSlot *slot;
    TuttiWish *key_frame;
    TuttiVideoSource *source;
    TuttiVideoInput *input;
    gboolean is_seen;
} Picture;

struct _TuttiChain {
    TuttiShared *shared;
    TuttiChainEvents events;
    gpointer user_data;
    gboolean listener, screen_forbidden;

    TuttiBell *bell;
    TuttiSync *sync;
    TuttiWish *key_frame_wanted; /* by the peer */
    TuttiQueue *audio_in;
    TuttiAudioSource *audio;
    gboolean *is_paired;              /* atomic rc box; audio's */
    Picture pictures[TUTTI_N_TRACKS]; /* camera and screen are used */
    TuttiLeg *leg;
    TuttiFeed *feed;
};

static void
on_bell (gpointer user_data)
{
    TuttiChain *chain = user_data;

    if (tutti_wish_take (chain->key_frame_wanted))
        tutti_feed_want_key_frame (chain->feed);
    for (int track = TUTTI_TRACK_CAMERA; track <= TUTTI_TRACK_SCREEN; track++) {
        Picture *picture = &chain->pictures[track];
        if (picture->key_frame && tutti_wish_take (picture->key_frame))
            tutti_leg_want_key_frame (chain->leg, (TuttiTrack)track);
    }
}

static void
on_leg_state (TuttiLeg *leg, TuttiLegState state, gpointer user_data)
{
    TuttiChain *chain = user_data;
    chain->events.state (state, chain->user_data);
}

static void
on_leg_candidate (TuttiLeg *leg, const char *candidate, gpointer user_data)
{
    TuttiChain *chain = user_data;
    chain->events.candidate (candidate, chain->user_data);
}

static void
on_leg_estimate (TuttiLeg *leg, guint bitrate_bps, gpointer user_data)
{
    TuttiChain *chain = user_data;
    chain->events.estimate (bitrate_bps, chain->user_data);
}

static void
on_leg_channel (TuttiLeg *leg, guint max_bytes, gpointer user_data)
{
    TuttiChain *chain = user_data;
    chain->events.channel (max_bytes, chain->user_data);
}

static void
on_leg_said (TuttiLeg *leg, const char *text, gpointer user_data)
{
    TuttiChain *chain = user_data;
    chain->events.said (text, chain->user_data);
}

static const TuttiLegEvents LEG_EVENTS = {
    .state = on_leg_state,
    .candidate = on_leg_candidate,
    .estimate = on_leg_estimate,
    .channel = on_leg_channel,
    .said = on_leg_said,
};

static void
make_picture (TuttiChain *chain, TuttiTrack track)
{
    Picture *picture = &chain->pictures[track];

    picture->slot = tutti_slot_new ();
    picture->key_frame = tutti_wish_new (tutti_bell_notify, chain->bell);
    picture->source =
        tutti_video_source_new (chain->shared->jobs, picture->slot, picture->key_frame);
    picture->input = tutti_video_input_new (picture->slot);
    tutti_video_source_set_sync (picture->source, chain->sync, track);
    tutti_video_source_set_wanted (picture->source, FALSE);
}

static void
make_sources (TuttiChain *chain)
{
    TuttiShared *shared = chain->shared;

    chain->is_paired = g_atomic_rc_box_new0 (gboolean);
    chain->audio_in = tutti_queue_new (AUDIO_QUEUE_PACKETS, NULL, NULL);
    if (chain->listener) {
        tutti_queue_close (chain->audio_in);
        return;
    }
    chain->audio =
        tutti_audio_source_new (chain->audio_in, shared->stereo ? 2 : 1, shared->jitter_max_ms);
    tutti_audio_source_set_sync (chain->audio, chain->sync);
    tutti_audio_source_set_delays (chain->audio, &shared->jitter_delay);
    make_picture (chain, TUTTI_TRACK_CAMERA);
    make_picture (chain, TUTTI_TRACK_SCREEN);
}

/* A listener's tracks all end in the one closed queue. */
static TuttiQueue *
queue_of (TuttiChain *chain, TuttiTrack track)
{
    TuttiVideoSource *source = chain->pictures[track].source;
    return source ? tutti_video_source_get_queue (source) : chain->audio_in;
}

static void
make_leg (TuttiChain *chain, const char *name)
{
    TuttiShared *shared = chain->shared;
    TuttiLegSetup setup = {
        .in = {chain->audio_in, queue_of (chain, TUTTI_TRACK_CAMERA),
               queue_of (chain, TUTTI_TRACK_SCREEN)},
        .key_frame_wanted = chain->key_frame_wanted,
        .sync = chain->sync,
        .video_codecs = shared->codecs,
        .stereo = shared->stereo,
        .fec = shared->fec,
        .dtx = shared->dtx,
        .name = name,
    };

    chain->leg = tutti_leg_new (shared->net, &setup, &LEG_EVENTS, chain);
    chain->feed = tutti_feed_new (tutti_leg_get_output (chain->leg, TUTTI_KIND_VIDEO));
}

static void
free_picture (TuttiChain *chain, Picture *picture)
{
    TuttiVideoSourceStats stats;

    if (!picture->source)
        return;
    tutti_video_source_get_stats (picture->source, &stats);
    chain->shared->spent.decode_us += stats.cpu_us;
    tutti_video_source_free (picture->source);
    tutti_wish_close (picture->key_frame);
    tutti_wish_unref (picture->key_frame);
    tutti_video_input_unref (picture->input);
    tutti_slot_unref (picture->slot);
}

TuttiChain *
tutti_chain_new (TuttiShared *shared, gboolean listener, const char *name,
                 const TuttiChainEvents *events, gpointer user_data)
{
    TuttiChain *chain = g_new0 (TuttiChain, 1);

    chain->shared = shared;
    chain->events = *events;
    chain->user_data = user_data;
    chain->listener = listener;
    chain->bell = tutti_bell_new (on_bell, chain);
    chain->key_frame_wanted = tutti_wish_new (tutti_bell_notify, chain->bell);
    chain->sync = tutti_sync_new ();
    make_sources (chain);
    make_leg (chain, name);
    return chain;
}

static void
add_pictures_done (const Picture *picture, TuttiDone *done)
{
    TuttiVideoSourceStats stats;

    if (!picture->source)
        return;
    tutti_video_source_get_stats (picture->source, &stats);
    done->pictures_decoded += stats.decoded;
    done->pixels_decoded += stats.decoded_px;
}

static void
free_audio (gpointer audio)
{
    tutti_audio_source_free (audio);
}

/* The leg first: it pushes into the sources and wishes of the feed. Then the jobs, which wish of
 * the leg by way of the bell. The bell last. */
void
tutti_chain_free (TuttiChain *chain, TuttiHandover *sound)
{
    if (!chain)
        return;
    tutti_leg_free (chain->leg);
    tutti_feed_free (chain->feed);
    tutti_chain_add_done (chain, &chain->shared->spent.done);
    for (int track = 0; track < TUTTI_N_TRACKS; track++)
        free_picture (chain, &chain->pictures[track]);
    if (chain->audio)
        tutti_handover_retire (sound, chain->audio, free_audio);
    tutti_queue_unref (chain->audio_in);
    g_atomic_rc_box_release (chain->is_paired);
    tutti_wish_close (chain->key_frame_wanted);
    tutti_wish_unref (chain->key_frame_wanted);
    tutti_bell_free (chain->bell);
    tutti_sync_unref (chain->sync);
    g_free (chain);
}

TuttiLeg *
tutti_chain_get_leg (TuttiChain *chain)
{
    return chain->leg;
}

TuttiFeed *
tutti_chain_get_feed (TuttiChain *chain)
{
    return chain->feed;
}

TuttiVideoInput *
tutti_chain_get_input (TuttiChain *chain, TuttiTrack track)
{
    return chain->pictures[track].input;
}

TuttiAudioSource *
tutti_chain_get_audio (TuttiChain *chain)
{
    return chain->audio;
}

TuttiVideoSource *
tutti_chain_get_video (TuttiChain *chain, TuttiTrack track)
{
    return chain->pictures[track].source;
}

TuttiQueue *
tutti_chain_get_audio_in (TuttiChain *chain)
{
    return chain->audio_in;
}

gboolean *
tutti_chain_get_is_paired (TuttiChain *chain)
{
    return chain->is_paired;
}

TuttiSync *
tutti_chain_get_sync (TuttiChain *chain)
{
    return chain->sync;
}

TuttiWish *
tutti_chain_get_key_frame (TuttiChain *chain, TuttiTrack track)
{
    return chain->pictures[track].key_frame;
}

gboolean
tutti_chain_is_sending (TuttiChain *chain, TuttiTrack track)
{
    return !chain->listener && !(track == TUTTI_TRACK_SCREEN && chain->screen_forbidden) &&
           tutti_leg_is_sending (chain->leg, track);
}

gboolean
tutti_chain_forbid_screen (TuttiChain *chain, gboolean is_forbidden)
{
    if (chain->screen_forbidden == is_forbidden)
        return FALSE;
    chain->screen_forbidden = is_forbidden;
    return TRUE;
}

void
tutti_chain_settle_tracks (TuttiChain *chain)
{
    gint64 now_us = tutti_clock_now_us (chain->shared->clock);

    for (int track = TUTTI_TRACK_CAMERA; track <= TUTTI_TRACK_SCREEN; track++) {
        Picture *picture = &chain->pictures[track];

        if (!picture->slot || tutti_chain_is_sending (chain, (TuttiTrack)track))
            continue;
        tutti_video_source_flush (picture->source);
        tutti_slot_put (picture->slot, NULL, now_us);
    }
}

void
tutti_chain_set_seen (TuttiChain *chain, TuttiTrack track, gboolean seen)
{
    Picture *picture = &chain->pictures[track];

    if (!picture->source || picture->is_seen == seen)
        return;
    picture->is_seen = seen;
    tutti_video_source_set_wanted (picture->source, seen);
}

void
tutti_chain_add_done (TuttiChain *chain, TuttiDone *done)
{
    TuttiAudioSourceStats audio;

    for (int track = 0; track < TUTTI_N_TRACKS; track++)
        add_pictures_done (&chain->pictures[track], done);
    if (!chain->audio)
        return;
    tutti_audio_source_get_stats (chain->audio, &audio);
    done->sounds_decoded += audio.decoded;
}
