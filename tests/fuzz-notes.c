/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz-notes.c: whatever a notes file holds, the sidecar made of it is JSON, and the chapters are
 * text in which no line but ours has an arrow.
 */
#include "record/chapters.h"
#include "record/sidecar.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    TuttiNotesSummary summary = {.duration_us = G_USEC_PER_SEC};
    g_autoptr (TuttiStory) story = tutti_story_read ((const char *)data, size, G_USEC_PER_SEC);
    g_autofree char *sidecar = tutti_sidecar_make (story, &summary, NULL, NULL);
    g_autofree char *chapters = tutti_chapters_make (story);
    g_autoptr (JsonParser) parser = json_parser_new ();

    g_assert_true (json_parser_load_from_data (parser, sidecar, -1, NULL));
    g_assert_true (g_utf8_validate (chapters, -1, NULL));
    for (const char *at = chapters; (at = strstr (at, "-->")); at++)
        g_assert_true (g_ascii_isdigit (at[-2]));
    return 0;
}
