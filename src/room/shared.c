/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * shared.c: starts and stops what all rooms share, from the configuration. Role: main.
 */
#include <string.h>

#include <tutti/clock.h>

#include "shared.h"

/* TURN REST credentials (draft-uberti-behave-turn-rest-00) end at a time. The net keeps ours for
 * the whole run, so they must last longer than a run. */
#define TURN_LIFETIME_S ((gint64)10 * 365 * 24 * 3600)

/* draft-uberti-behave-turn-rest-00 section 2.2: base64(HMAC-SHA1(secret, user)). */
static char *
make_turn_password (const char *secret, const char *user)
{
    g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA1, (const guchar *)secret, strlen (secret));
    guint8 digest[20];
    gsize length = sizeof digest;

    g_hmac_update (hmac, (const guchar *)user, -1);
    g_hmac_get_digest (hmac, digest, &length);
    return g_base64_encode (digest, length);
}

static TuttiNet *
start_net (TuttiConfig *config, GError **error)
{
    const char *secret = tutti_config_string (config, "ice", "turn-secret");
    g_autofree char *user = g_strdup_printf ("%" G_GINT64_FORMAT ":tutti",
                                             g_get_real_time () / G_USEC_PER_SEC + TURN_LIFETIME_S);
    g_autofree char *password = make_turn_password (secret, user);
    TuttiNetConfig net = {
        .stun_server = tutti_config_string (config, "ice", "stun-server"),
        .turn_server = tutti_config_string (config, "ice", "turn-server"),
        .turn_user = secret[0] ? user : "",
        .turn_password = secret[0] ? password : "",
        .udp_port_min = (guint16)tutti_config_int (config, "ice", "udp-port-min"),
        .udp_port_max = (guint16)tutti_config_int (config, "ice", "udp-port-max"),
        .tcp = tutti_config_bool (config, "ice", "tcp"),
        .interfaces = tutti_config_string (config, "ice", "interfaces"),
        .public_address = tutti_config_string (config, "ice", "public-address"),
        .force_relay = tutti_config_bool (config, "ice", "force-relay"),
    };

    return tutti_net_new (&net, error);
}

static void
read_codecs (TuttiShared *shared)
{
    g_auto (GStrv) words =
        g_strsplit_set (tutti_config_string (shared->config, "video", "codecs"), " ,", -1);
    guint n = 0;

    for (guint i = 0; words[i] && n < TUTTI_VIDEO_CODECS_MAX; i++) {
        if (g_ascii_strcasecmp (words[i], "VP8") == 0)
            shared->codecs[n++] = TUTTI_CODEC_VP8;
        else if (g_ascii_strcasecmp (words[i], "H264") == 0)
            shared->codecs[n++] = TUTTI_CODEC_H264;
    }
    shared->codecs[n] = TUTTI_CODEC_NONE;
}

static void
read_config (TuttiShared *shared)
{
    TuttiConfig *config = shared->config;

    read_codecs (shared);
    tutti_ladder_parse (&shared->ladder, tutti_config_string (config, "video", "renditions"),
                        (guint)tutti_config_int (config, "video", "bitrate"));
    shared->key_frame_interval_s =
        (guint)tutti_config_int (config, "video", "keyframe-interval-max");
    shared->stereo = tutti_config_bool (config, "audio", "stereo");
    shared->fec = tutti_config_bool (config, "audio", "fec");
    shared->dtx = tutti_config_bool (config, "audio", "dtx");
    shared->audio_bitrate_bps = (guint)tutti_config_int (config, "audio", "bitrate");
    shared->talkers = (guint)tutti_config_int (config, "audio", "talkers");
    shared->overload.limit_percent = (guint)tutti_config_int (config, "room", "overload-percent");
    shared->jitter_max_ms = (guint)tutti_config_int (config, "audio", "jitter-max-ms");
}

TuttiShared *
tutti_shared_new (TuttiConfig *config, TuttiTell tell, GError **error)
{
    g_autoptr (TuttiShared) shared = g_new0 (TuttiShared, 1);

    shared->config = config;
    shared->clock = tutti_clock_real ();
    read_config (shared);
    shared->net = start_net (config, error);
    if (!shared->net)
        return NULL;
    shared->jobs =
        tutti_jobs_new ((guint)tutti_config_int (config, "video", "threads"), shared->clock);
    shared->rounds = tutti_rounds_new (0);
    shared->stills = tutti_stills_new ();
    shared->letters = tutti_letters_new (tell);
    return g_steal_pointer (&shared);
}

void
tutti_shared_free (TuttiShared *shared)
{
    if (!shared)
        return;
    tutti_letters_free (shared->letters);
    g_clear_pointer (&shared->rounds, tutti_rounds_free);
    g_clear_pointer (&shared->jobs, tutti_jobs_free);
    g_clear_pointer (&shared->stills, tutti_stills_free);
    g_clear_pointer (&shared->net, tutti_net_free);
    g_free (shared);
}
