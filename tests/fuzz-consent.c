/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz-consent.c: STUN of the path's peer, as it comes and with integrity and fingerprint put
 * right.
 */
#include <string.h>

#include "leg/consent.h"
#include "leg/stun.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
    const TuttiProbeKeys keys = {"evtj", "h6vY", "a-password-of-22-bytes", FALSE};
    g_autoptr (TuttiConsent) consent = tutti_consent_new (&keys, "VOkJxbRl1RmTxUk/WvJxBt");
    const struct sockaddr_storage peer = {.ss_family = AF_INET};
    guint8 buffer[TUTTI_STUN_MAX_BYTES] = {0};
    gsize length = MIN (size, sizeof buffer - 40) / 4 * 4;
    TuttiStunWriter writer;

    tutti_consent_begin (consent, &peer, 1);
    tutti_consent_take (consent, data, size, TRUE, 2);
    if (length < TUTTI_STUN_HEADER_BYTES)
        return 0;
    tutti_stun_begin (&writer, buffer, sizeof buffer, TUTTI_STUN_REQUEST, data + 8);
    memcpy (buffer, data, 2);
    memcpy (buffer + 20, data + 20, length - 20);
    writer.length_bytes = length;
    length = tutti_stun_finish (&writer, "VOkJxbRl1RmTxUk/WvJxBt");
    tutti_consent_take (consent, buffer, length, TRUE, 3);
    return 0;
}
