/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hls.c: see hls.h. Every file gets its name when it is complete, and segments are never rewritten,
 * so that a web server may hand them out as they are.
 */
#include "hls.h"

#include <string.h>

#include <glib/gstdio.h>

#define MEDIA_PLAYLIST "media.m3u8"
/* Players begin three segments before the end (RFC 8216 section 6.3.3), and one that stumbles for
 * as long again still finds what it was to play next. */
#define LISTED_SEGMENTS "6"

static gboolean
is_ours (const char *name)
{
    static const char *const ENDINGS[] = {".m3u8", ".mp4", ".m4s", ".tmp"};

    for (guint i = 0; i < G_N_ELEMENTS (ENDINGS); i++) {
        if (g_str_has_suffix (name, ENDINGS[i]))
            return TRUE;
    }
    return FALSE;
}

static void
clear (const char *directory)
{
    g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name (dir))) {
        g_autofree char *path = g_build_filename (directory, name, NULL);
        if (is_ours (name))
            g_unlink (path);
    }
}

gboolean
tutti_hls_prepare (const char *directory)
{
    if (g_mkdir_with_parents (directory, 0755) != 0)
        return FALSE;
    clear (directory);
    return TRUE;
}

void
tutti_hls_remove (const char *directory)
{
    clear (directory);
    g_rmdir (directory);
}

/* The muxer takes '%' for the number's place. */
static char *
escape (const char *directory)
{
    g_auto (GStrv) parts = g_strsplit (directory, "%", -1);

    return g_strjoinv ("%%", parts);
}

char **
tutti_hls_get_options (const char *directory, guint segment_s)
{
    g_autofree char *escaped = escape (directory);
    const char *const pairs[][2] = {
        {"hls_segment_type", "fmp4"},
        {"hls_list_size", LISTED_SEGMENTS},
        {"hls_fmp4_init_filename", "init.mp4"},
        {"master_pl_name", TUTTI_HLS_PLAYLIST},
        /* Numbers from the wall clock's seconds: after a new beginning none comes again. */
        {"hls_start_number_source", "epoch"},
        {"hls_flags", "delete_segments+independent_segments+temp_file+program_date_time"},
    };
    g_autoptr (GPtrArray) options = g_ptr_array_new ();

    for (guint i = 0; i < G_N_ELEMENTS (pairs); i++) {
        g_ptr_array_add (options, g_strdup (pairs[i][0]));
        g_ptr_array_add (options, g_strdup (pairs[i][1]));
    }
    g_ptr_array_add (options, g_strdup ("hls_time"));
    g_ptr_array_add (options, g_strdup_printf ("%u", segment_s));
    g_ptr_array_add (options, g_strdup ("hls_segment_filename"));
    g_ptr_array_add (options, g_build_filename (escaped, "%d.m4s", NULL));
    g_ptr_array_add (options, NULL);
    return (char **)g_ptr_array_free (g_steal_pointer (&options), FALSE);
}

char *
tutti_hls_get_target (const char *directory)
{
    return g_build_filename (directory, MEDIA_PLAYLIST, NULL);
}
