/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * consent.c: see consent.h. Role: net.
 */
#include "consent.h"

#include <string.h>

#include <openssl/crypto.h>
#include <tutti/clock.h>

#include "deadlines.h"
#include "stun.h"

/* Questions that may be answered yet: those of vigil.c come each 0.8 s, and an answer that takes
 * longer than all of them is for none. */
#define ASKED_MAX 8
/* RFC 8445 section 7.3.1.4: a check is checked back; so often at most. */
#define ASK_BACK_US (500 * TUTTI_USEC_PER_MSEC)
/* RFC 7675 section 5.2 */
#define FORBIDDEN 403

struct _TuttiConsent {
    const TuttiProbeKeys *keys;
    const char *local_pwd;
    struct sockaddr_storage peer;
    gboolean is_on, is_paused, is_expired;
    gint64 answered_us, asked_us, ask_us;
    guint8 asked[ASKED_MAX][TUTTI_STUN_ID_BYTES];
    guint n_asked; /* in all */
    guint8 message[TUTTI_PROBE_MAX_BYTES];
    gsize message_bytes;
};

/* RFC 7675 section 5.1: randomised by a fifth, so that legs don't ask all at once. */
static gint64
find_next (gint64 now_us)
{
    const gint32 fifth_us = TUTTI_CONSENT_INTERVAL_US / 5;

    return now_us + TUTTI_CONSENT_INTERVAL_US + g_random_int_range (-fifth_us, fifth_us + 1);
}

static gint64
find_expiry (TuttiConsent *consent)
{
    return consent->answered_us + (consent->keys->controlling ? TUTTI_CONSENT_OFFERER_EXPIRES_US
                                                              : TUTTI_CONSENT_EXPIRES_US);
}

static gboolean
is_asked (TuttiConsent *consent, const guint8 *id)
{
    guint n = MIN (consent->n_asked, ASKED_MAX);

    for (guint i = 0; i < n; i++)
        if (memcmp (consent->asked[i], id, TUTTI_STUN_ID_BYTES) == 0)
            return TRUE;
    return FALSE;
}

/* "our fragment:theirs". */
static gboolean
is_our_name (TuttiConsent *consent, const TuttiStunMessage *message)
{
    const char *ours = consent->keys->local_ufrag, *theirs = consent->keys->remote_ufrag;
    gsize our_bytes = strlen (ours), their_bytes = strlen (theirs);

    return message->username && message->username_bytes == our_bytes + 1 + their_bytes &&
           CRYPTO_memcmp (message->username, ours, our_bytes) == 0 &&
           message->username[our_bytes] == ':' &&
           CRYPTO_memcmp (message->username + our_bytes + 1, theirs, their_bytes) == 0;
}

/* Nothing that ICE would have to think about: the other role, our credentials. That it nominates
 * the pair changes nothing, for it is the one in use. */
static gboolean
is_usual_check (TuttiConsent *consent, const TuttiStunMessage *message)
{
    gboolean controlling = consent->keys->controlling;

    return !message->is_odd && message->has_priority && message->is_controlling == !controlling &&
           message->is_controlled == controlling && is_our_name (consent, message) &&
           tutti_stun_is_signed (message, consent->local_pwd);
}

static TuttiConsentAdvice
answer_check (TuttiConsent *consent, const TuttiStunMessage *message, gint64 now_us)
{
    TuttiStunWriter writer;

    if (!is_usual_check (consent, message))
        return TUTTI_CONSENT_PASS;
    tutti_stun_begin (&writer, consent->message, sizeof consent->message, TUTTI_STUN_SUCCESS,
                      message->id);
    tutti_stun_put_mapped (&writer, &consent->peer);
    consent->message_bytes = tutti_stun_finish (&writer, consent->local_pwd);
    /* It is there again: so is our question. */
    if (consent->is_expired)
        consent->ask_us = MAX (now_us, consent->asked_us + ASK_BACK_US);
    return TUTTI_CONSENT_REPLY;
}

