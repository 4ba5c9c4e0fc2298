/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * take-files.c: a take's files: deleted, opened, its tracks. Whatever main asks is an errand; what
 * runs on the errand's thread begins with run_.
 */
#include "names.h"
#include "part.h"
#include "store-private.h"
#include "take.h"

#include <tutti/error.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- Deleting. --- */

static void
delete_folder (int directory, const char *name)
{
    g_autoptr (TuttiFolder) folder = tutti_folder_read (directory, name);
    const char *file;

    while (folder && (file = tutti_folder_next (folder)))
        if (strcmp (file, ".") != 0 && strcmp (file, "..") != 0)
            unlinkat (dirfd (folder), file, 0);
    if (folder)
        unlinkat (directory, name, AT_REMOVEDIR);
    else
        unlinkat (directory, name, 0); /* a link: not what it points to */
}

/* errno says what could not be deleted; 0: all is gone. The mix goes first: what remains if the
 * rest fails is no take. */
static int
delete_files (int directory, const char *take)
{
    const TuttiEnding *ending;
    int why = 0;

    for (guint i = 0; (ending = tutti_ending_get (i)); i++) {
        g_autofree char *file = tutti_ending_file_new (ending, take);

        if (ending->piece == TUTTI_PIECE_TRACKS)
            delete_folder (directory, file);
        else if (unlinkat (directory, file, 0) != 0 && errno != ENOENT && why == 0)
            why = errno;
    }
    return why;
}

/* Its part held against a recovery that begins; -1: there is none; FALSE: somebody has it. */
static gboolean
hold_part (int directory, const char *take, int *fd)
{
    const TuttiEnding *part =
        tutti_take_pick (tutti_take_find_endings (directory, take), TUTTI_PIECE_PART);
    g_autofree char *file = part ? tutti_ending_file_new (part, take) : NULL;

    *fd = part ? tutti_part_adopt (directory, file) : -1;
    return !part || *fd >= 0 || errno != EWOULDBLOCK;
}

static gpointer
run_delete (gpointer data, GError **error)
{
    TuttiQuestion *question = data;
    g_autoptr (TuttiTake) take = NULL;
    int directory = tutti_store_get_directory (question->store), fd, why;

    if (tutti_store_follow (question->store, error))
        take = tutti_store_look (question->store, question->name, error);
    if (!take)
        return NULL;
    if (!hold_part (directory, question->name, &fd)) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_CONFLICT, "the recording is running");
        return NULL;
    }
    why = delete_files (directory, question->name);
    if (fd >= 0)
        close (fd);
    if (why == 0)
        return GINT_TO_POINTER (TRUE);
    g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_STORAGE, "%s: %s", question->name,
                 g_strerror (why));
    return NULL;
}

/* --- Opening. --- */

static gboolean
is_to_be_read (TuttiPiece piece)
{
    return piece == TUTTI_PIECE_MIX || piece == TUTTI_PIECE_BROKEN ||
           piece == TUTTI_PIECE_SIDECAR || piece == TUTTI_PIECE_CHAPTERS;
}

static gboolean
is_finished_track (const char *name)
{
    return tutti_file_name_is_safe (name) && !g_str_has_suffix (name, ".part") &&
           !g_str_has_suffix (name, ".recovering") && !g_str_has_suffix (name, ".broken");
}

static int
open_track (int directory, const char *file, const char *slash)
{
    g_autofree char *name = g_strndup (file, slash - file), *take = NULL;
    const TuttiEnding *ending = tutti_ending_parse (name, &take);
    int folder, fd;

    if (!ending || ending->piece != TUTTI_PIECE_TRACKS || !is_finished_track (slash + 1))
        return -1;
    folder = tutti_folder_open (directory, name);
    if (folder < 0)
        return -1;
    fd = tutti_part_open (folder, slash + 1);
    close (folder);
    return fd;
}

static int
open_file (int directory, const char *file)
{
    const char *slash = strchr (file, '/');
    g_autofree char *take = NULL;
    const TuttiEnding *ending;

    if (slash)
        return open_track (directory, file, slash);
    ending = tutti_ending_parse (file, &take);
    return ending && is_to_be_read (ending->piece) ? tutti_part_open (directory, file) : -1;
}

/* The descriptor and one, so that none is NULL. */
static gpointer
run_open (gpointer data, GError **error)
{
    TuttiQuestion *question = data;
    int fd = -1;

    if (!tutti_store_follow (question->store, error))
        return NULL;
    fd = open_file (tutti_store_get_directory (question->store), question->name);
    if (fd < 0)
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_NOT_FOUND, "there is no such file");
    return GINT_TO_POINTER (fd + 1);
}

static void
close_result (gpointer result)
{
    close (GPOINTER_TO_INT (result) - 1);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
    return strcmp (*(char *const *)a, *(char *const *)b);
}

static gpointer
run_list_tracks (gpointer data, GError **error)
{
    TuttiQuestion *question = data;
    g_autofree char *name = g_strconcat (question->name, ".tracks", NULL);
    g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (TuttiFolder) folder = NULL;
    const char *file;

    if (tutti_take_name_parse (question->name, NULL, NULL))
        folder = tutti_folder_read (tutti_store_get_directory (question->store), name);
    while (folder && (file = tutti_folder_next (folder)))
        if (is_finished_track (file))
            g_ptr_array_add (files, g_strdup_printf ("%s/%s", name, file));
    g_ptr_array_sort (files, compare_names);
    g_ptr_array_add (files, NULL);
    return g_ptr_array_free (g_steal_pointer (&files), FALSE);
}

static void
do_nothing (gpointer data)
{
}

/* --- Public. --- */

gboolean
tutti_store_delete (TuttiStore *store, const char *name, GError **error)
{
    return tutti_store_ask (store, name, run_delete, do_nothing, error) != NULL;
}

int
tutti_store_open (TuttiStore *store, const char *file, GError **error)
{
    return GPOINTER_TO_INT (tutti_store_ask (store, file, run_open, close_result, error)) - 1;
}

char **
tutti_store_list_tracks (TuttiStore *store, const char *name)
{
    char **files = tutti_store_ask (store, name, run_list_tracks, (GDestroyNotify)g_strfreev, NULL);

    return files ? files : g_new0 (char *, 1);
}
