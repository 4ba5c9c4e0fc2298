/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * playback.c: see playback.h and playback-inside.h. Its participant comes when the file could be
 * read and leaves with its end; a playback that failed is kept for who asks, until the next. Role:
 * main.
 */
#include "playback.h"

#include <math.h>
#include <unistd.h>

#include <tutti/error.h>

#include "news.h"
#include "person.h"
#include "playback-inside.h"
#include "room.h"

/* Less can't be heard: 16 bits end there. */
#define GAIN_MIN_DB (-100.0)

struct _TuttiPlayback {
    TuttiRoom *room;
    char *title;
    gboolean loop;
    double gain_db;
    guint number;             /* to the mixer */
    TuttiParticipant *member; /* NULL: heard only, or not here yet */
    TuttiSlot *slot;
    TuttiVideoInput *input;
    TuttiQueue *inbox;   /* of its voice: always empty */
    TuttiPlayer *player; /* NULL: it failed */
    TuttiPlayerStats stats;
};

/* --- What is told --- */

static void
tell (TuttiPlayback *playback)
{
    TuttiRoom *room = playback->room;
    const TuttiPlayerStats *stats = &playback->stats;
    TuttiNews news = {
        .type = TUTTI_NEWS_PLAYBACK,
        .item = playback->title,
        .state = tutti_player_state_name (stats->state),
        .text = stats->why,
    };

    g_message ("room %s: playback of %s: %s%s%s", room->name,
               playback->title ? playback->title : "an announcement", news.state,
               stats->why[0] ? ": " : "", stats->why);
    tutti_rooms_tell_news (room->rooms, room, &news);
}

/* --- Coming and going --- */

static void
free_player (gpointer player)
{
    tutti_player_free (player);
}

static void
close_player (TuttiPlayback *playback)
{
    TuttiRoom *room = playback->room;
    TuttiPlayer *player = g_steal_pointer (&playback->player);

    tutti_player_stop (player);
    tutti_room_update_sound (room);
    tutti_handover_retire (tutti_sound_get_handover (room->sound), player, free_player);
}

/* As somebody who is connected at once and has nothing to say to anybody. */
static void
take_seat (TuttiPlayback *playback)
{
    TuttiRoom *room = playback->room;
    TuttiJoin join = {
        .room = room->name, .name = playback->title, .role = TUTTI_PERSON_PARTICIPANT};
    TuttiParticipant *member = tutti_room_enter (room, &join, NULL, NULL);

    member->playback = playback;
    member->unheard_since_us = 0;
    member->connected = TRUE;
    playback->member = member;
    playback->number = member->number;
    tutti_room_tell_person (room, member);
}

static void
begin (TuttiPlayback *playback)
{
    if (playback->title && !playback->member)
        take_seat (playback);
    else if (playback->number == 0)
        playback->number = ++playback->room->shared->last_number;
    tutti_room_touch (playback->room);
}

void
tutti_playback_finish (TuttiRoom *room)
{
    TuttiPlayback *playback = g_steal_pointer (&room->playback);

    if (!playback)
        return;
    if (playback->member)
        playback->member->playback = NULL;
    if (playback->player) {
        close_player (playback);
        playback->stats.state = TUTTI_PLAYER_ENDED;
        tell (playback);
    }
    tutti_playback_free (playback);
}

/* By way of its participant, if it has one. */
static void
end (TuttiRoom *room)
{
    TuttiParticipant *member = room->playback->member;

    if (member)
        tutti_room_remove (room, member, TUTTI_LEFT_LEFT, NULL);
    else
        tutti_playback_finish (room);
}

/* What failed stays, without its participant. */
static void
fail (TuttiPlayback *playback)
{
    TuttiParticipant *member = g_steal_pointer (&playback->member);

    close_player (playback);
    tell (playback);
    if (!member)
        return;
    member->playback = NULL;
    tutti_room_remove (playback->room, member, TUTTI_LEFT_LOST, NULL);
}

static void
on_told (TuttiPlayer *player, gpointer user_data)
{
    TuttiPlayback *playback = user_data;

    tutti_player_get_stats (player, &playback->stats);
    switch (playback->stats.state) {
    case TUTTI_PLAYER_PLAYING:
    case TUTTI_PLAYER_PAUSED:
        begin (playback);
        tell (playback);
        return;
    case TUTTI_PLAYER_ENDED:
        end (playback->room);
        return;
    case TUTTI_PLAYER_FAILED:
        fail (playback);
        return;
    default:
        return;
    }
}

/* --- For the room --- */

