/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-recording.c: rooms are recorded: who was there is heard and seen in the file while it was
 * there, and no longer; all are told; nothing is encoded that viewers have already.
 */
#include <math.h>

#include <tutti/error.h>

#include "reel.h"
#include "rooms-kit.h"
#include "studio.h"

static void
assert_present (Recorded *film, const CallerSetup *who, double from_s, double to_s)
{
    double db = recorded_get_tone_db (film, who->tone_hz, from_s, to_s);

    g_test_message ("%s from %.1f s to %.1f s: %.1f dB", who->name, from_s, to_s, db);
    g_assert_cmpfloat (db, >, HEARD_DB);
    g_assert_cmpuint (studio_count_places (film, to_s, who->colour), >, 0);
}

static void
assert_absent (Recorded *film, const CallerSetup *who, double from_s, double to_s)
{
    double db = recorded_get_tone_db (film, who->tone_hz, from_s, to_s);

    g_test_message ("%s not from %.1f s to %.1f s: %.1f dB", who->name, from_s, to_s, db);
    g_assert_cmpfloat (db, <, UNHEARD_DB);
    g_assert_cmpuint (studio_count_places (film, from_s, who->colour), ==, 0);
}

static guint
count_renditions (Studio *studio)
{
    TuttiRoomInfo info;

    tutti_room_get_info (studio->room, &info);
    return info.n_renditions;
}

/* --- Tests --- */

/* One comes late, one leaves early. Beyond personal views the recorder has what viewers have. */
static void
test_three (void)
{
    Studio studio;
    Caller *red, *green, *blue;
    TuttiRecordingCounts counts;
    double blue_s, left_s, end_s;
    g_autofree char *file = NULL;

    studio_open (&studio, "room.personal-views=1;record.announce=off");
    red = caller_new (studio.party, &RED);
    green = caller_new (studio.party, &GREEN);
    party_wait (studio.party, 30, red->told.n_tiles == 2 && green->told.n_tiles == 2);
    party_run (studio.party, 2);
    studio_start (&studio, red, NULL);
    party_run (studio.party, 3);
    g_assert_cmpint (red->told.recording, ==, TUTTI_RECORDING_ON);
    g_assert_cmpuint (count_renditions (&studio), ==, 1);
    blue_s = studio_get_time_s (&studio);
    blue = caller_new (studio.party, &BLUE);
    party_run (studio.party, 3.5);
    g_assert_cmpint (blue->told.recording, ==, TUTTI_RECORDING_ON);
    left_s = studio_get_time_s (&studio);
    caller_leave (green);
    party_run (studio.party, 3);
    end_s = studio_get_time_s (&studio);
    g_assert_true (tutti_room_stop_recording (studio.room, "test", NULL));
    file = studio_wait_for_file (&studio, "off");
    g_assert_cmpint (red->told.recording, ==, TUTTI_RECORDING_OFF);
    tutti_rooms_get_recording_counts (studio.party->rooms, &counts);
    g_assert_cmpuint (counts.finished, ==, 1);
    g_assert_cmpuint (counts.running + counts.failed + counts.gaps, ==, 0);
    {
        g_autoptr (Recorded) film = studio_read_film (&studio, file);
        double length_s = recorded_get_duration_s (film);

        g_test_message ("%s: %.3f s of %.3f s, %u pictures, longest gap %.3f s", file, length_s,
                        end_s, recorded_count_pictures (film), recorded_get_longest_gap_s (film));
        g_assert_cmpstr (recorded_get_codec (film, TUTTI_KIND_VIDEO), ==, "vp8");
        g_assert_cmpstr (recorded_get_codec (film, TUTTI_KIND_AUDIO), ==, "opus");
        g_assert_cmpfloat (fabs (length_s - end_s), <, 0.15);
        assert_present (film, &RED, 0.5, end_s - 0.3);
        assert_present (film, &GREEN, 0.5, left_s - 0.3);
        assert_absent (film, &GREEN, left_s + LATE_S, end_s - 0.3);
        assert_absent (film, &BLUE, 0.5, blue_s);
        assert_present (film, &BLUE, blue_s + LATE_S, end_s - 0.3);
    }
    studio_close (&studio);
}

