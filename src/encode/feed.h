/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * feed.h: what renditions and feeds ask of one another; inside of the folder only. rendition.h has
 * what others see.
 *
 * Order of locks: a feed's, then a rendition's. Nothing is called out under either.
 */
#pragma once

#include "rendition.h"

/* The feed's side. Any thread. */
TuttiFeed *tutti_feed_ref (TuttiFeed *feed);
void tutti_feed_unref (TuttiFeed *feed);
/* One encoded picture of a rendition, all its packets: the feed takes it, or not. Role: video. */
void tutti_feed_offer (TuttiFeed *feed, TuttiRendition *rendition, GPtrArray *packets,
                       gboolean is_key);

/* The rendition's side. Any thread. A reference keeps the memory, not the work: after
 * tutti_rendition_free() wishes do nothing. */
TuttiRendition *tutti_rendition_ref (TuttiRendition *rendition);
void tutti_rendition_unref (TuttiRendition *rendition);
/* A wish for a feed that can't begin without: goes before those of feeds that go on wishing. */
void tutti_rendition_await_key_frame (TuttiRendition *rendition);
void tutti_rendition_add_feed (TuttiRendition *rendition, TuttiFeed *feed);
void tutti_rendition_remove_feed (TuttiRendition *rendition, TuttiFeed *feed);
