/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pay-vp8.h: a VP8 frame cut into RTP payloads (RFC 7741). Role: video.
 */
#pragma once

#include <tutti/packet.h>

/* Appends the frame's packets: payload, length and `vp8` are filled, the rest is the caller's.
 * ids: picture_id, tl0_pic_idx, temporal_id and layer_sync of this frame; offsets are set here.
 * bytes >= 1. */
void tutti_pay_vp8 (GPtrArray *packets, const guint8 *frame, gsize bytes, const TuttiVp8Ids *ids);