void
tutti_playback_add_voice (TuttiPlayback *playback, TuttiAudience *audience)
{
    TuttiAudioInput voice = {.house = TRUE};

    if (!playback || !playback->player || playback->number == 0 || !playback->stats.has_sound)
        return;
    voice.port = tutti_player_get_input (playback->player, playback->number);
    voice.gain = (float)pow (10, playback->gain_db / 20);
    voice.muted = playback->member && playback->member->audio_muted;
    tutti_audience_add_voice (audience, &voice, playback->inbox);
}

gboolean
tutti_playback_is_seated (const TuttiPlayback *playback)
{
    return playback && playback->member;
}

gboolean
tutti_playback_is_shown (TuttiPlayback *playback)
{
    return playback->stats.has_pictures;
}

TuttiVideoInput *
tutti_playback_get_input (TuttiPlayback *playback)
{
    return playback->input;
}

/* --- Life --- */

static char *
clean_title (const char *title)
{
    g_autofree char *clean = title ? tutti_person_clean_name (title) : NULL;

    return clean && clean[0] == '\0' ? g_strdup ("Film") : g_steal_pointer (&clean);
}

static TuttiPlayback *
make (TuttiRoom *room, int fd, const TuttiPlaybackOptions *options)
{
    TuttiPlayback *playback = g_new0 (TuttiPlayback, 1);
    TuttiPlayerSetup setup = {
        .fd = fd,
        .loop = options->loop,
        .channels = room->shared->stereo ? 2 : 1,
        .max_width = room->canvas.width,
        .max_height = room->canvas.height,
        .told = on_told,
        .user_data = playback,
    };

    playback->room = room;
    playback->title = clean_title (options->title);
    playback->loop = options->loop;
    playback->gain_db = options->gain_db;
    playback->inbox = tutti_queue_new (1, NULL, NULL);
    setup.slot = playback->slot = tutti_slot_new ();
    playback->input = tutti_video_input_new (playback->slot);
    playback->player = tutti_player_new (&setup);
    return playback;
}

void
tutti_playback_free (TuttiPlayback *playback)
{
    if (!playback)
        return;
    g_assert (!playback->player);
    tutti_video_input_unref (playback->input);
    tutti_slot_unref (playback->slot);
    tutti_queue_unref (playback->inbox);
    g_free (playback->title);
    g_free (playback);
}

static gboolean
check_gain (double gain_db, GError **error)
{
    if (gain_db >= GAIN_MIN_DB && gain_db <= TUTTI_PLAYBACK_GAIN_MAX_DB)
        return TRUE;
    g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE, "a gain is %g to %g dB", GAIN_MIN_DB,
                 TUTTI_PLAYBACK_GAIN_MAX_DB);
    return FALSE;
}

static gboolean
check_start (TuttiRoom *room, GError **error)
{
    const char *why = NULL;

    if (room->playback && room->playback->player)
        why = "something plays in this room already";
    else if (tutti_room_count_people (room) == 0)
        why = "nobody is in this room";
    if (why)
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_CONFLICT, why);
    return !why;
}

static gboolean
check_playing (TuttiRoom *room, GError **error)
{
    if (room->playback && room->playback->player)
        return TRUE;
    g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_CONFLICT, "nothing plays in this room");
    return FALSE;
}

gboolean
tutti_room_start_playback (TuttiRoom *room, int fd, const TuttiPlaybackOptions *options,
                           GError **error)
{
    if (!check_gain (options->gain_db, error) || !check_start (room, error)) {
        close (fd);
        return FALSE;
    }
    tutti_playback_free (room->playback);
    room->playback = make (room, fd, options);
    return TRUE;
}

gboolean
tutti_room_stop_playback (TuttiRoom *room, GError **error)
{
    if (!check_playing (room, error))
        return FALSE;
    end (room);
    return TRUE;
}

gboolean
tutti_room_pause_playback (TuttiRoom *room, gboolean paused, GError **error)
{
    if (!check_playing (room, error))
        return FALSE;
    tutti_player_set_paused (room->playback->player, paused);
    return TRUE;
}

gboolean
tutti_room_set_playback_gain (TuttiRoom *room, double gain_db, GError **error)
{
    if (!check_gain (gain_db, error) || !check_playing (room, error))
        return FALSE;
    room->playback->gain_db = gain_db;
    tutti_room_update_sound (room);
    return TRUE;
}

gboolean
tutti_room_get_playback (TuttiRoom *room, TuttiPlaybackInfo *info)
{
    TuttiPlayback *playback = room->playback;

    if (!playback)
        return FALSE;
    *info = (TuttiPlaybackInfo){
        .title = playback->title,
        .loop = playback->loop,
        .gain_db = playback->gain_db,
        .stats = playback->stats,
    };
    if (playback->player)
        tutti_player_get_stats (playback->player, &info->stats);
    return TRUE;
}
