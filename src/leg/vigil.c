/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vigil.c: see vigil.h. Role: net.
 */
#include "vigil.h"

#include <tutti/clock.h>
#include <tutti/session.h>

#include "consent.h"
#include "follow.h"
#include "wire.h"

/* Half of the time to LOST goes by before we ask; then three questions fit in. */
#define PROBE_AFTER_US (TUTTI_SILENCE_LOST_US / 2)
#define PROBE_INTERVAL_US (800 * TUTTI_USEC_PER_MSEC)

/* A restart is libnice's to settle; whoever is still silent after that is followed. */
#define RESTART_US (3 * G_USEC_PER_SEC)

struct _TuttiVigil {
    TuttiWire *wire;
    TuttiFollow *follow;
    TuttiConsent *consent;
    TuttiProbeKeys keys; /* points to the following */
    char local_ufrag[TUTTI_UFRAG_MAX + 1], local_pwd[TUTTI_PWD_MAX + 1];
    char remote_ufrag[TUTTI_UFRAG_MAX + 1], remote_pwd[TUTTI_PWD_MAX + 1];
    gint64 heard_us;  /* last packet that came by libnice, or reason to expect one */
    gboolean is_deaf; /* nothing heard for so long that a peer by TCP or relay counts as gone */
    gint64 probe_us;
    gint64 restarted_us, path_us; /* when the path was last selected */
};

static gint64
heard (TuttiVigil *vigil)
{
    return MAX (vigil->heard_us, tutti_wire_get_heard (vigil->wire));
}

static void
send_question (TuttiVigil *vigil, gint64 now_us)
{
    const guint8 *question;
    gsize length_bytes;

    if (!tutti_consent_ask (vigil->consent, now_us))
        return;
    /* Without a path of our own (TCP, relay) the wire drops it: libnice would wrap it as data. */
    question = tutti_consent_get_message (vigil->consent, &length_bytes);
    tutti_wire_send (vigil->wire, question, length_bytes);
}

TuttiVigil *
tutti_vigil_new (TuttiWire *wire, gboolean controlling)
{
    TuttiVigil *vigil = g_new0 (TuttiVigil, 1);

    vigil->wire = wire;
    vigil->keys = (TuttiProbeKeys){
        .local_ufrag = vigil->local_ufrag,
        .remote_ufrag = vigil->remote_ufrag,
        .remote_pwd = vigil->remote_pwd,
        .controlling = controlling,
    };
    vigil->follow = tutti_follow_new ();
    vigil->consent = tutti_consent_new (&vigil->keys, vigil->local_pwd);
    return vigil;
}

void
tutti_vigil_free (TuttiVigil *vigil)
{
    if (!vigil)
        return;
    tutti_consent_free (vigil->consent);
    tutti_follow_free (vigil->follow);
    g_free (vigil);
}

void
tutti_vigil_set_local (TuttiVigil *vigil, const char *ufrag, const char *pwd)
{
    g_strlcpy (vigil->local_ufrag, ufrag, sizeof vigil->local_ufrag);
    g_strlcpy (vigil->local_pwd, pwd, sizeof vigil->local_pwd);
}

void
tutti_vigil_set_remote (TuttiVigil *vigil, const char *ufrag, const char *pwd)
{
    g_strlcpy (vigil->remote_ufrag, ufrag, sizeof vigil->remote_ufrag);
    g_strlcpy (vigil->remote_pwd, pwd, sizeof vigil->remote_pwd);
    tutti_follow_set_keys (vigil->follow, &vigil->keys, vigil->local_pwd);
}

void
tutti_vigil_restart (TuttiVigil *vigil, gint64 now_us)
{
    vigil->restarted_us = now_us;
    tutti_consent_pause (vigil->consent);
}

void
tutti_vigil_note_heard (TuttiVigil *vigil, gint64 now_us)
{
    vigil->heard_us = now_us;
}

