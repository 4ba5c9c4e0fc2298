/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * takes.c: what lies in the directory: takes listed, found, deleted, opened. Whatever main asks is
 * an errand; what runs on the errand's thread begins with run_.
 */
#include "names.h"
#include "part.h"
#include "store-private.h"

#include <tutti/error.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef DIR Folder;

static void
folder_close (Folder *folder)
{
    closedir (folder);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Folder, folder_close)

/* A take as its names tell it. */
typedef struct {
    char *name;
    gint64 started_us;
    guint32 endings; /* a bit each */
} Found;

typedef struct {
    TuttiStore *store;
    char *name; /* of the take or the file */
} Question;

static const char *const state_names[] = {
    [TUTTI_TAKE_RUNNING] = "running",     [TUTTI_TAKE_DONE] = "done",
    [TUTTI_TAKE_RECOVERED] = "recovered", [TUTTI_TAKE_CUT] = "cut",
    [TUTTI_TAKE_BROKEN] = "broken",
};

static void
found_free (gpointer data)
{
    Found *found = data;

    g_free (found->name);
    g_free (found);
}

static Question *
question_new (TuttiStore *store, const char *name)
{
    Question *question = g_new0 (Question, 1);

    question->store = tutti_store_ref (store);
    question->name = g_strdup (name);
    return question;
}

static void
question_free (gpointer data)
{
    Question *question = data;

    tutti_store_unref (question->store);
    g_free (question->name);
    g_free (question);
}

static gboolean
set_not_found (GError **error)
{
    g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_NOT_FOUND, "there is no such recording");
    return FALSE;
}

/* NULL: errno says why. "." is the directory itself. */
static Folder *
folder_open (int directory, const char *name)
{
    int fd = tutti_folder_open (directory, name);
    Folder *folder = fd < 0 ? NULL : fdopendir (fd);

    if (!folder && fd >= 0)
        close (fd);
    return folder;
}

static const char *
folder_next (Folder *folder)
{
    struct dirent *entry = readdir (folder);

    return entry ? entry->d_name : NULL;
}

/* --- One take. --- */

static guint32
find_endings (int directory, const char *take)
{
    const TuttiEnding *ending;
    guint32 endings = 0;

    for (guint i = 0; (ending = tutti_ending_get (i)); i++) {
        g_autofree char *file = tutti_ending_file_new (ending, take);
        struct stat about;

        if (fstatat (directory, file, &about, AT_SYMLINK_NOFOLLOW) == 0)
            endings |= 1u << i;
    }
    return endings;
}

/* The take's file of that kind; NULL: none. */
static const TuttiEnding *
pick (guint32 endings, TuttiPiece piece)
{
    const TuttiEnding *ending;

    for (guint i = 0; (ending = tutti_ending_get (i)); i++)
        if ((endings & 1u << i) && ending->piece == piece)
            return ending;
    return NULL;
}

