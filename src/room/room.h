/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * room.h: a room from the inside. Role: main.
 *
 *   members -> tutti_room_update(): stage -> audience -> views, scenes -> uplinks -> layout letters
 */
#pragma once

#include <gio/gio.h>

#include "announcer.h"
#include "bell.h"
#include "member.h"
#include "policy.h"
#include "sound.h"
#include "speakers.h"
#include "views.h"

struct _TuttiRoom {
    TuttiRooms *rooms;
    TuttiShared *shared;
    char *name, *topology;
    guint limit;
    TuttiRung canvas; /* bit rate unused */
    gboolean locked;
    gint64 created_us;
    gint64 empty_since_us; /* 0: somebody is in */
    gint64 idle_timeout_us;
    guint n_guests;      /* guests' names given so far */
    guint64 last_screen; /* serial of the last screen share */

    TuttiPolicy policy;
    GPtrArray *members;    /* in order of arrival, owned */
    GPtrArray *waiting;    /* to be let in, likewise */
    GHashTable *by_number; /* number -> member */
    GPtrArray *spectators; /* borrowed */
    TuttiAnnouncer *announcer;

    struct _TuttiRecording *recording; /* NULL: it is not recorded */
    GPtrArray *outputs;                /* live outputs (outputs.c) */
    guint last_output;                 /* names given so far */
    TuttiRecordingState recording_told;
    struct {
        gboolean is_wanted;       /* whenever somebody is in, says the configuration */
        gboolean is_held;         /* but was ended by hand: not before the room was empty */
        gint64 retry_us;          /* and failed: not before; 0: it didn't */
        GCancellable *announcing; /* a file that is being opened; NULL: none ever was */
    } record;

    TuttiPlayback *playback; /* NULL: nothing plays */

    TuttiStage stage;
    TuttiSpeakers speakers;
    TuttiSound *sound;
    TuttiViews *views;
    TuttiBell *touched; /* something changed: update soon */
    TuttiBell *heard;   /* the speakers' next due time */
    guint second_id;    /* looks at timeouts; 0: nothing waits */
};

/* Settings that are not given (NULL: all) are those of [room NAME]. */
TuttiRoom *tutti_room_new (TuttiRooms *rooms, TuttiShared *shared, const char *name,
                           const TuttiSettings *settings);
/* No member is left. */
void tutti_room_free (TuttiRoom *room);

/* Members but for a film. */
guint tutti_room_count_people (TuttiRoom *room);

/* A newcomer; the room owns it. Tells the others. */
TuttiParticipant *tutti_room_enter (TuttiRoom *room, const TuttiJoin *join, TuttiEventFunc func,
                                    gpointer user_data);
/* A member of whom nothing is known yet here. Tells the others. */
void tutti_room_seat (TuttiRoom *room, TuttiParticipant *member);

/* Takes a member out and tells the others; its media ends. last: told to itself, after which it is
 * freed; NULL: it is freed at once. The room may be gone afterwards. */
void tutti_room_remove (TuttiRoom *room, TuttiParticipant *member, TuttiLeftReason reason,
                        const TuttiEvent *last);
/* The last one has left: what ends with that. The room may be gone afterwards. */
void tutti_room_leave_empty (TuttiRoom *room);

/* Something changed that the canvas, the mix or uplinks depend on: update() soon. */
void tutti_room_touch (TuttiRoom *room);
/* Brings all in line with the members (update.c): who is heard and hears; the stage, views, uplinks
 * and layouts; or both. */
void tutti_room_update_sound (TuttiRoom *room);
void tutti_room_update_pictures (TuttiRoom *room);
void tutti_room_update (TuttiRoom *room);
/* Uplinks of all members from all views in use (uplinks.c). */
void tutti_room_update_uplinks (TuttiRoom *room);
/* A scene for one of the room's views (scenes.c); TuttiMakeScene. */
TuttiScene *tutti_room_make_scene (const TuttiView *view, gpointer room);

/* Timeouts (timeouts.c): everything that is due by now. The room may be gone afterwards. */
void tutti_room_check (TuttiRoom *room, gint64 now_us);
/* Starts the timer if something waits. */
void tutti_room_watch_time (TuttiRoom *room);

TuttiParticipant *tutti_room_get (TuttiRoom *room, guint number);
/* To everyone but `except` (NULL: nobody). */
void tutti_room_tell (TuttiRoom *room, const TuttiParticipant *except, const TuttiEvent *event);
/* To moderators, and to those who follow the news. */
void tutti_room_tell_moderators (TuttiRoom *room, const TuttiEvent *event);
/* PARTICIPANT_UPDATED to all. */
void tutti_room_tell_person (TuttiRoom *room, TuttiParticipant *member);
/* What all know of its settings; borrowed strings. */
void tutti_room_get_state (TuttiRoom *room, TuttiRoomState *state);
/* ROOM_UPDATED to all. */
void tutti_room_tell_room (TuttiRoom *room);
/* ACTIVE_SPEAKER as it is now; ids: TUTTI_TALKERS_MAX, the event's. */
void tutti_room_fill_speakers (TuttiRoom *room, const char **ids, TuttiEvent *event);
/* ACTIVE_SPEAKER to all. */
void tutti_room_tell_speakers (TuttiRoom *room);
/* RECORDING to all, and to everyone who comes as long as it is not off. */
void tutti_room_tell_recording (TuttiRoom *room, TuttiRecordingState state);

/* The table (rooms.c): the room is empty and its time is over: it is freed. reason: for the news.
 */
void tutti_rooms_drop (TuttiRooms *rooms, TuttiRoom *room, const char *reason);
/* TRUE if a participant with this id lives. */
gboolean tutti_rooms_has_id (TuttiRooms *rooms, const char *id);
void tutti_rooms_add_id (TuttiRooms *rooms, TuttiParticipant *member);
void tutti_rooms_remove_id (TuttiRooms *rooms, TuttiParticipant *member);
