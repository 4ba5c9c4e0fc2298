/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-done.c: the work follows the picture and not the people: a room of a hundred, counted; and
 * rooms in which nothing is to be done.
 *
 * Nobody is at the other end of the legs: what would come from the net is put into the chains'
 * queues, and what goes out is never taken. Only counts are looked at, never how long it took.
 */
#include <math.h>
#include <string.h>

#include "encode/encoder.h"
#include "encode/opus-encode.h"
#include "room/member.h"
#include "room/room.h"

#define PEOPLE 100
#define TALKERS 3
#define CANVAS_WIDTH 1280
#define CANVAS_HEIGHT 720
/* Of each sender, while it is counted. */
#define PICTURES 12
#define FRAME_RATE 15
/* Sounds for each picture: 66 ms. */
#define SOUNDS_A_PICTURE 3
#define CLIP_PICTURES 4

typedef struct {
    TuttiParticipant *self;
    int uplink_width, uplink_height;
    guint16 seq, sound_seq;
} Person;

typedef struct {
    TuttiConfig *config;
    TuttiRooms *rooms;
    Person people[PEOPLE];
    TuttiOpusEncoder *voice;
    GPtrArray *clip[CLIP_PICTURES]; /* of packets; the first is a key frame */
    guint n_pictures;               /* sent by each so far */
} Hall;

static void
on_event (const TuttiEvent *event, gpointer user_data)
{
    Person *person = user_data;

    if (event->type != TUTTI_EVENT_UPLINK)
        return;
    person->uplink_width = event->uplink.max_width;
    person->uplink_height = event->uplink.max_height;
}

static void
set (Hall *hall, const char *assignment)
{
    g_assert_true (tutti_config_set (hall->config, assignment, NULL));
}

static void
open_hall (Hall *hall)
{
    const TuttiOpusSetup setup = {.channels = 1, .bitrate_bps = 32000};

    *hall = (Hall){.config = tutti_config_new ()};
    set (hall, "room.overload-percent=0");
    set (hall, "room.limit=200");
    set (hall, "ice.interfaces=lo");
    set (hall, "room.canvas=1280x720");
    hall->rooms = tutti_rooms_new (hall->config, NULL);
    hall->voice = tutti_opus_encoder_new (&setup);
}

static void
close_hall (Hall *hall)
{
    for (guint i = 0; i < PEOPLE; i++)
        if (hall->people[i].self)
            tutti_participant_leave (hall->people[i].self);
    for (guint i = 0; i < CLIP_PICTURES; i++)
        g_clear_pointer (&hall->clip[i], g_ptr_array_unref);
    tutti_opus_encoder_free (hall->voice);
    tutti_rooms_free (hall->rooms);
    tutti_config_free (hall->config);
}

static void
iterate (void)
{
    while (g_main_context_iteration (NULL, FALSE))
        ;
}

static void
fill_media (TuttiSession *offer, TuttiKind kind, TuttiCodec codec)
{
    TuttiMedia *media = &offer->media[offer->n_media];

    *media = (TuttiMedia){
        .kind = kind,
        .track = kind == TUTTI_KIND_AUDIO ? TUTTI_TRACK_AUDIO : TUTTI_TRACK_CAMERA,
        .direction = TUTTI_DIRECTION_BOTH,
        .rtcp_mux = TRUE,
        .n_formats = 1,
        .formats = {{.codec = codec,
                     .payload_type = (guint8)(96 + offer->n_media),
                     .channels = 2,
                     .feedback = TUTTI_FEEDBACK_NACK | TUTTI_FEEDBACK_PLI}},
    };
    g_snprintf (media->mid, sizeof media->mid, "%u", offer->n_media++);
}

/* An offer without candidates: the leg waits for ever. */
static void
call_in (Person *person, gboolean has_camera)
{
    g_autoptr (TuttiSession) offer = tutti_session_new ();
    g_autoptr (TuttiSession) answer = tutti_session_new ();
    g_autoptr (GError) error = NULL;

    g_strlcpy (offer->ufrag, "abcd", sizeof offer->ufrag);
    g_strlcpy (offer->pwd, "abcdefghijklmnopqrstuv", sizeof offer->pwd);
    g_strlcpy (offer->hash, "sha-256", sizeof offer->hash);
    offer->digest_bytes = 32;
    fill_media (offer, TUTTI_KIND_AUDIO, TUTTI_CODEC_OPUS);
    if (has_camera)
        fill_media (offer, TUTTI_KIND_VIDEO, TUTTI_CODEC_VP8);
    tutti_participant_offer (person->self, offer, answer, &error);
    g_assert_no_error (error);
    /* As when it were connected. */
    person->self->has_media = TRUE;
    person->self->unheard_since_us = 0;
}

