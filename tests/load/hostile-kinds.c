/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hostile-kinds.c: see hostile-kinds.h.
 */
#include "hostile-kinds.h"

#include <openssl/ssl.h>
#include <string.h>

#define ROOMS 200
#define JSON_MAX_DEPTH 60000
#define FLOOD 400
#define JOINS 3
#define ENDLESS_HEADERS 40000
#define MANY_HEADERS 100
#define MANY_MEDIA 1500
#define MANY_CANDIDATES 1200
#define LONG_NAME 200000
#define FRAME_MAX_BYTES (512 * 1024)

#define SDP_HEAD "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
#define SDP_ICE(hash, setup)                                                                       \
    "a=rtcp-mux\r\na=setup:" setup "\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n"  \
    "a=fingerprint:" hash " 10:11:12:13:14:15:16:17:18:19:1a:1b:1c:1d:1e:1f:"                      \
    "20:21:22:23:24:25:26:27:28:29:2a:2b:2c:2d:2e:2f\r\n"
#define SDP_OFFER(hash, setup, type, mid)                                                          \
    SDP_HEAD "a=group:BUNDLE 0 1\r\nm=audio 9 UDP/TLS/RTP/SAVPF " type                             \
             "\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=rtpmap:" type " opus/48000/2\r\n" SDP_ICE (     \
                 hash, setup) "m=video 9 UDP/TLS/RTP/SAVPF "                                       \
                              "96\r\nc=IN IP4 0.0.0.0\r\na=mid:" mid                               \
                              "\r\na=rtpmap:96 VP8/90000\r\n" SDP_ICE (hash, setup)
#define OFFER SDP_OFFER ("sha-256", "actpass", "111", "1")

const char HOSTILE_UPGRADE[] =
    "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n";

static const char *const WELCOMES[] = {"\"type\":\"room_", "\"type\":\"full_room", "\"code\":\"",
                                       NULL};
static const char *const SDP_ANSWERS[] = {"webrtc_answer", "\"code\":\"", NULL};
static const char *const LIMITS[] = {"rate_limited", NULL};
static const char *const STATUSES[] = {"HTTP/1.1 ", NULL};
static const char *const CODES[] = {"\"code\":\"", NULL};

/* --- Words --- */

static void
say (GByteArray *words, const char *text)
{
    g_byte_array_append (words, (const guint8 *)text, (guint)strlen (text));
}

static void
say_often (GByteArray *words, const char *text, guint times)
{
    for (guint i = 0; i < times; i++)
        say (words, text);
}

/* RFC 6455 section 5.2: masked by nothing. */
static void
say_frame (GByteArray *words, const guint8 *text, gsize n_bytes)
{
    guint8 head[14] = {0x81};
    guint head_bytes = n_bytes < 126 ? 2 : n_bytes <= G_MAXUINT16 ? 4 : 10;

    head[1] = (guint8)(0x80 | (n_bytes < 126 ? n_bytes : n_bytes <= G_MAXUINT16 ? 126 : 127));
    for (guint i = 2; i < head_bytes; i++)
        head[i] = (guint8)(n_bytes >> 8 * (head_bytes - 1 - i));
    g_byte_array_append (words, head, head_bytes + 4);
    g_byte_array_append (words, text, (guint)n_bytes);
}

/* Takes the text. */
static void
say_message (GByteArray *words, char *text)
{
    say_frame (words, (const guint8 *)text, strlen (text));
    g_free (text);
}

static void
say_join (GByteArray *words, guint n, const char *suffix, const char *more)
{
    say_message (words, g_strdup_printf ("{\"type\":\"join_room\",\"room\":\"hostile-%u%s\","
                                         "\"name\":\"H%u\"%s}",
                                         n % ROOMS, suffix, n, more));
}

static void
say_offer (GByteArray *words, const char *sdp)
{
    g_autofree char *escaped = g_strescape (sdp, NULL);

    say_message (words, g_strdup_printf ("{\"type\":\"webrtc_offer\",\"sdp\":\"%s\"}", escaped));
}

