/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sdp-fragment.h: application/trickle-ice-sdpfrag (RFC 8840 section 9): what WHIP and WHEP clients
 * add to their offer, and our answer to a restart of ICE. Any thread; never blocks.
 */
#pragma once

#include <tutti/session.h>

/* 64 candidates of 512 bytes, and the lines around them. */
#define TUTTI_SDP_FRAGMENT_MAX_BYTES (40 * 1024)

typedef struct {
    char ufrag[TUTTI_UFRAG_MAX + 1], pwd[TUTTI_PWD_MAX + 1]; /* "": not said */
    GPtrArray *candidates; /* of char*: values of a=candidate without "a=" */
    gboolean end_of_candidates;
} TuttiSdpFragment;

/* Lines that have nothing to do with ICE are passed over: all is bundled. Errors: BAD_SDP. */
TuttiSdpFragment *tutti_sdp_fragment_read (const char *text, GError **error);
void tutti_sdp_fragment_free (TuttiSdpFragment *fragment);

/* Of an answer: its credentials and candidates. */
char *tutti_sdp_fragment_write (const TuttiSession *answer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiSdpFragment, tutti_sdp_fragment_free)
