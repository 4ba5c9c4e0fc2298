/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * settings.h: what of a room can be set, all by name and text as in [room NAME] of the
 * configuration: limit, layout, canvas, frame-rate, record, pin, waiting-room, share, moderators,
 * closes-at, max-duration; and "locked", which only the running room has. Role: main.
 */
#pragma once

#include "rooms.h"

/* More than there are. */
#define TUTTI_SETTINGS_MAX 16

/* Borrowed texts. */
typedef struct _TuttiSettings {
    guint n;
    struct {
        const char *key, *value;
    } items[TUTTI_SETTINGS_MAX];
    const char *faulty; /* the key that was refused */
} TuttiSettings;

void tutti_settings_add (TuttiSettings *settings, const char *key, const char *value);

/* Changes what is given, all or nothing, and tells everybody once. Errors, with settings->faulty:
 * BAD_MESSAGE: no such key or value; CONFLICT: it can't be changed in a room that is there (canvas,
 * frame-rate). */
gboolean tutti_room_set (TuttiRoom *room, TuttiSettings *settings, GError **error);

/* Makes a room, or gives the room that is there these settings and those of the configuration where
 * none is given (but for canvas and frame-rate, which stay, and its lock). It stays while it is
 * empty from now on. NULL: as above, and BAD_ROOM, OVERLOADED (max-rooms, draining). */
TuttiRoom *tutti_rooms_put (TuttiRooms *rooms, const char *name, TuttiSettings *settings,
                            gboolean *created, GError **error);

/* What GET says of them; strings are borrowed until the next change. The pin itself is told to
 * nobody. */
typedef struct {
    gboolean has_pin, waiting_room, record;
    guint pin_changes; /* how often it has become another */
    gboolean is_kept; /* stays while empty */
    const char *share;
    const char *const *moderators; /* NULL-terminated */
    gint64 closes_at_s;            /* Unix time; 0: never */
    gint64 max_duration_s;         /* 0: any */
    gint64 ends_at_s; /* which of the two comes first, as far as it is known; 0: none */
} TuttiRoomPolicy;

void tutti_room_get_policy (TuttiRoom *room, TuttiRoomPolicy *policy);

/* Whoever comes by a token of this `sub` is a moderator of this room, be it there or not yet. */
gboolean tutti_rooms_is_moderator (TuttiRooms *rooms, const char *room, const char *subject);

/* By a moderator: only waiting-room, share and pin. FORBIDDEN, and as tutti_room_set(). */
gboolean tutti_participant_change_settings (TuttiParticipant *participant, TuttiSettings *settings,
                                            GError **error);
