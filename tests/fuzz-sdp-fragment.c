/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz-sdp-fragment.c: whatever a PATCH brings, reading it ends with a fragment within its limits
 * or an error.
 */
#include "control/sdp-fragment.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup ((const char *)data, size);
    g_autoptr (GError) error = NULL;
    g_autoptr (TuttiSdpFragment) fragment = tutti_sdp_fragment_read (text, &error);

    g_assert_true ((fragment != NULL) == (error == NULL));
    if (fragment)
        g_assert_cmpuint (fragment->candidates->len, <=, TUTTI_CANDIDATES_MAX);
    return 0;
}
