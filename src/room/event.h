/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event.h: what a room tells its participants, as plain values; control turns them into JSON.
 * Strings and arrays are borrowed for the call. Role: main.
 */
#pragma once

#include <tutti/types.h>

typedef enum {
    TUTTI_PERSON_PARTICIPANT,
    TUTTI_PERSON_LISTENER, /* sends nothing, receives the mix */
    TUTTI_PERSON_MODERATOR,
} TuttiPersonRole;

/* "participant", "listener", "moderator". */
const char *tutti_person_role_name (TuttiPersonRole role);
gboolean tutti_person_role_from_name (const char *name, TuttiPersonRole *role);

/* The participant object of the protocol. */
typedef struct {
    const char *id; /* public, unique while the server runs, e.g. "p3f9a1c2" */
    const char *name;
    TuttiPersonRole role;
    gboolean audio_muted, video_muted, hand_raised;
    gboolean sharing_screen;
    gboolean connected; /* media flows */
} TuttiPerson;

typedef enum {
    TUTTI_LEFT_LEFT,
    TUTTI_LEFT_LOST,
    TUTTI_LEFT_KICKED,
} TuttiLeftReason;

const char *tutti_left_reason_name (TuttiLeftReason reason);

typedef enum {
    TUTTI_RECORDING_OFF,
    TUTTI_RECORDING_ON,
    TUTTI_RECORDING_PAUSED,
} TuttiRecordingState;

/* "off", "on", "paused". */
const char *tutti_recording_state_name (TuttiRecordingState state);

typedef struct {
    const char *participant;
    TuttiRect rect;
    gboolean screen; /* source: screen, else camera */
} TuttiPlacedTile;

/* What everybody in a room knows of its settings. */
typedef struct {
    gboolean locked, waiting_room, has_pin;
    const char *layout, *share; /* names */
    guint limit;
    gint64 ends_at_s; /* Unix time; 0: it doesn't by itself */
} TuttiRoomState;

typedef enum {
    TUTTI_EVENT_PARTICIPANT_JOINED,
    TUTTI_EVENT_PARTICIPANT_UPDATED,
    TUTTI_EVENT_PARTICIPANT_LEFT,
    TUTTI_EVENT_START_CALL,
    TUTTI_EVENT_ACTIVE_SPEAKER,
    TUTTI_EVENT_LAYOUT,
    TUTTI_EVENT_UPLINK,
    TUTTI_EVENT_DOWNLINK, /* what its link carries, and so what it is sent, changed */
    TUTTI_EVENT_CHAT,
    TUTTI_EVENT_ICE_CANDIDATE,
    TUTTI_EVENT_ROOM_UPDATED,
    TUTTI_EVENT_PARTICIPANT_WAITING, /* to moderators: somebody waits to be let in */
    TUTTI_EVENT_WAITING_LEFT,        /* to moderators: and no longer does */
    TUTTI_EVENT_ADMITTED,            /* to whom waited: it is in the room now */
    TUTTI_EVENT_SHARE_REFUSED,       /* its screen is shown to nobody, its camera is */
    TUTTI_EVENT_RECORDING,           /* after a join only if it is not off */
    TUTTI_EVENT_KICKED,              /* the receiver's participant is gone after this call */
    TUTTI_EVENT_ROOM_CLOSED,         /* likewise */
    TUTTI_EVENT_LOST,                /* likewise: no media within 30 s, or consent lost for 30 s */
    TUTTI_EVENT_REPLACED, /* somebody else speaks for the participant from now on: told at
                             once, from within tutti_rooms_resume() */
} TuttiEventType;

typedef struct {
    TuttiEventType type;
    union {
        const TuttiPerson *person; /* JOINED, UPDATED, PARTICIPANT_WAITING */
        struct {
            const char *participant;
            TuttiLeftReason reason;
            const char *name; /* NULL: not told */
        } left;
        const char *participant; /* START_CALL, WAITING_LEFT */
        struct {
            guint n;
            const char *const *participants;
        } speakers;
        struct {
            int width, height;
            guint n_tiles;
            const TuttiPlacedTile *tiles;
            const char *layout;
        } layout;
        struct {
            int max_width, max_height; /* 0: send no video */
            guint max_frame_rate, max_bitrate_bps;
        } uplink;
        struct {
            gboolean audio_only; /* the link carries no picture: size and rates are 0 */
            int width, height;
            guint frame_rate, bitrate_bps;
            guint estimate_bps; /* 0: not known */
        } downlink;
        struct {
            const char *from, *name, *text, *time; /* time: RFC 3339, UTC */
            gboolean private;
        } chat;
        struct {
            const char *candidate; /* "" ends */
            const char *sdp_mid;
            guint sdp_mline_index;
        } ice;
        TuttiRoomState room;
        TuttiRecordingState recording;
        const char *reason; /* KICKED, ROOM_CLOSED, LOST */
    };
} TuttiEvent;

/* One for each joined participant. Never called from within a call that the receiver makes into
 * room, except where tutti_participant_*() says so. */
typedef void (*TuttiEventFunc) (const TuttiEvent *event, gpointer user_data);
