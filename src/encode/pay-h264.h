/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pay-h264.h: H.264 NAL units put into RTP payloads (RFC 6184). Role: video.
 */
#pragma once

#include <tutti/packet.h>

/* Appends a NAL unit's packets: payload and length are filled, the rest is the caller's. nal: its
 * header byte first, no start code; bytes >= 1. */
void tutti_pay_h264 (GPtrArray *packets, const guint8 *nal, gsize bytes);