static void
enter (Hall *hall, Person *person, const char *room, gboolean has_camera)
{
    g_autofree char *name = g_strdup_printf ("P%u", (guint)(person - hall->people));
    const TuttiJoin join = {.room = room, .name = name, .role = TUTTI_PERSON_PARTICIPANT};
    g_autoptr (GError) error = NULL;
    gboolean created;

    person->self = tutti_rooms_join (hall->rooms, &join, on_event, person, &created, &error);
    g_assert_no_error (error);
    call_in (person, has_camera);
}

/* --- What they send --- */

static void
make_clip (Hall *hall, int width, int height)
{
    const TuttiEncoderSetup setup = {
        .width = width, .height = height, .frame_rate = FRAME_RATE, .bitrate_bps = 150000};
    g_autoptr (TuttiEncoder) encoder = tutti_encoder_new (TUTTI_CODEC_VP8, &setup);

    for (guint i = 0; i < CLIP_PICTURES; i++) {
        TuttiPicture *picture = tutti_picture_new (width, height);
        gboolean is_key = i == 0;

        memset (picture->plane[0], (int)(60 + 20 * i), (gsize)picture->stride[0] * (gsize)height);
        memset (picture->plane[1], 100, (gsize)picture->stride[1] * (gsize)height / 2);
        memset (picture->plane[2], 160, (gsize)picture->stride[2] * (gsize)height / 2);
        hall->clip[i] = g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_packet_unref);
        g_assert_true (tutti_encoder_encode (encoder, picture, 1 + i * G_USEC_PER_SEC / FRAME_RATE,
                                             &is_key, hall->clip[i]));
        tutti_picture_unref (picture);
    }
}

static TuttiPacket *
copy_packet (const TuttiPacket *from, guint32 ssrc, guint16 seq)
{
    TuttiPacket *packet = tutti_packet_new ();

    packet->codec = from->codec;
    packet->flags = from->flags & TUTTI_PACKET_MARKER;
    packet->time_us = g_get_monotonic_time ();
    packet->ssrc = ssrc;
    packet->seq = seq;
    packet->length_bytes = from->length_bytes;
    memcpy (packet->data, from->data, from->length_bytes);
    return packet;
}

static void
send_picture (Hall *hall, Person *person)
{
    GPtrArray *picture = hall->clip[hall->n_pictures % CLIP_PICTURES];
    TuttiVideoSource *source = tutti_chain_get_video (person->self->chain, TUTTI_TRACK_CAMERA);

    /* Who is asked for nothing sends nothing. */
    for (guint i = 0; person->uplink_width > 0 && i < picture->len; i++) {
        g_autoptr (TuttiPacket) packet =
            copy_packet (picture->pdata[i], person->self->number, person->seq++);

        packet->timestamp = hall->n_pictures * (TUTTI_VIDEO_CLOCK_HZ / FRAME_RATE);
        tutti_queue_push (tutti_video_source_get_queue (source), packet);
    }
}

static void
send_sound (Person *person, const TuttiPacket *said, guint8 level)
{
    g_autoptr (TuttiPacket) packet = copy_packet (said, person->self->number, person->sound_seq);

    packet->timestamp = person->sound_seq++ * TUTTI_ROUND_SAMPLES;
    packet->level = level;
    tutti_queue_push (tutti_chain_get_audio_in (person->self->chain), packet);
}

static TuttiPacket *
say (Hall *hall)
{
    gint16 pcm[TUTTI_ROUND_SAMPLES];

    for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++)
        pcm[i] = (gint16)(8000 * sin (2 * G_PI * 440 * i / TUTTI_RATE_HZ));
    return tutti_opus_encoder_push (hall->voice, pcm, g_get_monotonic_time ());
}

static void
send_sounds (Hall *hall)
{
    g_autoptr (TuttiPacket) said = say (hall);

    for (guint i = 0; i < TALKERS; i++)
        send_sound (&hall->people[i], said, 20);
}

static void
send_all (Hall *hall, guint n_pictures)
{
    for (guint i = 0; i < n_pictures; i++) {
        for (guint p = 0; p < PEOPLE; p++)
            send_picture (hall, &hall->people[p]);
        hall->n_pictures++;
        for (guint s = 0; s < SOUNDS_A_PICTURE; s++) {
            send_sounds (hall);
            iterate ();
            g_usleep (TUTTI_ROUND_US);
        }
    }
}

