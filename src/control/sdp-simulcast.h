/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sdp-simulcast.h: one picture in several sizes: a=simulcast and a=rid (RFC 8853, RFC 8851), and
 * a=ssrc-group of SIM, which browsers had before. Any thread.
 */
#pragma once

#include <tutti/session.h>

/* An attribute of the offer's m-line; others and nonsense are passed over. Layers beyond
 * TUTTI_SIMULCAST_MAX are left out. */
void tutti_sdp_simulcast_read (TuttiMedia *media, const char *key, const char *value);
/* A FID group, after all those were read. */
void tutti_sdp_simulcast_pair (TuttiMedia *media, guint32 ssrc, guint32 rtx_ssrc);

/* The answer's lines, if it takes layers. */
void tutti_sdp_simulcast_write (const TuttiMedia *media, GString *sdp);
