/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * caller.c: see caller.h. The pump thread pushes sound each 20 ms and pictures 30 times a second,
 * and listens each millisecond.
 */
#include <math.h>
#include <string.h>

#include <opus/opus.h>

#include <tutti/clock.h>

#include "caller.h"

#define PICTURE_US (G_USEC_PER_SEC / 30)
#define CAMERA_WIDTH 320
#define CAMERA_HEIGHT 180
/* Later than this the pump itself makes the jitter that is measured; and so long after it jitter
 * buffers are still on their way back to rest. */
#define NOISE_US (8 * TUTTI_USEC_PER_MSEC)
#define CALM_US (6 * G_USEC_PER_SEC)
/* A click is heard when this is passed; Opus' own noise around silence is far below. */
#define CLICK_THRESHOLD 3000

/* --- The pump: up --- */

static void
fill_tone (Caller *caller, gint16 *pcm)
{
    double step = 2 * G_PI * caller->setup.tone_hz / TUTTI_RATE_HZ;

    for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++)
        pcm[i] = (gint16)(32767 * caller->setup.amplitude * sin (step * (double)caller->phase++));
}

/* 1 kHz, all of a sudden. */
static void
fill_click (gint16 *pcm)
{
    for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++)
        pcm[i] = (i / 24) % 2 ? 20000 : -20000;
}

static void
send_sound (Caller *caller, gint64 now_us)
{
    gint16 pcm[TUTTI_ROUND_SAMPLES];
    TuttiPacket *packet;

    fill_tone (caller, pcm);
    if (g_atomic_int_compare_and_exchange (&caller->click, 1, 0)) {
        fill_click (pcm);
        g_mutex_lock (&caller->lock);
        caller->figures.click_in_us = g_get_monotonic_time ();
        g_mutex_unlock (&caller->lock);
    }
    packet = tutti_opus_encoder_push (caller->voice, pcm, now_us);
    if (!packet)
        return;
    tutti_queue_push (tutti_peer_get_output (caller->peer, TUTTI_KIND_AUDIO), packet);
    tutti_packet_unref (packet);
}

static void
send_picture (Caller *caller, guint number, gint64 now_us)
{
    TuttiPicture *picture = caller->pictures[number % 2];

    if (tutti_wish_take (caller->camera_wish))
        tutti_rendition_want_key_frame (caller->camera);
    tutti_rendition_push (caller->camera, picture);
}

/* --- The pump: down --- */

static void
keep_heard (Caller *caller, const gint16 *pcm, guint n, guint32 timestamp, gint64 now_us)
{
    guint64 at;

    if (!caller->any_heard) {
        caller->any_heard = TRUE;
        caller->first_timestamp = timestamp;
        caller->figures.first_heard_us = now_us;
    }
    at = (guint32)(timestamp - caller->first_timestamp);
    for (; caller->n_heard < at; caller->n_heard++)
        caller->heard[caller->n_heard % CALLER_HEARD_SAMPLES] = 0;
    for (guint i = 0; i < n; i++)
        caller->heard[(at + i) % CALLER_HEARD_SAMPLES] = pcm[i];
    caller->n_heard = MAX (caller->n_heard, at + n);
}

static void
note_click (Caller *caller, const gint16 *pcm, guint n, gint64 now_us)
{
    for (guint i = 0; i < n && caller->figures.click_out_us == 0; i++) {
        if (ABS (pcm[i]) > CLICK_THRESHOLD)
            caller->figures.click_out_us = now_us + (gint64)i * G_USEC_PER_SEC / TUTTI_RATE_HZ;
    }
}

static void
hear (Caller *caller)
{
    gint16 pcm[6 * TUTTI_ROUND_SAMPLES];
    TuttiPacket *packet;

    while ((packet = tutti_queue_pop (caller->heard_queue))) {
        gint64 now_us = g_get_monotonic_time ();
        int n = opus_decode (caller->decoder, packet->data, packet->length_bytes, pcm,
                             G_N_ELEMENTS (pcm), 0);
        g_mutex_lock (&caller->lock);
        if (n > 0) {
            keep_heard (caller, pcm, (guint)n, packet->timestamp, now_us);
            note_click (caller, pcm, (guint)n, now_us);
        }
        g_mutex_unlock (&caller->lock);
        tutti_packet_unref (packet);
    }
}

