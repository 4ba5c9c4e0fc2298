/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sidecar.h: a take's story as JSON, for editors and search. All times are the recording's, in
 * seconds:
 *
 *   version         1; members may be added without another
 *   room, canvas    "blue", "1280x720@30"
 *   started         RFC 3339, UTC
 *   duration_s, file, container
 *   recovered       a crash cut it, and it was finished at a later start
 *   truncated       more happened than there was room to note
 *   ended           why
 *   participants    [{id, name, role, renamed: [{time_s, name}],
 *                     present: [{from_s, to_s, left}], speaking: [{from_s, to_s}]}]
 *   chat            [{time_s, from, name, text}]
 *   layouts         [{time_s, layout, tiles}]     tiles as in the signalling protocol
 *   pauses          [{time_s, length_s}]          cut out at that place, not part of the duration
 *   gaps            [{time_s, length_s}]          left out, since the disk was slow
 *   tracks          [{participant, kind, file, offset_s}]: kind: audio, camera, screen; offset_s:
 *                   where the file's first instant lies
 *   recorder        {bytes, pictures, sounds, lost_pictures, gaps, gap_s}
 *
 * What isn't known is left out. Pure. Role: file.
 */
#pragma once

#include "story.h"

/* file, container: of the mix; NULL: it is gone. Free it. */
char *tutti_sidecar_make (const TuttiStory *story, const TuttiNotesSummary *summary,
                          const char *file, const char *container);
