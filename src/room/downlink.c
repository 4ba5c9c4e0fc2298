/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * downlink.c: see downlink.h. Role: main.
 */
#include "downlink.h"

#include <tutti/clock.h>

#include "room.h"

/* A packet of sound each round: IP, UDP and RTP headers, two header extensions, SRTP's tag (RFC
 * 7714: 16 bytes), 72 bytes in all. */
#define AUDIO_HEADER_BYTES 72
#define AUDIO_PACKETS_PER_S (G_USEC_PER_SEC / TUTTI_ROUND_US)

/* With the copies that repair what is lost (RFC 2198). */
static guint
audio_share (const TuttiShared *shared, TuttiLeg *leg)
{
    TuttiLegStats stats;

    tutti_leg_get_stats (leg, &stats);
    return shared->audio_bitrate_bps * (1 + stats.out[TUTTI_KIND_AUDIO].red_blocks) +
           AUDIO_HEADER_BYTES * 8 * AUDIO_PACKETS_PER_S;
}

static void
get_rung (const TuttiParticipant *member, guint index, TuttiRung *rung)
{
    tutti_ladder_get (&member->shared->ladder, index, &member->room->canvas, rung);
}

/* Under overload who leaves the choice to the server gets less; who wishes for something keeps it.
 */
static guint
get_ceiling (const TuttiParticipant *member)
{
    const TuttiShared *shared = member->shared;
    guint ceiling = tutti_ladder_ceiling (&shared->ladder, member->quality);

    if (member->quality != TUTTI_QUALITY_AUTO)
        return ceiling;
    return MIN (ceiling + tutti_overload_get_withheld (&shared->overload),
                tutti_ladder_count (&shared->ladder) - 1);
}

static void
make_offer (const TuttiParticipant *member, TuttiAdaptOffer *offer)
{
    const TuttiLadder *ladder = &member->shared->ladder;
    TuttiLeg *leg = tutti_chain_get_leg (member->chain);

    *offer = (TuttiAdaptOffer){
        .n_rungs = tutti_ladder_count (ladder),
        .ceiling = get_ceiling (member),
        .layered = tutti_leg_get_video_codec (leg) == TUTTI_CODEC_VP8,
        .audio_bps = audio_share (member->shared, leg),
    };
    for (guint i = 0; i < offer->n_rungs; i++) {
        TuttiRung rung;
        get_rung (member, i, &rung);
        offer->rate_bps[i] = rung.bitrate_bps;
    }
}

static void
tell (TuttiParticipant *member)
{
    gboolean audio_only = tutti_adapt_is_audio_only (&member->adapt);
    TuttiRung rung = {0};
    TuttiEvent event = {.type = TUTTI_EVENT_DOWNLINK};

    if (!audio_only)
        get_rung (member, member->adapt.rung, &rung);
    event.downlink.audio_only = audio_only;
    event.downlink.width = rung.width;
    event.downlink.height = rung.height;
    event.downlink.frame_rate = rung.frame_rate;
    event.downlink.bitrate_bps = rung.bitrate_bps;
    event.downlink.estimate_bps = member->estimate_bps;
    tutti_letters_post (member->shared->letters, member, &event);
}

static void on_due (gpointer member);

static void
want_rate (TuttiParticipant *member, guint bitrate_bps)
{
    if (bitrate_bps == member->wanted_bps)
        return;
    member->wanted_bps = bitrate_bps;
    tutti_leg_set_wanted_rate (tutti_chain_get_leg (member->chain), bitrate_bps);
}

static void
look_again_at (TuttiParticipant *member, gint64 due_us)
{
    if (due_us < 0)
        return;
    if (!member->adapt_due)
        member->adapt_due = tutti_bell_new (on_due, member);
    tutti_bell_ring_at (member->adapt_due, due_us);
}

/* TRUE: the choice changed. */
static gboolean
decide (TuttiParticipant *member)
{
    gint64 now_us = tutti_clock_now_us (member->shared->clock);
    TuttiAdaptOffer offer;
    gboolean changed;

    make_offer (member, &offer);
    changed = tutti_adapt_update (&member->adapt, &offer, member->estimate_bps, now_us);
    want_rate (member, tutti_adapt_wanted_bps (&offer));
    look_again_at (member, tutti_adapt_due_us (&member->adapt));
    if (changed)
        tell (member);
    return changed;
}

static void
reconsider (TuttiParticipant *member)
{
    if (member->room && tutti_member_is_watching (member) && decide (member))
        tutti_room_touch (member->room);
}

static void
on_due (gpointer member)
{
    reconsider (member);
}

void
tutti_member_take_estimate (TuttiParticipant *member, guint bitrate_bps)
{
    member->estimate_bps = bitrate_bps;
    reconsider (member);
}

void
tutti_member_tell_rung (TuttiParticipant *member)
{
    if (member->adapt.any)
        tell (member);
}

gboolean
tutti_member_choose_rung (TuttiParticipant *member, guint *rung)
{
    decide (member);
    *rung = member->adapt.rung;
    return !tutti_adapt_is_audio_only (&member->adapt);
}

void
tutti_member_forget_rung (TuttiParticipant *member)
{
    member->adapt = (TuttiAdapt){0};
    if (member->chain)
        want_rate (member, 0);
}
