/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * track-kit.c: see track-kit.h.
 */
#include "track-kit.h"

#include <gio/gio.h>
#include <libavformat/avformat.h>
#include <opus/opus.h>
#include <string.h>

void
kit_store_open (KitStore *kit)
{
    g_autoptr (GError) error = NULL;

    kit->path = g_dir_make_tmp ("tutti-tracks-XXXXXX", NULL);
    kit->store = tutti_store_new (kit->path, 0, &error);
    g_assert_no_error (error);
    kit->take = tutti_store_begin (kit->store, "blue", TUTTI_CONTAINER_WEBM,
                                   G_GINT64_CONSTANT (1795463580000000), &error);
    g_assert_no_error (error);
}

static void
remove_all (GFile *file)
{
    g_autoptr (GFileEnumerator) files = g_file_enumerate_children (
        file, "standard::name,standard::type", G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
    GFileInfo *info;
    GFile *child;

    while (files && g_file_enumerator_iterate (files, &info, &child, NULL, NULL) && info) {
        if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY)
            remove_all (child);
        else
            g_file_delete (child, NULL, NULL);
    }
    g_file_delete (file, NULL, NULL);
}

void
kit_store_close (KitStore *kit)
{
    g_autoptr (GFile) file = g_file_new_for_path (kit->path);

    tutti_store_unref (kit->store);
    remove_all (file);
    g_free (kit->take);
    g_free (kit->path);
}

char *
kit_find_track (const KitStore *kit, const char *part_of_name)
{
    g_autofree char *folder = g_strconcat (kit->take, ".tracks", NULL);
    g_autofree char *path = g_build_filename (kit->path, folder, NULL);
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    char *found = NULL;
    const char *name;

    g_assert_nonnull (dir);
    while ((name = g_dir_read_name (dir))) {
        if (!strstr (name, part_of_name))
            continue;
        g_assert_null (found);
        found = g_build_filename (folder, name, NULL);
    }
    g_assert_nonnull (found);
    return found;
}

void
kit_file_read (KitFile *file, const KitStore *kit, const char *name)
{
    g_autofree char *path = g_build_filename (kit->path, name, NULL);
    AVFormatContext *context = NULL;
    AVPacket *packet = av_packet_alloc ();
    AVStream *stream;

    g_assert_cmpint (avformat_open_input (&context, path, NULL, NULL), ==, 0);
    g_assert_cmpint (avformat_find_stream_info (context, NULL), >=, 0);
    g_assert_cmpuint (context->nb_streams, ==, 1);
    stream = context->streams[0];
    *file = (KitFile){.pieces = g_array_new (FALSE, FALSE, sizeof (KitPiece)),
                      .bytes = g_byte_array_new (),
                      .codec = g_strdup (avcodec_get_name (stream->codecpar->codec_id)),
                      .width = stream->codecpar->width,
                      .height = stream->codecpar->height};
    while (av_read_frame (context, packet) >= 0) {
        KitPiece piece = {av_rescale_q (packet->pts, stream->time_base, AV_TIME_BASE_Q),
                          file->bytes->len, (guint)packet->size,
                          (packet->flags & AV_PKT_FLAG_KEY) != 0};

        g_array_append_val (file->pieces, piece);
        g_byte_array_append (file->bytes, packet->data, (guint)packet->size);
        av_packet_unref (packet);
    }
    av_packet_free (&packet);
    avformat_close_input (&context);
}

void
kit_file_clear (KitFile *file)
{
    g_clear_pointer (&file->pieces, g_array_unref);
    g_clear_pointer (&file->bytes, g_byte_array_unref);
    g_clear_pointer (&file->codec, g_free);
}

GArray *
kit_file_decode (const KitFile *file)
{
    OpusDecoder *decoder = opus_decoder_create (TUTTI_RATE_HZ, 1, NULL);
    GArray *pcm = g_array_new (FALSE, TRUE, sizeof (gint16));
    gint16 block[TUTTI_RATE_HZ * 120 / 1000];

    for (guint i = 0; i < file->pieces->len; i++) {
        const KitPiece *piece = &g_array_index (file->pieces, KitPiece, i);
        gint64 from = (piece->time_us * TUTTI_RATE_HZ + G_USEC_PER_SEC / 2) / G_USEC_PER_SEC;
        int n = opus_decode (decoder, file->bytes->data + piece->at, (int)piece->length_bytes,
                             block, G_N_ELEMENTS (block), 0);

        g_assert_cmpint (n, >, 0);
        if (from + n > (gint64)pcm->len)
            g_array_set_size (pcm, (guint)(from + n));
        for (int at = MAX (0, (int)-from); at < n; at++)
            g_array_index (pcm, gint16, from + at) = block[at];
    }
    opus_decoder_destroy (decoder);
    return pcm;
}
