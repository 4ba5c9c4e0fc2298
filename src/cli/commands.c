/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * commands.c: see commands.h.
 */
#include "commands.h"

#include <string.h>

#define RECORD_OPTIONS (TUTTI_OPTION_CONTAINER | TUTTI_OPTION_TRACKS)
#define PLAY_OPTIONS (TUTTI_OPTION_LOOP | TUTTI_OPTION_GAIN | TUTTI_OPTION_TITLE)
#define TOKEN_OPTIONS (TUTTI_OPTION_NAME | TUTTI_OPTION_ROLE | TUTTI_OPTION_TTL)

static const TuttiCommand commands[] = {
    {"status", "", "the server: version, load, counts", tutti_command_status, 0},
    {"rooms", "", "the rooms", tutti_command_rooms, 0},
    {"room show", "ROOM", "a room and its settings", tutti_command_show_room, 0},
    {"room create", "ROOM", "a room that stays while it is empty", tutti_command_create_room,
     TUTTI_OPTION_SETTINGS},
    {"room set", "ROOM", "change its rules", tutti_command_set_room, TUTTI_OPTION_SETTINGS},
    {"room lobby", "ROOM", "who waits to be let in", tutti_command_lobby, 0},
    {"room lock", "ROOM", "let nobody but moderators in", tutti_command_lock, 0},
    {"room unlock", "ROOM", "let people in again", tutti_command_unlock, 0},
    {"room close", "ROOM", "send everyone away", tutti_command_close, 0},
    {"layout", "ROOM LAYOUT", "how its picture is laid out", tutti_command_layout, 0},
    {"spotlight", "ROOM [PARTICIPANT]", "show one large; without: nobody", tutti_command_spotlight,
     0},
    {"chat", "ROOM TEXT...", "say something to all in a room", tutti_command_chat, 0},
    {"participants", "ROOM", "who is in a room", tutti_command_participants, 0},
    {"admit", "ROOM [WAITING]", "let in one who waits, or --all", tutti_command_admit,
     TUTTI_OPTION_ALL},
    {"reject", "ROOM [WAITING]", "send away one who waits, or --all", tutti_command_reject,
     TUTTI_OPTION_ALL},
    {"kick", "ROOM PARTICIPANT", "remove a participant, for good", tutti_command_kick, 0},
    {"bans", "ROOM", "who was kicked and may not come again", tutti_command_bans, 0},
    {"unban", "ROOM [BAN]", "let one come again, or --all", tutti_command_unban, TUTTI_OPTION_ALL},
    {"mute", "ROOM [PARTICIPANT]", "mute a voice, or --all but moderators'", tutti_command_mute,
     TUTTI_OPTION_ALL},
    {"unmute", "ROOM PARTICIPANT", "let it be heard again", tutti_command_unmute, 0},
    {"gain", "ROOM PARTICIPANT DB", "its voice louder or softer", tutti_command_gain, 0},
    {"record start", "ROOM", "record a room", tutti_command_start_recording, RECORD_OPTIONS},
    {"record show", "ROOM", "how its recording is", tutti_command_show_recording, 0},
    {"record pause", "ROOM", "leave out what follows", tutti_command_pause_recording, 0},
    {"record resume", "ROOM", "go on", tutti_command_resume_recording, 0},
    {"record stop", "ROOM", "end it, finish the file", tutti_command_stop_recording, 0},
    {"recordings", "", "the recordings", tutti_command_recordings, 0},
    {"recordings delete", "NAME", "delete one, all its files", tutti_command_delete_recording, 0},
    {"streams", "ROOM", "its live outputs", tutti_command_streams, 0},
    {"stream start", "ROOM URL", "send a room by RTMP, SRT, RTP, HLS", tutti_command_start_stream,
     0},
    {"stream stop", "ROOM ID|URL", "end it", tutti_command_stop_stream, 0},
    {"play", "ROOM FILE", "a film or an announcement into a room", tutti_command_play,
     PLAY_OPTIONS},
    {"play start", "ROOM FILE", "the same, whatever the room's name", tutti_command_play,
     PLAY_OPTIONS},
    {"play show", "ROOM", "what plays", tutti_command_show_playback, 0},
    {"play pause", "ROOM", "hold it", tutti_command_pause_playback, 0},
    {"play resume", "ROOM", "let it go on", tutti_command_resume_playback, 0},
    {"play gain", "ROOM DB", "louder or softer", tutti_command_set_gain, 0},
    {"play stop", "ROOM", "end it", tutti_command_stop_playback, 0},
    {"stats", "[ROOM [PARTICIPANT]]", "bit rates, loss, delays, load", tutti_command_stats,
     TUTTI_OPTION_WATCH},
    {"top", "", "rooms and people on the whole terminal", tutti_command_top, 0},
    {"events", "[ROOM]", "what happens, as it happens", tutti_command_events, 0},
    {"hooks", "", "whom the server tells what happens", tutti_command_hooks, 0},
    {"token", "ROOM", "a token to join a room with", tutti_command_token, TOKEN_OPTIONS},
    {"log", "LEVEL [DOMAIN...]", "what the server logs", tutti_command_log, 0},
    {"reload", "", "read certificate and secrets again", tutti_command_reload, 0},
    {"drain", "", "let nobody in, end when empty", tutti_command_drain, TUTTI_OPTION_DEADLINE},
    {"shutdown", "", "send everyone away, end", tutti_command_shutdown, 0},
    {"complete", "[WORD...]", "what could stand for the last word", tutti_command_complete, 0},
};

const TuttiCommand *
tutti_commands_get (guint *n_commands)
{
    *n_commands = G_N_ELEMENTS (commands);
    return commands;
}

/* How many words the name has, if the words begin with it; else 0. */
static guint
count_words (const char *name, char **words)
{
    g_auto (GStrv) wanted = g_strsplit (name, " ", -1);
    guint n = g_strv_length (wanted);

    for (guint i = 0; i < n; i++) {
        if (!words[i] || !g_str_equal (words[i], wanted[i]))
            return 0;
    }
    return n;
}

/* `play stop` is more than `play`. */
const TuttiCommand *
tutti_commands_find (char **words, guint *n_words)
{
    const TuttiCommand *found = NULL;

    *n_words = 0;
    for (gsize i = 0; i < G_N_ELEMENTS (commands); i++) {
        guint n = count_words (commands[i].name, words);
        if (n <= *n_words)
            continue;
        found = &commands[i];
        *n_words = n;
    }
    return found;
}

gboolean
tutti_command_takes (const TuttiCommand *command, guint n_arguments)
{
    const char *optional = strchr (command->arguments, '[');
    g_auto (GStrv) words = g_strsplit (command->arguments, " ", -1);
    guint n_most = g_strv_length (words), n_least = n_most;

    for (const char *p = optional; p && *p; p++)
        n_least -= *p == '[';
    return n_arguments >= n_least &&
           (n_arguments <= n_most || strstr (command->arguments, "...") != NULL);
}

char *
tutti_command_get_argument (const TuttiCommand *command, guint n)
{
    g_auto (GStrv) words = g_strsplit (command->arguments, " ", -1);
    guint n_words = g_strv_length (words);

    if (n >= n_words && (n_words == 0 || !strstr (words[n_words - 1], "...")))
        return NULL;
    return g_strdup (g_strstrip (g_strdelimit (words[MIN (n, n_words - 1)], "[].", ' ')));
}
