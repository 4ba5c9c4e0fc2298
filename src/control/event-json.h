/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event-json.h: what a participant is told, as members of an object, for other objects than the
 * protocol's messages too (message-write.c). Any thread.
 */
#pragma once

#include "event.h"
#include "json-write.h"

/* The message's type. */
const char *tutti_event_json_type (TuttiEventType type);
/* Its other members, into an object that is open. self: the receiver's id. */
void tutti_event_json_add (TuttiJson *json, const TuttiEvent *event, const char *self);
