/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * encode-fixture.h: pictures that look like a conference, depacketisers written by hand after the
 * RFCs, decoders, and their distance from the source; for tests and benches of src/encode.
 */
#pragma once

#include <tutti/frame.h>
#include <tutti/packet.h>

/* A 3x3 grid of talking heads, each moving its own way; `n` counts frames. Always the same. */
TuttiPicture *fixture_draw_canvas (int width, int height, guint n);
/* side x side talking heads, the first n_moving of which move; the others stand quite still. */
typedef struct {
    guint side, n_moving;
} FixtureGrid;
TuttiPicture *fixture_draw_grid (int width, int height, const FixtureGrid *grid, guint n);
/* A shared screen: a page of writing that stands for 45 frames. */
TuttiPicture *fixture_draw_slide (int width, int height, guint n);
/* Noise: nothing is harder to encode. */
TuttiPicture *fixture_draw_noise (int width, int height, guint n);

/* PSNR of luma in dB; 99 when equal. Sizes must agree. */
double fixture_psnr (const TuttiPicture *a, const TuttiPicture *b);
/* Structural similarity of luma (Wang 2004, mean over blocks of 8x8, every fourth pixel): 1 when
 * equal. Sizes must agree. */
double fixture_ssim (const TuttiPicture *a, const TuttiPicture *b);

/* Puts a picture's packets (GPtrArray of TuttiPacket) together: a VP8 frame, or an H.264 access
 * unit in Annex B. Asserts everything RFC 7741 or RFC 6184 demands of them. */
GByteArray *fixture_assemble (GPtrArray *packets);

typedef struct _FixtureDecoder FixtureDecoder;
FixtureDecoder *fixture_decoder_new (TuttiCodec codec);
void fixture_decoder_free (FixtureDecoder *decoder);
/* The picture, or NULL when it can't be decoded. */
TuttiPicture *fixture_decode (FixtureDecoder *decoder, GPtrArray *packets);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FixtureDecoder, fixture_decoder_free)
