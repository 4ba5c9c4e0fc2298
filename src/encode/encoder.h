/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * encoder.h: a video encoder of any codec: a picture in, its packets out. Role: video (one job at a
 * time); free: main.
 */
#pragma once

#include <tutti/frame.h>
#include <tutti/packet.h>

#include "haste.h"
#include "stills.h"

typedef struct _TuttiEncoder TuttiEncoder;

typedef struct {
    int width, height; /* even, pixels */
    guint frame_rate;
    guint bitrate_bps;
    guint threads; /* 0: as the size and the machine suggest */
    /* Where frames of stills are looked for and kept; borrowed; NULL: nowhere. */
    TuttiStills *stills;
} TuttiEncoderSetup;

/* What a codec implements. */
typedef struct {
    /* NULL when the library refuses the setup, whose threads are >= 1. */
    gpointer (*make) (const TuttiEncoderSetup *setup);
    void (*destroy) (gpointer self);
    /* time_us rises; *key: wished, and afterwards: made. Appends payloads; FALSE when it failed. */
    gboolean (*encode) (gpointer self, const TuttiPicture *picture, gint64 time_us, gboolean *key,
                        GPtrArray *packets);
    /* The next picture is to reach peers of every temporal layer; NULL: there is but one. */
    void (*restart) (gpointer self);
    /* Appends a frame after which peers show what they show, whatever their layer; picture: what
     * that is; may be NULL from the second on. FALSE when it failed. NULL: the codec can't. */
    gboolean (*repeat) (gpointer self, const TuttiPicture *picture, gint64 time_us,
                        GPtrArray *packets);
    /* Lets go of all memory that repeat() needs no more. The next picture becomes a key frame.
     * NULL: where there is no repeat(). */
    void (*rest) (gpointer self);
    /* How much care the next pictures get; NULL: always the same. */
    void (*set_haste) (gpointer self, TuttiHasteLevel level);
    /* Whether encode() gave what was encoded before. NULL: never. */
    gboolean (*is_playing) (gpointer self);
} TuttiEncoderClass;

/* NULL when there is no such codec or it can't do the setup. */
TuttiEncoder *tutti_encoder_new (TuttiCodec codec, const TuttiEncoderSetup *setup);
void tutti_encoder_free (TuttiEncoder *encoder);

/* Encodes one picture of the setup's size, to be shown at time_us (our clock, rising strictly), and
 * appends its packets, ready for feeds. *key: a key frame is wanted; afterwards: it is one. The
 * first picture always becomes one. FALSE: the codec failed, nothing was appended, the next picture
 * will be a key frame. */
gboolean tutti_encoder_encode (TuttiEncoder *encoder, const TuttiPicture *picture, gint64 time_us,
                               gboolean *key, GPtrArray *packets);

/* The picture encoded last cost nothing: it was one of the stills. */
gboolean tutti_encoder_is_playing (TuttiEncoder *encoder);

/* Appends a frame that shows what was encoded last, for next to nothing. picture: that; NULL when
 * the frame before was of this kind, too. More than 130 ms after the last one, so that this was for
 * peers of every layer. FALSE: it can't be done, nothing was appended. */
gboolean tutti_encoder_repeat (TuttiEncoder *encoder, const TuttiPicture *picture, gint64 time_us,
                               GPtrArray *packets);
/* After a repeat: frees what is only needed for new pictures, the next of which becomes a key
 * frame. */
void tutti_encoder_rest (TuttiEncoder *encoder);

/* From the next picture on. Codecs that know but one speed stay as they are. */
void tutti_encoder_set_haste (TuttiEncoder *encoder, TuttiHasteLevel level);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiEncoder, tutti_encoder_free)
