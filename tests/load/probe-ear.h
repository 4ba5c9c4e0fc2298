/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * probe-ear.h: tells when a burst of the probe's tone begins in what is heard. One thread.
 */
#pragma once

#include <tutti/packet.h>

typedef struct _Ear Ear;

Ear *ear_new (void);
void ear_free (Ear *ear);

/* When a burst begins in this packet, played the moment it came; 0: none does. */
gint64 ear_push (Ear *ear, const TuttiPacket *packet);
