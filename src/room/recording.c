/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recording.c: one room's recording: a recorder fed by a spectator, begun, paused and ended by hand
 * or by what the configuration says. Role: main.
 */
#include <tutti/clock.h>
#include <tutti/error.h>

#include "news.h"
#include "recording-inside.h"
#include "room.h"
#include "rooms-inside.h"

/* --- What is told --- */

static void
tell (TuttiRecording *recording, TuttiRecordingState state)
{
    TuttiNews news = {.type = TUTTI_NEWS_RECORDING,
                      .item = tutti_recorder_get_file (recording->recorder),
                      .state = tutti_recording_state_name (state)};

    tutti_room_tell_recording (recording->room, state);
    /* That it is off is news when the file is there. */
    if (state != TUTTI_RECORDING_OFF)
        tutti_rooms_tell_news (recording->recordings->rooms, recording->room, &news);
}

/* --- Its parts --- */

static void
on_key_frame_bell (gpointer user_data)
{
    TuttiRecording *recording = user_data;

    if (tutti_wish_take (recording->key_frame) && recording->spectator)
        tutti_spectator_want_key_frame (recording->spectator);
}

static gboolean
make_recorder (TuttiRecording *recording, TuttiSpectatorSetup *spectator, TuttiContainer container,
               GError **error)
{
    TuttiShared *shared = recording->room->shared;
    TuttiRecorderSetup setup = {
        .store = recording->recordings->store,
        .room = recording->room_name,
        .container = container,
        .video_codec = spectator->codec,
        .width = spectator->rung.width,
        .height = spectator->rung.height,
        .frame_rate = spectator->rung.frame_rate,
        .channels = shared->stereo ? 2 : 1,
        .told = tutti_recording_on_told,
        .key_frame = recording->key_frame,
        .key_frame_interval_s =
            (guint)tutti_config_int (shared->config, "record", "keyframe-interval"),
        .user_data = recording,
    };

    recording->recorder = tutti_recorder_new (&setup, error);
    return recording->recorder != NULL;
}

static gboolean
build (TuttiRecording *recording, const TuttiRecordingOptions *options, GError **error)
{
    TuttiSpectatorSetup setup;
    TuttiContainer container = tutti_recording_plan (recording->room, options, &setup);

    if (!make_recorder (recording, &setup, container, error))
        return FALSE;
    setup.audio = tutti_recorder_get_input (recording->recorder, TUTTI_KIND_AUDIO);
    setup.video = tutti_recorder_get_input (recording->recorder, TUTTI_KIND_VIDEO);
    recording->spectator = tutti_spectator_new (recording->room, &setup);
    return TRUE;
}

/* --- Life --- */

static TuttiRecording *
recording_new (TuttiRoom *room, TuttiRecordings *recordings)
{
    TuttiRecording *recording = g_new0 (TuttiRecording, 1);

    recording->recordings = recordings;
    recording->room = room;
    recording->room_name = g_strdup (room->name);
    recording->started_us = g_get_real_time ();
    recording->key_frame_bell = tutti_bell_new (on_key_frame_bell, recording);
    recording->key_frame = tutti_wish_new (tutti_bell_notify, recording->key_frame_bell);
    recording->taps = tutti_recording_new_taps ();
    recording->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    return recording;
}

/* The recorder first: its thread wishes by way of the bell. */
void
tutti_recording_free (TuttiRecording *recording)
{
    tutti_recorder_free (recording->recorder);
    tutti_wish_close (recording->key_frame);
    tutti_wish_unref (recording->key_frame);
    tutti_bell_free (recording->key_frame_bell);
    g_array_unref (recording->taps);
    g_hash_table_unref (recording->names);
    g_free (recording->room_name);
    g_free (recording);
}

void
tutti_recording_detach (TuttiRecording *recording)
{
    TuttiRoom *room = recording->room;

    tutti_recording_untap_all (recording);
    g_clear_pointer (&recording->spectator, tutti_spectator_free);
    room->recording = NULL;
    tell (recording, TUTTI_RECORDING_OFF);
    recording->room = NULL;
}

