/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event-streams.h: the server's news to whoever follows them, as server-sent events (WHATWG HTML,
 * section 9.2). Role: main.
 *
 *   rooms --news--> JSON, once --> each stream's queue --> libsoup --> socket
 */
#pragma once

#include <libsoup/soup.h>

#include "rooms.h"

typedef struct _TuttiEventStreams TuttiEventStreams;

/* rooms must outlive it. */
TuttiEventStreams *tutti_event_streams_new (TuttiRooms *rooms);
/* Nothing is sent any more; the connections are left to the server. */
void tutti_event_streams_free (TuttiEventStreams *streams);

/* Answers with a stream that ends with its connection. A reader who leaves more than 256 KiB
 * unread is cut off. room: only its news; NULL: all. One who says by Last-Event-ID what it had last
 * gets what came after it first. FALSE, and nothing done: there are too many.
 */
gboolean tutti_event_streams_add (TuttiEventStreams *streams, SoupServerMessage *message,
                                  const char *room);
