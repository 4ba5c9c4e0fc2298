/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * light-ice.c: see light-ice.h. Messages are read and written by libnice's STUN library.
 */
#include "light-ice.h"

#include <netinet/in.h>
#include <string.h>

#include <stun/usages/ice.h>

#include "leg/probe.h"

/* RFC 8839 section 5.4 asks for 4 and 22 at least. */
#define UFRAG_CHARS 8
#define PWD_CHARS 24
/* Checks that may wait for their answers: the STUN library remembers so many. */
#define CHECKS_MAX 100

struct _LightIce {
    StunAgent agent;
    guint n_checks;
    guint64 tie_breaker;
    char ufrag[UFRAG_CHARS + 1], pwd[PWD_CHARS + 1];
    char username[2 * TUTTI_UFRAG_MAX + 2]; /* of our checks */
    char remote_pwd[TUTTI_PWD_MAX + 1];
};

static void
fill_random (char *text, guint n_chars)
{
    static const char chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (guint i = 0; i < n_chars; i++)
        text[i] = chars[g_random_int_range (0, (int)sizeof chars - 1)];
    text[n_chars] = '\0';
}

static void
forget_checks (LightIce *ice)
{
    stun_agent_init (&ice->agent, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389,
                     STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
    ice->n_checks = 0;
}

/* "our fragment:theirs". */
static bool
on_validate (StunAgent *agent, StunMessage *message, uint8_t *username, uint16_t username_bytes,
             uint8_t **password, size_t *password_bytes, void *user_data)
{
    LightIce *ice = user_data;

    if (username_bytes <= UFRAG_CHARS || username[UFRAG_CHARS] != ':' ||
        memcmp (username, ice->ufrag, UFRAG_CHARS) != 0)
        return false;
    *password = (uint8_t *)ice->pwd;
    *password_bytes = PWD_CHARS;
    return true;
}

static LightIceVerdict
answer_check (LightIce *ice, StunMessage *check, const struct sockaddr_storage *from,
              guint8 *answer, gsize *answer_bytes)
{
    StunMessage message;
    bool controlling = true;
    size_t bytes = LIGHT_ICE_MAX_BYTES;

    stun_usage_ice_conncheck_create_reply (&ice->agent, check, &message, answer, &bytes, from,
                                           sizeof (struct sockaddr_in), &controlling,
                                           ice->tie_breaker, STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
    *answer_bytes = bytes;
    return bytes > 0 ? LIGHT_ICE_ANSWER : LIGHT_ICE_NOTHING;
}

LightIce *
light_ice_new (void)
{
    LightIce *ice = g_new0 (LightIce, 1);

    fill_random (ice->ufrag, UFRAG_CHARS);
    fill_random (ice->pwd, PWD_CHARS);
    ice->tie_breaker = tutti_probe_tie_breaker ();
    forget_checks (ice);
    return ice;
}

void
light_ice_free (LightIce *ice)
{
    g_free (ice);
}

void
light_ice_describe (const LightIce *ice, TuttiSession *description)
{
    g_strlcpy (description->ufrag, ice->ufrag, sizeof description->ufrag);
    g_strlcpy (description->pwd, ice->pwd, sizeof description->pwd);
}

void
light_ice_set_remote (LightIce *ice, const char *ufrag, const char *pwd)
{
    g_snprintf (ice->username, sizeof ice->username, "%s:%s", ufrag, ice->ufrag);
    g_strlcpy (ice->remote_pwd, pwd, sizeof ice->remote_pwd);
}

gsize
light_ice_write_check (LightIce *ice, guint8 *buffer)
{
    StunMessage message;

    if (ice->n_checks++ == CHECKS_MAX)
        forget_checks (ice);
    return stun_usage_ice_conncheck_create (
        &ice->agent, &message, buffer, LIGHT_ICE_MAX_BYTES, (const guint8 *)ice->username,
        strlen (ice->username), (const guint8 *)ice->remote_pwd, strlen (ice->remote_pwd), TRUE,
        TRUE, TUTTI_PROBE_PRIORITY, ice->tie_breaker, NULL, STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
}

LightIceVerdict
light_ice_take (LightIce *ice, const struct sockaddr_storage *from, const guint8 *data,
                gsize length_bytes, guint8 *answer, gsize *answer_bytes)
{
    StunMessage message;

    if (stun_agent_validate (&ice->agent, &message, data, length_bytes, on_validate, ice) !=
            STUN_VALIDATION_SUCCESS ||
        stun_message_get_method (&message) != STUN_BINDING)
        return LIGHT_ICE_NOTHING;
    switch (stun_message_get_class (&message)) {
    case STUN_REQUEST:
        return answer_check (ice, &message, from, answer, answer_bytes);
    case STUN_RESPONSE:
        return LIGHT_ICE_AGREED;
    default:
        return LIGHT_ICE_NOTHING;
    }
}
