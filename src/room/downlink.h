/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * downlink.h: what one member is sent: what its leg carries and what it wishes for, made into a
 * rung of the ladder (adapt.h). Nobody else's picture depends on it. Role: main.
 *
 *   leg's estimate -+-> adapt -> rung -> update.c: its feed follows -> DOWNLINK to itself
 *   its wish -------+        \-> what the leg probes for
 */
#pragma once

#include "member.h"

/* The leg's estimate changed; 0: not known. */
void tutti_member_take_estimate (TuttiParticipant *member, guint bitrate_bps);

/* For a member that watches: the rung it is sent now; FALSE: its link carries sound only. */
gboolean tutti_member_choose_rung (TuttiParticipant *member, guint *rung);
/* DOWNLINK, once more. */
void tutti_member_tell_rung (TuttiParticipant *member);
/* It doesn't watch, or its leg is new: what was chosen is forgotten. */
void tutti_member_forget_rung (TuttiParticipant *member);
