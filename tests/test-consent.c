/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-consent.c: STUN messages against the vectors of RFC 5769 and against libnice's library;
 * who is answered, what counts as an answer, and when consent is over.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include <stun/usages/ice.h>

#include "leg/consent.h"
#include "leg/deadlines.h"
#include "leg/stun.h"

#define PWD_OURS "passwordpasswordpasswordo"
#define PWD_THEIRS "passwordpasswordpasswordt"

/* --- RFC 5769 section 2 --- */

#define SAMPLE_PWD "VOkJxbRl1RmTxUk/WvJxBt"
#define SAMPLE_ID 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae
#define SAMPLE_SOFTWARE                                                                            \
    0x80, 0x22, 0x00, 0x0b, 0x74, 0x65, 0x73, 0x74, 0x20, 0x76, 0x65, 0x63, 0x74, 0x6f, 0x72, 0x20

static const guint8 sample_request[] = {
    0x00, 0x01, 0x00, 0x58, 0x21, 0x12, 0xa4, 0x42, SAMPLE_ID, 0x80, 0x22, 0x00, 0x10, 0x53,
    0x54, 0x55, 0x4e, 0x20, 0x74, 0x65, 0x73, 0x74, 0x20,      0x63, 0x6c, 0x69, 0x65, 0x6e,
    0x74, 0x00, 0x24, 0x00, 0x04, 0x6e, 0x00, 0x01, 0xff,      0x80, 0x29, 0x00, 0x08, 0x93,
    0x2f, 0xf9, 0xb1, 0x51, 0x26, 0x3b, 0x36, 0x00, 0x06,      0x00, 0x09, 0x65, 0x76, 0x74,
    0x6a, 0x3a, 0x68, 0x36, 0x76, 0x59, 0x20, 0x20, 0x20,      0x00, 0x08, 0x00, 0x14, 0x9a,
    0xea, 0xa7, 0x0c, 0xbf, 0xd8, 0xcb, 0x56, 0x78, 0x1e,      0xf2, 0xb5, 0xb2, 0xd3, 0xf2,
    0x49, 0xc1, 0xb5, 0x71, 0xa2, 0x80, 0x28, 0x00, 0x04,      0xe5, 0x7a, 0x3b, 0xcf,
};

static const guint8 sample_ipv4[] = {
    0x01, 0x01, 0x00, 0x3c, 0x21, 0x12, 0xa4, 0x42, SAMPLE_ID, SAMPLE_SOFTWARE,
    0x00, 0x20, 0x00, 0x08, 0x00, 0x01, 0xa1, 0x47, 0xe1,      0x12,
    0xa6, 0x43, 0x00, 0x08, 0x00, 0x14, 0x2b, 0x91, 0xf5,      0x99,
    0xfd, 0x9e, 0x90, 0xc3, 0x8c, 0x74, 0x89, 0xf9, 0x2a,      0xf9,
    0xba, 0x53, 0xf0, 0x6b, 0xe7, 0xd7, 0x80, 0x28, 0x00,      0x04,
    0xc0, 0x7d, 0x4c, 0x96,
};

static const guint8 sample_ipv6[] = {
    0x01, 0x01, 0x00, 0x48, 0x21, 0x12, 0xa4, 0x42, SAMPLE_ID, SAMPLE_SOFTWARE,
    0x00, 0x20, 0x00, 0x14, 0x00, 0x02, 0xa1, 0x47, 0x01,      0x13,
    0xa9, 0xfa, 0xa5, 0xd3, 0xf1, 0x79, 0xbc, 0x25, 0xf4,      0xb5,
    0xbe, 0xd2, 0xb9, 0xd9, 0x00, 0x08, 0x00, 0x14, 0xa3,      0x82,
    0x95, 0x4e, 0x4b, 0xe6, 0x7b, 0xf1, 0x17, 0x84, 0xc9,      0x7c,
    0x82, 0x92, 0xc2, 0x75, 0xbf, 0xe3, 0xed, 0x41, 0x80,      0x28,
    0x00, 0x04, 0xc8, 0xfb, 0x0b, 0x4c,
};

