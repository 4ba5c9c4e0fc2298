/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config-keys.c: the table of configuration keys: section, key, default, unit, kind and range. The
 * one place that knows them; etc/tuttid.conf and tuttid.conf(5) are held against it by a test.
 */
#include "config-keys.h"

#define STRING(s, k, d)                                                                            \
    {                                                                                              \
        {s, k, d, NULL}, TUTTI_CONFIG_STRING, NULL, 0, 0                                           \
    }
#define BOOL(s, k, d)                                                                              \
    {                                                                                              \
        {s, k, d, "true or false"}, TUTTI_CONFIG_BOOL, NULL, 0, 0                                  \
    }
#define INT(s, k, d, u, low, top)                                                                  \
    {                                                                                              \
        {s, k, d, u}, TUTTI_CONFIG_INT, NULL, low, top                                             \
    }
#define ENUM(s, k, d, choices)                                                                     \
    {                                                                                              \
        {s, k, d, NULL}, TUTTI_CONFIG_ENUM, choices, 0, 0                                          \
    }
#define CHECK(s, k, d, u, kind)                                                                    \
    {                                                                                              \
        {s, k, d, u}, kind, NULL, 0, 0                                                             \
    }

static const TuttiConfigRow rows[] = {
    CHECK ("http", "listen", "127.0.0.1:8443", "ADDRESS:PORT", TUTTI_CONFIG_ADDRESS),
    ENUM ("http", "tls", "auto", "auto off files"),
    STRING ("http", "certificate", ""),
    STRING ("http", "private-key", ""),
    STRING ("http", "public-url", ""),
    STRING ("http", "allowed-origins", ""),
    STRING ("http", "web-directory", ""),

    STRING ("ice", "stun-server", ""),
    STRING ("ice", "turn-server", ""),
    STRING ("ice", "turn-secret", ""),
    INT ("ice", "udp-port-min", "0", "port; 0: any", 0, 65535),
    INT ("ice", "udp-port-max", "0", "port; 0: any", 0, 65535),
    BOOL ("ice", "tcp", "true"),
    STRING ("ice", "interfaces", ""),
    STRING ("ice", "public-address", ""),
    BOOL ("ice", "force-relay", "false"),

    /* The roof is what a round's mixer holds. */
    INT ("room", "limit", "100", "participants", 1, 4096),
    INT ("room", "max-rooms", "1000", "rooms", 1, 100000),
    INT ("room", "overload-percent", "2", "percent", 0, 100),
    ENUM ("room", "create", "anyone", "anyone moderator admin"),
    ENUM ("room", "layout", "grid", "grid speaker presenter"),
    CHECK ("room", "canvas", "1280x720", "WIDTHxHEIGHT, even", TUTTI_CONFIG_SIZE),
    INT ("room", "frame-rate", "30", "pictures a second", 1, 60),
    ENUM ("room", "topology", "mcu", "mcu"),
    INT ("room", "personal-views", "3", "participants", 0, 16),
    INT ("room", "idle-timeout", "0", "seconds", 0, 86400),
    BOOL ("room", "record", "false"),
    CHECK ("room", "pin", "", "4 to 64 printable characters", TUTTI_CONFIG_PIN),
    BOOL ("room", "waiting-room", "false"),
    ENUM ("room", "share", "anyone", "anyone moderator"),
    STRING ("room", "moderators", ""),
    CHECK ("room", "closes-at", "", "date and time of RFC 3339", TUTTI_CONFIG_TIME),
    /* The roof is a month. */
    INT ("room", "max-duration", "0", "seconds; 0: any", 0, 2678400),
    ENUM ("room", "record-layout", "", " grid speaker presenter"),

    INT ("audio", "talkers", "4", "voices", 1, 16),
    INT ("audio", "bitrate", "64000", "bit/s", 6000, 510000),
    BOOL ("audio", "stereo", "false"),
    BOOL ("audio", "fec", "true"),
    BOOL ("audio", "dtx", "true"),
    INT ("audio", "jitter-max-ms", "500", "ms", 40, 5000),
    BOOL ("audio", "noise-suppression", "false"),
    BOOL ("audio", "gain-control", "false"),

    CHECK ("video", "codecs", "VP8 H264", "names", TUTTI_CONFIG_CODECS),
    INT ("video", "bitrate", "1500000", "bit/s", 50000, 50000000),
    CHECK ("video", "renditions", "", "WIDTHxHEIGHT@RATE:BITRATEk ...", TUTTI_CONFIG_RENDITIONS),
    INT ("video", "threads", "0", "workers; 0: one a core", 0, 256),
    INT ("video", "keyframe-interval-max", "0", "seconds; 0: only when asked for", 0, 3600),

    STRING ("record", "directory", ""),
    ENUM ("record", "container", "webm", "webm mkv mp4"),
    CHECK ("record", "canvas", "", "WIDTHxHEIGHT, even", TUTTI_CONFIG_SIZE),
    INT ("record", "frame-rate", "0", "pictures a second; 0: the room's", 0, 60),
    INT ("record", "bitrate", "0", "bit/s; 0: as viewers have it", 0, 50000000),
    INT ("record", "keyframe-interval", "10", "seconds", 1, 300),
    BOOL ("record", "tracks", "false"),
    BOOL ("record", "tracks-video", "false"),
    CHECK ("record", "announce", "tone", "tone, off or a file", TUTTI_CONFIG_ANNOUNCE),
    INT ("record", "minimum-free-space", "1024", "MiB", 0, G_MAXINT32),

    STRING ("live", "directory", ""),
    INT ("live", "bitrate", "2500000", "bit/s", 50000, 50000000),
    INT ("live", "audio-bitrate", "128000", "bit/s", 32000, 320000),
    INT ("live", "keyframe-interval", "2", "seconds", 1, 10),
    STRING ("live", "ca-file", ""),

    STRING ("play", "directory", ""),

    ENUM ("auth", "mode", "open", "open token"),
    ENUM ("auth", "open-moderators", "anyone", "anyone first token"),
    STRING ("auth", "secret", ""),
    STRING ("auth", "secret-file", ""),
    INT ("auth", "join-rate", "60", "joins a minute from one address; 0: no bound", 0, 1000000),
    INT ("auth", "room-join-rate", "1000", "joins a minute into one room; 0: no bound", 0, 1000000),

    STRING ("admin", "socket", ""),
    CHECK ("admin", "listen", "off", "ADDRESS:PORT or off", TUTTI_CONFIG_ADDRESS_OR_OFF),
    STRING ("admin", "token-file", ""),

    STRING ("hooks", "url", ""),
    STRING ("hooks", "secret", ""),
    STRING ("hooks", "secret-file", ""),
    STRING ("hooks", "events", "*"),
    INT ("hooks", "timeout", "10", "seconds", 1, 60),
    INT ("hooks", "retries", "10", "tries after the first", 0, 1000),

    CHECK ("metrics", "listen", "off", "ADDRESS:PORT or off", TUTTI_CONFIG_ADDRESS_OR_OFF),

    ENUM ("log", "level", "message", "error warning message info debug"),
    STRING ("log", "domains", ""),
};

const TuttiConfigRow *
tutti_config_rows (guint *n_rows)
{
    *n_rows = G_N_ELEMENTS (rows);
    return rows;
}

const TuttiConfigRow *
tutti_config_find_row (const char *section, const char *key)
{
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        if (g_str_equal (rows[i].key.section, section) && g_str_equal (rows[i].key.key, key))
            return &rows[i];
    }
    return NULL;
}
