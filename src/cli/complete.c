/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * complete.c: what could stand in place of the last of some words, a candidate a line, for the
 * completion of shells. Names come from the running server; without one there are none.
 */
#include "commands.h"
#include "options.h"

#include <stdio.h>
#include <string.h>

static void
take_place (TuttiPlace *place, const char *option, const char *value)
{
    char **said = tutti_options_find_place (place, option);

    if (!said)
        return;
    g_free (*said);
    *said = g_strdup (value);
}

/* Those of --name=value apart, as they may be anyway. *prefix: what the last was before its value,
 * free it; NULL: nothing. */
static char **
split_values (char **words, char **prefix)
{
    g_autoptr (GStrvBuilder) apart = g_strv_builder_new ();

    *prefix = NULL;
    for (; *words; words++) {
        const char *value = g_str_has_prefix (*words, "--") ? strchr (*words, '=') : NULL;
        g_autofree char *name = value ? g_strndup (*words, (gsize)(value - *words)) : NULL;

        if (name)
            g_strv_builder_add (apart, name);
        g_strv_builder_add (apart, value ? value + 1 : *words);
        if (name && !words[1])
            *prefix = g_strconcat (name, "=", NULL);
    }
    return g_strv_builder_end (apart);
}

/* The words without options and their values. *last: the word to complete; place: where they
 * say that the server is. */
static char **
skip_options (char **words, const char **last, TuttiPlace *place)
{
    g_autoptr (GStrvBuilder) plain = g_strv_builder_new ();
    guint n = g_strv_length (words);

    *last = n > 0 ? words[n - 1] : "";
    for (guint i = 0; i < n; i++) {
        gboolean has_value = tutti_options_has_value (words[i]) && i + 2 < n;

        if (words[i][0] != '-')
            g_strv_builder_add (plain, words[i]);
        if (has_value)
            take_place (place, words[i], words[i + 1]);
        i += has_value;
    }
    if (n == 0 || (*last)[0] == '-')
        g_strv_builder_add (plain, *last);
    return g_strv_builder_end (plain);
}

/* The option whose value is the word to complete; NULL: it is none's. */
static const char *
find_open_option (char **words)
{
    guint n = g_strv_length (words);

    return n >= 2 && tutti_options_has_value (words[n - 2]) ? words[n - 2] : NULL;
}

/* --- Names from the server. --- */

static void
print_members (JsonNode *node, const char *list, const char *name)
{
    JsonObject *object = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    JsonArray *array = object && json_object_has_member (object, list)
                           ? json_object_get_array_member (object, list)
                           : NULL;

    for (guint i = 0; array && i < json_array_get_length (array); i++) {
        JsonObject *item = json_array_get_object_element (array, i);
        const char *text = json_object_get_string_member_with_default (item, name, "");
        if (text[0] != '\0')
            printf ("%s\n", text);
    }
}

static void
print_list (TuttiRun *run, const char *path, const char *list, const char *const *names)
{
    g_autoptr (JsonNode) node = NULL;

    if (tutti_client_call (run->client, "GET", path, NULL, &node) != TUTTI_EXIT_DONE)
        return;
    for (; *names; names++)
        print_members (node, list, *names);
}

static void
print_rooms (TuttiRun *run, const char *room)
{
    static const char *const names[] = {"name", NULL};

    print_list (run, "/v1/rooms", "rooms", names);
}

static void
print_participants (TuttiRun *run, const char *room)
{
    static const char *const names[] = {"name", "id", NULL};
    g_autofree char *path = tutti_client_path ("rooms", room, "participants", NULL);

    print_list (run, path, "participants", names);
}

static void
print_recordings (TuttiRun *run, const char *room)
{
    static const char *const names[] = {"name", NULL};

    print_list (run, "/v1/recordings", "recordings", names);
}

static void
print_waiting (TuttiRun *run, const char *room)
{
    static const char *const names[] = {"name", "id", NULL};
    g_autofree char *path = tutti_client_path ("rooms", room, "waiting", NULL);

    print_list (run, path, "waiting", names);
}

