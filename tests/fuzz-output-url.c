/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz-output-url.c: URLs of live outputs, as anybody may write them; what was taken is taken
 * again.
 */
#include "record/url.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup ((const char *)data, size);
    g_autofree char *described = tutti_url_describe (text);
    g_auto (TuttiUrl) url = {0};
    g_auto (TuttiUrl) again = {0};

    g_assert_nonnull (described);
    if (tutti_url_parse (&url, text, NULL) && url.scheme != TUTTI_URL_HLS)
        g_assert_true (tutti_url_parse (&again, url.target, NULL) && again.scheme == url.scheme);
    return 0;
}