static void
take_answer (TuttiConsent *consent, const TuttiStunMessage *message, gint64 now_us)
{
    if (!tutti_stun_is_signed (message, consent->keys->remote_pwd))
        return;
    if (message->type == TUTTI_STUN_SUCCESS) {
        consent->answered_us = now_us;
        consent->is_expired = FALSE;
    } else if (message->error_code == FORBIDDEN) {
        consent->is_expired = TRUE;
    }
    /* What is answered is answered. */
    consent->n_asked = 0;
    consent->ask_us = consent->is_expired ? TUTTI_DEADLINE_NEVER : find_next (now_us);
}

TuttiConsent *
tutti_consent_new (const TuttiProbeKeys *keys, const char *local_pwd)
{
    TuttiConsent *consent = g_new0 (TuttiConsent, 1);

    consent->keys = keys;
    consent->local_pwd = local_pwd;
    return consent;
}

void
tutti_consent_free (TuttiConsent *consent)
{
    g_free (consent);
}

void
tutti_consent_begin (TuttiConsent *consent, const struct sockaddr_storage *peer, gint64 now_us)
{
    consent->peer = *peer;
    consent->is_on = TRUE;
    consent->is_paused = consent->is_expired = FALSE;
    consent->answered_us = now_us;
    consent->ask_us = find_next (now_us);
    consent->n_asked = 0;
}

void
tutti_consent_end (TuttiConsent *consent)
{
    consent->is_on = consent->is_expired = FALSE;
    consent->n_asked = 0;
}

void
tutti_consent_pause (TuttiConsent *consent)
{
    consent->is_paused = TRUE;
    consent->n_asked = 0;
}

TuttiConsentAdvice
tutti_consent_take (TuttiConsent *consent, const guint8 *data, gsize length_bytes,
                    gboolean may_answer, gint64 now_us)
{
    TuttiStunMessage message;

    if (!consent->is_on || consent->is_paused || !tutti_stun_read (&message, data, length_bytes))
        return TUTTI_CONSENT_PASS;
    switch (message.type) {
    case TUTTI_STUN_REQUEST:
        return may_answer ? answer_check (consent, &message, now_us) : TUTTI_CONSENT_PASS;
    case TUTTI_STUN_INDICATION: /* RFC 8445 section 11: that it came is all it says */
        return may_answer ? TUTTI_CONSENT_TAKEN : TUTTI_CONSENT_PASS;
    case TUTTI_STUN_SUCCESS:
    case TUTTI_STUN_ERROR:
        if (!is_asked (consent, message.id))
            return TUTTI_CONSENT_PASS;
        take_answer (consent, &message, now_us);
        return TUTTI_CONSENT_TAKEN;
    default:
        return TUTTI_CONSENT_PASS;
    }
}

gint64
tutti_consent_get_due (TuttiConsent *consent)
{
    gint64 ask_us = consent->is_paused ? TUTTI_DEADLINE_NEVER : consent->ask_us;

    if (!consent->is_on)
        return TUTTI_DEADLINE_NEVER;
    return consent->is_expired ? ask_us : MIN (ask_us, find_expiry (consent));
}

gboolean
tutti_consent_tick (TuttiConsent *consent, gint64 now_us)
{
    if (!consent->is_on)
        return FALSE;
    if (!consent->is_expired && now_us >= find_expiry (consent)) {
        consent->is_expired = TRUE;
        /* RFC 7675 section 5.1: nothing is sent any more, unless the peer asks. */
        consent->ask_us = TUTTI_DEADLINE_NEVER;
    }
    return !consent->is_paused && now_us >= consent->ask_us;
}

gboolean
tutti_consent_ask (TuttiConsent *consent, gint64 now_us)
{
    consent->message_bytes = tutti_probe_write (consent->keys, consent->message);
    consent->asked_us = now_us;
    consent->ask_us = consent->is_expired ? TUTTI_DEADLINE_NEVER : find_next (now_us);
    if (consent->message_bytes == 0)
        return FALSE;
    memcpy (consent->asked[consent->n_asked++ % ASKED_MAX], consent->message + 8,
            TUTTI_STUN_ID_BYTES);
    return TRUE;
}

const guint8 *
tutti_consent_get_message (TuttiConsent *consent, gsize *length_bytes)
{
    *length_bytes = consent->message_bytes;
    return consent->message;
}

gboolean
tutti_consent_is_expired (TuttiConsent *consent)
{
    return consent->is_expired;
}
