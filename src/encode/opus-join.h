/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * opus-join.h: two Opus packets made one. Pure. Any thread.
 */
#pragma once

#include <tutti/packet.h>

/* A packet of both, which sounds as the two would; time and marker are the first's, the reference
 * is the caller's. NULL: they don't go together: of other encoders, modes or channels, not next to
 * each other in time, more than one frame each, or too large. */
TuttiPacket *tutti_opus_join (const TuttiPacket *first, const TuttiPacket *second);