static TuttiDone
count_done (Hall *hall)
{
    TuttiServerStats stats;

    tutti_rooms_get_stats (hall->rooms, &stats);
    return stats.done;
}

/* --- A hundred --- */

static void
fill_hall (Hall *hall)
{
    TuttiRoom *room;

    for (guint i = 0; i < PEOPLE; i++)
        enter (hall, &hall->people[i], "blue", TRUE);
    room = tutti_participant_room (hall->people[0].self);
    tutti_room_update (room);
    iterate ();
}

static guint
count_asked (Hall *hall)
{
    guint n = 0;

    for (guint i = 0; i < PEOPLE; i++)
        n += hall->people[i].uplink_width > 0;
    return n;
}

static Person *
find_asked (Hall *hall)
{
    for (guint i = 0; i < PEOPLE; i++)
        if (hall->people[i].uplink_width > 0)
            return &hall->people[i];
    g_assert_not_reached ();
}

static void
check_sound (const TuttiDone *before, const TuttiDone *after)
{
    guint64 rounds = after->rounds - before->rounds;
    guint64 encoded = after->sounds_encoded - before->sounds_encoded;

    g_assert_cmpuint (rounds, >, 0);
    /* A mix without itself for each talker, and one for all others; one talker may fade out. */
    g_assert_cmpuint (encoded, <=, 5 * rounds);
    g_assert_cmpuint (encoded, >, 0);
    g_assert_cmpuint (after->sounds_decoded - before->sounds_decoded, <=, 8 * rounds);
    g_assert_cmpuint (after->sounds_decoded, >, 0);
}

/* Of all that was sent since the room was filled. */
static void
check_decoding (Hall *hall, const TuttiDone *done, guint n_seen)
{
    guint64 canvas_px = CANVAS_WIDTH * CANVAS_HEIGHT;

    g_assert_cmpuint (done->pictures_decoded, >, 0);
    g_assert_cmpuint (done->pictures_decoded, <=, n_seen * hall->n_pictures);
    g_assert_cmpuint (2 * done->pixels_decoded, <=, 3 * canvas_px * hall->n_pictures);
    g_assert_cmpuint (done->scales, <=, done->pictures_decoded);
}

/* One for all hundred; two canvases may have waited for the worker when it began. */
static void
check_encoding (const TuttiDone *before, const TuttiDone *after)
{
    guint64 canvases = after->canvases - before->canvases;
    guint64 encoded = after->pictures_encoded - before->pictures_encoded;

    g_assert_cmpuint (encoded, >, 0);
    g_assert_cmpuint (encoded, <=, canvases + 2);
}

/* A slow machine's worker may be busy decoding until all is sent. */
static TuttiDone
wait_for_picture (Hall *hall, const TuttiDone *before)
{
    TuttiDone done = count_done (hall);

    for (guint i = 0; i < 1000 && done.pictures_encoded == before->pictures_encoded; i++) {
        g_usleep (TUTTI_ROUND_US);
        done = count_done (hall);
    }
    return done;
}

static void
test_hundred (void)
{
    TuttiRoomInfo info;
    TuttiDone before, after;
    Person *asked;
    guint n_seen;
    Hall hall;

    open_hall (&hall);
    fill_hall (&hall);
    n_seen = count_asked (&hall);
    asked = find_asked (&hall);
    g_assert_cmpuint (n_seen, <, PEOPLE);
    make_clip (&hall, asked->uplink_width, asked->uplink_height);
    send_all (&hall, CLIP_PICTURES); /* everyone's first key frame; jitter buffers fill */
    tutti_room_get_info (tutti_participant_room (asked->self), &info);
    g_assert_cmpuint (info.n_views, ==, 1);
    g_assert_cmpuint (info.n_renditions, ==, 1);
    before = count_done (&hall);
    send_all (&hall, PICTURES);
    after = wait_for_picture (&hall, &before);
    check_sound (&before, &after);
    check_decoding (&hall, &after, n_seen);
    check_encoding (&before, &after);
    close_hall (&hall);
}

/* --- A hundred, all talking --- */

/* Another one is the loudest each so many rounds, and clearly so. */
#define TURN_ROUNDS 10
#define TURNS 6
#define PLACES 4 /* as configured unless told: those heard at a time */

