/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fake-room.h: rooms.h and participant.h without media, threads and policy, so that control is
 * tested alone. What the tests may ask and cause besides:
 */
#pragma once

#include "room/outputs.h"
#include "room/participant.h"
#include "room/recording.h"

/* Everyone in every room. */
guint fake_room_n_participants (TuttiRooms *rooms);
/* The candidates and offers that came in, over all participants. */
guint fake_room_n_candidates (TuttiRooms *rooms);
guint fake_room_n_offers (TuttiRooms *rooms);
/* As when the sound came late. */
void fake_room_set_overload (TuttiRooms *rooms, TuttiOverloadLevel level);
/* As when the media of a participant never came. */
void fake_room_lose (TuttiRooms *rooms, const char *participant_id);
/* An event to everyone in every room. */
void fake_room_tell (TuttiRooms *rooms, const TuttiEvent *event);
/* What tutti_rooms_get_store() and tutti_rooms_get_live_directory() give; kept by the caller; NULL
 * at first. */
void fake_room_set_store (TuttiRooms *rooms, TuttiStore *store);
void fake_room_set_live_directory (TuttiRooms *rooms, const char *directory);
