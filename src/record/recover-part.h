/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recover-part.h: one file that a crash left, made whole: remuxed beside it, put in its place,
 * then given its name. At whatever step that is cut off, the next try begins with all there was.
 * Role: file.
 */
#pragma once

#include "remux.h"

typedef enum {
    TUTTI_PART_SAVED,
    TUTTI_PART_EMPTY,  /* reserved and never written: it is gone */
    TUTTI_PART_BROKEN, /* nothing in it can be played, or five tries ended the process: it is called
                          .broken now */
    TUTTI_PART_HELD,   /* somebody who lives writes it */
    TUTTI_PART_KEPT,   /* the disk says no: errno */
} TuttiPartOutcome;

/* file: the name it is to have, in directory. remuxed: set when it is SAVED. */
TuttiPartOutcome tutti_part_recover (TuttiStore *store, int directory, const char *file,
                                     TuttiRemuxed *remuxed);
