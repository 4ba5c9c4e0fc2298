/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * news.h: what happens in the whole server, for those who follow it: the admin API's event stream,
 * webhooks, the sidecar of a recording. Role: main.
 */
#pragma once

#include "event.h"
#include "rooms.h"

typedef enum {
    TUTTI_NEWS_ROOM_CREATED,
    TUTTI_NEWS_ROOM_CLOSED,  /* text: reason */
    TUTTI_NEWS_ROOM_UPDATED, /* event */
    TUTTI_NEWS_PARTICIPANT,  /* event: JOINED, UPDATED, LEFT, PARTICIPANT_WAITING, WAITING_LEFT */
    TUTTI_NEWS_SPEAKERS,     /* event */
    TUTTI_NEWS_CHAT,         /* event: only what was said to all */
    TUTTI_NEWS_RECORDING, /* item: file; state: on, paused, off, failed, recovered, gap; text: why
                           */
    TUTTI_NEWS_OUTPUT,    /* item: id; state: as tutti_output_state_name(); text: why */
    TUTTI_NEWS_PLAYBACK,  /* item: title; state: as tutti_player_state_name(); text: why */
} TuttiNewsType;

/* "room_created", ..., "recording", "output", "playback"; participants' by their event. */
const char *tutti_news_name (TuttiNewsType type);

typedef struct {
    TuttiNewsType type;
    gint64 wall_us;          /* since 1970 */
    const char *room;        /* name */
    const TuttiEvent *event; /* where said; borrowed as all else */
    const char *item, *state, *text;
} TuttiNews;

typedef void (*TuttiNewsFunc) (const TuttiNews *news, gpointer user_data);

/* Followers are called in order of arrival, from within what happens: they must not change rooms.
 * Returns an id for unfollow(). */
guint tutti_rooms_follow_news (TuttiRooms *rooms, TuttiNewsFunc func, gpointer user_data);
void tutti_rooms_unfollow_news (TuttiRooms *rooms, guint id);

/* For the room's own files: fills in time, and the room's name unless room is NULL. */
void tutti_rooms_tell_news (TuttiRooms *rooms, TuttiRoom *room, TuttiNews *news);
