/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * follow.c: see follow.h. Messages are read and written by libnice's STUN library. Role: net.
 */
#include "follow.h"

#include <string.h>

#include <tutti/clock.h>

#include <stun/usages/ice.h>

/* Sound comes each 20 ms, and each 400 ms in its pauses; so a nominating check from elsewhere
 * counts after a second. Who only listens may say nothing for longer, and may check other pairs
 * meanwhile without meaning to use them. */
#define SILENCE_NOMINATED_US G_USEC_PER_SEC
#define SILENCE_CHECKED_US (3 * G_USEC_PER_SEC)
/* One question each so often, whoever causes them: a flood of checks is no flood of ours. */
#define PROBE_INTERVAL_US (100 * TUTTI_USEC_PER_MSEC)
/* Questions that may wait for their answers: the STUN library remembers so many. */
#define PROBES_MAX 100

struct _TuttiFollow {
    StunAgent agent;
    char local_ufrag[TUTTI_UFRAG_MAX + 1], local_pwd[TUTTI_PWD_MAX + 1];
    char remote_ufrag[TUTTI_UFRAG_MAX + 1], remote_pwd[TUTTI_PWD_MAX + 1];
    gboolean controlling;

    guint n_probes;
    gint64 probed_us;
    int fd; /* where the last question went */
    struct sockaddr_storage to;
    guint8 probe[TUTTI_PROBE_MAX_BYTES];
    gsize probe_bytes;
};

static void
forget_probes (TuttiFollow *follow)
{
    stun_agent_init (&follow->agent, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389,
                     STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
    follow->n_probes = 0;
}

/* "our fragment:theirs". */
static bool
on_validate (StunAgent *agent, StunMessage *message, uint8_t *username, uint16_t username_bytes,
             uint8_t **password, size_t *password_bytes, void *user_data)
{
    TuttiFollow *follow = user_data;
    gsize ufrag_bytes = strlen (follow->local_ufrag);

    if (username_bytes <= ufrag_bytes || username[ufrag_bytes] != ':' ||
        memcmp (username, follow->local_ufrag, ufrag_bytes) != 0)
        return false;
    *password = (uint8_t *)follow->local_pwd;
    *password_bytes = strlen (follow->local_pwd);
    return true;
}

static gboolean
write_probe (TuttiFollow *follow)
{
    StunMessage message;
    g_autofree char *username =
        g_strdup_printf ("%s:%s", follow->remote_ufrag, follow->local_ufrag);

    if (follow->n_probes++ == PROBES_MAX)
        forget_probes (follow);
    follow->probe_bytes = stun_usage_ice_conncheck_create (
        &follow->agent, &message, follow->probe, sizeof follow->probe, (const guint8 *)username,
        strlen (username), (const guint8 *)follow->remote_pwd, strlen (follow->remote_pwd), FALSE,
        follow->controlling, TUTTI_PROBE_PRIORITY, tutti_probe_tie_breaker (), NULL,
        STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
    return follow->probe_bytes > 0;
}

static TuttiFollowAdvice
judge_check (TuttiFollow *follow, StunMessage *check, gint64 silence_us, gint64 now_us)
{
    gboolean nominates = stun_usage_ice_conncheck_use_candidate (check);

    if (silence_us < (nominates ? SILENCE_NOMINATED_US : SILENCE_CHECKED_US) ||
        (follow->n_probes > 0 && now_us - follow->probed_us < PROBE_INTERVAL_US))
        return TUTTI_FOLLOW_STAY;
    follow->probed_us = now_us;
    return write_probe (follow) ? TUTTI_FOLLOW_PROBE : TUTTI_FOLLOW_STAY;
}

TuttiFollow *
tutti_follow_new (void)
{
    TuttiFollow *follow = g_new0 (TuttiFollow, 1);

    forget_probes (follow);
    return follow;
}

void
tutti_follow_free (TuttiFollow *follow)
{
    g_free (follow);
}

void
tutti_follow_set_keys (TuttiFollow *follow, const TuttiProbeKeys *keys, const char *local_pwd)
{
    forget_probes (follow);
    g_strlcpy (follow->local_ufrag, keys->local_ufrag, sizeof follow->local_ufrag);
    g_strlcpy (follow->local_pwd, local_pwd, sizeof follow->local_pwd);
    g_strlcpy (follow->remote_ufrag, keys->remote_ufrag, sizeof follow->remote_ufrag);
    g_strlcpy (follow->remote_pwd, keys->remote_pwd, sizeof follow->remote_pwd);
    follow->controlling = keys->controlling;
}

TuttiFollowAdvice
tutti_follow_take (TuttiFollow *follow, int fd, const struct sockaddr_storage *from,
                   const guint8 *data, gsize length_bytes, gint64 silence_us, gint64 now_us)
{
    StunMessage message;
    TuttiFollowAdvice advice;

    /* Before anything costs something: integrity is two hashes. */
    if (silence_us < SILENCE_NOMINATED_US || follow->remote_pwd[0] == '\0' ||
        stun_agent_validate (&follow->agent, &message, data, length_bytes, on_validate, follow) !=
            STUN_VALIDATION_SUCCESS ||
        stun_message_get_method (&message) != STUN_BINDING)
        return TUTTI_FOLLOW_STAY;
    switch (stun_message_get_class (&message)) {
    case STUN_REQUEST:
        advice = judge_check (follow, &message, silence_us, now_us);
        if (advice == TUTTI_FOLLOW_PROBE) {
            follow->fd = fd;
            follow->to = *from;
        }
        return advice;
    case STUN_RESPONSE:
        /* RFC 8445 section 7.2.5.2.1: an answer comes from where the question went. */
        return fd == follow->fd && memcmp (&follow->to, from, sizeof *from) == 0
                   ? TUTTI_FOLLOW_MOVE
                   : TUTTI_FOLLOW_STAY;
    default:
        return TUTTI_FOLLOW_STAY;
    }
}

const guint8 *
tutti_follow_get_probe (TuttiFollow *follow, gsize *length_bytes)
{
    *length_bytes = follow->probe_bytes;
    return follow->probe;
}