/* What is said in a pause is not in the file, and the file has no hole. Who comes meanwhile is told
 * that there is a pause. */
static void
test_pause (void)
{
    Studio studio;
    Caller *red, *green;
    double paused_s, resumed_s, end_s;
    g_autofree char *file = NULL;

    studio_open (&studio, "room.personal-views=1;record.announce=off");
    red = caller_new (studio.party, &RED);
    party_wait (studio.party, 30, caller_is_connected (red));
    party_run (studio.party, 2);
    studio_start (&studio, red, NULL);
    party_run (studio.party, 2.5);
    paused_s = studio_get_time_s (&studio);
    g_assert_true (tutti_room_pause_recording (studio.room, NULL));
    g_assert_false (tutti_room_pause_recording (studio.room, NULL));
    green = caller_new (studio.party, &GREEN);
    party_run (studio.party, 2.5);
    g_assert_cmpint (red->told.recording, ==, TUTTI_RECORDING_PAUSED);
    g_assert_cmpint (green->told.recording, ==, TUTTI_RECORDING_PAUSED);
    caller_leave (green);
    party_run (studio.party, LATE_S);
    resumed_s = studio_get_time_s (&studio);
    g_assert_true (tutti_room_resume_recording (studio.room, NULL));
    g_assert_false (tutti_room_resume_recording (studio.room, NULL));
    party_run (studio.party, 2.5);
    end_s = studio_get_time_s (&studio);
    g_assert_true (tutti_room_stop_recording (studio.room, "test", NULL));
    file = studio_wait_for_file (&studio, "off");
    {
        g_autoptr (Recorded) film = studio_read_film (&studio, file);
        double wanted_s = end_s - (resumed_s - paused_s);

        g_test_message ("%.3f s of %.3f s, longest gap %.3f s", recorded_get_duration_s (film),
                        wanted_s, recorded_get_longest_gap_s (film));
        g_assert_cmpfloat (fabs (recorded_get_duration_s (film) - wanted_s), <, 0.15);
        g_assert_cmpfloat (recorded_get_longest_gap_s (film), <, 0.7);
        assert_present (film, &RED, 0.5, wanted_s - 0.3);
        assert_absent (film, &GREEN, 0, wanted_s);
    }
    studio_close (&studio);
}

/* By configuration, in a codec that no viewer has: from the first one's coming to the last one's
 * going, each time. */
static void
test_by_itself (void)
{
    Studio studio;
    Caller *red;
    g_autofree char *first = NULL, *second = NULL;

    studio_open (&studio, "room.personal-views=1;room.record=true;record.container=mp4;"
                          "room.idle-timeout=60;room.record-layout=speaker");
    red = caller_new (studio.party, &RED);
    party_wait (studio.party, 30, red->told.recording == TUTTI_RECORDING_ON);
    studio.room = tutti_participant_room (red->self);
    party_run (studio.party, 3);
    g_assert_cmpuint (count_renditions (&studio), ==, 2);
    caller_leave (red);
    first = studio_wait_for_file (&studio, "off");
    red = caller_new (studio.party, &GREEN);
    party_wait (studio.party, 30, red->told.recording == TUTTI_RECORDING_ON);
    /* Ended by hand it does not begin again while somebody is in. */
    g_assert_true (tutti_room_stop_recording (studio.room, "test", NULL));
    second = studio_wait_for_file (&studio, "off");
    party_run (studio.party, 1.5);
    g_assert_cmpint (red->told.recording, ==, TUTTI_RECORDING_OFF);
    g_assert_cmpstr (first, !=, second);
    {
        g_autoptr (Recorded) film = studio_read_film (&studio, first);

        g_assert_cmpstr (recorded_get_codec (film, TUTTI_KIND_VIDEO), ==, "h264");
        assert_present (film, &RED, LATE_S, recorded_get_duration_s (film) - 0.3);
    }
    studio_close (&studio);
}