static void
test_vectors (void)
{
    const struct {
        const guint8 *data;
        gsize length;
        guint16 type;
    } rows[] = {{sample_request, sizeof sample_request, TUTTI_STUN_REQUEST},
                {sample_ipv4, sizeof sample_ipv4, TUTTI_STUN_SUCCESS},
                {sample_ipv6, sizeof sample_ipv6, TUTTI_STUN_SUCCESS}};
    TuttiStunMessage message;

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_assert_true (tutti_stun_read (&message, rows[i].data, rows[i].length));
        g_assert_cmpint (message.type, ==, rows[i].type);
        g_assert_false (message.is_odd);
        g_assert_true (tutti_stun_is_signed (&message, SAMPLE_PWD));
        g_assert_false (tutti_stun_is_signed (&message, "VOkJxbRl1RmTxUk/WvJxBs"));
        for (gsize cut = 0; cut < rows[i].length; cut++)
            g_assert_false (tutti_stun_read (&message, rows[i].data, cut));
    }
    g_assert_true (tutti_stun_read (&message, sample_request, sizeof sample_request));
    g_assert_cmpmem (message.username, message.username_bytes, "evtj:h6vY", 9);
    g_assert_true (message.has_priority && message.is_controlled && !message.is_controlling);
}

/* No byte of a message can be changed unnoticed. */
static void
test_changed (void)
{
    guint8 changed[sizeof sample_request];
    TuttiStunMessage message;

    for (gsize i = 0; i < sizeof changed; i++) {
        memcpy (changed, sample_request, sizeof changed);
        changed[i] ^= 1;
        g_assert_false (tutti_stun_read (&message, changed, sizeof changed));
    }
}

/* Written by us, the samples are the RFC's: but for its padding, which it has as spaces. */
static void
test_write (void)
{
    const guint8 id[] = {SAMPLE_ID};
    struct sockaddr_storage address = {0};
    struct sockaddr_in *ipv4 = (void *)&address;
    struct sockaddr_in6 *ipv6 = (void *)&address;
    guint8 buffer[TUTTI_STUN_MAX_BYTES];
    TuttiStunWriter writer;

    for (guint round = 0; round < 2; round++) {
        const guint8 *sample = round ? sample_ipv6 : sample_ipv4;
        gsize length = round ? sizeof sample_ipv6 : sizeof sample_ipv4;

        if (round) {
            ipv6->sin6_family = AF_INET6;
            ipv6->sin6_port = htons (32853);
            inet_pton (AF_INET6, "2001:db8:1234:5678:11:2233:4455:6677", &ipv6->sin6_addr);
        } else {
            ipv4->sin_family = AF_INET;
            ipv4->sin_port = htons (32853);
            inet_pton (AF_INET, "192.0.2.1", &ipv4->sin_addr);
        }
        tutti_stun_begin (&writer, buffer, sizeof buffer, TUTTI_STUN_SUCCESS, id);
        tutti_stun_put (&writer, 0x8022, "test vector", 11);
        buffer[writer.length_bytes - 1] = ' ';
        tutti_stun_put_mapped (&writer, &address);
        g_assert_cmpmem (buffer, tutti_stun_finish (&writer, SAMPLE_PWD), sample, length);
    }
    tutti_stun_begin (&writer, buffer, 60, TUTTI_STUN_SUCCESS, id);
    tutti_stun_put (&writer, 0x8022, "test vector", 11);
    g_assert_cmpuint (tutti_stun_finish (&writer, SAMPLE_PWD), ==, 0);
}

/* --- Consent --- */

/* We are "aaaa", the answerer; the peer is libnice's STUN library. */
typedef struct {
    TuttiConsent *consent;
    StunAgent agent;
    struct sockaddr_storage place;
} Scene;

