/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recording-tracks.c: participants' own streams into files of their own: a tap on the queue between
 * leg and decoder, as long as the chain is there. Role: main.
 */
#include "record/tracks.h"

#include "recording-inside.h"
#include "room.h"

typedef struct {
    TuttiChain *chain;
    TuttiTrack track;
    TuttiTrackFile *file; /* the recorder's */
} Tap;

static TuttiQueue *
get_source (TuttiChain *chain, TuttiTrack track)
{
    if (track == TUTTI_TRACK_AUDIO)
        return tutti_chain_get_audio_in (chain);
    return tutti_video_source_get_queue (tutti_chain_get_video (chain, track));
}

static gboolean
is_tapped (const TuttiRecording *recording, const TuttiChain *chain, TuttiTrack track)
{
    for (guint i = 0; i < recording->taps->len; i++) {
        const Tap *tap = &g_array_index (recording->taps, Tap, i);
        if (tap->chain == chain && tap->track == track)
            return TRUE;
    }
    return FALSE;
}

/* What its owner or a moderator muted reaches nobody in the call: it is not kept either, whatever
 * the client sends on. A voice's file has silence there, a camera's stands still. */
static gboolean
is_muted (const TuttiParticipant *member, TuttiTrack track)
{
    switch (track) {
    case TUTTI_TRACK_AUDIO:
        return member->audio_muted;
    case TUTTI_TRACK_CAMERA:
        return member->video_muted;
    default:
        return FALSE;
    }
}

static void
connect_tap (const Tap *tap, const TuttiParticipant *member)
{
    TuttiQueue *input = tutti_track_file_get_input (tap->file);

    tutti_queue_set_tap (get_source (tap->chain, tap->track),
                         is_muted (member, tap->track) ? NULL : input);
}

static void
add_tap (TuttiRecording *recording, TuttiParticipant *member, TuttiTrack track)
{
    TuttiTrackSetup setup = {
        .store = recording->recordings->store,
        .take = tutti_recorder_get_take (recording->recorder),
        .participant = member->id,
        .name = member->name,
        .track = track,
        .sync = tutti_chain_get_sync (member->chain),
        .key_frame = tutti_chain_get_key_frame (member->chain, track),
        .channels = member->shared->stereo ? 2 : 1,
    };
    Tap tap = {.chain = member->chain, .track = track, .file = tutti_track_file_new (&setup)};

    connect_tap (&tap, member);
    tutti_recorder_add_track (recording->recorder, tap.file);
    g_array_append_val (recording->taps, tap);
}

static void
take_away (const Tap *tap)
{
    tutti_queue_set_tap (get_source (tap->chain, tap->track), NULL);
}

void
tutti_recording_tap (TuttiRoom *room, TuttiParticipant *member)
{
    TuttiRecording *recording = room->recording;
    TuttiTrack last =
        tutti_recording_wants_pictures (room) ? TUTTI_TRACK_SCREEN : TUTTI_TRACK_AUDIO;

    if (!recording || !recording->tracks || !member->chain)
        return;
    for (TuttiTrack track = TUTTI_TRACK_AUDIO; track <= last; track++) {
        if (tutti_chain_is_sending (member->chain, track) &&
            !is_tapped (recording, member->chain, track))
            add_tap (recording, member, track);
    }
}

void
tutti_recording_follow_mute (TuttiRoom *room, const TuttiParticipant *member)
{
    TuttiRecording *recording = room->recording;

    if (!recording)
        return;
    for (guint i = 0; i < recording->taps->len; i++) {
        const Tap *tap = &g_array_index (recording->taps, Tap, i);
        if (tap->chain == member->chain)
            connect_tap (tap, member);
    }
}

void
tutti_recording_untap (TuttiRoom *room, const TuttiChain *chain)
{
    TuttiRecording *recording = room->recording;

    if (!recording)
        return;
    for (guint i = recording->taps->len; i-- > 0;) {
        const Tap *tap = &g_array_index (recording->taps, Tap, i);
        if (tap->chain != chain)
            continue;
        take_away (tap);
        tutti_recorder_drop_track (recording->recorder, tap->file);
        g_array_remove_index_fast (recording->taps, i);
    }
}

void
tutti_recording_untap_all (TuttiRecording *recording)
{
    for (guint i = 0; i < recording->taps->len; i++)
        take_away (&g_array_index (recording->taps, Tap, i));
    g_array_set_size (recording->taps, 0);
}

GArray *
tutti_recording_new_taps (void)
{
    return g_array_new (FALSE, FALSE, sizeof (Tap));
}

gboolean
tutti_recording_wants_pictures (TuttiRoom *room)
{
    const TuttiRecording *recording = room->recording;

    return recording && recording->tracks && recording->tracks_video &&
           tutti_spectator_is_on (recording->spectator);
}
