/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sdp-write.h: an answer's plain values in, SDP text out. Any thread; never blocks.
 */
#pragma once

#include <tutti/session.h>

/* The text, lines ended by CRLF. The values are our own and trusted. */
char *tutti_sdp_write (const TuttiSession *session);
