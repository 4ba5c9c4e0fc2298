/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * decode-kit.h: a sender for the tests of src/decode: a moving picture, encoded by libvpx or
 * openh264 and cut into RTP payloads (RFC 7741, RFC 6184) by as little code as does it.
 */
#pragma once

#include <tutti/frame.h>
#include <tutti/packet.h>

typedef struct _KitSender KitSender;

typedef struct {
    TuttiCodec codec;
    int width, height;
    guint payload_bytes; /* of a packet at most; 0: 200, so that a frame has several */
    gboolean has_layers; /* VP8: three temporal layers, picture id and TL0PICIDX */
    gboolean has_ids;    /* VP8: picture id */
    guint packetization; /* H264: mode 0 (small slices, one NAL unit a packet) or 1 */
} KitSetup;

KitSender *kit_sender_new (const KitSetup *setup);
void kit_sender_free (KitSender *sender);

/* The packets of the next frame (of TuttiPacket). Frame n's packets have time_us base_us + n. */
GPtrArray *kit_sender_next (KitSender *sender, gboolean is_key, gint64 base_us);
/* The temporal layer of the frame given last. */
guint kit_sender_layer (const KitSender *sender);

/* What frame n shows. */
TuttiPicture *kit_draw (int width, int height, guint n);
/* PSNR of luma in dB; 99 when equal. */
double kit_psnr (const TuttiPicture *a, const TuttiPicture *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KitSender, kit_sender_free)
