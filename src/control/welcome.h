/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * welcome.h: what a client is told when it has come in. Role: main.
 */
#pragma once

#include <tutti/config.h>

#include "message-write.h"
#include "participant.h"

/* room_created or room_joined, as text. */
char *tutti_welcome_write (TuttiConfig *config, TuttiParticipant *participant,
                           TuttiEntrance entrance);
/* To a participant that is in already: room_joined without ICE servers; brief: without people. */
char *tutti_welcome_write_beside (TuttiParticipant *participant);
char *tutti_welcome_write_brief (TuttiParticipant *participant);
