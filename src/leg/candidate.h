/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * candidate.h: ICE candidates between text (RFC 8839 section 5.1) and libnice. Any thread.
 */
#pragma once

#include "handles.h"

/* Reads the value of an a=candidate line ("candidate:1 1 udp …"; a leading "a=" is forgiven). TRUE
 * with *candidate NULL for what is well-formed but of no use here: mDNS and host names, component
 * 2, transports and types we don't know. FALSE for text that is no candidate:
 * TUTTI_ERROR_BAD_CANDIDATE.
 */
gboolean tutti_candidate_parse (const char *text, NiceCandidate **candidate, GError **error);

/* "" and "end-of-candidates" (RFC 8840 section 8.2). */
gboolean tutti_candidate_is_end (const char *text);

/* The value of the a=candidate line. public_address (NULL or "": none) replaces the address of host
 * candidates of its family that are not loopback (1:1 NAT). NULL for candidates that are not
 * announced: active TCP (we never open connections). */
char *tutti_candidate_format (const NiceCandidate *candidate, const char *public_address);