static void
see (Caller *caller, gint64 now_us)
{
    TuttiVideoSourceStats stats;

    if (tutti_wish_take (caller->downlink_wish))
        tutti_peer_want_key_frame (caller->peer);
    tutti_video_source_get_stats (caller->seen_source, &stats);
    g_mutex_lock (&caller->lock);
    if (stats.decoded > caller->figures.n_seen) {
        if (caller->figures.n_seen > 0)
            caller->figures.longest_gap_us =
                MAX (caller->figures.longest_gap_us, now_us - caller->last_seen_us);
        else
            caller->figures.first_seen_us = now_us;
        caller->last_seen_us = now_us;
        caller->figures.n_seen = stats.decoded;
    }
    g_mutex_unlock (&caller->lock);
}

static void
pump_caller (Caller *caller, gint64 sound, gint64 picture, gint64 now_us)
{
    gboolean sends = caller->setup.role != TUTTI_PERSON_LISTENER &&
                     tutti_peer_get_state (caller->peer) == TUTTI_LEG_CONNECTED;

    if (sends && sound >= 0)
        send_sound (caller, now_us);
    if (sends && picture >= 0)
        send_picture (caller, (guint)picture, now_us);
    hear (caller);
    see (caller, now_us);
}

static gpointer
run_pump (gpointer data)
{
    Party *party = data;
    gint64 start_us = g_get_monotonic_time ();
    gint64 sounds = 0, pictures = 0;

    while (!g_atomic_int_get (&party->stop)) {
        gint64 now_us = g_get_monotonic_time ();
        gboolean sound = now_us >= start_us + sounds * TUTTI_ROUND_US;
        gboolean picture = now_us >= start_us + pictures * PICTURE_US;
        g_mutex_lock (&party->lock);
        if (now_us - start_us - sounds * TUTTI_ROUND_US > NOISE_US)
            party->noise_us = now_us;
        for (guint i = 0; i < party->callers->len; i++)
            pump_caller (party->callers->pdata[i], sound ? sounds : -1, picture ? pictures : -1,
                         now_us);
        g_mutex_unlock (&party->lock);
        sounds += sound;
        pictures += picture;
        if (!sound)
            g_usleep (1000);
    }
    return NULL;
}

/* --- Events --- */

static void
keep_layout (Caller *caller, const TuttiEvent *event)
{
    caller->told.n_layouts++;
    caller->told.n_tiles = event->layout.n_tiles;
    for (guint i = 0; i < event->layout.n_tiles; i++) {
        caller->told.tiles[i] = event->layout.tiles[i];
        g_strlcpy (caller->told.ids[i], event->layout.tiles[i].participant,
                   sizeof caller->told.ids[i]);
        caller->told.tiles[i].participant = caller->told.ids[i];
    }
}

static void
on_event (const TuttiEvent *event, gpointer user_data)
{
    Caller *caller = user_data;

    switch (event->type) {
    case TUTTI_EVENT_LAYOUT:
        keep_layout (caller, event);
        break;
    case TUTTI_EVENT_UPLINK:
        caller->told.uplink_width = event->uplink.max_width;
        break;
    case TUTTI_EVENT_ICE_CANDIDATE:
        if (caller->peer)
            tutti_peer_add_candidate (caller->peer, event->ice.candidate);
        break;
    case TUTTI_EVENT_PARTICIPANT_LEFT:
        caller->told.n_left++;
        caller->told.left_us = g_get_monotonic_time ();
        break;
    case TUTTI_EVENT_ACTIVE_SPEAKER:
        caller->told.n_speaker_events++;
        break;
    case TUTTI_EVENT_ROOM_CLOSED:
        caller->self = NULL;
        break;
    default:
        break;
    }
}

/* --- A caller --- */

static TuttiPicture *
paint (const guint8 *colour, int light)
{
    TuttiPicture *picture = tutti_picture_new (CAMERA_WIDTH, CAMERA_HEIGHT);

    memset (picture->plane[0], colour[0] + light, (gsize)picture->stride[0] * CAMERA_HEIGHT);
    memset (picture->plane[1], colour[1], (gsize)picture->stride[1] * CAMERA_HEIGHT / 2);
    memset (picture->plane[2], colour[2], (gsize)picture->stride[2] * CAMERA_HEIGHT / 2);
    return picture;
}

