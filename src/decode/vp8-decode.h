/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vp8-decode.h: VP8 by libvpx, behind decode.h. Role: video.
 */
#pragma once

#include "decode.h"

extern const TuttiDecoderClass tutti_vp8_decoder_class;
