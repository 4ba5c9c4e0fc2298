/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stats-json.c: see stats-json.h. Role: main.
 */
#include "stats-json.h"

#include "json-add.h"

static void
add_count (JsonBuilder *builder, const char *name, guint64 count)
{
    tutti_json_add_int (builder, name, (gint64)count);
}

static void
add_flow (JsonBuilder *builder, const TuttiFlowFigures *flow)
{
    add_count (builder, "packets", flow->packets);
    add_count (builder, "bytes", flow->bytes);
    add_count (builder, "packets_lost", flow->lost);
    tutti_json_add_tenths (builder, "loss_percent", flow->fraction_lost * 100 / 256.0);
    tutti_json_add_int (builder, "jitter_us", flow->jitter_us);
}

/* --- Up --- */

static void
add_voice (JsonBuilder *builder, const TuttiVoiceFigures *voice)
{
    tutti_json_begin_object (builder, "audio");
    add_flow (builder, &voice->flow);
    add_count (builder, "late_packets", voice->late);
    add_count (builder, "duplicate_packets", voice->duplicates);
    add_count (builder, "recovered_by_red", voice->flow.red);
    add_count (builder, "recovered_by_fec", voice->recovered_by_fec);
    add_count (builder, "concealed_samples", voice->concealed_samples);
    add_count (builder, "shortened_samples", voice->shortened_samples);
    add_count (builder, "stretched_samples", voice->stretched_samples);
    tutti_json_add_int (builder, "delay_us", voice->delay_us);
    tutti_json_add_int (builder, "target_delay_us", voice->target_us);
    tutti_json_add_int (builder, "level", voice->level);
    json_builder_end_object (builder);
}

static void
add_camera (JsonBuilder *builder, const char *name, const TuttiCameraFigures *camera)
{
    tutti_json_begin_object (builder, name);
    add_flow (builder, &camera->flow);
    add_count (builder, "nacks_sent", camera->flow.nacks);
    add_count (builder, "repaired_packets", camera->flow.rtx);
    add_count (builder, "plis_sent", camera->flow.plis);
    tutti_json_add_int (builder, "simulcast_layers", camera->flow.layers);
    tutti_json_add_int (builder, "width", camera->width);
    tutti_json_add_int (builder, "height", camera->height);
    add_count (builder, "decoded_frames", camera->decoded);
    add_count (builder, "key_frames", camera->key_frames);
    add_count (builder, "dropped_frames", camera->dropped);
    add_count (builder, "decode_errors", camera->errors);
    tutti_json_add_int (builder, "held_us", camera->held_us);
    json_builder_end_object (builder);
}

/* --- Down --- */

static void
add_sound (JsonBuilder *builder, const TuttiFlowFigures *sound)
{
    tutti_json_begin_object (builder, "audio");
    add_flow (builder, sound);
    add_count (builder, "nacks_received", sound->nacks);
    add_count (builder, "resent_packets", sound->rtx);
    tutti_json_add_int (builder, "red_blocks", sound->red_blocks);
    json_builder_end_object (builder);
}

static void
add_picture (JsonBuilder *builder, const TuttiPictureFigures *picture)
{
    tutti_json_begin_object (builder, "video");
    add_flow (builder, &picture->flow);
    add_count (builder, "nacks_received", picture->flow.nacks);
    add_count (builder, "resent_packets", picture->flow.rtx);
    add_count (builder, "plis_received", picture->flow.plis);
    tutti_json_add_string (builder, "codec", picture->codec);
    tutti_json_add_bool (builder, "audio_only", picture->audio_only);
    tutti_json_add_int (builder, "width", picture->width);
    tutti_json_add_int (builder, "height", picture->height);
    tutti_json_add_int (builder, "frame_rate", picture->frame_rate);
    tutti_json_add_int (builder, "bitrate_bps", picture->bitrate_bps);
    tutti_json_add_int (builder, "encoded_bps", picture->encoded_bps);
    add_count (builder, "encoded_frames", picture->frames);
    add_count (builder, "key_frames", picture->key_frames);
    tutti_json_add_int (builder, "encoder_haste", picture->haste);
    tutti_json_add_int (builder, "temporal_layer", picture->layer);
    tutti_json_add_int (builder, "layers_left_out", picture->layers_left_out);
    json_builder_end_object (builder);
}

static void
add_way (JsonBuilder *builder, const TuttiWayFigures *way)
{
    tutti_json_add_int (builder, "estimate_bps", way->estimate_bps);
    tutti_json_add_int (builder, "wanted_bps", way->wanted_bps);
    tutti_json_add_int (builder, "remb_bps", way->remb_bps);
    tutti_json_add_int (builder, "send_rate_bps", way->send_rate_bps);
    tutti_json_add_int (builder, "pacer_queue_us", way->pacer_queue_us);
    tutti_json_add_int (builder, "link_queue_us", way->link_queue_us);
    add_count (builder, "padding_bytes", way->padding_bytes);
}

void
tutti_stats_json_add (JsonBuilder *builder, const TuttiParticipantStats *stats)
{
    tutti_json_add_string (builder, "state", stats->state);
    tutti_json_add_string (builder, "pair", stats->pair);
    tutti_json_add_string (builder, "srtp_profile", stats->srtp_profile);
    tutti_json_add_int (builder, "round_trip_us", stats->round_trip_us);
    add_count (builder, "bad_packets", stats->bad_packets);
    tutti_json_begin_object (builder, "uplink");
    add_voice (builder, &stats->voice);
    add_camera (builder, "camera", &stats->camera);
    add_camera (builder, "screen", &stats->screen);
    json_builder_end_object (builder);
    tutti_json_begin_object (builder, "downlink");
    add_sound (builder, &stats->sound);
    add_picture (builder, &stats->picture);
    add_way (builder, &stats->way);
    json_builder_end_object (builder);
}

static void
add_sum (JsonBuilder *builder, const char *name, const TuttiFlowFigures *sum)
{
    tutti_json_begin_object (builder, name);
    add_count (builder, "packets", sum->packets);
    add_count (builder, "bytes", sum->bytes);
    add_count (builder, "packets_lost", sum->lost);
    json_builder_end_object (builder);
}

void
tutti_stats_json_add_room (JsonBuilder *builder, const TuttiRoomStats *stats)
{
    add_sum (builder, "uplink", &stats->up);
    add_sum (builder, "downlink", &stats->down);
    add_count (builder, "late_pictures", stats->late_pictures);
    tutti_json_begin_object (builder, "cpu_us");
    tutti_json_add_int (builder, "decode", stats->cpu.decode_us);
    tutti_json_add_int (builder, "scale", stats->cpu.scale_us);
    tutti_json_add_int (builder, "compose", stats->cpu.compose_us);
    tutti_json_add_int (builder, "encode", stats->cpu.encode_us);
    json_builder_end_object (builder);
}

char *
tutti_stats_json_message (const TuttiParticipantStats *stats, gint64 now_us)
{
    g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
    g_autoptr (JsonNode) root = NULL;

    json_builder_begin_object (builder);
    tutti_json_add_string (builder, "type", "stats");
    tutti_json_add_int (builder, "time_us", now_us);
    tutti_stats_json_add (builder, stats);
    json_builder_end_object (builder);
    root = json_builder_get_root (builder);
    return json_to_string (root, FALSE);
}
