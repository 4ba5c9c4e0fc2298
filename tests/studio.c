/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * studio.c: see studio.h.
 */
#include "studio.h"

#include "room/news.h"

const CallerSetup RED = {"Red", TUTTI_PERSON_PARTICIPANT, 440, 0.25, {82, 90, 240}};
const CallerSetup GREEN = {"Green", TUTTI_PERSON_PARTICIPANT, 1000, 0.25, {145, 54, 34}};
const CallerSetup BLUE = {"Blue", TUTTI_PERSON_PARTICIPANT, 2500, 0.25, {41, 240, 110}};

static void
on_news (const TuttiNews *news, gpointer user_data)
{
    Studio *studio = user_data;

    if (news->type != TUTTI_NEWS_RECORDING)
        return;
    g_assert_cmpstr (news->room, ==, "blue");
    g_string_append_printf (studio->news, "%s %s\n", news->state, news->item);
}

void
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

void
studio_close (Studio *studio)
{
    g_clear_pointer (&studio->party, party_free);
    g_string_free (studio->news, TRUE);
    scratch_clear (&studio->scratch);
}

double
studio_get_time_s (const Studio *studio)
{
    return (double)(g_get_monotonic_time () - studio->started_us) / G_USEC_PER_SEC;
}

void
studio_start (Studio *studio, Caller *caller, const TuttiRecordingOptions *options)
{
    g_autoptr (GError) error = NULL;

    studio->room = tutti_participant_room (caller->self);
    studio->started_us = g_get_monotonic_time ();
    tutti_room_start_recording (studio->room, options, &error);
    g_assert_no_error (error);
}

char *
studio_wait_for_file (Studio *studio, const char *state)
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

Recorded *
studio_read_film (Studio *studio, const char *file)
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

guint
studio_count_places (Recorded *film, double at_s, const guint8 *wanted)
{
    guint n = 0;

    for (guint i = 0; i < 9; i++) {
        guint8 colour[3];
        if (recorded_look_at (film, at_s, (1 + 2 * (i % 3)) / 6.0, (1 + 2 * (i / 3)) / 6.0, colour))
            n += is_like (colour, wanted);
    }
    return n;
}
