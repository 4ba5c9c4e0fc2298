/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz-sdp.c: whatever text comes in, reading ends with a session or an error; a session can be
 * written, and what was written can be read.
 */
#include "control/sdp-read.h"
#include "control/sdp-write.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup ((const char *)data, size);
    g_autoptr (GError) error = NULL;
    g_autoptr (TuttiSession) session = tutti_sdp_read (text, &error), back = NULL;
    g_autofree char *written = NULL;

    g_assert_true ((session != NULL) == (error == NULL));
    if (!session)
        return 0;
    written = tutti_sdp_write (session);
    back = tutti_sdp_read (written, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (back->n_media, ==, session->n_media);
    return 0;
}