static const TuttiProbeKeys our_keys = {"aaaa", "bbbb", PWD_THEIRS, FALSE};

/* Anew: an agent remembers some 200 questions, of which none here is forgotten by an answer. */
static void
start_agent (Scene *scene)
{
    stun_agent_init (&scene->agent, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389,
                     STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
}

static void
set_scene (Scene *scene)
{
    struct sockaddr_in *place = (void *)&scene->place;

    *scene = (Scene){.consent = tutti_consent_new (&our_keys, PWD_OURS)};
    *place = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons (4000)};
    place->sin_addr.s_addr = htonl (0xc0000201);
    start_agent (scene);
    tutti_consent_begin (scene->consent, &scene->place, 0);
}

static TuttiConsentAdvice
take_check_as (Scene *scene, const char *username, const char *password, gboolean controlling,
               gint64 now_us)
{
    guint8 check[TUTTI_PROBE_MAX_BYTES];
    StunMessage message;
    gsize length;

    start_agent (scene);
    length = stun_usage_ice_conncheck_create (
        &scene->agent, &message, check, sizeof check, (const guint8 *)username, strlen (username),
        (const guint8 *)password, strlen (password), controlling, controlling, 1, 2, NULL,
        STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
    g_assert_cmpuint (length, >, 0);
    return tutti_consent_take (scene->consent, check, length, TRUE, now_us);
}

static TuttiConsentAdvice
take_check (Scene *scene, gint64 now_us)
{
    return take_check_as (scene, "aaaa:bbbb", PWD_OURS, TRUE, now_us);
}

/* What libnice's library makes of our answer. */
static void
test_reply (void)
{
    struct sockaddr_storage mapped = {0};
    socklen_t mapped_bytes = sizeof mapped;
    StunMessage reply;
    const guint8 *data;
    gsize length;
    Scene scene;

    set_scene (&scene);
    g_assert_cmpint (take_check (&scene, 1), ==, TUTTI_CONSENT_REPLY);
    data = tutti_consent_get_message (scene.consent, &length);
    g_assert_cmpint (stun_agent_validate (&scene.agent, &reply, data, length, NULL, NULL), ==,
                     STUN_VALIDATION_SUCCESS);
    g_assert_cmpint (stun_usage_ice_conncheck_process (&reply, &mapped, &mapped_bytes,
                                                       STUN_USAGE_ICE_COMPATIBILITY_RFC5245),
                     ==, STUN_USAGE_ICE_RETURN_SUCCESS);
    g_assert_cmpmem (&mapped, sizeof (struct sockaddr_in), &scene.place,
                     sizeof (struct sockaddr_in));
    tutti_consent_free (scene.consent);
}

/* Whatever libnice would do more than answer for is passed on to it. */
static void
test_passed_on (void)
{
    const guint8 id[TUTTI_STUN_ID_BYTES] = {0};
    const guint8 strange[4] = {0};
    guint8 buffer[TUTTI_STUN_MAX_BYTES];
    TuttiStunWriter writer;
    gsize length;
    Scene scene;

    set_scene (&scene);
    g_assert_cmpint (take_check_as (&scene, "aaaa:bbbb", PWD_THEIRS, TRUE, 1), ==,
                     TUTTI_CONSENT_PASS);
    g_assert_cmpint (take_check_as (&scene, "aaaa:bbbc", PWD_OURS, TRUE, 1), ==,
                     TUTTI_CONSENT_PASS);
    g_assert_cmpint (take_check_as (&scene, "aaaa", PWD_OURS, TRUE, 1), ==, TUTTI_CONSENT_PASS);
    g_assert_cmpint (take_check_as (&scene, "aaaa:bbbb", PWD_OURS, FALSE, 1), ==,
                     TUTTI_CONSENT_PASS);
    tutti_stun_begin (&writer, buffer, sizeof buffer, TUTTI_STUN_REQUEST, id);
    tutti_stun_put (&writer, TUTTI_STUN_USERNAME, "aaaa:bbbb", 9);
    tutti_stun_put (&writer, TUTTI_STUN_PRIORITY, strange, 4);
    tutti_stun_put (&writer, TUTTI_STUN_CONTROLLING, "12345678", 8);
    tutti_stun_put (&writer, 0x7fff, strange, sizeof strange);
    length = tutti_stun_finish (&writer, PWD_OURS);
    g_assert_cmpint (tutti_consent_take (scene.consent, buffer, length, TRUE, 1), ==,
                     TUTTI_CONSENT_PASS);
    g_assert_cmpint (tutti_consent_take (scene.consent, sample_ipv4, sizeof sample_ipv4, TRUE, 1),
                     ==, TUTTI_CONSENT_PASS);
    tutti_consent_pause (scene.consent);
    g_assert_cmpint (take_check (&scene, 1), ==, TUTTI_CONSENT_PASS);
    tutti_consent_end (scene.consent);
    g_assert_cmpint (take_check (&scene, 1), ==, TUTTI_CONSENT_PASS);
    g_assert_cmpint (tutti_consent_get_due (scene.consent), ==, TUTTI_DEADLINE_NEVER);
    tutti_consent_free (scene.consent);
}

/* The peer answers our question; error: a code instead of success. */
static TuttiConsentAdvice
answer_question (Scene *scene, guint error, const char *password, gint64 now_us)
{
    gsize question_bytes;
    const guint8 *question = tutti_consent_get_message (scene->consent, &question_bytes);
    guint8 code[4] = {0, 0, (guint8)(error / 100), (guint8)(error % 100)};
    guint8 buffer[TUTTI_STUN_MAX_BYTES];
    TuttiStunWriter writer;

    tutti_stun_begin (&writer, buffer, sizeof buffer, error ? TUTTI_STUN_ERROR : TUTTI_STUN_SUCCESS,
                      question + 8);
    if (error)
        tutti_stun_put (&writer, TUTTI_STUN_ERROR_CODE, code, sizeof code);
    else
        tutti_stun_put_mapped (&writer, &scene->place);
    return tutti_consent_take (scene->consent, buffer, tutti_stun_finish (&writer, password), TRUE,
                               now_us);
}

/* Asks each 4 to 6 s, for ten minutes; the question is one that libnice's library accepts. */
static void
test_question (void)
{
    StunDefaultValidaterData known[] = {{(guint8 *)"bbbb:aaaa", 9, (guint8 *)PWD_THEIRS, 25},
                                        {NULL, 0, NULL, 0}};
    gint64 now_us = 0;
    StunMessage message;
    Scene scene;

    set_scene (&scene);
    for (guint i = 0; i < 120; i++) {
        gint64 due_us = tutti_consent_get_due (scene.consent);
        const guint8 *question;
        gsize length;

        g_assert_cmpint (due_us - now_us, >=, 4 * G_USEC_PER_SEC);
        g_assert_cmpint (due_us - now_us, <=, 6 * G_USEC_PER_SEC);
        now_us = due_us;
        g_assert_false (tutti_consent_tick (scene.consent, now_us - 1));
        g_assert_true (tutti_consent_tick (scene.consent, now_us));
        g_assert_true (tutti_consent_ask (scene.consent, now_us));
        question = tutti_consent_get_message (scene.consent, &length);
        g_assert_cmpint (stun_agent_validate (&scene.agent, &message, question, length,
                                              stun_agent_default_validater, known),
                         ==, STUN_VALIDATION_SUCCESS);
        g_assert_cmpint (answer_question (&scene, 0, PWD_OURS, now_us), ==, TUTTI_CONSENT_TAKEN);
        g_assert_cmpint (answer_question (&scene, 0, PWD_THEIRS, now_us), ==, TUTTI_CONSENT_TAKEN);
        g_assert_cmpint (answer_question (&scene, 0, PWD_THEIRS, now_us), ==, TUTTI_CONSENT_PASS);
        g_assert_false (tutti_consent_is_expired (scene.consent));
    }
    tutti_consent_free (scene.consent);
}

/* The time at which consent is over when nobody answers, or only somebody else; checks of the peer
 * are no answers. */
static gint64
wait_expired (Scene *scene, gint64 now_us)
{
    while (!tutti_consent_is_expired (scene->consent)) {
        now_us += 100000;
        if (tutti_consent_tick (scene->consent, now_us)) {
            tutti_consent_ask (scene->consent, now_us);
            answer_question (scene, 0, PWD_OURS, now_us);
        }
        g_assert_cmpint (take_check (scene, now_us), ==, TUTTI_CONSENT_REPLY);
    }
    return now_us;
}

static void
test_expiry (void)
{
    gint64 now_us;
    Scene scene;

    set_scene (&scene);
    now_us = wait_expired (&scene, 0);
    g_assert_cmpint (now_us, ==, TUTTI_CONSENT_EXPIRES_US);
    /* Back: it is asked at once, but not for each of its checks. */
    take_check (&scene, now_us + 1000000);
    g_assert_true (tutti_consent_tick (scene.consent, now_us + 1000000));
    tutti_consent_ask (scene.consent, now_us + 1000000);
    g_assert_false (tutti_consent_tick (scene.consent, now_us + 1000000));
    take_check (&scene, now_us + 1000001);
    g_assert_false (tutti_consent_tick (scene.consent, now_us + 1499999));
    g_assert_true (tutti_consent_is_expired (scene.consent));
    g_assert_true (tutti_consent_tick (scene.consent, now_us + 1500000));
    tutti_consent_ask (scene.consent, now_us + 1500000);
    answer_question (&scene, 0, PWD_THEIRS, now_us + 1500000);
    g_assert_false (tutti_consent_is_expired (scene.consent));
    g_assert_cmpint (wait_expired (&scene, now_us + 1500000), ==,
                     now_us + 1500000 + TUTTI_CONSENT_EXPIRES_US);
    /* A restart that comes to nothing holds nothing up. */
    tutti_consent_begin (scene.consent, &scene.place, 0);
    tutti_consent_pause (scene.consent);
    g_assert_cmpint (tutti_consent_get_due (scene.consent), ==, TUTTI_CONSENT_EXPIRES_US);
    tutti_consent_tick (scene.consent, TUTTI_CONSENT_EXPIRES_US);
    g_assert_true (tutti_consent_is_expired (scene.consent));
    tutti_consent_free (scene.consent);
}

/* RFC 7675 section 5.2: taken back by 403, of one who knows the password. */
static void
test_revoked (void)
{
    Scene scene;

    set_scene (&scene);
    tutti_consent_ask (scene.consent, 1);
    answer_question (&scene, 403, PWD_OURS, 2);
    g_assert_false (tutti_consent_is_expired (scene.consent));
    answer_question (&scene, 400, PWD_THEIRS, 2);
    g_assert_false (tutti_consent_is_expired (scene.consent));
    tutti_consent_ask (scene.consent, 3);
    answer_question (&scene, 403, PWD_THEIRS, 4);
    g_assert_true (tutti_consent_is_expired (scene.consent));
    g_assert_cmpint (tutti_consent_get_due (scene.consent), ==, TUTTI_DEADLINE_NEVER);
    tutti_consent_free (scene.consent);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/consent/vectors", test_vectors);
    g_test_add_func ("/consent/changed", test_changed);
    g_test_add_func ("/consent/write", test_write);
    g_test_add_func ("/consent/reply", test_reply);
    g_test_add_func ("/consent/passed-on", test_passed_on);
    g_test_add_func ("/consent/question", test_question);
    g_test_add_func ("/consent/expiry", test_expiry);
    g_test_add_func ("/consent/revoked", test_revoked);
    return g_test_run ();
}
