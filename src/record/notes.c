/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * notes.c: a take's notes on the disk, line by line. They are gathered for a second; whatever goes
 * wrong with them, the recording goes on. Role: file.
 */
#include "notes.h"

#include "note-line.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <tutti/error.h>
#include <tutti/role.h>

/* Kept free for the last line, which says that there are no more. */
#define LAST_BYTES 128

struct _TuttiNotes {
    int fd;
    GString *pending;
    gsize bytes; /* written and pending */
    gboolean is_full, is_broken;
};

static void
append (TuttiNotes *notes, const char *line, gsize length_bytes)
{
    g_string_append_len (notes->pending, line, (gssize)length_bytes);
    notes->bytes += length_bytes;
}

static void
end_full (TuttiNotes *notes, gint64 file_us)
{
    TuttiNote last = {.kind = TUTTI_NOTE_TRUNCATED};
    g_autofree char *line = tutti_note_line_make (&last, file_us);

    append (notes, line, strlen (line));
    notes->is_full = TRUE;
}

/* FALSE: the disk takes no more. */
static gboolean
write_all (int fd, const char *data, gsize length_bytes)
{
    while (length_bytes > 0) {
        gssize n = write (fd, data, length_bytes);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return FALSE;
        data += n;
        length_bytes -= (gsize)n;
    }
    return TRUE;
}

static void
write_pending (TuttiNotes *notes)
{
    if (notes->pending->len == 0)
        return;
    if (!notes->is_broken)
        notes->is_broken = !write_all (notes->fd, notes->pending->str, notes->pending->len) ||
                           fdatasync (notes->fd) != 0;
    g_string_truncate (notes->pending, 0);
}

/* The header: what no note says. */
static void
append_started (TuttiNotes *notes)
{
    g_autofree char *line =
        g_strdup_printf ("{\"wall_us\":%" G_GINT64_FORMAT "}\n", g_get_real_time ());

    append (notes, line, strlen (line));
}

TuttiNotes *
tutti_notes_new (TuttiStore *store, const char *take, GError **error)
{
    g_autofree char *name = tutti_notes_file_name (take);
    TuttiNotes *notes;
    int fd = openat (tutti_store_get_directory (store), name,
                     O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0640);

    if (fd < 0) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_STORAGE, "%s: %s", name, g_strerror (errno));
        return NULL;
    }
    notes = g_new0 (TuttiNotes, 1);
    notes->fd = fd;
    notes->pending = g_string_new (NULL);
    append_started (notes);
    return notes;
}

void
tutti_notes_free (TuttiNotes *notes)
{
    if (!notes)
        return;
    write_pending (notes);
    close (notes->fd);
    g_string_free (notes->pending, TRUE);
    g_free (notes);
}

void
tutti_notes_add (TuttiNotes *notes, const TuttiNote *note, gint64 file_us)
{
    g_autofree char *line = NULL;
    gsize length_bytes;

    tutti_assert_role (TUTTI_ROLE_FILE);
    if (notes->is_full || notes->is_broken)
        return;
    line = tutti_note_line_make (note, file_us);
    length_bytes = strlen (line);
    if (length_bytes > TUTTI_NOTE_LINE_MAX_BYTES)
        return;
    if (notes->bytes + length_bytes + LAST_BYTES > TUTTI_NOTES_MAX_BYTES)
        end_full (notes, file_us);
    else
        append (notes, line, length_bytes);
}

void
tutti_notes_flush (TuttiNotes *notes)
{
    tutti_assert_role (TUTTI_ROLE_FILE);
    write_pending (notes);
}