static void
say_post (GByteArray *words, guint n, const char *body, gsize length)
{
    g_autofree char *head =
        g_strdup_printf ("POST /whip/hostile-%u HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
                         "application/sdp\r\nContent-Length: %zu\r\n\r\n",
                         n % ROOMS, length);

    say (words, head);
    say (words, body);
}

/* The bytes that a TLS client says first. */
static void
say_hello (guint n, GByteArray *words)
{
    SSL_CTX *context = SSL_CTX_new (TLS_client_method ());
    SSL *ssl = SSL_new (context);
    BIO *out = BIO_new (BIO_s_mem ());
    char *data = NULL;
    long length;

    SSL_set_bio (ssl, BIO_new (BIO_s_mem ()), out);
    SSL_connect (ssl);
    length = BIO_get_mem_data (out, &data);
    g_byte_array_append (words, (const guint8 *)data, (guint)length);
    SSL_free (ssl);
    SSL_CTX_free (context);
}

static char *
make_bad_sdp (guint n)
{
    static const char *const FIXED[] = {
        "v=0",
        SDP_HEAD,
        SDP_OFFER ("sha-256", "actpass", "99999999999999999999", "1"),
        SDP_OFFER ("md5", "actpass", "111", "1"),
        SDP_OFFER ("sha-256", "%n%s", "111", "1"),
        SDP_OFFER ("sha-256", "actpass", "111", "0"),
    };
    GString *sdp;

    if (n % 8 < G_N_ELEMENTS (FIXED))
        return g_strdup (FIXED[n % 8]);
    sdp = g_string_new (n % 8 == 6 ? SDP_HEAD : OFFER);
    for (guint i = 0; i < (n % 8 == 6 ? MANY_MEDIA : MANY_CANDIDATES); i++)
        g_string_append (sdp, n % 8 == 6 ? "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
                                         : "a=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n");
    return g_string_free (sdp, FALSE);
}

static char *
make_bad_json (guint n)
{
    static const char *const FIXED[] = {"", "{", "{\"type\":\"join_room\",\"room\":5}",
                                        "{\"type\":\"join_room\",\"type\":\"leave\"}"};
    GString *json;

    if (n % 6 < G_N_ELEMENTS (FIXED))
        return g_strdup (FIXED[n % 6]);
    json = g_string_new (n % 6 == 4 ? "" : "{\"type\":\"join_room\",\"room\":\"x\",\"name\":\"");
    for (guint i = 0; i < (n % 6 == 4 ? JSON_MAX_DEPTH : LONG_NAME); i++)
        g_string_append_c (json, n % 6 == 4 ? '[' : 'n');
    return g_string_free (json, FALSE);
}

/* --- Kinds --- */

static void
speak_slow_headers (guint n, GByteArray *words)
{
    say (words, "GET /r/hostile HTTP/1.1\r\nHost: x\r\n");
    say_often (words, "X-A: b\r\n", MANY_HEADERS);
}

static void
speak_endless_headers (guint n, GByteArray *words)
{
    say (words, "GET / HTTP/1.1\r\n");
    say_often (words, "X-A: b\r\n", ENDLESS_HEADERS);
}

static void
speak_slow_body (guint n, GByteArray *words)
{
    say_post (words, n, OFFER, 60000);
}

static void
speak_join (guint n, GByteArray *words)
{
    say_join (words, n, "", "");
}

static void
speak_offer (guint n, GByteArray *words)
{
    say_join (words, n, "", "");
    say_offer (words, OFFER);
}

static void
speak_bad_json (guint n, GByteArray *words)
{
    say_message (words, make_bad_json (n));
}

static void
speak_bad_sdp (guint n, GByteArray *words)
{
    g_autofree char *sdp = make_bad_sdp (n);

    say_join (words, n, "", "");
    say_offer (words, sdp);
}

