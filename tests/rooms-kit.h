/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rooms-kit.h: participants that never send media, in rooms of a configuration. What each is told
 * is kept as lines of text, so that order is tested too.
 */
#pragma once

#include "room/participant.h"

typedef struct {
    TuttiConfig *config;
    TuttiRooms *rooms;
} RoomsFixture;

typedef struct {
    TuttiParticipant *self;
    GString *told;
    gboolean over;          /* was told its last */
    gboolean leave_on_last; /* calls leave() from within */
    gboolean leave_on_join; /* leaves when somebody comes */
    gint in_call;           /* of its own into room */
} RoomsClient;

/* As tutti_rooms_join(); what the client is told is kept from now on. */
gboolean rooms_try_join (RoomsFixture *fixture, RoomsClient *client, const TuttiJoin *join,
                         GError **error);

/* As tutti_rooms_resume(). */
gboolean rooms_resume (RoomsFixture *fixture, RoomsClient *client, const char *room,
                       const char *key);

/* Must fail with the code. */
void rooms_join_refused (RoomsFixture *fixture, const TuttiJoin *how, int code);

/* Must succeed. */
void rooms_join (RoomsFixture *fixture, RoomsClient *client, const char *room, const char *name,
                 TuttiPersonRole role);

/* Leaves if it is still there. */
void client_clear (RoomsClient *client);

/* Runs the main context until nothing waits. */
void rooms_iterate (void);

/* What it was told since the last time, line by line. */
void client_assert_told (RoomsClient *client, const char *lines);

TuttiRoom *client_room (RoomsClient *client);

/* code: of the error that must come; -1: none. */
void client_moderate (RoomsClient *client, const char *action, RoomsClient *target,
                      const char *value, int code);

/* assignments: "SECTION.KEY=VALUE", separated by semicolons. */
void rooms_set_up (RoomsFixture *fixture, gconstpointer assignments);

void rooms_tear_down (RoomsFixture *fixture, gconstpointer assignments);