static void
print_bans (TuttiRun *run, const char *room)
{
    static const char *const names[] = {"id", NULL};
    g_autofree char *path = tutti_client_path ("rooms", room, "bans", NULL);

    print_list (run, path, "bans", names);
}

static void
print_outputs (TuttiRun *run, const char *room)
{
    static const char *const names[] = {"id", NULL};
    g_autofree char *path = tutti_client_path ("rooms", room, "outputs", NULL);

    print_list (run, path, "outputs", names);
}

static void
print_layouts (TuttiRun *run, const char *room)
{
    fputs ("grid\nspeaker\npresenter\n", stdout);
}

static void
print_levels (TuttiRun *run, const char *room)
{
    fputs ("error\nwarning\nmessage\ninfo\ndebug\n", stdout);
}

/* --- Arguments. --- */

static const struct {
    const char *argument;
    void (*print) (TuttiRun *run, const char *room);
} kinds[] = {
    {"ROOM", print_rooms},      {"PARTICIPANT", print_participants},
    {"NAME", print_recordings}, {"ID|URL", print_outputs},
    {"LAYOUT", print_layouts},  {"LEVEL", print_levels},
    {"WAITING", print_waiting}, {"BAN", print_bans},
};

static void
print_arguments (TuttiRun *run, const TuttiCommand *command, char **arguments, guint n)
{
    g_autofree char *argument = tutti_command_get_argument (command, n);

    for (guint i = 0; argument && i < G_N_ELEMENTS (kinds); i++) {
        if (g_str_equal (kinds[i].argument, argument))
            kinds[i].print (run, n > 0 ? arguments[0] : "");
    }
}

/* --- Commands. --- */

/* The word of the name that comes next, where all before it are those. */
static void
print_next_word (const TuttiCommand *command, char **words, guint n_words, GHashTable *printed)
{
    g_auto (GStrv) name = g_strsplit (command->name, " ", -1);

    if (n_words >= g_strv_length (name))
        return;
    for (guint i = 0; i < n_words; i++) {
        if (!g_str_equal (name[i], words[i]))
            return;
    }
    if (g_hash_table_add (printed, g_strdup (name[n_words])))
        printf ("%s\n", name[n_words]);
}

static void
print_commands (char **words, guint n_words)
{
    g_autoptr (GHashTable) printed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    guint n_commands;
    const TuttiCommand *commands = tutti_commands_get (&n_commands);

    for (guint i = 0; i < n_commands; i++)
        print_next_word (&commands[i], words, n_words, printed);
}

static void
complete (TuttiRun *run, char **words, guint n_words)
{
    guint n_name;
    const TuttiCommand *command = tutti_commands_find (words, &n_name);

    print_commands (words, n_words);
    if (command)
        print_arguments (run, command, words + n_name, n_words - n_name);
}

int
tutti_command_complete (TuttiRun *run)
{
    gboolean has_end = g_strcmp0 (run->arguments[0], "--") == 0; /* GLib may leave it */
    g_auto (TuttiPlace) place = {0};
    const char *last;
    g_autofree char *prefix = NULL;
    g_auto (GStrv) given = split_values (run->arguments + has_end, &prefix);
    g_auto (GStrv) words = skip_options (given, &last, &place);
    const char *option = find_open_option (given);
    guint n_before = g_strv_length (words) - 1, n_name;
    g_autofree char *current = words[n_before];
    g_autoptr (TuttiClient) other = place.socket || place.url ? tutti_client_new (&place) : NULL;

    words[n_before] = NULL;
    if (option)
        tutti_options_print_values (option, prefix ? prefix : "");
    else if (last[0] == '-')
        tutti_options_print (tutti_commands_find (words, &n_name));
    else
        complete (&(TuttiRun){.client = other ? other : run->client}, words, n_before);
    return TUTTI_EXIT_DONE;
}