void
tutti_vigil_note_path (TuttiVigil *vigil, gint64 now_us)
{
    const struct sockaddr_storage *peer = tutti_wire_get_peer (vigil->wire);

    vigil->heard_us = vigil->path_us = now_us;
    vigil->is_deaf = FALSE;
    if (peer)
        tutti_consent_begin (vigil->consent, peer, now_us);
    else
        tutti_consent_end (vigil->consent);
}

gboolean
tutti_vigil_is_silent (TuttiVigil *vigil, gint64 now_us)
{
    return now_us - heard (vigil) >= TUTTI_SILENCE_LOST_US;
}

void
tutti_vigil_tick (TuttiVigil *vigil, gboolean may_ask, gint64 now_us)
{
    /* libnice, which asks there, waits 50 s for an answer: longer than RFC 7675 has it. */
    vigil->is_deaf =
        !tutti_wire_has_path (vigil->wire) && now_us - heard (vigil) >= TUTTI_CONSENT_EXPIRES_US;
    if (now_us < vigil->probe_us)
        return;
    if (now_us - heard (vigil) < PROBE_AFTER_US) {
        vigil->probe_us = heard (vigil) + PROBE_AFTER_US;
        return;
    }
    /* RFC 7675 section 5.1: nothing is sent once consent has expired. */
    if (may_ask)
        send_question (vigil, now_us);
    vigil->probe_us = now_us + PROBE_INTERVAL_US;
}

gint64
tutti_vigil_get_due (TuttiVigil *vigil)
{
    return MAX (vigil->probe_us, tutti_deadline_align (heard (vigil) + PROBE_AFTER_US));
}

void
tutti_vigil_start (TuttiVigil *vigil, gint64 now_us)
{
    vigil->heard_us = now_us;
    vigil->probe_us = now_us + PROBE_AFTER_US;
}

void
tutti_vigil_keep_consent (TuttiVigil *vigil, gboolean may_ask, gint64 now_us)
{
    if (tutti_consent_tick (vigil->consent, now_us) && may_ask)
        send_question (vigil, now_us);
}

gint64
tutti_vigil_get_consent_due (TuttiVigil *vigil)
{
    return tutti_deadline_relax (tutti_consent_get_due (vigil->consent));
}

gboolean
tutti_vigil_has_consent (TuttiVigil *vigil)
{
    return !vigil->is_deaf && !tutti_consent_is_expired (vigil->consent);
}

gboolean
tutti_vigil_take_check (TuttiVigil *vigil, const guint8 *data, gsize length_bytes,
                        gboolean may_answer, gint64 now_us)
{
    TuttiConsentAdvice advice =
        tutti_consent_take (vigil->consent, data, length_bytes, may_answer, now_us);

    if (advice == TUTTI_CONSENT_REPLY) {
        const guint8 *reply = tutti_consent_get_message (vigil->consent, &length_bytes);

        tutti_wire_send (vigil->wire, reply, length_bytes);
    }
    return advice != TUTTI_CONSENT_PASS;
}

void
tutti_vigil_take_stranger (TuttiVigil *vigil, TuttiIce *ice, int fd,
                           const struct sockaddr_storage *from, const guint8 *data,
                           gsize length_bytes, gint64 now_us)
{
    /* Of the path alone: what comes from elsewhere is heard too, by way of libnice. */
    gint64 silence_us = now_us - MAX (vigil->path_us, tutti_wire_get_heard (vigil->wire));
    TuttiFollowAdvice advice;

    if (now_us - vigil->restarted_us < RESTART_US)
        return;
    advice = tutti_follow_take (vigil->follow, fd, from, data, length_bytes, silence_us, now_us);
    if (advice == TUTTI_FOLLOW_PROBE) {
        gsize probe_bytes;
        const guint8 *probe = tutti_follow_get_probe (vigil->follow, &probe_bytes);

        tutti_wire_send_to (vigil->wire, fd, from, probe, probe_bytes);
    } else if (advice == TUTTI_FOLLOW_MOVE) {
        tutti_ice_move (ice, fd, from);
    }
}
