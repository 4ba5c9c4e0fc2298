/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * absence.h: participants without signalling, as the other files of this folder see them. Role:
 * main.
 */
#pragma once

#include "member.h"

/* A page that is loaded anew is back by then, on a slow phone too; a tab that was closed does not
 * stand in the roster for longer. Its tile is gone at once. */
#define TUTTI_HOLD_US (10 * G_USEC_PER_SEC)

/* For a newcomer whose id is made. */
void tutti_absence_make_key (TuttiParticipant *member);
/* It stepped out and did not come back. */
gboolean tutti_absence_is_over (const TuttiParticipant *member, gint64 now_us);
