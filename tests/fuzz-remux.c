/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz-remux.c: recovery of whatever bytes, taken for each container in turn, ends: with a file, or
 * with nothing.
 */
#include "src/record/remux.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    for (TuttiContainer i = TUTTI_CONTAINER_MKV; i <= TUTTI_CONTAINER_MP4; i++) {
        int from = memfd_create ("from", MFD_CLOEXEC), to = memfd_create ("to", MFD_CLOEXEC);
        TuttiRemuxed remuxed = {0};

        g_assert_cmpint (write (from, data, size), ==, size);
        if (tutti_remux (from, to, i, 0, &remuxed) == TUTTI_REMUX_OK)
            g_assert_cmpuint (remuxed.pictures + remuxed.sounds, >, 0);
        close (from);
        close (to);
    }
    return 0;
}
