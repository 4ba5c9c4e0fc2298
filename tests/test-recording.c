/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-recording.c: rooms are recorded: who was there is heard and seen in the file while it was
 * there, and no longer; all are told; nothing is encoded that viewers have already.
 */
#include "room/recording.h"

#include <math.h>

#include <tutti/error.h>

#include "caller.h"
#include "record-kit.h"
#include "recorded.h"
#include "room/news.h"
#include "rooms-kit.h"

static const CallerSetup RED = {"Red", TUTTI_PERSON_PARTICIPANT, 440, 0.25, {82, 90, 240}};
static const CallerSetup GREEN = {"Green", TUTTI_PERSON_PARTICIPANT, 1000, 0.25, {145, 54, 34}};
static const CallerSetup BLUE = {"Blue", TUTTI_PERSON_PARTICIPANT, 2500, 0.25, {41, 240, 110}};

/* Sent at -12 dB. */
#define HEARD_DB (-30.0)
#define UNHEARD_DB (-50.0)
/* A voice's way through jitter buffer, fade and encoder, and a picture's; on a busy machine. */
#define LATE_S 1.5

typedef struct {
    Scratch scratch;
    Party *party;
    TuttiRoom *room;
    GString *news; /* "state file why\n" */
    gint64 started_us;
} Studio;

static void
on_news (const TuttiNews *news, gpointer user_data)
{
    Studio *studio = user_data;

    if (news->type != TUTTI_NEWS_RECORDING)
        return;
    g_assert_cmpstr (news->room, ==, "blue");
    g_string_append_printf (studio->news, "%s %s\n", news->state, news->item);
}

static void
studio_open (Studio *studio, const char *settings)
{
    g_autofree char *all = NULL;

    *studio = (Studio){.scratch = scratch_new (), .news = g_string_new (NULL)};
    all = g_strdup_printf ("ice.interfaces=lo;room.canvas=320x180;record.directory=%s;"
                           "record.minimum-free-space=0;%s",
                           studio->scratch.path, settings);
    studio->party = party_new (all);
    tutti_rooms_follow_news (studio->party->rooms, on_news, studio);
}

static void
studio_close (Studio *studio)
{
    party_free (studio->party);
    g_string_free (studio->news, TRUE);
    scratch_clear (&studio->scratch);
}

static double
get_time_s (const Studio *studio)
{
    return (double)(g_get_monotonic_time () - studio->started_us) / G_USEC_PER_SEC;
}

static void
start (Studio *studio, Caller *caller, const TuttiRecordingOptions *options)
{
    g_autoptr (GError) error = NULL;

    studio->room = tutti_participant_room (caller->self);
    studio->started_us = g_get_monotonic_time ();
    tutti_room_start_recording (studio->room, options, &error);
    g_assert_no_error (error);
}

/* The name of the file that the last line of the news is about, once it is in that state. */
static char *
wait_for_file (Studio *studio, const char *state)
{
    g_autofree char *news = NULL;
    g_auto (GStrv) lines = NULL;
    g_auto (GStrv) words = NULL;

    party_wait (studio->party, 20, !tutti_rooms_is_finishing_recordings (studio->party->rooms));
    party_run (studio->party, 0.05);
    news = g_strchomp (g_strdup (studio->news->str));
    lines = g_strsplit (news, "\n", -1);
    words = g_strsplit (lines[g_strv_length (lines) - 1], " ", 2);
    g_assert_cmpstr (words[0], ==, state);
    return g_strdup (words[1]);
}

static Recorded *
read_film (Studio *studio, const char *file)
{
    g_autofree char *path = g_build_filename (studio->scratch.path, file, NULL);
    return recorded_open (path);
}

static gboolean
is_like (const guint8 *colour, const guint8 *wanted)
{
    for (guint i = 0; i < 3; i++) {
        if (ABS (colour[i] - wanted[i]) > 20)
            return FALSE;
    }
    return TRUE;
}

/* How many of the nine places of a grid show the colour then. */
static guint
count_places (Recorded *film, double at_s, const guint8 *wanted)
{
    guint n = 0;

    for (guint i = 0; i < 9; i++) {
        guint8 colour[3];
        if (recorded_look_at (film, at_s, (1 + 2 * (i % 3)) / 6.0, (1 + 2 * (i / 3)) / 6.0, colour))
            n += is_like (colour, wanted);
    }
    return n;
}

