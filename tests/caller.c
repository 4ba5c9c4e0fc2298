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
/* Pictures that a flash lasts. */
#define FLASH_PICTURES 3

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
send_sound (Caller *caller, gboolean is_click, gint64 now_us)
{
    gint16 pcm[TUTTI_ROUND_SAMPLES];
    TuttiPacket *packet;

    fill_tone (caller, pcm);
    if (is_click) {
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
send_picture (Caller *caller, guint number)
{
    TuttiPicture *picture =
        caller->flashes > 0 ? caller->flash : caller->pictures[number % caller->n_pictures];

    caller->flashes -= caller->flashes > 0;
    if (tutti_wish_take (caller->camera_wish))
        tutti_rendition_want_key_frame (caller->camera);
    tutti_rendition_push (caller->camera, picture);
}

static void
pump_caller (Caller *caller, gint64 sound, gint64 picture, gint64 now_us)
{
    gboolean sends = caller->setup.role != TUTTI_PERSON_LISTENER &&
                     tutti_peer_get_state (caller->peer) == TUTTI_LEG_CONNECTED;

    /* Every fifth sound comes with a third picture: there click and flash are one instant. */
    gboolean is_click = sends && sound >= 0 && picture >= 0 &&
                        g_atomic_int_compare_and_exchange (&caller->click, 1, 0);

    caller->flashes = is_click ? FLASH_PICTURES : caller->flashes;
    if (sends && sound >= 0)
        send_sound (caller, is_click, now_us);
    if (sends && picture >= 0)
        send_picture (caller, (guint)picture);
    caller_hear (caller);
    caller_see (caller, now_us);
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
add_candidate (Caller *caller, const char *candidate)
{
    g_autofree char *rewritten = caller->relay ? relay_rewrite (caller->relay, candidate) : NULL;

    if (caller->relay)
        candidate = rewritten;
    if (caller->peer && candidate)
        tutti_peer_add_candidate (caller->peer, candidate);
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
    case TUTTI_EVENT_DOWNLINK:
        caller->told.downlink_width = event->downlink.width;
        break;
    case TUTTI_EVENT_ICE_CANDIDATE:
        add_candidate (caller, event->ice.candidate);
        break;
    case TUTTI_EVENT_PARTICIPANT_LEFT:
        caller->told.n_left++;
        caller->told.left_us = g_get_monotonic_time ();
        break;
    case TUTTI_EVENT_ACTIVE_SPEAKER:
        caller->told.n_speaker_events++;
        break;
    case TUTTI_EVENT_RECORDING:
        caller->told.recording = event->recording;
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

    memset (picture->plane[0], MIN (colour[0] + light, 235),
            (gsize)picture->stride[0] * CAMERA_HEIGHT);
    memset (picture->plane[1], colour[1], (gsize)picture->stride[1] * CAMERA_HEIGHT / 2);
    memset (picture->plane[2], colour[2], (gsize)picture->stride[2] * CAMERA_HEIGHT / 2);
    return picture;
}

static void
add_noise (TuttiPicture *picture)
{
    gsize n = (gsize)picture->stride[0] * CAMERA_HEIGHT;

    for (gsize i = 0; i < n; i++)
        picture->plane[0][i] += (guint8)g_random_int_range (-10, 10);
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
    caller->n_pictures = caller->is_noisy ? CALLER_PICTURES_MAX : 2;
    for (guint i = 0; i < caller->n_pictures; i++) {
        caller->pictures[i] = paint (caller->setup.colour, 2 * (i % 2));
        if (caller->is_noisy)
            add_noise (caller->pictures[i]);
    }
    caller->flash = paint (caller->setup.colour, CALLER_FLASH_LIGHT);
    caller->camera_wish = tutti_wish_new (NULL, NULL);
    caller->downlink_wish = tutti_wish_new (NULL, NULL);
    caller->decoder = opus_decoder_create (TUTTI_RATE_HZ, 1, NULL);
    caller->heard_queue = tutti_queue_new (256, NULL, NULL);
    caller->seen = tutti_slot_new ();
    caller->seen_source =
        tutti_video_source_new (caller->party->jobs, caller->seen, caller->downlink_wish);
    caller->sync = tutti_sync_new ();
    tutti_video_source_set_sync (caller->seen_source, caller->sync, TUTTI_TRACK_CAMERA);
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
        .sync = caller->sync,
        .packet = caller_note_packet,
        .user_data = caller,
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
    if (caller->relay)
        g_ptr_array_set_size (offer->candidates, 0);
    tutti_participant_offer (caller->self, offer, answer, &error);
    g_assert_no_error (error);
    caller->answered_us = g_get_monotonic_time ();
    if (caller->relay)
        relay_rewrite_all (caller->relay, answer->candidates);
    g_assert_true (tutti_peer_take_answer (caller->peer, answer));
}

static Caller *
make_caller (Party *party, const CallerSetup *setup)
{
    Caller *caller = g_new0 (Caller, 1);

    caller->party = party;
    caller->setup = *setup;
    g_mutex_init (&caller->lock);
    return caller;
}

static void
enter (Caller *caller)
{
    Party *party = caller->party;
    const TuttiJoin join = {.room = "blue", .name = caller->setup.name, .role = caller->setup.role};
    g_autoptr (GError) error = NULL;
    gboolean created;

    make_devices (caller);
    make_peer (caller);
    caller->self = tutti_rooms_join (party->rooms, &join, on_event, caller, &created, &error);
    g_assert_no_error (error);
    call (caller);
    g_mutex_lock (&party->lock);
    g_ptr_array_add (party->callers, caller);
    g_mutex_unlock (&party->lock);
}

Caller *
caller_new (Party *party, const CallerSetup *setup)
{
    Caller *caller = make_caller (party, setup);

    enter (caller);
    return caller;
}

Caller *
caller_new_noisy (Party *party, const CallerSetup *setup, const char *network)
{
    Caller *caller = make_caller (party, setup);

    caller->is_noisy = TRUE;
    caller->relay = network ? relay_new (network) : NULL;
    enter (caller);
    return caller;
}

static void
free_devices (Caller *caller)
{
    tutti_rendition_free (caller->camera);
    for (guint i = 0; i < caller->n_pictures; i++)
        tutti_picture_unref (caller->pictures[i]);
    tutti_picture_unref (caller->flash);
    tutti_opus_encoder_free (caller->voice);
    opus_decoder_destroy (caller->decoder);
    tutti_video_source_free (caller->seen_source);
    tutti_sync_unref (caller->sync);
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
    relay_free (caller->relay);
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
    /* Tests run where much else does: late rounds aren't the server's own. */
    tutti_config_set (party->config, "room.overload-percent=0", NULL);
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
        n += stats.voice.concealed_samples;
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
