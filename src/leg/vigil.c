/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vigil.c: see vigil.h. Role: net.
 */
#include "vigil.h"

#include <tutti/clock.h>
#include <tutti/session.h>

#include "follow.h"
#include "probe.h"
#include "wire.h"

/* Half of the time to LOST goes by before we ask; then three questions fit in. */
#define PROBE_AFTER_US (TUTTI_SILENCE_LOST_US / 2)
#define PROBE_INTERVAL_US (800 * TUTTI_USEC_PER_MSEC)

/* A restart is libnice's to settle; whoever is still silent after that is followed. */
#define RESTART_US (3 * G_USEC_PER_SEC)

struct _TuttiVigil {
    TuttiWire *wire;
    TuttiFollow *follow;
    gboolean controlling;
    char local_ufrag[TUTTI_UFRAG_MAX + 1], local_pwd[TUTTI_PWD_MAX + 1];
    char remote_ufrag[TUTTI_UFRAG_MAX + 1], remote_pwd[TUTTI_PWD_MAX + 1];
    gint64 heard_us; /* last packet that came by libnice, or reason to expect one */
    gint64 probe_us;
    gint64 restarted_us, path_us; /* when the path was last selected */
};

static gint64
heard (TuttiVigil *vigil)
{
    return MAX (vigil->heard_us, tutti_wire_get_heard (vigil->wire));
}

static TuttiProbeKeys
list_keys (TuttiVigil *vigil)
{
    return (TuttiProbeKeys){
        .local_ufrag = vigil->local_ufrag,
        .remote_ufrag = vigil->remote_ufrag,
        .remote_pwd = vigil->remote_pwd,
        .controlling = vigil->controlling,
    };
}

static void
send_probe (TuttiVigil *vigil)
{
    TuttiProbeKeys keys = list_keys (vigil);
    guint8 buffer[TUTTI_PROBE_MAX_BYTES];
    gsize length = tutti_probe_write (&keys, buffer);

    /* Without a path of our own (TCP, relay) the wire drops it: libnice would wrap it as data. */
    if (length > 0)
        tutti_wire_send (vigil->wire, buffer, length);
}

TuttiVigil *
tutti_vigil_new (TuttiWire *wire, gboolean controlling)
{
    TuttiVigil *vigil = g_new0 (TuttiVigil, 1);

    vigil->wire = wire;
    vigil->controlling = controlling;
    vigil->follow = tutti_follow_new ();
    return vigil;
}

void
tutti_vigil_free (TuttiVigil *vigil)
{
    if (!vigil)
        return;
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
    TuttiProbeKeys keys = list_keys (vigil); /* points into the vigil */

    g_strlcpy (vigil->remote_ufrag, ufrag, sizeof vigil->remote_ufrag);
    g_strlcpy (vigil->remote_pwd, pwd, sizeof vigil->remote_pwd);
    tutti_follow_set_keys (vigil->follow, &keys, vigil->local_pwd);
}

void
tutti_vigil_restart (TuttiVigil *vigil, gint64 now_us)
{
    vigil->restarted_us = now_us;
}

void
tutti_vigil_note_heard (TuttiVigil *vigil, gint64 now_us)
{
    vigil->heard_us = now_us;
}

void
tutti_vigil_note_path (TuttiVigil *vigil, gint64 now_us)
{
    vigil->heard_us = vigil->path_us = now_us;
}

gboolean
tutti_vigil_is_silent (TuttiVigil *vigil, gint64 now_us)
{
    return now_us - heard (vigil) >= TUTTI_SILENCE_LOST_US;
}

void
tutti_vigil_tick (TuttiVigil *vigil, gboolean may_ask, gint64 now_us)
{
    if (now_us < vigil->probe_us)
        return;
    if (now_us - heard (vigil) < PROBE_AFTER_US) {
        vigil->probe_us = heard (vigil) + PROBE_AFTER_US;
        return;
    }
    /* RFC 7675 section 5.1: nothing is sent once consent has expired. */
    if (may_ask)
        send_probe (vigil);
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
