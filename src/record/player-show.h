/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * player-show.h: a film's pictures on their way to the slot: a few wait, decoded ahead, and a
 * thread of its own puts each when it is due, however long the decoder takes over the next one. It
 * is also who notices that the film is over.
 *
 * Role: file, the reader's, except where said.
 */
#pragma once

#include <tutti/port.h>

#include "player-sound.h"

/* 1280x720: 11 MB; at 25 Hz a third of a second in which the decoder may be kept waiting. */
#define TUTTI_PLAYER_PICTURES_MAX 8

typedef struct _TuttiPlayerShow TuttiPlayerShow;

typedef struct {
    TuttiSlot *slot; /* a reference is kept */
    TuttiPlayerTime *time;
    TuttiPlayerSound *sound;
    void (*ended) (gpointer user_data); /* the film is over; from its thread, once */
    void (*moved) (gpointer user_data); /* there is room again; from its thread */
    gpointer user_data;
} TuttiPlayerShowSetup;

/* Role: main. */
TuttiPlayerShow *tutti_player_show_new (const TuttiPlayerShowSetup *setup);
/* Waits for its thread, which never takes long. Any thread but that one. */
void tutti_player_show_free (TuttiPlayerShow *show);

gboolean tutti_player_show_has_room (TuttiPlayerShow *show);
gboolean tutti_player_show_is_empty (TuttiPlayerShow *show);
/* Takes the reference. Not without room; in order. */
void tutti_player_show_push (TuttiPlayerShow *show, TuttiPicture *picture, gint64 due);
/* has_sound: pictures follow it. Before the film begins. */
void tutti_player_show_set_sound (TuttiPlayerShow *show, gboolean has_sound);
/* Where the film ends; TUTTI_PLAYER_NEVER: it does not. */
void tutti_player_show_finish (TuttiPlayerShow *show, gint64 end);
/* The film's time runs again, or stands. Any thread. */
void tutti_player_show_wake (TuttiPlayerShow *show);
