/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz-sieve.c: datagrams of strangers before anything else looks at them.
 */
#include "leg/sieve.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
    TuttiSieve sieve = {.ufrag = "ab"};

    size = MIN (size, TUTTI_SIEVE_BYTES);
    g_assert_cmpint (tutti_sieve_judge (&sieve, data, size, FALSE, 1), !=, TUTTI_SIEVE_MEDIA);
    tutti_sieve_judge (&sieve, data, size, TRUE, 2);
    return 0;
}
