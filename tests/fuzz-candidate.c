/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz-candidate.c: candidates of a peer, as text; what was understood can be written and read
 * again.
 */
#include "leg/candidate.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup ((const char *)data, size);
    g_autoptr (NiceCandidate) candidate = NULL;
    g_autoptr (NiceCandidate) again = NULL;
    g_autofree char *written = NULL;

    if (!tutti_candidate_parse (text, &candidate, NULL) || !candidate)
        return 0;
    written = tutti_candidate_format (candidate, "198.51.100.9");
    if (written)
        g_assert_true (tutti_candidate_parse (written, &again, NULL) && again);
    return 0;
}
