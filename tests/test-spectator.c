/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-spectator.c: who sees and hears a whole room without a leg: it shares what viewers have, or
 * has an encode of its own; senders send what it sees; off, it costs nothing.
 */
#include "room/spectator.h"

#include "caller.h"

static const CallerSetup RED = {"Red", TUTTI_PERSON_PARTICIPANT, 440, 0.25, {82, 90, 240}};
static const CallerSetup GREEN = {"Green", TUTTI_PERSON_PARTICIPANT, 1000, 0.25, {145, 54, 34}};
static const CallerSetup BLUE = {"Blue", TUTTI_PERSON_PARTICIPANT, 2500, 0.25, {41, 240, 110}};

#define QUEUE_PACKETS 4096

typedef struct {
    TuttiSpectator *spectator;
    TuttiQueue *audio, *video;
    guint n_sounds, n_pictures, n_key_frames;
} Watcher;

static void
start (Watcher *watcher, Caller *caller, TuttiSpectatorSetup setup)
{
    *watcher = (Watcher){0};
    setup.audio = watcher->audio = tutti_queue_new (QUEUE_PACKETS, NULL, NULL);
    setup.video = watcher->video = tutti_queue_new (QUEUE_PACKETS, NULL, NULL);
    watcher->spectator = tutti_spectator_new (tutti_participant_room (caller->self), &setup);
}

static void
stop (Watcher *watcher)
{
    tutti_spectator_free (watcher->spectator);
    tutti_queue_unref (watcher->audio);
    tutti_queue_unref (watcher->video);
}

static void
drain (Watcher *watcher)
{
    TuttiPacket *packet;

    while ((packet = tutti_queue_pop (watcher->audio))) {
        watcher->n_sounds++;
        tutti_packet_unref (packet);
    }
    while ((packet = tutti_queue_pop (watcher->video))) {
        gboolean is_last = (packet->flags & TUTTI_PACKET_MARKER) != 0;
        watcher->n_pictures += is_last;
        watcher->n_key_frames += is_last && (packet->flags & TUTTI_PACKET_KEY_FRAME) != 0;
        tutti_packet_unref (packet);
    }
}

static gboolean
gets_all (Watcher *watcher)
{
    drain (watcher);
    return watcher->n_sounds > 25 && watcher->n_pictures > 3 && watcher->n_key_frames > 0;
}

static guint
count_renditions (Caller *caller)
{
    TuttiRoomInfo info;

    tutti_room_get_info (tutti_participant_room (caller->self), &info);
    return info.n_renditions;
}

/* Beyond personal views it has what everybody has: no encode more. A key frame comes when asked
 * for. */
static void
test_shared (void)
{
    Party *party = party_new ("ice.interfaces=lo;room.canvas=320x180;room.personal-views=1");
    Caller *red = caller_new (party, &RED);
    Caller *green = caller_new (party, &GREEN);
    Watcher watcher;
    guint before;

    party_wait (party, 30, red->told.n_tiles == 2 && green->told.n_tiles == 2);
    party_wait (party, 10, count_renditions (red) == 1);
    start (&watcher, red, (TuttiSpectatorSetup){.codec = TUTTI_CODEC_VP8});
    party_wait (party, 20, gets_all (&watcher));
    g_assert_cmpuint (count_renditions (red), ==, 1);
    party_run (party, 1); /* the room settles */
    drain (&watcher);
    before = watcher.n_key_frames;
    tutti_spectator_want_key_frame (watcher.spectator);
    party_wait (party, 10, (drain (&watcher), watcher.n_key_frames > before));
    stop (&watcher);
    party_free (party);
}

/* One alone: is asked for its picture and heard, though nobody else is there; until the spectator
 * is off. */
static void
test_alone (void)
{
    Party *party = party_new ("ice.interfaces=lo;room.canvas=320x180;room.personal-views=3");
    Caller *red = caller_new (party, &RED);
    Watcher watcher;
    guint sounds, pictures;

    party_wait (party, 30, caller_is_connected (red));
    start (&watcher, red, (TuttiSpectatorSetup){.codec = TUTTI_CODEC_VP8});
    party_wait (party, 20, gets_all (&watcher) && red->told.uplink_width == 320);
    g_assert_cmpuint (count_renditions (red), ==, 2); /* its own view: "Waiting for others" */

    tutti_spectator_set_on (watcher.spectator, FALSE);
    party_wait (party, 20, count_renditions (red) == 1 && red->told.uplink_width == 0);
    party_run (party, 0.2); /* what was under way */
    drain (&watcher);
    sounds = watcher.n_sounds;
    pictures = watcher.n_pictures;
    party_run (party, 0.5);
    drain (&watcher);
    g_assert_cmpuint (watcher.n_sounds, ==, sounds);
    g_assert_cmpuint (watcher.n_pictures, ==, pictures);

    tutti_spectator_set_on (watcher.spectator, TRUE);
    party_wait (party, 20,
                (drain (&watcher), watcher.n_sounds > sounds && watcher.n_pictures > pictures));
    stop (&watcher);
    party_free (party);
}

/* A layout, a size and a rhythm of key frames of its own, beside the viewers'. */
static void
test_own (void)
{
    Party *party = party_new ("ice.interfaces=lo;room.canvas=640x360;room.personal-views=1");
    Caller *red = caller_new (party, &RED);
    Caller *green = caller_new (party, &GREEN);
    TuttiSpectatorSetup setup = {
        .codec = TUTTI_CODEC_H264,
        .has_layout = TRUE,
        .layout = TUTTI_LAYOUT_SPEAKER,
        .rung = {.width = 320, .height = 180, .frame_rate = 10, .bitrate_bps = 200000},
        .key_frame_interval_s = 1,
    };
    Watcher watcher;
    const TuttiView *view;

    caller_new (party, &BLUE);
    party_wait (party, 30, red->told.n_tiles == 3 && green->told.n_tiles == 3);
    start (&watcher, red, setup);
    party_wait (party, 20, gets_all (&watcher));
    g_assert_cmpuint (count_renditions (red), ==, 2);
    view = tutti_spectator_get_view (watcher.spectator);
    g_assert_cmpint (view->key.layout, ==, TUTTI_LAYOUT_SPEAKER);
    g_assert_cmpuint (view->n_spots, ==, 3);
    watcher.n_key_frames = 0;
    party_wait (party, 20, (drain (&watcher), watcher.n_key_frames >= 3));
    stop (&watcher);
    party_wait (party, 20, count_renditions (red) == 1);
    party_free (party);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/spectator/shared", test_shared);
    g_test_add_func ("/spectator/alone", test_alone);
    g_test_add_func ("/spectator/own", test_own);
    return g_test_run ();
}
