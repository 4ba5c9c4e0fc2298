/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sender.h: one stream as it goes out to a peer: shared payloads, this leg's own header and
 * numbers, and what is sent again on request. Pure. Role: net.
 *
 * Sound that the peer loses carries the packets before it along, for this peer alone.
 *
 * Sequence numbers and VP8 ids go on without a jump when the packets' source changes; a picture
 * that lost packets before they came here (a queue overflowed) leaves a hole in the numbers, so
 * that the peer sees the loss.
 */
#pragma once

#include <tutti/packet.h>
#include <tutti/session.h>

#include "leg.h"
#include "redundancy.h"
#include "rtcp.h"
#include "rtp.h"

/* Room that the write functions need: header, extensions, RTX's number, the largest payload. */
#define TUTTI_SENDER_BUFFER_BYTES (TUTTI_RTP_OVERHEAD_MAX_BYTES + 2 + TUTTI_PACKET_CAPACITY)

/* A peer learns which m-line a new SSRC belongs to from the first packet that arrives; after so
 * many (or its first report) it has. */
#define TUTTI_SENDER_MIDS 50
/* A packet is not sent again more often: the peer has a dead link or bad will. */
#define TUTTI_SENDER_TRIES_MAX 10
/* Nor sooner than a round trip, or this where that is unknown or tiny. */
#define TUTTI_SENDER_AGAIN_MIN_US 5000
/* What may be sent again: as many bytes as were sent, and no more than this at once: NACKs can
 * double our traffic, never multiply it. */
#define TUTTI_SENDER_CREDIT_MAX_BYTES (128 * 1024)

typedef struct _TuttiSender TuttiSender;

/* first_seq: RFC 3550 section 5.1 wants it random; below 32768, so that SRTP's rollover counter
 * can't be guessed wrongly (RFC 3711 section 3.3.1). */
TuttiSender *tutti_sender_new (TuttiKind kind, guint16 first_seq);
void tutti_sender_free (TuttiSender *sender);

/* The answer's m-line that carries the stream down, copied; NULL: not negotiated. */
void tutti_sender_configure (TuttiSender *sender, const TuttiMedia *media);

/* So many pictures that would come next are left out on purpose: the peer won't miss them. */
void tutti_sender_skip (TuttiSender *sender, guint n_pictures);
/* Writes the whole RTP packet into buffer[TUTTI_SENDER_BUFFER_BYTES]; 0: its codec is not
 * negotiated. Keeps a reference on video. */
gsize tutti_sender_write (TuttiSender *sender, TuttiPacket *packet, gint64 now_us, guint8 *buffer);
/* A packet that the peer asks for again, by RTX where negotiated. 0: it won't be sent. */
gsize tutti_sender_write_again (TuttiSender *sender, guint16 seq, gint64 now_us,
                                gint64 round_trip_us, guint8 *buffer);

/* Bytes that only fill: a late packet again by RTX, as libwebrtc does it, since it may be of use;
 * without RTX an empty packet, between pictures. 0: there is no way now. */
gsize tutti_sender_write_padding (TuttiSender *sender, gint64 now_us, guint8 *buffer);

/* Whether the packet just written wants a transport-wide sequence number
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01). */
gboolean tutti_sender_wants_stamp (const TuttiSender *sender);
/* Puts it there. */
void tutti_sender_stamp (TuttiSender *sender, guint16 transport_seq, guint8 *buffer);

/* 0: not negotiated. */
guint32 tutti_sender_ssrc (const TuttiSender *sender);
guint32 tutti_sender_rtx_ssrc (const TuttiSender *sender);
/* Whether it sent anything of late; then its sender report is filled in. */
gboolean tutti_sender_report (const TuttiSender *sender, gint64 now_us, TuttiRtcpSender *report);

/* A report block about its SSRC. */
void tutti_sender_take_block (TuttiSender *sender, const TuttiRtcpBlock *block);
/* Its owner tells it what is lost and how much room there is; sound goes by it if the peer takes
 * RED.
 */
TuttiRedundancy *tutti_sender_get_redundancy (TuttiSender *sender);
/* Counts a key frame request of the peer. */
void tutti_sender_count_pli (TuttiSender *sender);
void tutti_sender_get_stats (const TuttiSender *sender, TuttiStreamStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiSender, tutti_sender_free)
