/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * player.h: a film or an announcement into a room: a thread reads and decodes a file with FFmpeg in
 * its own time, a little ahead; sound waits in a ring for the audio rounds, pictures go to a slot
 * when they are due. It keeps pace with our clock, not with the file.
 *
 * Where the sound runs dry it is silent, and the pictures wait until enough of it is there again:
 * nothing said in a film is lost. Where pictures are decoded too slowly they are left out. A
 * picture alone stays until the player is stopped; a loop's passes follow each other without a gap.
 *
 * Role: main, except where said.
 */
#pragma once

#include <tutti/port.h>
#include <tutti/sound.h>

typedef struct _TuttiPlayer TuttiPlayer;

typedef enum {
    TUTTI_PLAYER_OPENING,
    TUTTI_PLAYER_PLAYING,
    TUTTI_PLAYER_PAUSED,
    TUTTI_PLAYER_ENDED,
    TUTTI_PLAYER_FAILED,
} TuttiPlayerState;

const char *tutti_player_state_name (TuttiPlayerState state);

typedef struct {
    TuttiPlayerState state;
    gboolean has_sound, has_pictures;
    gint64 position_us, duration_us; /* duration 0: not known */
    guint loops;
    char why[128]; /* FAILED: for people; else "" */
} TuttiPlayerStats;

typedef struct {
    int fd; /* of the file, taken over: no path is opened, no other protocol reached */
    gboolean loop;
    guint channels;            /* as the room mixes */
    int max_width, max_height; /* pictures are scaled down to fit */
    TuttiSlot *slot;           /* pictures go there; a reference is kept */
    void (*told) (TuttiPlayer *player, gpointer user_data); /* its state changed; on main */
    gpointer user_data;
} TuttiPlayerSetup;

TuttiPlayer *tutti_player_new (const TuttiPlayerSetup *setup);
/* Nothing is told any more and no picture comes soon; its input may still be used. Also from within
 * told(). */
void tutti_player_stop (TuttiPlayer *player);
/* No audio round may use its input any more. Waits for a picture's decoding; for a disk that does
 * not answer so long at most. The reader is left to itself then and closes the file when it can. */
#define TUTTI_PLAYER_PATIENCE_US (500 * TUTTI_USEC_PER_MSEC)
void tutti_player_free (TuttiPlayer *player);

/* What the mixer hears; id: of the participant that it stands for. */
TuttiSoundInput tutti_player_get_input (TuttiPlayer *player, guint id);
void tutti_player_set_paused (TuttiPlayer *player, gboolean paused);
void tutti_player_get_stats (TuttiPlayer *player, TuttiPlayerStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiPlayer, tutti_player_free)
