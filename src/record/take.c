/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * take.c: see take.h.
 */
#include "names.h"
#include "part.h"
#include "store-private.h"
#include "take.h"
#include "take-facts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const state_names[] = {
    [TUTTI_TAKE_RUNNING] = "running",     [TUTTI_TAKE_DONE] = "done",
    [TUTTI_TAKE_RECOVERED] = "recovered", [TUTTI_TAKE_CUT] = "cut",
    [TUTTI_TAKE_BROKEN] = "broken",
};

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
    g_autoptr (TuttiFolder) folder = tutti_folder_read (directory, folder_name);
    const char *name;

    while (folder && (name = tutti_folder_next (folder)))
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
    const TuttiEnding *mix = tutti_take_pick (endings, TUTTI_PIECE_MIX);
    const TuttiEnding *part = tutti_take_pick (endings, TUTTI_PIECE_PART);
    g_autofree char *file = NULL;

    *state = TUTTI_TAKE_DONE;
    if (mix)
        return mix;
    *state = TUTTI_TAKE_BROKEN;
    if (!part)
        return tutti_take_pick (endings, TUTTI_PIECE_BROKEN);
    file = tutti_ending_file_new (part, take);
    *state = TUTTI_TAKE_CUT;
    /* Recovery holds the part as well. */
    if (!tutti_take_pick (endings, TUTTI_PIECE_RECOVERING) && tutti_part_is_held (directory, file))
        *state = TUTTI_TAKE_RUNNING;
    return part;
}

/* How long it lasts, and whether a crash cut it. The sidecar knows; without one, the file. */
static void
add_facts (int directory, TuttiContainer container, TuttiTake *take, gint64 until_us)
{
    g_autofree char *sidecar = g_strconcat (take->name, ".json", NULL);
    TuttiTakeFacts facts;

    if (!tutti_take_facts_from_sidecar (directory, sidecar, &facts) &&
        (g_get_monotonic_time () > until_us ||
         !tutti_take_facts_from_mix (directory, take->file, container, &facts)))
        return;
    take->duration_us = facts.duration_us;
    if (facts.is_recovered)
        take->state = TUTTI_TAKE_RECOVERED;
}

/* --- Public. --- */

TuttiFolder *
tutti_folder_read (int directory, const char *name)
{
    int fd = tutti_folder_open (directory, name);
    TuttiFolder *folder = fd < 0 ? NULL : fdopendir (fd);

    if (!folder && fd >= 0)
        close (fd);
    return folder;
}

const char *
tutti_folder_next (TuttiFolder *folder)
{
    struct dirent *entry = readdir (folder);

    return entry ? entry->d_name : NULL;
}

void
tutti_folder_close (TuttiFolder *folder)
{
    closedir (folder);
}

guint32
tutti_take_find_endings (int directory, const char *take)
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

const TuttiEnding *
tutti_take_pick (guint32 endings, TuttiPiece piece)
{
    const TuttiEnding *ending;

    for (guint i = 0; (ending = tutti_ending_get (i)); i++)
        if ((endings & 1u << i) && ending->piece == piece)
            return ending;
    return NULL;
}

TuttiTake *
tutti_take_look (TuttiStore *store, const char *name, guint32 endings, gint64 until_us)
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
    if (state == TUTTI_TAKE_DONE)
        add_facts (directory, mix->container, take, until_us);
    return take;
}

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