/* FALSE: no regular file: a link or something else put there by others. */
static gboolean
add_bytes (int directory, const char *file, guint64 *bytes)
{
    struct stat about;

    if (fstatat (directory, file, &about, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG (about.st_mode))
        return FALSE;
    *bytes += about.st_size;
    return TRUE;
}

static void
add_tracks (int directory, const char *folder_name, TuttiTake *take)
{
    g_autoptr (Folder) folder = folder_open (directory, folder_name);
    const char *name;

    while (folder && (name = folder_next (folder)))
        if (tutti_file_name_is_safe (name) && add_bytes (dirfd (folder), name, &take->bytes))
            take->n_tracks++;
}

static void
add_files (int directory, guint32 endings, TuttiTake *take)
{
    const TuttiEnding *ending;

    for (guint i = 0; (ending = tutti_ending_get (i)); i++) {
        g_autofree char *file = NULL;

        if (!(endings & 1u << i))
            continue;
        file = tutti_ending_file_new (ending, take->name);
        if (ending->piece == TUTTI_PIECE_TRACKS)
            add_tracks (directory, file, take);
        else if (add_bytes (directory, file, &take->bytes) && ending->piece == TUTTI_PIECE_SIDECAR)
            take->has_sidecar = TRUE;
    }
}

/* Which of its files is the mix, in what state; NULL: there is none. */
static const TuttiEnding *
find_mix (int directory, const char *take, guint32 endings, TuttiTakeState *state)
{
    const TuttiEnding *mix = pick (endings, TUTTI_PIECE_MIX);
    const TuttiEnding *part = pick (endings, TUTTI_PIECE_PART);
    g_autofree char *file = NULL;

    *state = TUTTI_TAKE_DONE;
    if (mix)
        return mix;
    *state = TUTTI_TAKE_BROKEN;
    if (!part)
        return pick (endings, TUTTI_PIECE_BROKEN);
    file = tutti_ending_file_new (part, take);
    *state = TUTTI_TAKE_CUT;
    /* Recovery holds the part as well. */
    if (!pick (endings, TUTTI_PIECE_RECOVERING) && tutti_part_is_held (directory, file))
        *state = TUTTI_TAKE_RUNNING;
    return part;
}

static TuttiTake *
look (TuttiStore *store, const char *name, guint32 endings)
{
    int directory = tutti_store_get_directory (store);
    TuttiTakeState state;
    const TuttiEnding *mix = find_mix (directory, name, endings, &state);
    g_autofree char *file = mix ? tutti_ending_file_new (mix, name) : NULL;
    guint64 bytes = 0;
    TuttiTake *take;

    if (!mix || !add_bytes (directory, file, &bytes))
        return NULL;
    take = g_new0 (TuttiTake, 1);
    take->name = g_strdup (name);
    take->state = state;
    take->duration_us = -1;
    if (state == TUTTI_TAKE_BROKEN)
        take->file = g_steal_pointer (&file);
    else
        take->file = g_strconcat (name, ".", tutti_container_name (mix->container), NULL);
    tutti_take_name_parse (name, &take->room, &take->started_us);
    add_files (directory, endings, take);
    return take;
}

TuttiTake *
tutti_store_look (TuttiStore *store, const char *name)
{
    if (!tutti_take_name_parse (name, NULL, NULL))
        return NULL;
    return look (store, name, find_endings (tutti_store_get_directory (store), name));
}

/* --- All of them. --- */

static int
compare_newest_first (gconstpointer a, gconstpointer b)
{
    const Found *one = *(Found *const *)a, *other = *(Found *const *)b;

    if (one->started_us != other->started_us)
        return one->started_us > other->started_us ? -1 : 1;
    return strcmp (other->name, one->name);
}

static guint
get_bit (const TuttiEnding *ending)
{
    return ending - tutti_ending_get (0);
}

static void
note_file (GHashTable *by_name, const char *file)
{
    g_autofree char *name = NULL;
    const TuttiEnding *ending = tutti_ending_parse (file, &name);
    Found *found = ending ? g_hash_table_lookup (by_name, name) : NULL;

    if (!ending)
        return;
    if (!found) {
        found = g_new0 (Found, 1);
        tutti_take_name_parse (name, NULL, &found->started_us);
        found->name = g_steal_pointer (&name);
        g_hash_table_insert (by_name, found->name, found);
    }
    found->endings |= 1u << get_bit (ending);
}

/* Found, newest first. */
static GPtrArray *
read_directory (int directory, GError **error)
{
    g_autoptr (GHashTable) by_name = g_hash_table_new (g_str_hash, g_str_equal);
    GPtrArray *all = g_ptr_array_new_with_free_func (found_free);
    g_autoptr (Folder) folder = folder_open (directory, ".");
    GHashTableIter iter;
    gpointer found;
    const char *file;

    while (folder && (file = folder_next (folder)))
        note_file (by_name, file);
    if (!folder)
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_STORAGE, "recordings: %s", g_strerror (errno));
    g_hash_table_iter_init (&iter, by_name);
    while (g_hash_table_iter_next (&iter, NULL, &found))
        g_ptr_array_add (all, found);
    g_ptr_array_sort (all, compare_newest_first);
    return all;
}

