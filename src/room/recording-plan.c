/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recording-plan.c: in which container, codec, size and rates a room is recorded, from the
 * configuration and what its viewers have. Role: main.
 */
#include <stdio.h>

#include "recording-inside.h"
#include "room.h"

/* The codec that most viewers have; the server's favourite if nobody has one. */
static TuttiCodec
get_viewers_codec (TuttiRoom *room)
{
    TuttiCodec codec = room->shared->codecs[0];
    int balance = 0;

    for (guint i = 0; i < room->members->len; i++) {
        TuttiParticipant *member = room->members->pdata[i];
        if (!tutti_member_is_watching (member))
            continue;
        balance +=
            tutti_leg_get_video_codec (tutti_chain_get_leg (member->chain)) == codec ? 1 : -1;
    }
    if (balance < 0 && room->shared->codecs[1] != TUTTI_CODEC_NONE)
        return room->shared->codecs[1];
    return codec;
}

static TuttiCodec
choose_codec (TuttiRoom *room, TuttiContainer container)
{
    switch (container) {
    case TUTTI_CONTAINER_WEBM:
        return TUTTI_CODEC_VP8;
    case TUTTI_CONTAINER_MP4:
        return TUTTI_CODEC_H264;
    case TUTTI_CONTAINER_MKV:
        return get_viewers_codec (room);
    }
    g_assert_not_reached ();
}

static TuttiContainer
choose_container (TuttiRoom *room, const TuttiRecordingOptions *options)
{
    TuttiContainer container = TUTTI_CONTAINER_WEBM;

    if (options->has_container)
        return options->container;
    tutti_container_from_name (tutti_config_string (room->shared->config, "record", "container"),
                               &container);
    return container;
}

/* The viewers' best, but for what is configured; in the room's shape, and never more than it. */
static void
choose_rung (TuttiRoom *room, TuttiCodec codec, TuttiRung *rung)
{
    TuttiConfig *config = room->shared->config;
    TuttiEncodingKey viewers;
    TuttiLadder ladder = {.n = 1};
    TuttiRung *own = &ladder.rungs[0];
    gint64 rate = tutti_config_int (config, "record", "frame-rate");
    gint64 bitrate_bps = tutti_config_int (config, "record", "bitrate");
    int width, height;

    tutti_views_get_key (room->views, codec, 0, &viewers);
    *own = viewers.rung;
    if (sscanf (tutti_config_string (config, "record", "canvas"), "%dx%d", &width, &height) == 2) {
        own->width = width;
        own->height = height;
    }
    own->frame_rate = rate > 0 ? (guint)rate : own->frame_rate;
    own->bitrate_bps = bitrate_bps > 0 ? (guint)bitrate_bps : own->bitrate_bps;
    tutti_ladder_get (&ladder, 0, &room->canvas, rung);
}

TuttiContainer
tutti_recording_plan (TuttiRoom *room, const TuttiRecordingOptions *options,
                      TuttiSpectatorSetup *setup)
{
    TuttiContainer container = choose_container (room, options);
    const char *layout =
        tutti_config_room_string (room->shared->config, room->name, "record-layout");

    *setup = (TuttiSpectatorSetup){.codec = choose_codec (room, container)};
    setup->has_layout = tutti_layout_from_name (layout, &setup->layout);
    choose_rung (room, setup->codec, &setup->rung);
    return container;
}
