/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * commands.h: what tutti(1) can do: a table, and a file for each noun. Each command gives an exit
 * status.
 */
#pragma once

#include "run.h"

/* Options that not every command has. */
enum {
    TUTTI_OPTION_WATCH = 1 << 0,
    TUTTI_OPTION_DEADLINE = 1 << 1,
    TUTTI_OPTION_LOOP = 1 << 2,
    TUTTI_OPTION_GAIN = 1 << 3,
    TUTTI_OPTION_TITLE = 1 << 4,
    TUTTI_OPTION_CONTAINER = 1 << 5,
    TUTTI_OPTION_TRACKS = 1 << 6,
    TUTTI_OPTION_NAME = 1 << 7,
    TUTTI_OPTION_ROLE = 1 << 8,
    TUTTI_OPTION_TTL = 1 << 9,
    TUTTI_OPTION_ALL = 1 << 10,
    TUTTI_OPTION_SETTINGS = 1 << 11, /* those of settings.h */
};

typedef struct {
    const char *name;      /* one word or two */
    const char *arguments; /* "ROOM [PARTICIPANT]", "ROOM TEXT..." */
    const char *summary;
    int (*run) (TuttiRun *run);
    guint options; /* of those above */
} TuttiCommand;

const TuttiCommand *tutti_commands_get (guint *n_commands);

/* The command that the words begin with; *n_words: how many words its name has. NULL: none. */
const TuttiCommand *tutti_commands_find (char **words, guint *n_words);
/* Whether it takes so many arguments. */
gboolean tutti_command_takes (const TuttiCommand *command, guint n_arguments);
/* What the nth argument is, e.g. "ROOM". Free it; NULL: there is no such argument. */
char *tutti_command_get_argument (const TuttiCommand *command, guint n);

/* server.c */
int tutti_command_status (TuttiRun *run);
int tutti_command_log (TuttiRun *run);
int tutti_command_drain (TuttiRun *run);
int tutti_command_reload (TuttiRun *run);
int tutti_command_shutdown (TuttiRun *run);
/* room.c */
int tutti_command_rooms (TuttiRun *run);
int tutti_command_show_room (TuttiRun *run);
int tutti_command_lock (TuttiRun *run);
int tutti_command_unlock (TuttiRun *run);
int tutti_command_close (TuttiRun *run);
int tutti_command_layout (TuttiRun *run);
int tutti_command_spotlight (TuttiRun *run);
int tutti_command_chat (TuttiRun *run);
/* setup.c */
int tutti_command_create_room (TuttiRun *run);
int tutti_command_set_room (TuttiRun *run);
/* lobby.c */
int tutti_command_lobby (TuttiRun *run);
int tutti_command_admit (TuttiRun *run);
int tutti_command_reject (TuttiRun *run);
int tutti_command_bans (TuttiRun *run);
int tutti_command_unban (TuttiRun *run);
/* people.c */
int tutti_command_participants (TuttiRun *run);
int tutti_command_kick (TuttiRun *run);
int tutti_command_mute (TuttiRun *run);
int tutti_command_unmute (TuttiRun *run);
int tutti_command_gain (TuttiRun *run);
/* record.c */
int tutti_command_start_recording (TuttiRun *run);
int tutti_command_pause_recording (TuttiRun *run);
int tutti_command_resume_recording (TuttiRun *run);
int tutti_command_stop_recording (TuttiRun *run);
int tutti_command_show_recording (TuttiRun *run);
int tutti_command_recordings (TuttiRun *run);
int tutti_command_delete_recording (TuttiRun *run);
/* stream.c */
int tutti_command_streams (TuttiRun *run);
int tutti_command_start_stream (TuttiRun *run);
int tutti_command_stop_stream (TuttiRun *run);
/* play.c */
int tutti_command_play (TuttiRun *run);
int tutti_command_show_playback (TuttiRun *run);
int tutti_command_pause_playback (TuttiRun *run);
int tutti_command_resume_playback (TuttiRun *run);
int tutti_command_set_gain (TuttiRun *run);
int tutti_command_stop_playback (TuttiRun *run);
/* stats.c: reads the figures twice, a second apart, so that rates can be shown; then again and
 * again if they are watched. */
int tutti_command_stats (TuttiRun *run);
/* token.c */
int tutti_command_token (TuttiRun *run);
/* top.c: the same on the whole terminal, until it is quit. */
int tutti_command_top (TuttiRun *run);
/* hooks.c */
int tutti_command_hooks (TuttiRun *run);
/* events.c */
int tutti_command_events (TuttiRun *run);
/* complete.c */
int tutti_command_complete (TuttiRun *run);