static void
assert_present (Recorded *film, const CallerSetup *who, double from_s, double to_s)
{
    double db = recorded_get_tone_db (film, who->tone_hz, from_s, to_s);

    g_test_message ("%s from %.1f s to %.1f s: %.1f dB", who->name, from_s, to_s, db);
    g_assert_cmpfloat (db, >, HEARD_DB);
    g_assert_cmpuint (count_places (film, to_s, who->colour), >, 0);
}

static void
assert_absent (Recorded *film, const CallerSetup *who, double from_s, double to_s)
{
    double db = recorded_get_tone_db (film, who->tone_hz, from_s, to_s);

    g_test_message ("%s not from %.1f s to %.1f s: %.1f dB", who->name, from_s, to_s, db);
    g_assert_cmpfloat (db, <, UNHEARD_DB);
    g_assert_cmpuint (count_places (film, from_s, who->colour), ==, 0);
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
    start (&studio, red, NULL);
    party_run (studio.party, 3);
    g_assert_cmpint (red->told.recording, ==, TUTTI_RECORDING_ON);
    g_assert_cmpuint (count_renditions (&studio), ==, 1);
    blue_s = get_time_s (&studio);
    blue = caller_new (studio.party, &BLUE);
    party_run (studio.party, 3.5);
    g_assert_cmpint (blue->told.recording, ==, TUTTI_RECORDING_ON);
    left_s = get_time_s (&studio);
    caller_leave (green);
    party_run (studio.party, 3);
    end_s = get_time_s (&studio);
    g_assert_true (tutti_room_stop_recording (studio.room, "test", NULL));
    file = wait_for_file (&studio, "off");
    g_assert_cmpint (red->told.recording, ==, TUTTI_RECORDING_OFF);
    tutti_rooms_get_recording_counts (studio.party->rooms, &counts);
    g_assert_cmpuint (counts.finished, ==, 1);
    g_assert_cmpuint (counts.running + counts.failed + counts.gaps, ==, 0);
    {
        g_autoptr (Recorded) film = read_film (&studio, file);
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
    start (&studio, red, NULL);
    party_run (studio.party, 2.5);
    paused_s = get_time_s (&studio);
    g_assert_true (tutti_room_pause_recording (studio.room, NULL));
    g_assert_false (tutti_room_pause_recording (studio.room, NULL));
    green = caller_new (studio.party, &GREEN);
    party_run (studio.party, 2.5);
    g_assert_cmpint (red->told.recording, ==, TUTTI_RECORDING_PAUSED);
    g_assert_cmpint (green->told.recording, ==, TUTTI_RECORDING_PAUSED);
    caller_leave (green);
    party_run (studio.party, LATE_S);
    resumed_s = get_time_s (&studio);
    g_assert_true (tutti_room_resume_recording (studio.room, NULL));
    g_assert_false (tutti_room_resume_recording (studio.room, NULL));
    party_run (studio.party, 2.5);
    end_s = get_time_s (&studio);
    g_assert_true (tutti_room_stop_recording (studio.room, "test", NULL));
    file = wait_for_file (&studio, "off");
    {
        g_autoptr (Recorded) film = read_film (&studio, file);
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
    first = wait_for_file (&studio, "off");
    red = caller_new (studio.party, &GREEN);
    party_wait (studio.party, 30, red->told.recording == TUTTI_RECORDING_ON);
    /* Ended by hand it does not begin again while somebody is in. */
    g_assert_true (tutti_room_stop_recording (studio.room, "test", NULL));
    second = wait_for_file (&studio, "off");
    party_run (studio.party, 1.5);
    g_assert_cmpint (red->told.recording, ==, TUTTI_RECORDING_OFF);
    g_assert_cmpstr (first, !=, second);
    {
        g_autoptr (Recorded) film = read_film (&studio, first);

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
    start (&studio, caller, NULL);
    party_run (studio.party, 3);
    g_assert_cmpuint (caller->told.n_speaker_events, ==, 0);
    g_assert_true (tutti_room_stop_recording (studio.room, "test", NULL));
    file = wait_for_file (&studio, "off");
    {
        g_autoptr (Recorded) film = read_film (&studio, file);
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
    start (&studio, red, NULL);
    party_run (studio.party, 1);
    scratch_remove (&studio.scratch);
    g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK); /* it warns */
    party_wait (studio.party, 20, green->told.recording == TUTTI_RECORDING_OFF);
    file = wait_for_file (&studio, "failed");
    tutti_rooms_get_recording_counts (studio.party->rooms, &counts);
    g_assert_cmpuint (counts.failed, ==, 1);
    g_assert_true (caller_is_connected (red) && caller_is_connected (green));
    party_wait (studio.party, 10, caller_get_tone_db (green, RED.tone_hz) > HEARD_DB);
    studio_close (&studio);
}

static GPtrArray *
list_tracks (Studio *studio, const char *file)
{
    GPtrArray *tracks = g_ptr_array_new_with_free_func (g_free);
    g_autofree char *take = g_strndup (file, (gsize)(strrchr (file, '.') - file));
    g_autofree char *folder = g_strconcat (studio->scratch.path, "/", take, ".tracks", NULL);
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    const char *name;

    g_assert_nonnull (dir);
    while ((name = g_dir_read_name (dir)))
        g_ptr_array_add (tracks, g_strconcat (take, ".tracks/", name, NULL));
    return tracks;
}

/* Each voice and camera in a file of its own, of nobody else; at the mix's time. */
static void
test_tracks (void)
{
    const TuttiRecordingOptions options = {.has_tracks = TRUE, .tracks = TRUE, .by = ""};
    Studio studio;
    Caller *red;
    guint n_voices[2] = {0}, n_cameras[2] = {0};
    double green_s, end_s;
    g_autofree char *file = NULL;

    studio_open (&studio, "room.personal-views=1;record.tracks-video=true;record.announce=off");
    red = caller_new (studio.party, &RED);
    party_wait (studio.party, 30, caller_is_connected (red));
    party_run (studio.party, 1);
    start (&studio, red, &options);
    party_run (studio.party, 2);
    green_s = get_time_s (&studio);
    caller_new (studio.party, &GREEN);
    party_run (studio.party, 4);
    end_s = get_time_s (&studio);
    g_assert_true (tutti_room_stop_recording (studio.room, "test", NULL));
    file = wait_for_file (&studio, "off");
    {
        g_autoptr (GPtrArray) tracks = list_tracks (&studio, file);

        g_assert_cmpuint (tracks->len, ==, 4);
        for (guint i = 0; i < tracks->len; i++) {
            g_autoptr (Recorded) track = read_film (&studio, tracks->pdata[i]);
            double middle_s = (green_s + LATE_S + end_s) / 2;

            g_test_message ("%s", (char *)tracks->pdata[i]);
            if (recorded_get_codec (track, TUTTI_KIND_VIDEO)[0] != '\0') {
                n_cameras[0] += count_places (track, middle_s, RED.colour) == 9;
                n_cameras[1] += count_places (track, middle_s, GREEN.colour) == 9;
                continue;
            }
            n_voices[0] += recorded_get_tone_db (track, RED.tone_hz, 0.5, green_s) > HEARD_DB &&
                           recorded_get_tone_db (track, GREEN.tone_hz, 0.5, end_s) < UNHEARD_DB;
            n_voices[1] += recorded_get_tone_db (track, GREEN.tone_hz, green_s + LATE_S,
                                                 end_s - 0.5) > HEARD_DB &&
                           recorded_get_tone_db (track, RED.tone_hz, 0, end_s) < UNHEARD_DB;
        }
    }
    g_assert_cmpuint (n_voices[0], ==, 1);
    g_assert_cmpuint (n_voices[1], ==, 1);
    g_assert_cmpuint (n_cameras[0], ==, 1);
    g_assert_cmpuint (n_cameras[1], ==, 1);
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
    g_test_add_func ("/recording/tracks", test_tracks);
    g_test_add_func ("/recording/gone", test_gone);
    return g_test_run ();
}
