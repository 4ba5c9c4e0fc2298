/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lobby.c: who waits to be let into a room, and who was kicked from it and may not come again.
 */
#include "commands.h"
#include "show.h"

int
tutti_command_lobby (TuttiRun *run)
{
    g_autofree char *path = tutti_run_path (run, "waiting");

    return tutti_run_show (run, path, tutti_show_lobby);
}

int
tutti_command_bans (TuttiRun *run)
{
    g_autofree char *path = tutti_run_path (run, "bans");

    return tutti_run_show (run, path, tutti_show_bans);
}

static const char *
get_text (JsonArray *array, guint i, const char *name)
{
    JsonObject *item = json_array_get_object_element (array, i);

    return json_object_get_string_member_with_default (item, name, "");
}

/* Ids: of all without a word; of the one that has it as its id; of those that are called so. */
static GPtrArray *
find (JsonArray *array, const char *word)
{
    GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

    for (guint i = 0; i < json_array_get_length (array); i++) {
        const char *id = get_text (array, i, "id");
        gboolean is_id = word && g_str_equal (id, word);

        if (is_id)
            g_ptr_array_set_size (ids, 0);
        if (is_id || !word || g_str_equal (get_text (array, i, "name"), word))
            g_ptr_array_add (ids, g_strdup (id));
        if (is_id)
            break;
    }
    return ids;
}

typedef struct {
    const char *list; /* of the room, and the member of its answer */
    const char *method;
    const char *member; /* set to true; NULL: there is no body */
    const char *nobody; /* what is said when the word fits nothing */
} Deed;

static int
do_one (TuttiRun *run, const Deed *deed, const char *id)
{
    g_autofree char *path = tutti_client_path ("rooms", run->arguments[0], deed->list, id, NULL);
    JsonObject *body = deed->member ? json_object_new () : NULL;

    if (body)
        json_object_set_boolean_member (body, deed->member, TRUE);
    return tutti_run_send (run, deed->method, path, body);
}

static int
do_each (TuttiRun *run, const Deed *deed, GPtrArray *ids)
{
    int status = TUTTI_EXIT_DONE;

    for (guint i = 0; i < ids->len && status == TUTTI_EXIT_DONE; i++)
        status = do_one (run, deed, ids->pdata[i]);
    return status;
}

static int
act (TuttiRun *run, const Deed *deed)
{
    g_autofree char *path = tutti_run_path (run, deed->list);
    const char *word = run->arguments[1];
    g_autoptr (JsonNode) node = NULL;
    g_autoptr (GPtrArray) ids = NULL;
    int status;

    if (!tutti_run_is_one_or_all (run))
        return TUTTI_EXIT_USAGE;
    status = tutti_run_get (run, path, &node);
    if (status != TUTTI_EXIT_DONE)
        return status;
    ids = find (json_object_get_array_member (json_node_get_object (node), deed->list), word);
    if (word && ids->len == 0)
        g_printerr ("tutti: %s '%s'\n", deed->nobody, word);
    else if (word && ids->len > 1)
        g_printerr ("tutti: more than one is called '%s'; give an id\n", word);
    else
        return do_each (run, deed, ids);
    return TUTTI_EXIT_REFUSED;
}

int
tutti_command_admit (TuttiRun *run)
{
    return act (run, &(Deed){"waiting", "PATCH", "admitted", "nobody waits as"});
}

int
tutti_command_reject (TuttiRun *run)
{
    return act (run, &(Deed){"waiting", "DELETE", NULL, "nobody waits as"});
}

int
tutti_command_unban (TuttiRun *run)
{
    return act (run, &(Deed){"bans", "DELETE", NULL, "nobody is banned as"});
}
