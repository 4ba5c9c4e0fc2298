/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * figures.c: one participant's figures, gathered from its chain's stations. Role: main.
 */
#include "figures.h"

#include "room.h"

static const char *const STATES[] = {
    [TUTTI_LEG_NEW] = "new",
    [TUTTI_LEG_CONNECTING] = "connecting",
    [TUTTI_LEG_CONNECTED] = "connected",
    [TUTTI_LEG_LOST] = "lost",
    [TUTTI_LEG_CLOSED] = "closed",
};

static const char *const CODECS[] = {
    [TUTTI_CODEC_NONE] = "",
    [TUTTI_CODEC_OPUS] = "opus",
    [TUTTI_CODEC_VP8] = "VP8",
    [TUTTI_CODEC_H264] = "H264",
};

static void
copy_flow (const TuttiStreamStats *from, TuttiFlowFigures *flow)
{
    *flow = (TuttiFlowFigures){
        .packets = from->packets,
        .bytes = from->bytes,
        .lost = from->lost,
        .nacks = from->nacks,
        .rtx = from->rtx,
        .plis = from->plis,
        .red = from->red,
        .red_blocks = from->red_blocks,
        .jitter_us = from->jitter_us,
        .fraction_lost = from->fraction_lost,
        .layers = from->layers,
    };
}

static void
fill_flows (const TuttiLegStats *from, TuttiParticipantStats *stats)
{
    copy_flow (&from->in[TUTTI_TRACK_AUDIO], &stats->voice.flow);
    copy_flow (&from->in[TUTTI_TRACK_CAMERA], &stats->camera.flow);
    copy_flow (&from->in[TUTTI_TRACK_SCREEN], &stats->screen.flow);
    copy_flow (&from->out[TUTTI_KIND_AUDIO], &stats->sound);
    copy_flow (&from->out[TUTTI_KIND_VIDEO], &stats->picture.flow);
}

static void
fill_leg (const TuttiParticipant *member, TuttiParticipantStats *stats)
{
    TuttiLeg *leg = tutti_chain_get_leg (member->chain);
    TuttiLegStats from;

    tutti_leg_get_stats (leg, &from);
    fill_flows (&from, stats);
    g_strlcpy (stats->state, STATES[tutti_leg_get_state (leg)], sizeof stats->state);
    g_strlcpy (stats->srtp_profile, from.srtp_profile, sizeof stats->srtp_profile);
    g_strlcpy (stats->pair, from.pair, sizeof stats->pair);
    stats->round_trip_us = from.round_trip_us;
    stats->bad_packets = from.srtp_failures + from.replays + from.unknown_ssrc + from.malformed;
    stats->channel = from.channel;
    stats->channel_heard = from.heard;
    stats->channel_said = from.said;
    g_strlcpy (stats->picture.codec, CODECS[tutti_leg_get_video_codec (leg)],
               sizeof stats->picture.codec);
    stats->picture.layer = from.layer;
    stats->picture.layers_left_out = from.layers_left_out;
    stats->way = (TuttiWayFigures){
        .estimate_bps = from.estimate_bps,
        .wanted_bps = member->wanted_bps,
        .remb_bps = from.remb_bps,
        .send_rate_bps = from.send_rate_bps,
        .pacer_queue_us = from.queue_us,
        .link_queue_us = from.link_queue_us,
        .padding_bytes = from.padding_bytes,
    };
}

/* Of the rendition followed, from its next key frame on. */
static void
fill_picture (const TuttiParticipant *member, TuttiPictureFigures *picture)
{
    TuttiRendition *rendition = tutti_feed_get_rendition (tutti_chain_get_feed (member->chain));
    TuttiRenditionStats stats;
    TuttiRung rung;

    picture->audio_only = tutti_adapt_is_audio_only (&member->adapt);
    if (!rendition || !member->adapt.any || picture->audio_only)
        return;
    tutti_ladder_get (&member->shared->ladder, member->adapt.rung, &member->room->canvas, &rung);
    tutti_rendition_get_stats (rendition, &stats);
    picture->width = rung.width;
    picture->height = rung.height;
    picture->frame_rate = rung.frame_rate;
    picture->bitrate_bps = rung.bitrate_bps;
    picture->encoded_bps = stats.bitrate_bps;
    picture->frames = stats.frames;
    picture->key_frames = stats.key_frames;
    picture->haste = stats.haste;
}

static void
fill_voice (TuttiAudioSource *source, TuttiVoiceFigures *voice)
{
    TuttiAudioSourceStats stats;

    if (!source)
        return;
    tutti_audio_source_get_stats (source, &stats);
    voice->delay_us = stats.delay_us;
    voice->target_us = stats.target_us;
    voice->late = stats.late;
    voice->duplicates = stats.duplicates;
    voice->recovered_by_fec = stats.recovered_by_fec;
    voice->concealed_samples = stats.concealed_samples;
    voice->shortened_samples = stats.shortened_samples;
    voice->stretched_samples = stats.stretched_samples;
    voice->level = stats.level;
}

static void
fill_camera (TuttiVideoSource *source, TuttiCameraFigures *camera)
{
    TuttiVideoSourceStats stats;

    if (!source)
        return;
    tutti_video_source_get_stats (source, &stats);
    camera->width = stats.width;
    camera->height = stats.height;
    camera->decoded = stats.decoded;
    camera->key_frames = stats.key_frames;
    camera->dropped = stats.dropped;
    camera->errors = stats.errors;
    camera->key_frame_wishes = stats.key_frame_wishes;
    camera->held_us = stats.held_us;
}

void
tutti_flow_add (TuttiFlowFigures *sum, const TuttiFlowFigures *flow)
{
    sum->packets += flow->packets;
    sum->bytes += flow->bytes;
    sum->lost += flow->lost;
}

TuttiFlowFigures
tutti_stats_sum_up (const TuttiParticipantStats *stats)
{
    TuttiFlowFigures sum = {0};

    tutti_flow_add (&sum, &stats->voice.flow);
    tutti_flow_add (&sum, &stats->camera.flow);
    tutti_flow_add (&sum, &stats->screen.flow);
    return sum;
}

TuttiFlowFigures
tutti_stats_sum_down (const TuttiParticipantStats *stats)
{
    TuttiFlowFigures sum = {0};

    tutti_flow_add (&sum, &stats->sound);
    tutti_flow_add (&sum, &stats->picture.flow);
    return sum;
}

void
tutti_participant_get_stats (TuttiParticipant *member, TuttiParticipantStats *stats)
{
    TuttiChain *chain = member->room ? member->chain : NULL;

    *stats = (TuttiParticipantStats){
        .voice.level = TUTTI_LEVEL_SILENCE, .joined_us = member->joined_us, .state = "new"};
    if (!chain)
        return;
    fill_leg (member, stats);
    fill_picture (member, &stats->picture);
    fill_voice (tutti_chain_get_audio (chain), &stats->voice);
    fill_camera (tutti_chain_get_video (chain, TUTTI_TRACK_CAMERA), &stats->camera);
    fill_camera (tutti_chain_get_video (chain, TUTTI_TRACK_SCREEN), &stats->screen);
}
