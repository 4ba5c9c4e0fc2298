/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * track-writer.c: see track-writer.h. Role: file.
 */
#include "track-writer.h"

#include "file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include <tutti/error.h>

/* File systems take 255 bytes; people want to tell them apart in a list. */
#define NAME_MAX_CHARS 32
/* Files of one participant's track in a take: each time it begins anew. */
#define FILES_MAX 1000

struct _TuttiTrackWriter {
    char *name;
    TuttiCodec codec;
    TuttiFile *file;
    TuttiMuxer *muxer;
};

static const char *const track_names[TUTTI_N_TRACKS] = {
    [TUTTI_TRACK_AUDIO] = "audio",
    [TUTTI_TRACK_CAMERA] = "camera",
    [TUTTI_TRACK_SCREEN] = "screen",
};

/* Signs that mean nothing to any system; never hidden, never an option. */
static char *
make_safe (const char *name)
{
    GString *safe = g_string_new (NULL);

    for (const char *at = name ? name : ""; *at != '\0' && safe->len < NAME_MAX_CHARS; at++) {
        gboolean is_inner = *at == '.' || *at == '-' || *at == '_';

        if (g_ascii_isalnum (*at) || (is_inner && safe->len > 0))
            g_string_append_c (safe, *at);
    }
    if (safe->len == 0)
        g_string_append (safe, "x");
    return g_string_free (safe, FALSE);
}

static gboolean
is_there (TuttiStore *store, const char *name)
{
    g_autofree char *part = g_strconcat (name, ".part", NULL);
    int directory = tutti_store_get_directory (store);
    struct stat status;

    return fstatat (directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ||
           fstatat (directory, part, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

/* NULL: they are all taken. */
static char *
choose_name (const TuttiTrackWriterSetup *setup, TuttiContainer container)
{
    g_autofree char *name = make_safe (setup->name), *id = make_safe (setup->participant);

    for (guint i = 1; i <= FILES_MAX; i++) {
        g_autofree char *number = i > 1 ? g_strdup_printf ("-%u", i) : g_strdup ("");
        g_autofree char *file =
            g_strdup_printf ("%s.tracks/%s-%s-%s%s.%s", setup->take, name, id,
                             track_names[setup->track], number, tutti_container_name (container));

        if (!is_there (setup->store, file))
            return g_steal_pointer (&file);
    }
    return NULL;
}

static gboolean
on_write (gpointer user_data, gint64 offset, const guint8 *data, gsize length_bytes)
{
    TuttiTrackWriter *writer = user_data;
    guint64 end = tutti_file_get_bytes (writer->file);

    if ((guint64)offset == end)
        return tutti_file_write (writer->file, data, length_bytes) == TUTTI_FILE_OK;
    return tutti_file_write_at (writer->file, (guint64)offset, data, length_bytes) == TUTTI_FILE_OK;
}

static void
on_flush (gpointer user_data)
{
    TuttiTrackWriter *writer = user_data;

    tutti_file_flush (writer->file);
}

/* A full disk shows at a fragment's end; what is needed to finish the file can still be written. */
static gboolean
is_good (TuttiTrackWriter *writer)
{
    return tutti_file_get_status (writer->file) == TUTTI_FILE_OK;
}

static TuttiMuxer *
open_muxer (TuttiTrackWriter *writer, const TuttiTrackWriterSetup *setup, TuttiContainer container,
            const TuttiUnit *first, GError **error)
{
    TuttiMuxerSink sink = {on_write, on_flush, writer};
    TuttiMuxerSetup muxer = {.container = container,
                             .n_streams = 1,
                             .streams = {{.codec = first->codec,
                                          .channels = setup->channels,
                                          .width = first->width,
                                          .height = first->height,
                                          .key_frame = first}},
                             .started_us = g_get_real_time (),
                             .title = setup->name};

    return tutti_muxer_new (&muxer, &sink, error);
}

TuttiTrackWriter *
tutti_track_writer_new (const TuttiTrackWriterSetup *setup, const TuttiUnit *first, GError **error)
{
    TuttiContainer container =
        first->codec == TUTTI_CODEC_H264 ? TUTTI_CONTAINER_MKV : TUTTI_CONTAINER_WEBM;
    g_autoptr (TuttiTrackWriter) writer = g_new0 (TuttiTrackWriter, 1);

    writer->codec = first->codec;
    writer->name = choose_name (setup, container);
    if (!writer->name) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_CONFLICT, "too many files of a track");
        return NULL;
    }
    writer->file = tutti_file_new (setup->store, writer->name, error);
    if (writer->file)
        writer->muxer = open_muxer (writer, setup, container, first, error);
    return writer->muxer ? g_steal_pointer (&writer) : NULL;
}

void
tutti_track_writer_free (TuttiTrackWriter *writer)
{
    if (!writer)
        return;
    tutti_muxer_free (writer->muxer);
    tutti_file_free (writer->file);
    g_free (writer->name);
    g_free (writer);
}

const char *
tutti_track_writer_get_file (const TuttiTrackWriter *writer)
{
    return writer->name;
}

TuttiCodec
tutti_track_writer_get_codec (const TuttiTrackWriter *writer)
{
    return writer->codec;
}

gboolean
tutti_track_writer_write (TuttiTrackWriter *writer, const TuttiUnit *unit, gint64 file_us)
{
    return tutti_muxer_write (writer->muxer, 0, unit, file_us) && is_good (writer);
}

gboolean
tutti_track_writer_flush (TuttiTrackWriter *writer)
{
    return tutti_muxer_flush (writer->muxer) && is_good (writer);
}

gboolean
tutti_track_writer_finish (TuttiTrackWriter *writer)
{
    gboolean is_whole = tutti_muxer_finish (writer->muxer);

    return tutti_file_finish (writer->file) == TUTTI_FILE_OK && is_whole;
}

guint64
tutti_track_writer_get_bytes (const TuttiTrackWriter *writer)
{
    return tutti_file_get_bytes (writer->file);
}
