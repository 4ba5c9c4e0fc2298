/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * track-pictures.h: a camera's or a screen's pictures out of received packets in order: those that
 * are whole and, as far as the numbers tell, can be decoded. Pure. Role: file.
 */
#pragma once

#include "unit.h"

typedef struct _TuttiTrackPictures TuttiTrackPictures;

TuttiTrackPictures *tutti_track_pictures_new (void);
void tutti_track_pictures_free (TuttiTrackPictures *pictures);

/* is_next: nothing is missing before it. TRUE: with it the picture in *unit is complete; good until
 * the next call; its time is left open. */
gboolean tutti_track_pictures_push (TuttiTrackPictures *pictures, const TuttiPacket *packet,
                                    gboolean is_next, TuttiUnit *unit);
/* What was given last isn't kept: only a key frame can follow. */
void tutti_track_pictures_break (TuttiTrackPictures *pictures);
/* Pictures are passed over: nothing but a key frame can follow. */
gboolean tutti_track_pictures_need_key_frame (const TuttiTrackPictures *pictures);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiTrackPictures, tutti_track_pictures_free)
