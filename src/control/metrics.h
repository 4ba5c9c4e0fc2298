/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * metrics.h: the server's figures for Prometheus and its kin. Role: main.
 */
#pragma once

#include <libsoup/soup.h>

#include "rooms.h"

/* Answers with them, in OpenMetrics if the client would rather have it. with_rooms: a line for each
 * room too, which a server of many short-lived rooms had better leave out. */
void tutti_metrics_answer (TuttiRooms *rooms, SoupServerMessage *message, gboolean with_rooms);
