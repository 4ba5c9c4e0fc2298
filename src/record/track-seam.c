/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * track-seam.c: see track-seam.h. Pure. Role: file.
 */
#include "track-seam.h"

/* CELT, full band, mono; a frame whose first symbol is the silence flag (RFC 6716 sections 3.1 and
 * 4.3). Any decoder plays zeros, whatever its channels. */
static const guint8 six_of_20_ms[] = {0xfb, 0x06, 0xff, 0xfe, 0xff, 0xfe, 0xff,
                                      0xfe, 0xff, 0xfe, 0xff, 0xfe, 0xff, 0xfe};
static const guint8 one_of_20_ms[] = {0xf8, 0xff, 0xfe};
static const guint8 one_of_10_ms[] = {0xf0, 0xff, 0xfe};
static const guint8 one_of_5_ms[] = {0xe8, 0xff, 0xfe};
static const guint8 one_of_2_ms[] = {0xe0, 0xff, 0xfe};

static const struct {
    gint64 duration_us;
    const guint8 *data;
    gsize length_bytes;
} silences[] = {
    {120000, six_of_20_ms, sizeof six_of_20_ms}, {20000, one_of_20_ms, sizeof one_of_20_ms},
    {10000, one_of_10_ms, sizeof one_of_10_ms},  {5000, one_of_5_ms, sizeof one_of_5_ms},
    {2500, one_of_2_ms, sizeof one_of_2_ms},
};

gint64
tutti_seam_fill (TuttiSeam *seam, gint64 until_us)
{
    gint64 silence_us = MAX (until_us - seam->end_us, 0);

    silence_us -= silence_us % TUTTI_SEAM_STEP_US;
    seam->end_us += silence_us;
    return silence_us;
}

gboolean
tutti_seam_join (TuttiSeam *seam, gint64 place_us, gint64 duration_us, gboolean is_quiet,
                 gint64 *silence_us)
{
    gint64 off_us = place_us - seam->end_us;
    gint64 bearable_us = is_quiet ? TUTTI_SEAM_QUIET_US : TUTTI_SEAM_SPEECH_US;

    *silence_us = 0;
    /* half of it at least would lie beyond its end: so it is better left out */
    if (off_us <= -MAX (bearable_us, duration_us / 2))
        return FALSE;
    if (off_us >= bearable_us)
        *silence_us = tutti_seam_fill (seam, place_us);
    seam->end_us += duration_us;
    return TRUE;
}

gint64
tutti_seam_next_silence (gint64 left_us, const guint8 **data, gsize *length_bytes)
{
    for (guint i = 0; i < G_N_ELEMENTS (silences); i++) {
        if (left_us < silences[i].duration_us)
            continue;
        *data = silences[i].data;
        *length_bytes = silences[i].length_bytes;
        return silences[i].duration_us;
    }
    return 0;
}
