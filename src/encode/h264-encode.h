/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * h264-encode.h: H.264 constrained baseline by openh264, in real time. Role: video.
 */
#pragma once

#include "encoder.h"

extern const TuttiEncoderClass tutti_h264_encoder_class;