static void
speak_bad_token (guint n, GByteArray *words)
{
    GString *token = g_string_new (",\"role\":\"moderator\",\"token\":\"eyJhbGciOiJub25lIn0.");

    for (guint i = 0; i < n % 900; i++)
        g_string_append (token, "e30");
    g_string_append (token, ".\"");
    say_join (words, n, "", token->str);
    g_string_free (token, TRUE);
}

static void
speak_flood (guint n, GByteArray *words)
{
    say_join (words, n, "", "");
    for (guint i = 0; i < FLOOD; i++)
        say_message (words, g_strdup ("{\"type\":\"chat\",\"text\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxx"
                                      "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}"));
}

static void
speak_join_and_leave (guint n, GByteArray *words)
{
    static const char *const SUFFIXES[JOINS] = {"-0", "-1", "-2"};

    for (guint i = 0; i < JOINS; i++)
        say_join (words, n, SUFFIXES[i], "");
    say_message (words, g_strdup ("{\"type\":\"leave\"}"));
}

static void
speak_bad_whip (guint n, GByteArray *words)
{
    g_autofree char *sdp = make_bad_sdp (n);

    say_post (words, n, sdp, strlen (sdp));
}

static void
speak_whip (guint n, GByteArray *words)
{
    say_post (words, n, OFFER, strlen (OFFER));
}

static void
speak_honestly (guint n, GByteArray *words)
{
    say_message (words, g_strdup_printf ("{\"type\":\"join_room\",\"room\":\"honest\","
                                         "\"name\":\"Honest %u\"}",
                                         n));
    say_offer (words, OFFER);
}

const HostileKind HOSTILE_KINDS[] = {
    {"half-open TCP", HOSTILE_TCP, NULL, 0, NULL, FALSE},
    {"dripped ClientHello", HOSTILE_TCP, say_hello, 1, NULL, FALSE},
    {"stalled ClientHello", HOSTILE_TCP, say_hello, 0, NULL, FALSE},
    {"slow headers", HOSTILE_TLS, speak_slow_headers, 4, NULL, FALSE},
    {"endless headers", HOSTILE_TLS, speak_endless_headers, 0, NULL, FALSE},
    {"slow body", HOSTILE_TLS, speak_slow_body, 8, NULL, FALSE},
    {"silent WebSocket", HOSTILE_WEBSOCKET, NULL, 0, NULL, FALSE},
    {"join, no offer", HOSTILE_WEBSOCKET, speak_join, 0, WELCOMES, FALSE},
    {"join, offer, no ICE", HOSTILE_WEBSOCKET, speak_offer, 0, SDP_ANSWERS, FALSE},
    {"bad JSON", HOSTILE_WEBSOCKET, speak_bad_json, 0, CODES, FALSE},
    {"bad SDP", HOSTILE_WEBSOCKET, speak_bad_sdp, 0, CODES, FALSE},
    {"bad token", HOSTILE_WEBSOCKET, speak_bad_token, 0, WELCOMES, FALSE},
    {"flood", HOSTILE_WEBSOCKET, speak_flood, 0, LIMITS, FALSE},
    {"join and leave", HOSTILE_WEBSOCKET, speak_join_and_leave, 0, WELCOMES, TRUE},
    {"WHIP, bad body", HOSTILE_TLS, speak_bad_whip, 0, STATUSES, TRUE},
    {"WHIP, abandoned", HOSTILE_TLS, speak_whip, 0, STATUSES, TRUE},
    {"WHIP, gone at once", HOSTILE_TLS, speak_whip, 0, NULL, TRUE},
};
const guint HOSTILE_N_KINDS = G_N_ELEMENTS (HOSTILE_KINDS);

const HostileKind HOSTILE_HONEST = {"honest", HOSTILE_WEBSOCKET, speak_honestly,
                                    0,        SDP_ANSWERS,       TRUE};
