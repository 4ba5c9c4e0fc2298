/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * outputs-inside.h: live outputs, for the room's own files. Role: main.
 */
#pragma once

#include "room.h"

/* Of the server: what outlives its room for a moment. */
typedef struct _TuttiOutputs TuttiOutputs;

TuttiOutputs *tutti_outputs_new (TuttiConfig *config);
/* Waits for farewells that are still being said, TUTTI_OUTPUT_PATIENCE_US each at most; removes
 * what HLS left behind. */
void tutti_outputs_free (TuttiOutputs *outputs);

/* The room ends: so do they. */
void tutti_room_end_outputs (TuttiRoom *room);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiOutputs, tutti_outputs_free)
