/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * chapters.h: who spoke when, as WebVTT chapters (W3C WebVTT 1, section 4.6.2: cues within one
 * another, or apart). Pure. Role: file.
 */
#pragma once

#include "story.h"

/* Free it. */
char *tutti_chapters_make (const TuttiStory *story);
