/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz-indent.c: answers of a server that may be no tutti at all, as tutti(1) indents them; what
 * was indented stays as it is.
 */
#include "cli/indent.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
    g_autofree char *once = tutti_indent_json ((const char *)data, size);
    g_autofree char *twice = NULL;

    if (!once || memchr (data, '\0', size))
        return 0;
    twice = tutti_indent_json (once, strlen (once));
    g_assert_cmpstr (once, ==, twice);
    return 0;
}
