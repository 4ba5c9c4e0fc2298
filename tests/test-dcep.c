/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-dcep.c: DATA_CHANNEL_OPEN as RFC 8832 has it, and what is none.
 */
#include <string.h>

#include "leg/dcep.h"

/* RFC 8832 section 5.1, as Chromium writes it for createDataChannel("tutti"). */
static const guint8 open_tutti[] = {3, 0, 1, 0, 0, 0, 0, 0, 0, 5, 0, 0, 't', 'u', 't', 't', 'i'};

static void
test_open (void)
{
    const guint8 timed[] = {3, 0x82, 2, 1, 0, 0, 1, 0xf4, 0, 1, 0, 2, 'x', 'p', 'q'};
    TuttiDcepOpen open;

    g_assert_true (tutti_dcep_read_open (open_tutti, sizeof open_tutti, &open));
    g_assert_cmpuint (open.channel_type, ==, 0);
    g_assert_cmpuint (open.priority, ==, 256);
    g_assert_true (tutti_dcep_has_label (&open, "tutti"));
    g_assert_false (tutti_dcep_has_label (&open, "tutt"));
    g_assert_false (tutti_dcep_has_label (&open, "tutti2"));
    g_assert_true (tutti_dcep_read_open (timed, sizeof timed, &open));
    g_assert_cmpuint (open.channel_type, ==, 0x82);
    g_assert_cmpuint (open.reliability, ==, 500);
    g_assert_true (tutti_dcep_has_label (&open, "x"));
}

static void
test_open_bad (void)
{
    guint8 bytes[sizeof open_tutti + 1] = {0};
    TuttiDcepOpen open;

    memcpy (bytes, open_tutti, sizeof open_tutti);
    g_assert_false (tutti_dcep_read_open (bytes, sizeof bytes, &open)); /* a byte too many */
    for (gsize n = 0; n < sizeof open_tutti; n++)
        g_assert_false (tutti_dcep_read_open (bytes, n, &open));
    bytes[1] = 3; /* no such channel type */
    g_assert_false (tutti_dcep_read_open (bytes, sizeof open_tutti, &open));
    bytes[1] = 0;
    bytes[0] = 2;
    g_assert_false (tutti_dcep_read_open (bytes, sizeof open_tutti, &open));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/dcep/open", test_open);
    g_test_add_func ("/dcep/bad", test_open_bad);
    return g_test_run ();
}
