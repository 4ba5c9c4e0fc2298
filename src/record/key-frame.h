/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * key-frame.h: what a whole key frame says of itself. Bytes may come from anybody. Pure. Any
 * thread.
 */
#pragma once

#include <tutti/payload.h>

/* data: followed by TUTTI_CODED_PADDING_BYTES of zeros; H.264: annex B. FALSE: it doesn't say;
 * width and height stay untouched. */
gboolean tutti_key_frame_find_size (TuttiCodec codec, const guint8 *data, gsize length_bytes,
                                    int *width, int *height);
/* H.264: its parameter sets with their start codes, what a container's header needs. NULL: it has
 * not both kinds. */
GBytes *tutti_key_frame_copy_parameters (const guint8 *data, gsize length_bytes);
