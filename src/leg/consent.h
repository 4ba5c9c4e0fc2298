/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * consent.h: a peer's consent to be sent to (RFC 7675) on a plain UDP pair that ICE has settled on:
 * asks for it, and answers the peer, who asks the same. libnice, which looks after pairs by TCP and
 * by a relay, is left out of it: what is in any way uncommon is passed on to it.
 *
 *   begin -> HELD --no answer for 30 s, or answered 403--> EXPIRED --the peer asks, answers--> HELD
 *
 * Knows no sockets; role: net.
 */
#pragma once

#include <sys/socket.h>

#include "probe.h"

/* RFC 7675 section 5.1 */
#define TUTTI_CONSENT_INTERVAL_US (5 * G_USEC_PER_SEC)
#define TUTTI_CONSENT_EXPIRES_US (30 * G_USEC_PER_SEC)
/* An offerer behaves as browsers do, who are on that side. */
#define TUTTI_CONSENT_OFFERER_EXPIRES_US (50 * G_USEC_PER_SEC)

typedef struct _TuttiConsent TuttiConsent;

typedef enum {
    TUTTI_CONSENT_PASS,  /* for libnice */
    TUTTI_CONSENT_TAKEN, /* nothing more to do */
    TUTTI_CONSENT_REPLY, /* send what tutti_consent_get_message() has to the peer */
} TuttiConsentAdvice;

/* What both point to is borrowed; it may change while there is no pair, or in a pause. */
TuttiConsent *tutti_consent_new (const TuttiProbeKeys *keys, const char *local_pwd);
void tutti_consent_free (TuttiConsent *consent);

/* That peer is on the pair, and consents by having been nominated. */
void tutti_consent_begin (TuttiConsent *consent, const struct sockaddr_storage *peer,
                          gint64 now_us);
/* There is no such pair: all is passed on, nothing expires. */
void tutti_consent_end (TuttiConsent *consent);
/* ICE is restarted: all is passed on and nothing asked until begin(), which must be in time. */
void tutti_consent_pause (TuttiConsent *consent);

/* STUN from the peer. may_answer: ICE has no choice to make, libnice needn't see its checks. */
TuttiConsentAdvice tutti_consent_take (TuttiConsent *consent, const guint8 *data,
                                       gsize length_bytes, gboolean may_answer, gint64 now_us);

/* When to ask, or to see that it is too late. */
gint64 tutti_consent_get_due (TuttiConsent *consent);
/* TRUE: a question is due. */
gboolean tutti_consent_tick (TuttiConsent *consent, gint64 now_us);
/* Writes a question, whether due or not: get_message() has it. FALSE: the keys are too long. */
gboolean tutti_consent_ask (TuttiConsent *consent, gint64 now_us);

const guint8 *tutti_consent_get_message (TuttiConsent *consent, gsize *length_bytes);

gboolean tutti_consent_is_expired (TuttiConsent *consent);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiConsent, tutti_consent_free)