/* Everybody hears the pips, in the file too: nobody speaks here. */
static void
test_announced (void)
{
    CallerSetup silent = {"Silent", TUTTI_PERSON_PARTICIPANT, 0, 0, {128, 128, 128}};
    Studio studio;
    Caller *caller;
    g_autofree char *file = NULL;

    studio_open (&studio, "room.personal-views=1");
    caller = caller_new (studio.party, &silent);
    party_wait (studio.party, 30, caller_is_connected (caller));
    studio_start (&studio, caller, NULL);
    party_run (studio.party, 3);
    g_assert_cmpuint (caller->told.n_speaker_events, ==, 0);
    g_assert_true (tutti_room_stop_recording (studio.room, "test", NULL));
    file = studio_wait_for_file (&studio, "off");
    {
        g_autoptr (Recorded) film = studio_read_film (&studio, file);
        double low_db = -INFINITY, high_db = -INFINITY;

        for (double at_s = 0; at_s < 2.5; at_s += 0.025) {
            low_db = MAX (low_db, recorded_get_tone_db (film, 880, at_s, at_s + 0.0501));
            high_db = MAX (high_db, recorded_get_tone_db (film, 1175, at_s, at_s + 0.0501));
        }
        g_test_message ("pips at %.1f dB and %.1f dB", low_db, high_db);
        g_assert_cmpfloat (low_db, >, -30);
        g_assert_cmpfloat (high_db, >, -30);
    }
    studio_close (&studio);
}

/* A file of one's own says that it begins; and the file has places to jump to as often as is
 * wanted. */
static void
test_announced_by_file (void)
{
    CallerSetup silent = {"Silent", TUTTI_PERSON_PARTICIPANT, 0, 0, {128, 128, 128}};
    g_autofree char *tone = film_make ("tone.wav", FILM_TONE, 660.0, 2.0, 48000), *file = NULL;
    g_autofree char *settings = NULL;
    Studio studio;
    Caller *caller;

    if (!tone)
        return;
    settings = g_strdup_printf (
        "room.personal-views=1;record.keyframe-interval=1;record.announce=%s", tone);
    studio_open (&studio, settings);
    caller = caller_new (studio.party, &silent);
    party_wait (studio.party, 30, caller_is_connected (caller));
    studio_start (&studio, caller, NULL);
    party_wait (studio.party, 10,
                caller_has_heard_a_second (caller) && caller_get_tone_db (caller, 660) > HEARD_DB);
    party_wait (studio.party, 10, studio_get_time_s (&studio) > 2.5);
    g_assert_true (tutti_room_stop_recording (studio.room, "test", NULL));
    file = studio_wait_for_file (&studio, "off");
    {
        g_autoptr (Recorded) film = studio_read_film (&studio, file);

        g_test_message ("%.2f s, a key frame in %.2f s at most", recorded_get_duration_s (film),
                        recorded_get_longest_jump_s (film));
        g_assert_cmpfloat (recorded_get_duration_s (film), >, 2);
        g_assert_cmpfloat (recorded_get_longest_jump_s (film), <, 1.7); /* rounds come late, too */
    }
    studio_close (&studio);
    film_clear ();
}

/* The directory is taken away: the call goes on, everybody is told, the operator too. */
static void
test_gone (void)
{
    Studio studio;
    Caller *red, *green;
    TuttiRecordingCounts counts;
    g_autofree char *file = NULL;

    studio_open (&studio, "room.personal-views=1");
    red = caller_new (studio.party, &RED);
    green = caller_new (studio.party, &GREEN);
    party_wait (studio.party, 30, red->told.n_tiles == 2 && green->told.n_tiles == 2);
    studio_start (&studio, red, NULL);
    party_run (studio.party, 1);
    scratch_remove (&studio.scratch);
    g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK); /* it warns */
    party_wait (studio.party, 20, green->told.recording == TUTTI_RECORDING_OFF);
    file = studio_wait_for_file (&studio, "failed");
    tutti_rooms_get_recording_counts (studio.party->rooms, &counts);
    g_assert_cmpuint (counts.failed, ==, 1);
    g_assert_true (caller_is_connected (red) && caller_is_connected (green));
    party_wait (studio.party, 10, caller_get_tone_db (green, RED.tone_hz) > HEARD_DB);
    studio_close (&studio);
}

