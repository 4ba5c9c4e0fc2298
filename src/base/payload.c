/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * payload.c: the buffer of coded bytes. It grows to the largest frame seen. Role: video.
 */
#include <tutti/payload.h>

#include <string.h>

#define FIRST_CAPACITY 8192

void
tutti_coded_clear (TuttiCoded *coded)
{
    coded->length = 0;
    coded->is_open = FALSE;
}

void
tutti_coded_free (TuttiCoded *coded)
{
    g_clear_pointer (&coded->data, g_free);
    coded->length = coded->capacity = 0;
}

gboolean
tutti_coded_append (TuttiCoded *coded, const guint8 *data, gsize length)
{
    gsize needed = coded->length + length + TUTTI_CODED_PADDING_BYTES;

    if (needed > TUTTI_CODED_MAX_BYTES)
        return FALSE;
    if (needed > coded->capacity) {
        coded->capacity = MAX (coded->capacity, FIRST_CAPACITY);
        while (coded->capacity < needed)
            coded->capacity *= 2;
        coded->data = g_realloc (coded->data, coded->capacity);
    }
    memcpy (coded->data + coded->length, data, length);
    coded->length += length;
    memset (coded->data + coded->length, 0, TUTTI_CODED_PADDING_BYTES);
    return TRUE;
}
