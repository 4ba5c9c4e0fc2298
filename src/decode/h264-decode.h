/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * h264-decode.h: H.264 by libavcodec, behind decode.h. Role: video.
 */
#pragma once

#include "decode.h"

extern const TuttiDecoderClass tutti_h264_decoder_class;