static void
make_devices (Caller *caller)
{
    const TuttiOpusSetup voice = {.channels = 1, .bitrate_bps = 96000, .complexity = 5};
    const TuttiRenditionSetup camera = {.codec = TUTTI_CODEC_VP8,
                                        .width = CAMERA_WIDTH,
                                        .height = CAMERA_HEIGHT,
                                        .frame_rate = 30,
                                        .bitrate_bps = 200000};

    caller->voice = tutti_opus_encoder_new (&voice);
    caller->camera = tutti_rendition_new (caller->party->jobs, &camera);
    caller->pictures[0] = paint (caller->setup.colour, 0);
    caller->pictures[1] = paint (caller->setup.colour, 2);
    caller->camera_wish = tutti_wish_new (NULL, NULL);
    caller->downlink_wish = tutti_wish_new (NULL, NULL);
    caller->decoder = opus_decoder_create (TUTTI_RATE_HZ, 1, NULL);
    caller->heard_queue = tutti_queue_new (256, NULL, NULL);
    caller->seen = tutti_slot_new ();
    caller->seen_source =
        tutti_video_source_new (caller->party->jobs, caller->seen, caller->downlink_wish);
}

static void
make_peer (Caller *caller)
{
    TuttiDirection direction = caller->setup.role == TUTTI_PERSON_LISTENER ? TUTTI_DIRECTION_RECEIVE
                                                                           : TUTTI_DIRECTION_BOTH;
    TuttiPeerSetup setup = {
        .audio = direction,
        .camera = direction,
        .setup = TUTTI_SETUP_ACTPASS,
        .key_frame_wanted = caller->camera_wish,
    };

    setup.in[TUTTI_TRACK_AUDIO] = caller->heard_queue;
    setup.in[TUTTI_TRACK_CAMERA] = tutti_video_source_get_queue (caller->seen_source);
    caller->peer = tutti_peer_new (caller->party->net, &setup);
    caller->feed = tutti_feed_new (tutti_peer_get_output (caller->peer, TUTTI_KIND_VIDEO));
    tutti_feed_follow (caller->feed, caller->camera);
}

static void
free_peer (Caller *caller)
{
    g_clear_pointer (&caller->peer, tutti_peer_free);
    g_clear_pointer (&caller->feed, tutti_feed_free);
}

static void
call (Caller *caller)
{
    g_autoptr (TuttiSession) offer = tutti_session_new ();
    g_autoptr (TuttiSession) answer = tutti_session_new ();
    g_autoptr (GError) error = NULL;

    tutti_peer_offer (caller->peer, offer);
    tutti_participant_offer (caller->self, offer, answer, &error);
    g_assert_no_error (error);
    caller->answered_us = g_get_monotonic_time ();
    g_assert_true (tutti_peer_take_answer (caller->peer, answer));
}

Caller *
caller_new (Party *party, const CallerSetup *setup)
{
    const TuttiJoin join = {.room = "blue", .name = setup->name, .role = setup->role};
    Caller *caller = g_new0 (Caller, 1);
    g_autoptr (GError) error = NULL;
    gboolean created;

    caller->party = party;
    caller->setup = *setup;
    g_mutex_init (&caller->lock);
    make_devices (caller);
    make_peer (caller);
    caller->self = tutti_rooms_join (party->rooms, &join, on_event, caller, &created, &error);
    g_assert_no_error (error);
    call (caller);
    g_mutex_lock (&party->lock);
    g_ptr_array_add (party->callers, caller);
    g_mutex_unlock (&party->lock);
    return caller;
}

static void
free_devices (Caller *caller)
{
    tutti_rendition_free (caller->camera);
    tutti_picture_unref (caller->pictures[0]);
    tutti_picture_unref (caller->pictures[1]);
    tutti_opus_encoder_free (caller->voice);
    opus_decoder_destroy (caller->decoder);
    tutti_video_source_free (caller->seen_source);
    tutti_slot_unref (caller->seen);
    tutti_queue_unref (caller->heard_queue);
    tutti_wish_unref (caller->camera_wish);
    tutti_wish_unref (caller->downlink_wish);
}

