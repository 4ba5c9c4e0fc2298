/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * probe.h: a STUN Binding request of our own (RFC 8445 section 7.2.2): asks for consent, and when a
 * peer has been silent for long: a live one answers at once. Any thread.
 */
#pragma once

#include <glib.h>

/* Header, username of two fragments of 256, priority, role, integrity, fingerprint. */
#define TUTTI_PROBE_MAX_BYTES 640

typedef struct {
    const char *local_ufrag;
    const char *remote_ufrag, *remote_pwd;
    gboolean controlling;
} TuttiProbeKeys;

/* RFC 8445 section 5.1.2.1: a peer-reflexive candidate's, of the one component. */
#define TUTTI_PROBE_PRIORITY ((110u << 24) + (65535u << 8) + 255u)

/* Section 7.1.3: both say one with their role; it decides nothing here. */
guint64 tutti_probe_tie_breaker (void);

/* A controlling side nominates by it: the pair is the one it uses. Bytes written to buffer, of
 * TUTTI_PROBE_MAX_BYTES; 0 when the keys are too long. */
gsize tutti_probe_write (const TuttiProbeKeys *keys, guint8 *buffer);
