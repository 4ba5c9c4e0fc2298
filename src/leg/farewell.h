/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * farewell.h: gives relayed addresses back to the TURN server when a leg is gone (RFC 8656 section
 * 7.1: a refresh with lifetime 0): the server would hold them for ten minutes else. Role: net.
 */
#pragma once

#include <nice/agent.h>

#include "wire.h"

/* Takes seat, wire and agent over, and frees them when the server has answered, libnice gives up
 * asking, or the loop ends. */
void tutti_farewell_say (TuttiSeat *seat, TuttiWire *wire, NiceAgent *agent, guint stream);
