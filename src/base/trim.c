/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * trim.c: see trim.h.
 */
#include <tutti/trim.h>

gboolean
tutti_trim_update (TuttiTrim *trim, guint n)
{
    trim->n_most = MAX (trim->n_most, n);
    if (!trim->has_crowd_left) {
        if (trim->n_most < n + TUTTI_TRIM_CROWD)
            return FALSE;
        *trim = (TuttiTrim){.n_most = n, .n_least = n, .has_crowd_left = TRUE};
        return TRUE;
    }
    trim->n_quiet = n < trim->n_least ? 0 : trim->n_quiet + 1;
    trim->n_least = MIN (trim->n_least, n);
    if (trim->n_quiet >= TUTTI_TRIM_QUIET_LOOKS)
        *trim = (TuttiTrim){.n_most = n};
    return TRUE;
}