static void
talk_all (Hall *hall, guint rounds)
{
    for (guint round = 0; round < rounds; round++) {
        g_autoptr (TuttiPacket) said = say (hall);

        for (guint i = 0; i < PEOPLE; i++)
            send_sound (&hall->people[i], said, i / PLACES == round / TURN_ROUNDS ? 10 : 40);
        iterate ();
        g_usleep (TUTTI_ROUND_US);
    }
}

/* Those in the mix have one encode each, all others one together; one more in two rounds for each
 * who has to go, at most twice as many in a turn as there are places. */
static void
test_all_talk (void)
{
    TuttiDone before, after;
    guint64 rounds;
    Hall hall;

    open_hall (&hall);
    for (guint i = 0; i < PEOPLE; i++)
        enter (&hall, &hall.people[i], "blue", FALSE);
    tutti_room_update (tutti_participant_room (hall.people[0].self));
    iterate ();
    talk_all (&hall, TURN_ROUNDS / 2); /* jitter buffers fill */
    before = count_done (&hall);
    talk_all (&hall, TURNS * TURN_ROUNDS);
    after = count_done (&hall);
    rounds = after.rounds - before.rounds;
    g_assert_cmpuint (rounds, >, 0);
    g_assert_cmpuint (after.sounds_encoded - before.sounds_encoded, <=,
                      (PLACES + 1) * rounds + 4 * PLACES * (TURNS + 1));
    g_assert_cmpuint (after.sounds_encoded - before.sounds_encoded, >, 0);
    g_assert_cmpuint (after.sounds_decoded - before.sounds_decoded, <=, 2 * PLACES * rounds);
    g_assert_cmpuint (after.sounds_decoded - before.sounds_decoded, >, 0);
    close_hall (&hall);
}

/* --- Nothing to do --- */

/* Alone, without a camera: nobody to hear, nobody to see, and nobody who hears what is said. */
static void
test_idle (void)
{
    TuttiDone before, after;
    Hall hall;

    open_hall (&hall);
    for (guint i = 0; i < PEOPLE / 4; i++) {
        g_autofree char *room = g_strdup_printf ("room%u", i);

        enter (&hall, &hall.people[i], room, FALSE);
        tutti_room_update (tutti_participant_room (hall.people[i].self));
    }
    iterate ();
    before = count_done (&hall);
    for (guint i = 0; i < 10; i++) {
        g_autoptr (TuttiPacket) said = say (&hall);

        for (guint p = 0; p < PEOPLE / 4; p++)
            send_sound (&hall.people[p], said, 20);
        g_usleep (TUTTI_ROUND_US);
    }
    iterate ();
    after = count_done (&hall);
    g_assert_cmpmem (&before, sizeof before, &after, sizeof after);
    g_assert_cmpuint (after.rounds + after.canvases + after.pictures_encoded, ==, 0);
    g_assert_cmpuint (tutti_packet_count_live (), ==, 0);
    close_hall (&hall);
}

static guint64
count_sent (Person *person)
{
    TuttiView *view = tutti_views_nth (tutti_participant_room (person->self)->views, 0);
    TuttiEncoding *encoding = view->encodings->pdata[0];
    TuttiRenditionStats stats;

    tutti_rendition_get_stats (encoding->outlet.rendition, &stats);
    return stats.frames + stats.repeats;
}

/* Alone, and watching: each is sent a picture that is drawn and encoded once for all. */
static void
test_alone (void)
{
    TuttiDone done;
    Hall hall;

    open_hall (&hall);
    for (guint i = 0; i < PEOPLE / 4; i++) {
        g_autofree char *room = g_strdup_printf ("room%u", i);

        enter (&hall, &hall.people[i], room, TRUE);
        tutti_room_update (tutti_participant_room (hall.people[i].self));
    }
    iterate ();
    for (guint i = 0; i < PEOPLE / 4; i++)
        for (guint n = 0; n < 1000 && count_sent (&hall.people[i]) == 0; n++)
            g_usleep (TUTTI_ROUND_US);
    for (guint i = 0; i < PEOPLE / 4; i++)
        g_assert_cmpuint (count_sent (&hall.people[i]), >, 0);
    done = count_done (&hall);
    g_assert_cmpuint (done.rounds + done.canvases + done.pictures_encoded, ==, 0);
    g_assert_cmpuint (tutti_picture_count_live (), ==, 1);
    close_hall (&hall);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/done/hundred", test_hundred);
    g_test_add_func ("/done/all-talk", test_all_talk);
    g_test_add_func ("/done/idle", test_idle);
    g_test_add_func ("/done/alone", test_alone);
    return g_test_run ();
}
