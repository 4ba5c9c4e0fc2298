/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rooms.h: the server's rooms and all that they share: net threads, audio rounds, video workers.
 * What control and main see of it. Role: main.
 */
#pragma once

#include <tutti/config.h>
#include <tutti/histogram.h>

#include "done.h"
#include "event.h"
#include "figures.h"
#include "overload.h"

typedef struct _TuttiRooms TuttiRooms;
typedef struct _TuttiRoom TuttiRoom;
typedef struct _TuttiParticipant TuttiParticipant;

/* The config must outlive it. Fails when threads' resources or certificates can't be had. */
TuttiRooms *tutti_rooms_new (TuttiConfig *config, GError **error);
/* Closes every room first. */
void tutti_rooms_free (TuttiRooms *rooms);

/* 1 to 64 of A-Z a-z 0-9 . _ - */
gboolean tutti_room_name_is_valid (const char *name);

typedef struct {
    const char *room;
    const char *name; /* NULL or "": a guest's name is made up; cut at 64 characters, control
                         characters and invalid UTF-8 removed */
    TuttiPersonRole role;
    gboolean is_viewer; /* of what the participant of the same name would see and hear, if there is
                           one: the other half of somebody who sends by WHIP; needs a name */
    gint64 pass_until_us;  /* monotonic: what let it in is good until then; 0: for ever */
    gboolean may_moderate; /* a token or mode open allows role moderator; without: FORBIDDEN */
    gboolean has_token;    /* came by a good one: is asked for no PIN */
    gboolean can_wait;     /* in the waiting room; without: WAITING_ROOM */
    const char *pin;       /* as it was given; may be NULL, and so may the next */
    const char *subject;   /* `sub` of its token */
    const char *address, *visitor; /* where it came from, and the page's cookie */
} TuttiJoin;

/* Enters a room, making it when it is not there. *created: whether it was. Errors: BAD_ROOM,
 * FULL_ROOM, LOCKED, OVERLOADED (max-rooms, draining, sound comes late, too many wait), FORBIDDEN
 * (who may create), PIN_REQUIRED, PIN_WRONG, BANNED, WAITING_ROOM, TIME_OVER. It may have to wait
 * to be let in (lobby.h). The participant belongs to the room; the pointer is good until leave()
 * and its kin, or KICKED, ROOM_CLOSED, LOST or REPLACED was told.
 */
TuttiParticipant *tutti_rooms_join (TuttiRooms *rooms, const TuttiJoin *join, TuttiEventFunc func,
                                    gpointer user_data, gboolean *created, GError **error);

/* The participant of that room whose key (tutti_participant_key()) it is, told by func from now on:
 * layout and uplink again, and all that happens. Who was told before is told REPLACED, the last.
 * NULL: there is no such participant. */
TuttiParticipant *tutti_rooms_resume (TuttiRooms *rooms, const char *room, const char *key,
                                      TuttiEventFunc func, gpointer user_data);

/* FALSE: an audio thread hangs in a round; only another start helps. Any thread; never blocks. */
gboolean tutti_rooms_is_alive (TuttiRooms *rooms, gint64 now_us);

/* What is given up as sound comes late; at REFUSES joins are OVERLOADED. */
TuttiOverloadLevel tutti_rooms_get_overload (TuttiRooms *rooms);

/* No new joins from now on. */
void tutti_rooms_drain (TuttiRooms *rooms);
gboolean tutti_rooms_is_draining (TuttiRooms *rooms);
/* Tells everyone ROOM_CLOSED with the reason and empties every room. */
void tutti_rooms_close_all (TuttiRooms *rooms, const char *reason);

TuttiRoom *tutti_rooms_find (TuttiRooms *rooms, const char *name);
/* Borrowed rooms, in order of name; free the array. */
GPtrArray *tutti_rooms_list (TuttiRooms *rooms);

/* Whole-server figures. CPU in microseconds since the start. */
typedef struct {
    guint n_rooms, n_participants;
    gint64 started_us; /* monotonic */
    gint64 cpu_receive_us, cpu_send_us, cpu_srtp_us, cpu_audio_us, cpu_video_us;
    gint64 cpu_jitter_us, cpu_audio_decode_us, cpu_mix_us, cpu_audio_encode_us,
        cpu_spread_us;                                                 /* parts of cpu_audio_us */
    gint64 cpu_main_us;                                                /* control, room policy */
    gint64 cpu_decode_us, cpu_scale_us, cpu_compose_us, cpu_encode_us; /* parts of cpu_video_us */
    guint64 late_rounds, late_pictures, packets_received, packets_sent;
    guint64 send_calls; /* system calls that packets_sent took */
    TuttiDone done;
} TuttiServerStats;

void tutti_rooms_get_stats (TuttiRooms *rooms, TuttiServerStats *stats);
/* From when a round of sound was due until it was mixed. */
void tutti_rooms_get_lateness (TuttiRooms *rooms, TuttiHistogramFigures *figures);
/* From a participant's entering until its media flowed, of all that came so far. */
void tutti_rooms_get_join_time (TuttiRooms *rooms, TuttiHistogramFigures *figures);
/* How long voices wait in the jitter buffer, each round of each that is heard. */
void tutti_rooms_get_jitter_delay (TuttiRooms *rooms, TuttiHistogramFigures *figures);
/* How long each encode of a picture, or of a round of sound, took. */
void tutti_rooms_get_encode_time (TuttiRooms *rooms, TuttiCodec codec,
                                  TuttiHistogramFigures *figures);

/* --- One room --- */

typedef struct {
    const char *name, *layout, *topology;
    guint limit, n_participants, n_listeners, n_views, n_renditions;
    int canvas_width, canvas_height;
    guint frame_rate;
    gboolean locked;
    const char *spotlight; /* participant's id; NULL: nobody */
    gint64 created_us;
    guint n_waiting;
    TuttiRoomState state;
} TuttiRoomInfo;

void tutti_room_get_info (TuttiRoom *room, TuttiRoomInfo *info);

/* All streams of the people in it, each way, and processor time spent on its pictures: of who and
 * what is there now, so sums shrink when somebody leaves. */
typedef struct {
    TuttiFlowFigures up, down; /* packets, bytes and lost */
    struct {
        gint64 decode_us, scale_us, compose_us, encode_us;
    } cpu;
    guint64 late_pictures;
} TuttiRoomStats;

void tutti_room_get_stats (TuttiRoom *room, TuttiRoomStats *stats);
/* Borrowed participants in order of arrival; free the array. */
GPtrArray *tutti_room_list (TuttiRoom *room);
TuttiParticipant *tutti_room_find (TuttiRoom *room, const char *participant_id);
void tutti_room_set_locked (TuttiRoom *room, gboolean locked);
gboolean tutti_room_set_layout (TuttiRoom *room, const char *layout, GError **error);
/* Everybody but moderators. */
void tutti_room_mute_all (TuttiRoom *room, gboolean muted);
/* Of those who were kicked (bans.h). */
struct _TuttiBans *tutti_room_get_bans (TuttiRoom *room);
/* Shows one participant large (NULL: nobody); others' views follow. */
gboolean tutti_room_spotlight (TuttiRoom *room, const char *participant_id, GError **error);
/* The room is gone after this call. */
void tutti_room_close (TuttiRoom *room, const char *reason);
/* A message of the server itself, `from` "": 1 to so many bytes of UTF-8. */
#define TUTTI_ANNOUNCEMENT_MAX_BYTES 4096
void tutti_room_announce (TuttiRoom *room, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiRooms, tutti_rooms_free)