void
caller_leave (Caller *caller)
{
    g_mutex_lock (&caller->party->lock);
    g_ptr_array_remove (caller->party->callers, caller);
    g_mutex_unlock (&caller->party->lock);
    if (caller->self)
        tutti_participant_leave (caller->self);
    if (caller->peer)
        free_peer (caller);
    free_devices (caller);
    g_mutex_clear (&caller->lock);
    g_free (caller);
}

void
caller_share_screen (Caller *caller)
{
    tutti_peer_add_screen (caller->peer);
    call (caller);
}

void
caller_hang_up (Caller *caller)
{
    g_mutex_lock (&caller->party->lock);
    g_ptr_array_remove (caller->party->callers, caller);
    g_mutex_unlock (&caller->party->lock);
    free_peer (caller);
}

void
caller_call_again (Caller *caller)
{
    make_peer (caller);
    call (caller);
    g_mutex_lock (&caller->party->lock);
    g_ptr_array_add (caller->party->callers, caller);
    g_mutex_unlock (&caller->party->lock);
}

gboolean
caller_is_connected (Caller *caller)
{
    TuttiPerson person;

    tutti_participant_get_person (caller->self, &person);
    return caller->peer && person.connected &&
           tutti_peer_get_state (caller->peer) == TUTTI_LEG_CONNECTED;
}

/* --- The party --- */

Party *
party_new (const char *assignments)
{
    const TuttiNetConfig net = {.n_threads = 1,
                                .stun_server = "",
                                .turn_server = "",
                                .turn_user = "",
                                .turn_password = "",
                                .interfaces = "lo",
                                .public_address = ""};
    g_auto (GStrv) list = g_strsplit (assignments, ";", -1);
    g_autoptr (GError) error = NULL;
    Party *party = g_new0 (Party, 1);

    party->config = tutti_config_new ();
    for (guint i = 0; list[i]; i++) {
        tutti_config_set (party->config, list[i], &error);
        g_assert_no_error (error);
    }
    party->rooms = tutti_rooms_new (party->config, &error);
    g_assert_no_error (error);
    party->net = tutti_net_new (&net, &error);
    g_assert_no_error (error);
    party->jobs = tutti_jobs_new (1, tutti_clock_real ());
    party->callers = g_ptr_array_new ();
    g_mutex_init (&party->lock);
    party->pump = g_thread_new ("pump", run_pump, party);
    return party;
}

void
party_free (Party *party)
{
    while (party->callers->len > 0)
        caller_leave (party->callers->pdata[0]);
    g_atomic_int_set (&party->stop, 1);
    g_thread_join (party->pump);
    tutti_rooms_free (party->rooms);
    tutti_config_free (party->config);
    tutti_jobs_free (party->jobs);
    tutti_net_free (party->net);
    g_ptr_array_unref (party->callers);
    g_mutex_clear (&party->lock);
    g_free (party);
}

void
party_iterate (void)
{
    if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (1000);
}

void
party_run (Party *party, double seconds)
{
    gint64 end_us = g_get_monotonic_time () + (gint64)(seconds * G_USEC_PER_SEC);

    while (g_get_monotonic_time () < end_us)
        party_iterate ();
}

/* What the server had to make up, or left out. */
static guint64
count_late (Party *party)
{
    TuttiServerStats server;
    guint64 n;

    tutti_rooms_get_stats (party->rooms, &server);
    n = server.late_rounds;
    for (guint i = 0; i < party->callers->len; i++) {
        Caller *caller = party->callers->pdata[i];
        TuttiParticipantStats stats;
        tutti_participant_get_stats (caller->self, &stats);
        n += stats.concealed;
    }
    return n;
}

gboolean
party_is_calm (Party *party)
{
    guint64 n_late = count_late (party);
    gint64 now_us = g_get_monotonic_time ();
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&party->lock);

    if (n_late != party->n_late)
        party->noise_us = now_us;
    party->n_late = n_late;
    return now_us - party->noise_us > CALM_US;
}
