/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sides.h: participants' data channels as a second way of the signalling protocol: the same
 * messages, limits and faults as a WebSocket's. Role: main.
 */
#pragma once

#include "client.h"

/* Serves those that are opened from now on; setup must outlive that. */
void tutti_sides_serve (const TuttiClientSetup *setup);
/* Nobody does any more. */
void tutti_sides_end (TuttiRooms *rooms);
