/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * notes-finish.c: a take's notes become its sidecar and its chapters, each whole or not there at
 * all. Role: file.
 */
#include "notes.h"

#include "chapters.h"
#include "sidecar.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tutti/error.h>

static const TuttiContainer containers[] = {TUTTI_CONTAINER_WEBM, TUTTI_CONTAINER_MKV,
                                            TUTTI_CONTAINER_MP4};

static gboolean
fail (GError **error, const char *name)
{
    g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_STORAGE, "%s: %s", name, g_strerror (errno));
    return FALSE;
}

/* As much as there may be: what is behind it is no note of ours. */
static gboolean
read_notes (int directory, const char *name, GByteArray *data, GError **error)
{
    int fd = openat (directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    gssize n = 0;

    if (fd < 0)
        return fail (error, name);
    while (data->len < TUTTI_NOTES_MAX_BYTES) {
        guint8 block[16384];

        n = read (fd, block, MIN (sizeof block, TUTTI_NOTES_MAX_BYTES - data->len));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        g_byte_array_append (data, block, (guint)n);
    }
    if (n < 0)
        fail (error, name);
    close (fd);
    return n >= 0;
}

static gboolean
write_text (int fd, const char *text)
{
    gsize left = strlen (text);

    while (left > 0) {
        gssize n = write (fd, text, left);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return FALSE;
        text += n;
        left -= (gsize)n;
    }
    return fsync (fd) == 0;
}

/* By way of a draft. */
static gboolean
put_file (int directory, const char *name, const char *text, GError **error)
{
    g_autofree char *draft = g_strconcat (name, ".part", NULL);
    gboolean is_written;
    int fd;

    unlinkat (directory, draft, 0);
    fd = openat (directory, draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
    if (fd < 0)
        return fail (error, name);
    is_written = write_text (fd, text);
    if (is_written && close (fd) == 0 && renameat (directory, draft, directory, name) == 0)
        return TRUE;
    fail (error, name);
    if (!is_written)
        close (fd);
    unlinkat (directory, draft, 0);
    return FALSE;
}

/* The mix's file, finished or not; NULL: there is none. Free it. */
static char *
find_mix (int directory, const char *take, const char **container)
{
    for (guint i = 0; i < G_N_ELEMENTS (containers); i++) {
        const char *ending = tutti_container_name (containers[i]);
        g_autofree char *name = g_strconcat (take, ".", ending, NULL);
        struct stat status;

        if (fstatat (directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        *container = ending;
        return g_steal_pointer (&name);
    }
    return NULL;
}

static gboolean
put_all (int directory, const char *take, const TuttiStory *story, const TuttiNotesSummary *summary,
         GError **error)
{
    const char *container = NULL;
    g_autofree char *mix = find_mix (directory, take, &container);
    g_autofree char *sidecar = tutti_sidecar_make (story, summary, mix, container);
    g_autofree char *chapters = tutti_chapters_make (story);
    g_autofree char *json = g_strconcat (take, ".json", NULL);
    g_autofree char *vtt = g_strconcat (take, ".vtt", NULL);

    return put_file (directory, vtt, chapters, error) && put_file (directory, json, sidecar, error);
}

gboolean
tutti_notes_finish (TuttiStore *store, const char *take, const TuttiNotesSummary *summary,
                    GError **error)
{
    int directory = tutti_store_get_directory (store);
    g_autofree char *name = tutti_notes_file_name (take);
    g_autoptr (GByteArray) data = g_byte_array_new ();
    g_autoptr (TuttiStory) story = NULL;

    if (!read_notes (directory, name, data, error))
        return FALSE;
    story = tutti_story_read ((const char *)data->data, data->len, summary->duration_us);
    if (!put_all (directory, take, story, summary, error))
        return FALSE;
    unlinkat (directory, name, 0);
    fsync (directory);
    return TRUE;
}
