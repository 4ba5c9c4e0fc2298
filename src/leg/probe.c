/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * probe.c: see probe.h. Any thread.
 */
#include "probe.h"

#include <string.h>

#include <openssl/rand.h>

#include "bytes.h"
#include "stun.h"

guint64
tutti_probe_tie_breaker (void)
{
    return (guint64)g_random_int () << 32 | g_random_int ();
}

gsize
tutti_probe_write (const TuttiProbeKeys *keys, guint8 *buffer)
{
    guint64 tie_breaker = tutti_probe_tie_breaker ();
    g_autofree char *username = g_strdup_printf ("%s:%s", keys->remote_ufrag, keys->local_ufrag);
    guint8 id[TUTTI_STUN_ID_BYTES], priority[4];
    TuttiStunWriter writer;

    /* An answer proves nothing when its question can be guessed. */
    if (RAND_bytes (id, sizeof id) != 1)
        return 0;
    tutti_put_u32 (priority, TUTTI_PROBE_PRIORITY);
    tutti_stun_begin (&writer, buffer, TUTTI_PROBE_MAX_BYTES, TUTTI_STUN_REQUEST, id);
    tutti_stun_put (&writer, TUTTI_STUN_USERNAME, username, strlen (username));
    tutti_stun_put (&writer, TUTTI_STUN_PRIORITY, priority, sizeof priority);
    tutti_stun_put (&writer, keys->controlling ? TUTTI_STUN_CONTROLLING : TUTTI_STUN_CONTROLLED,
                    &tie_breaker, sizeof tie_breaker);
    if (keys->controlling)
        tutti_stun_put (&writer, TUTTI_STUN_USE_CANDIDATE, NULL, 0);
    return tutti_stun_finish (&writer, keys->remote_pwd);
}