static gboolean
start (TuttiRoom *room, const TuttiRecordingOptions *options, GError **error)
{
    TuttiConfig *config = room->shared->config;
    TuttiRecordings *recordings = room->rooms->recordings;
    TuttiRecording *recording;

    if (!tutti_recordings_open (recordings, error))
        return FALSE;
    recording = recording_new (room, recordings);
    recording->tracks =
        options->has_tracks ? options->tracks : tutti_config_bool (config, "record", "tracks");
    recording->tracks_video = tutti_config_bool (config, "record", "tracks-video");
    if (!build (recording, options, error)) {
        tutti_recording_free (recording);
        return FALSE;
    }
    room->recording = recording;
    g_ptr_array_add (recordings->all, recording);
    return TRUE;
}

static TuttiRecording *
need_recording (TuttiRoom *room, GError **error)
{
    if (!room->recording)
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_CONFLICT,
                             "the room is not being recorded");
    return room->recording;
}

gboolean
tutti_room_start_recording (TuttiRoom *room, const TuttiRecordingOptions *options, GError **error)
{
    static const TuttiRecordingOptions AS_CONFIGURED = {.by = ""};
    const char *by = options && options->by ? options->by : "";

    if (room->recording) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_CONFLICT,
                             "the room is being recorded already");
        return FALSE;
    }
    if (!start (room, options ? options : &AS_CONFIGURED, error))
        return FALSE;
    g_message ("room %s: recording to %s%s%s", room->name,
               tutti_recorder_get_file (room->recording->recorder), by[0] ? ", begun by " : "", by);
    tutti_recording_note_start (room->recording);
    for (guint i = 0; i < room->members->len; i++)
        tutti_recording_tap (room, room->members->pdata[i]);
    tell (room->recording, TUTTI_RECORDING_ON);
    tutti_recording_announce (room, TUTTI_PIPS_RISING, TRUE);
    return TRUE;
}

gboolean
tutti_room_pause_recording (TuttiRoom *room, GError **error)
{
    TuttiRecording *recording = need_recording (room, error);

    if (!recording)
        return FALSE;
    if (!tutti_spectator_is_on (recording->spectator)) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_CONFLICT,
                             "the recording is paused already");
        return FALSE;
    }
    tutti_recorder_pause (recording->recorder, tutti_clock_now_us (room->shared->clock));
    tutti_spectator_set_on (recording->spectator, FALSE);
    tell (recording, TUTTI_RECORDING_PAUSED);
    tutti_recording_announce (room, TUTTI_PIPS_FALLING, FALSE);
    return TRUE;
}

gboolean
tutti_room_resume_recording (TuttiRoom *room, GError **error)
{
    TuttiRecording *recording = need_recording (room, error);

    if (!recording)
        return FALSE;
    if (tutti_spectator_is_on (recording->spectator)) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_CONFLICT,
                             "the recording is not paused");
        return FALSE;
    }
    tutti_spectator_set_on (recording->spectator, TRUE);
    tutti_recorder_resume (recording->recorder, tutti_clock_now_us (room->shared->clock));
    tell (recording, TUTTI_RECORDING_ON);
    tutti_recording_announce (room, TUTTI_PIPS_RISING, FALSE);
    return TRUE;
}

void
tutti_recording_end (TuttiRoom *room, const char *why)
{
    TuttiRecording *recording = room->recording;

    if (!recording)
        return;
    tutti_recorder_stop (recording->recorder, tutti_clock_now_us (room->shared->clock), why);
    tutti_recording_detach (recording);
}

gboolean
tutti_room_stop_recording (TuttiRoom *room, const char *why, GError **error)
{
    if (!need_recording (room, error))
        return FALSE;
    room->record.is_held = TRUE;
    tutti_recording_end (room, why);
    tutti_recording_announce (room, TUTTI_PIPS_FALLING, FALSE);
    return TRUE;
}

gboolean
tutti_room_get_recording (TuttiRoom *room, TuttiRecordingInfo *info)
{
    TuttiRecording *recording = room->recording;

    *info = (TuttiRecordingInfo){0};
    if (!recording)
        return FALSE;
    info->take = tutti_recorder_get_take (recording->recorder);
    info->file = tutti_recorder_get_file (recording->recorder);
    info->started_us = recording->started_us;
    tutti_recorder_get_stats (recording->recorder, &info->stats);
    return TRUE;
}