/* The server ends, as on SIGTERM, while a room is recorded: the file is whole all the same. */
static void
test_server_ends (void)
{
    Studio studio;
    Caller *red;
    TuttiRecordingInfo info;
    double end_s;
    g_autofree char *file = NULL;

    studio_open (&studio, "room.personal-views=1;record.announce=off");
    red = caller_new (studio.party, &RED);
    party_wait (studio.party, 30, caller_is_connected (red));
    party_run (studio.party, 2);
    studio_start (&studio, red, NULL);
    party_run (studio.party, 2.5);
    g_assert_true (tutti_room_get_recording (studio.room, &info));
    file = g_strdup (info.file);
    end_s = studio_get_time_s (&studio);
    g_clear_pointer (&studio.party, party_free);
    {
        g_autoptr (Recorded) film = studio_read_film (&studio, file);

        g_assert_cmpfloat (fabs (recorded_get_duration_s (film) - end_s), <, 0.5);
        assert_present (film, &RED, 0.5, end_s - 0.5);
    }
    studio_close (&studio);
}

/* --- Who may, and what is answered --- */

static void
test_moderated (void)
{
    g_auto (Scratch) scratch = scratch_new ();
    g_autofree char *settings = g_strdup_printf (
        "record.directory=%s;record.minimum-free-space=0;record.announce=off", scratch.path);
    RoomsFixture fixture;
    RoomsClient ada, bob;

    rooms_set_up (&fixture, settings);
    rooms_join (&fixture, &ada, "blue", "Ada", TUTTI_PERSON_MODERATOR);
    rooms_join (&fixture, &bob, "blue", "Bob", TUTTI_PERSON_PARTICIPANT);
    client_assert_told (&ada, "joined Bob\n");
    client_moderate (&bob, "record", NULL, NULL, TUTTI_ERROR_FORBIDDEN);
    client_moderate (&ada, "record", NULL, "off", TUTTI_ERROR_CONFLICT);
    client_moderate (&ada, "record", NULL, "maybe", TUTTI_ERROR_BAD_MESSAGE);
    client_assert_told (&bob, "");
    client_moderate (&ada, "record", NULL, NULL, -1);
    client_moderate (&ada, "record", NULL, "on", TUTTI_ERROR_CONFLICT);
    client_assert_told (&bob, "recording on\n");
    client_moderate (&ada, "record", NULL, "pause", -1);
    client_moderate (&ada, "record", NULL, "resume", -1);
    client_moderate (&ada, "record", NULL, "off", -1);
    client_assert_told (&bob, "recording paused\nrecording on\nrecording off\n");
    client_moderate (&ada, "record", NULL, "on", -1);
    client_clear (&ada);
    client_clear (&bob);
    rooms_tear_down (&fixture, settings);
}

/* More must stay free than any disk has. */
static void
test_no_room (void)
{
    g_auto (Scratch) scratch = scratch_new ();
    g_autofree char *settings =
        g_strdup_printf ("record.directory=%s;record.minimum-free-space=2147483647", scratch.path);
    RoomsFixture fixture;
    RoomsClient ada;

    rooms_set_up (&fixture, settings);
    rooms_join (&fixture, &ada, "blue", "Ada", TUTTI_PERSON_MODERATOR);
    client_moderate (&ada, "record", NULL, NULL, TUTTI_ERROR_STORAGE);
    client_assert_told (&ada, "");
    client_clear (&ada);
    rooms_tear_down (&fixture, settings);
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/recording/moderated", test_moderated);
    g_test_add_func ("/recording/no-room", test_no_room);
    g_test_add_func ("/recording/three", test_three);
    g_test_add_func ("/recording/pause", test_pause);
    g_test_add_func ("/recording/by-itself", test_by_itself);
    g_test_add_func ("/recording/announced", test_announced);
    g_test_add_func ("/recording/announced/file", test_announced_by_file);
    g_test_add_func ("/recording/server-ends", test_server_ends);
    g_test_add_func ("/recording/gone", test_gone);
    return g_test_run ();
}
