/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-recording-tracks.c: participants' own voices and cameras beside the mix: of nobody else, at
 * its time, and nothing of what was muted.
 */
#include "studio.h"

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
test_each (void)
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
    studio_start (&studio, red, &options);
    party_run (studio.party, 2);
    green_s = studio_get_time_s (&studio);
    caller_new (studio.party, &GREEN);
    party_run (studio.party, 4);
    end_s = studio_get_time_s (&studio);
    g_assert_true (tutti_room_stop_recording (studio.room, "test", NULL));
    file = studio_wait_for_file (&studio, "off");
    {
        g_autoptr (GPtrArray) tracks = list_tracks (&studio, file);

        g_assert_cmpuint (tracks->len, ==, 4);
        for (guint i = 0; i < tracks->len; i++) {
            g_autoptr (Recorded) track = studio_read_film (&studio, tracks->pdata[i]);
            double middle_s = (green_s + LATE_S + end_s) / 2;

            g_test_message ("%s", (char *)tracks->pdata[i]);
            if (recorded_get_codec (track, TUTTI_KIND_VIDEO)[0] != '\0') {
                n_cameras[0] += studio_count_places (track, middle_s, RED.colour) == 9;
                n_cameras[1] += studio_count_places (track, middle_s, GREEN.colour) == 9;
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

static void
set_muted (Caller *caller, gboolean muted)
{
    const TuttiStateChange change = {.set_audio_muted = TRUE,
                                     .audio_muted = muted,
                                     .set_video_muted = TRUE,
                                     .video_muted = muted};

    tutti_participant_set_state (caller->self, &change);
}

/* Who is muted is in its own file as little as in the mix, though its client sends on. */
static void
test_muted (void)
{
    const TuttiRecordingOptions options = {.has_tracks = TRUE, .tracks = TRUE, .by = ""};
    Studio studio;
    Caller *red;
    double muted_s, unmuted_s, end_s;
    g_autofree char *file = NULL;

    studio_open (&studio, "room.personal-views=1;record.tracks-video=true;record.announce=off");
    red = caller_new (studio.party, &RED);
    party_wait (studio.party, 30, caller_is_connected (red));
    party_run (studio.party, 1);
    studio_start (&studio, red, &options);
    party_run (studio.party, 2.5);
    muted_s = studio_get_time_s (&studio);
    set_muted (red, TRUE);
    party_run (studio.party, 2.5);
    unmuted_s = studio_get_time_s (&studio);
    set_muted (red, FALSE);
    party_run (studio.party, 4);
    end_s = studio_get_time_s (&studio);
    g_assert_true (tutti_room_stop_recording (studio.room, "test", NULL));
    file = studio_wait_for_file (&studio, "off");
    {
        g_autoptr (GPtrArray) tracks = list_tracks (&studio, file);

        g_assert_cmpuint (tracks->len, ==, 2);
        for (guint i = 0; i < tracks->len; i++) {
            g_autoptr (Recorded) track = studio_read_film (&studio, tracks->pdata[i]);

            if (recorded_get_codec (track, TUTTI_KIND_VIDEO)[0] != '\0') {
                g_assert_cmpfloat (recorded_get_longest_gap_s (track), >,
                                   unmuted_s - muted_s - 0.5);
                g_assert_cmpuint (studio_count_places (track, end_s - 0.5, RED.colour), ==, 9);
                continue;
            }
            g_assert_cmpfloat (recorded_get_tone_db (track, RED.tone_hz, 0.5, muted_s - 0.3), >,
                               HEARD_DB);
            g_assert_cmpfloat (
                recorded_get_tone_db (track, RED.tone_hz, muted_s + 0.5, unmuted_s - 0.1), <,
                UNHEARD_DB);
            g_assert_cmpfloat (
                recorded_get_tone_db (track, RED.tone_hz, unmuted_s + LATE_S, end_s - 0.5), >,
                HEARD_DB);
        }
    }
    studio_close (&studio);
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/recording-tracks/each", test_each);
    g_test_add_func ("/recording-tracks/muted", test_muted);
    return g_test_run ();
}
