/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stats-json.c: see stats-json.h. Role: main.
 */
#include "stats-json.h"

#include "json-write.h"

static void
add_count (TuttiJson *json, const char *name, guint64 count)
{
    tutti_json_add_int (json, name, (gint64)count);
}

static void
add_flow (TuttiJson *json, const TuttiFlowFigures *flow)
{
    add_count (json, "packets", flow->packets);
    add_count (json, "bytes", flow->bytes);
    add_count (json, "packets_lost", flow->lost);
    tutti_json_add_tenths (json, "loss_percent", flow->fraction_lost * 100 / 256.0);
    tutti_json_add_int (json, "jitter_us", flow->jitter_us);
}

/* --- Up --- */

static void
add_voice (TuttiJson *json, const TuttiVoiceFigures *voice)
{
    tutti_json_begin_object (json, "audio");
    add_flow (json, &voice->flow);
    add_count (json, "late_packets", voice->late);
    add_count (json, "duplicate_packets", voice->duplicates);
    add_count (json, "recovered_by_red", voice->flow.red);
    add_count (json, "recovered_by_fec", voice->recovered_by_fec);
    add_count (json, "concealed_samples", voice->concealed_samples);
    add_count (json, "shortened_samples", voice->shortened_samples);
    add_count (json, "stretched_samples", voice->stretched_samples);
    tutti_json_add_int (json, "delay_us", voice->delay_us);
    tutti_json_add_int (json, "target_delay_us", voice->target_us);
    tutti_json_add_int (json, "level", voice->level);
    tutti_json_end_object (json);
}

static void
add_camera (TuttiJson *json, const char *name, const TuttiCameraFigures *camera)
{
    tutti_json_begin_object (json, name);
    add_flow (json, &camera->flow);
    add_count (json, "nacks_sent", camera->flow.nacks);
    add_count (json, "repaired_packets", camera->flow.rtx);
    add_count (json, "plis_sent", camera->flow.plis);
    tutti_json_add_int (json, "simulcast_layers", camera->flow.layers);
    tutti_json_add_int (json, "width", camera->width);
    tutti_json_add_int (json, "height", camera->height);
    add_count (json, "decoded_frames", camera->decoded);
    add_count (json, "key_frames", camera->key_frames);
    add_count (json, "dropped_frames", camera->dropped);
    add_count (json, "decode_errors", camera->errors);
    tutti_json_add_int (json, "held_us", camera->held_us);
    tutti_json_end_object (json);
}

/* --- Down --- */

static void
add_sound (TuttiJson *json, const TuttiFlowFigures *sound)
{
    tutti_json_begin_object (json, "audio");
    add_flow (json, sound);
    add_count (json, "nacks_received", sound->nacks);
    add_count (json, "resent_packets", sound->rtx);
    tutti_json_add_int (json, "red_blocks", sound->red_blocks);
    tutti_json_end_object (json);
}

static void
add_picture (TuttiJson *json, const TuttiPictureFigures *picture)
{
    tutti_json_begin_object (json, "video");
    add_flow (json, &picture->flow);
    add_count (json, "nacks_received", picture->flow.nacks);
    add_count (json, "resent_packets", picture->flow.rtx);
    add_count (json, "plis_received", picture->flow.plis);
    tutti_json_add_string (json, "codec", picture->codec);
    tutti_json_add_bool (json, "audio_only", picture->audio_only);
    tutti_json_add_int (json, "width", picture->width);
    tutti_json_add_int (json, "height", picture->height);
    tutti_json_add_int (json, "frame_rate", picture->frame_rate);
    tutti_json_add_int (json, "bitrate_bps", picture->bitrate_bps);
    tutti_json_add_int (json, "encoded_bps", picture->encoded_bps);
    add_count (json, "encoded_frames", picture->frames);
    add_count (json, "key_frames", picture->key_frames);
    tutti_json_add_int (json, "encoder_haste", picture->haste);
    tutti_json_add_int (json, "temporal_layer", picture->layer);
    tutti_json_add_int (json, "layers_left_out", picture->layers_left_out);
    tutti_json_end_object (json);
}

static void
add_way (TuttiJson *json, const TuttiWayFigures *way)
{
    tutti_json_add_int (json, "estimate_bps", way->estimate_bps);
    tutti_json_add_int (json, "wanted_bps", way->wanted_bps);
    tutti_json_add_int (json, "remb_bps", way->remb_bps);
    tutti_json_add_int (json, "send_rate_bps", way->send_rate_bps);
    tutti_json_add_int (json, "pacer_queue_us", way->pacer_queue_us);
    tutti_json_add_int (json, "link_queue_us", way->link_queue_us);
    add_count (json, "padding_bytes", way->padding_bytes);
}

void
tutti_stats_json_add (TuttiJson *json, const TuttiParticipantStats *stats)
{
    tutti_json_add_string (json, "state", stats->state);
    tutti_json_add_string (json, "pair", stats->pair);
    tutti_json_add_string (json, "srtp_profile", stats->srtp_profile);
    tutti_json_add_int (json, "round_trip_us", stats->round_trip_us);
    add_count (json, "bad_packets", stats->bad_packets);
    tutti_json_begin_object (json, "channel");
    tutti_json_add_bool (json, "open", stats->channel);
    add_count (json, "texts_received", stats->channel_heard);
    add_count (json, "texts_sent", stats->channel_said);
    tutti_json_end_object (json);
    tutti_json_begin_object (json, "uplink");
    add_voice (json, &stats->voice);
    add_camera (json, "camera", &stats->camera);
    add_camera (json, "screen", &stats->screen);
    tutti_json_end_object (json);
    tutti_json_begin_object (json, "downlink");
    add_sound (json, &stats->sound);
    add_picture (json, &stats->picture);
    add_way (json, &stats->way);
    tutti_json_end_object (json);
}

static void
add_sum (TuttiJson *json, const char *name, const TuttiFlowFigures *sum)
{
    tutti_json_begin_object (json, name);
    add_count (json, "packets", sum->packets);
    add_count (json, "bytes", sum->bytes);
    add_count (json, "packets_lost", sum->lost);
    tutti_json_end_object (json);
}

void
tutti_stats_json_add_room (TuttiJson *json, const TuttiRoomStats *stats)
{
    add_sum (json, "uplink", &stats->up);
    add_sum (json, "downlink", &stats->down);
    add_count (json, "late_pictures", stats->late_pictures);
    tutti_json_begin_object (json, "cpu_us");
    tutti_json_add_int (json, "decode", stats->cpu.decode_us);
    tutti_json_add_int (json, "scale", stats->cpu.scale_us);
    tutti_json_add_int (json, "compose", stats->cpu.compose_us);
    tutti_json_add_int (json, "encode", stats->cpu.encode_us);
    tutti_json_end_object (json);
}

char *
tutti_stats_json_message (const TuttiParticipantStats *stats, gint64 now_us)
{
    g_autoptr (TuttiJson) json = tutti_json_new ();

    tutti_json_add_string (json, "type", "stats");
    tutti_json_add_int (json, "time_us", now_us);
    tutti_stats_json_add (json, stats);
    return tutti_json_end (json);
}
