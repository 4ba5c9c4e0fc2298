/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * live-door.h: a room's HLS output for those who watch by a page or a player. In [auth] mode open
 * whoever knows the room's name may watch, as he may join; in mode token a token for the room is
 * needed, of any role: ?token=, an Authorization header, or the cookie that the first leaves
 * behind. Role: main.
 *
 *   GET /live/{room}/          the page with a player
 *   GET /live/{room}/{file}    playlist and segments; pages of other sites may fetch them
 */
#pragma once

#include "admission.h"
#include "page.h"

typedef struct _TuttiLiveDoor TuttiLiveDoor;

typedef struct {
    TuttiConfig *config;
    TuttiRooms *rooms;
    TuttiPage *page;
    TuttiAdmission *admission;
} TuttiLiveSetup;

/* Adds its routes. All in setup must outlive it. */
TuttiLiveDoor *tutti_live_door_new (SoupServer *soup, const TuttiLiveSetup *setup);
/* After the SoupServer was disconnected. */
void tutti_live_door_free (TuttiLiveDoor *door);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiLiveDoor, tutti_live_door_free)
