/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recording-announce.c: everybody in the room hears that a recording begins, ends, pauses or goes
 * on: by pips, or its beginning by a file. The file is opened as an errand, read by a player. Role:
 * main, but for open_file (file).
 */
#include "recording-inside.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <tutti/error.h>

#include "playback.h"
#include "room.h"
#include "rooms-inside.h"

typedef struct {
    char *path;
    TuttiStore *store; /* has the errands */
} Wanted;

static void
wanted_free (gpointer data)
{
    Wanted *wanted = data;

    g_free (wanted->path);
    tutti_store_unref (wanted->store);
    g_free (wanted);
}

/* A descriptor may be 0, a pointer that is something may not. */
static gpointer
from_descriptor (int fd)
{
    return GINT_TO_POINTER (fd + 1);
}

static int
to_descriptor (gpointer result)
{
    return GPOINTER_TO_INT (result) - 1;
}

static void
free_descriptor (gpointer result)
{
    close (to_descriptor (result));
}

/* TuttiErrand.run */
static gpointer
open_file (gpointer data, GError **error)
{
    const Wanted *wanted = data;
    int fd = open (wanted->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_STORAGE, "%s: %s", wanted->path,
                     g_strerror (errno));
        return NULL;
    }
    return from_descriptor (fd);
}

/* What can't be read, or while a film plays: the pips. Cancelled: the room is gone. */
static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
    const TuttiPlaybackOptions options = {.title = NULL};
    TuttiRoom *room = user_data;
    g_autoptr (GError) error = NULL;
    gpointer opened = g_task_propagate_pointer (G_TASK (result), &error);

    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (opened && tutti_room_start_playback (room, to_descriptor (opened), &options, &error))
        return;
    g_warning ("room %s: a recording is announced by the tone: %s", room->name, error->message);
    tutti_announcer_play (room->announcer, TUTTI_PIPS_RISING);
}

static void
open_soon (TuttiRoom *room, const char *path)
{
    TuttiStore *store = room->rooms->recordings->store;
    Wanted *wanted = g_new0 (Wanted, 1);
    TuttiErrand errand = {open_file, wanted, wanted_free, free_descriptor};

    wanted->path = g_strdup (path);
    wanted->store = tutti_store_ref (store);
    if (!room->record.announcing)
        room->record.announcing = g_cancellable_new ();
    tutti_errand_start (tutti_store_get_errands (store), &errand,
                        g_task_new (NULL, room->record.announcing, on_opened, room));
}

void
tutti_recording_announce (TuttiRoom *room, TuttiPips pips, gboolean is_beginning)
{
    const char *how = tutti_config_string (room->shared->config, "record", "announce");

    if (g_str_equal (how, "off"))
        return;
    if (is_beginning && g_path_is_absolute (how))
        open_soon (room, how);
    else
        tutti_announcer_play (room->announcer, pips);
}

void
tutti_recording_announce_no_more (TuttiRoom *room)
{
    if (room->record.announcing)
        g_cancellable_cancel (room->record.announcing);
    g_clear_object (&room->record.announcing);
}