static gpointer
run_list (gpointer data, GError **error)
{
    Question *question = data;
    GPtrArray *takes = g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_take_free);
    g_autoptr (GPtrArray) all = NULL;
    g_autoptr (GError) failed = NULL;

    if (tutti_store_follow (question->store, &failed))
        all = read_directory (tutti_store_get_directory (question->store), &failed);
    for (guint i = 0; !failed && i < all->len && takes->len < TUTTI_TAKES_MAX; i++) {
        Found *found = g_ptr_array_index (all, i);
        TuttiTake *take = look (question->store, found->name, found->endings);

        if (take)
            g_ptr_array_add (takes, take);
    }
    if (!failed)
        return takes;
    g_propagate_error (error, g_steal_pointer (&failed));
    g_ptr_array_unref (takes);
    return NULL;
}

static gpointer
run_find (gpointer data, GError **error)
{
    Question *question = data;
    TuttiTake *take = NULL;

    if (tutti_store_follow (question->store, error)) {
        take = tutti_store_look (question->store, question->name);
        if (!take)
            set_not_found (error);
    }
    return take;
}

/* --- Deleting. --- */

static void
delete_folder (int directory, const char *name)
{
    g_autoptr (Folder) folder = folder_open (directory, name);
    const char *file;

    while (folder && (file = folder_next (folder)))
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
    const TuttiEnding *part = pick (find_endings (directory, take), TUTTI_PIECE_PART);
    g_autofree char *file = part ? tutti_ending_file_new (part, take) : NULL;

    *fd = part ? tutti_part_adopt (directory, file) : -1;
    return !part || *fd >= 0 || errno != EWOULDBLOCK;
}

static gpointer
run_delete (gpointer data, GError **error)
{
    Question *question = data;
    g_autoptr (TuttiTake) take = run_find (question, error);
    int directory = tutti_store_get_directory (question->store), fd, why;

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
           !g_str_has_suffix (name, ".recovering");
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
    Question *question = data;
    int fd = -1;

    if (!tutti_store_follow (question->store, error))
        return NULL;
    fd = open_file (tutti_store_get_directory (question->store), question->name);
    if (fd < 0)
        set_not_found (error);
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
    Question *question = data;
    g_autofree char *name = g_strconcat (question->name, ".tracks", NULL);
    g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (Folder) folder = NULL;
    const char *file;

    if (tutti_take_name_parse (question->name, NULL, NULL))
        folder = folder_open (tutti_store_get_directory (question->store), name);
    while (folder && (file = folder_next (folder)))
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

static gpointer
ask (TuttiStore *store, const char *name, gpointer (*run) (gpointer, GError **),
     GDestroyNotify free_result, GError **error)
{
    TuttiErrand errand = {run, question_new (store, name), question_free, free_result};

    return tutti_errand_run (tutti_store_get_errands (store), &errand, error);
}

/* --- Public. --- */

const char *
tutti_take_state_name (TuttiTakeState state)
{
    return state_names[state];
}

void
tutti_take_free (TuttiTake *take)
{
    if (!take)
        return;
    g_free (take->name);
    g_free (take->file);
    g_free (take->room);
    g_free (take);
}

GPtrArray *
tutti_store_list (TuttiStore *store)
{
    GPtrArray *takes = ask (store, NULL, run_list, (GDestroyNotify)g_ptr_array_unref, NULL);

    return takes ? takes : g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_take_free);
}

void
tutti_store_list_async (TuttiStore *store, GAsyncReadyCallback ready, gpointer user_data)
{
    TuttiErrand errand = {run_list, question_new (store, NULL), question_free,
                          (GDestroyNotify)g_ptr_array_unref};

    tutti_errand_start (tutti_store_get_errands (store), &errand,
                        g_task_new (NULL, NULL, ready, user_data));
}

GPtrArray *
tutti_store_list_finish (GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer (G_TASK (result), error);
}

TuttiTake *
tutti_store_find (TuttiStore *store, const char *name)
{
    return ask (store, name, run_find, (GDestroyNotify)tutti_take_free, NULL);
}

gboolean
tutti_store_delete (TuttiStore *store, const char *name, GError **error)
{
    return ask (store, name, run_delete, do_nothing, error) != NULL;
}

int
tutti_store_open (TuttiStore *store, const char *file, GError **error)
{
    return GPOINTER_TO_INT (ask (store, file, run_open, close_result, error)) - 1;
}

char **
tutti_store_list_tracks (TuttiStore *store, const char *name)
{
    char **files = ask (store, name, run_list_tracks, (GDestroyNotify)g_strfreev, NULL);

    return files ? files : g_new0 (char *, 1);
}
