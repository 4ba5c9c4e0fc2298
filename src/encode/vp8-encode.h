/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vp8-encode.h: VP8 by libvpx, in real time. Role: video.
 */
#pragma once

#include "encoder.h"

extern const TuttiEncoderClass tutti_vp8_encoder_class;
