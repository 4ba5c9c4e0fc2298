/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lobby-inside.h: those who wait, for the room's own files. Role: main.
 */
#pragma once

#include "lobby.h"
#include "member.h"

/* A newcomer that must wait; the room owns it. Tells moderators. */
TuttiParticipant *tutti_lobby_enter (TuttiRoom *room, const TuttiJoin *join, TuttiEventFunc func,
                                     gpointer user_data);
/* It left or broke off: told nothing, and gone. The room may be gone afterwards. */
void tutti_lobby_leave (TuttiParticipant *waiting);
/* All who wait, if it is a moderator. */
void tutti_lobby_show (TuttiParticipant *moderator);
/* At once, and by its data channel alone. */
void tutti_lobby_show_side (TuttiParticipant *moderator);
/* The room closes. */
void tutti_lobby_close (TuttiRoom *room, const TuttiEvent *last);
/* Whose token has ended waits no longer. FALSE: the room may be gone. */
gboolean tutti_lobby_check (TuttiRoom *room, gint64 now_us);
