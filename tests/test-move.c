/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-move.c: a peer behind a NAT that gives it another port in the middle of a call: nobody
 * signals anything, and media goes on. And who is not followed.
 */
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include <glib-unix.h>

#include "leg/follow.h"
#include "leg/probe.h"
#include "leg-call.h"

#include <stun/usages/ice.h>

/* --- A NAT, on the main loop --- */

typedef struct {
    int inner, outer;
    guint inner_id, outer_id;
    struct sockaddr_in peer, leg;
} Nat;

static int
open_socket (guint16 *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl (INADDR_LOOPBACK)};
    socklen_t bytes = sizeof address;
    int fd = socket (AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

    g_assert_cmpint (bind (fd, (struct sockaddr *)&address, sizeof address), ==, 0);
    getsockname (fd, (struct sockaddr *)&address, &bytes);
    if (port)
        *port = ntohs (address.sin_port);
    return fd;
}

static void
pass (int from, struct sockaddr_in *sender, int to, const struct sockaddr_in *receiver)
{
    guint8 data[2048];
    socklen_t bytes = sizeof *sender;
    gssize length;

    while ((length = recvfrom (from, data, sizeof data, 0, (struct sockaddr *)sender, &bytes)) >= 0)
        if (receiver->sin_port != 0)
            sendto (to, data, (gsize)length, 0, (const struct sockaddr *)receiver,
                    sizeof *receiver);
}

static gboolean
on_inner (int fd, GIOCondition condition, gpointer user_data)
{
    Nat *nat = user_data;

    pass (fd, &nat->peer, nat->outer, &nat->leg);
    return G_SOURCE_CONTINUE;
}

static gboolean
on_outer (int fd, GIOCondition condition, gpointer user_data)
{
    Nat *nat = user_data;
    struct sockaddr_in sender;

    pass (fd, &sender, nat->inner, &nat->peer);
    return G_SOURCE_CONTINUE;
}

static void
open_outer (Nat *nat)
{
    nat->outer = open_socket (NULL);
    nat->outer_id = g_unix_fd_add (nat->outer, G_IO_IN, on_outer, nat);
}

static void
close_outer (Nat *nat)
{
    g_source_remove (nat->outer_id);
    close (nat->outer);
}

/* Whoever checked that candidate of the leg's, checks the NAT instead. */
static void
stand_between (Nat *nat, TuttiSession *answer)
{
    guint16 port = 0;

    *nat = (Nat){.leg = {.sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK)}};
    nat->inner = open_socket (&port);
    nat->inner_id = g_unix_fd_add (nat->inner, G_IO_IN, on_inner, nat);
    open_outer (nat);
    for (guint i = answer->candidates->len; i-- > 0;) {
        g_auto (GStrv) words = g_strsplit (answer->candidates->pdata[i], " ", -1);

        if (nat->leg.sin_port == 0 && g_ascii_strcasecmp (words[2], "udp") == 0 &&
            g_str_equal (words[4], "127.0.0.1")) {
            nat->leg.sin_port = htons ((guint16)atoi (words[5]));
            g_free (words[5]);
            words[5] = g_strdup_printf ("%u", port);
            g_free (answer->candidates->pdata[i]);
            answer->candidates->pdata[i] = g_strjoinv (" ", words);
        } else {
            g_ptr_array_remove_index (answer->candidates, i);
        }
    }
    g_assert_cmpuint (answer->candidates->len, ==, 1);
}

static void
nat_clear (Nat *nat)
{
    close_outer (nat);
    g_source_remove (nat->inner_id);
    close (nat->inner);
}

static void
connect_by_nat (Call *call, Nat *nat)
{
    g_autoptr (TuttiSession) offer = tutti_session_new ();
    g_autoptr (TuttiSession) answer = tutti_session_new ();
    g_autoptr (GError) error = NULL;

    call_set_up (call, &call_usual, FALSE);
    tutti_peer_offer (call->peer, offer);
    g_ptr_array_set_size (offer->candidates, 0);
    tutti_leg_accept (call->leg, offer, answer, &error);
    g_assert_no_error (error);
    stand_between (nat, answer);
    g_assert_true (tutti_peer_take_answer (call->peer, answer));
    wait_until (call_is_connected (call));
}

/* TRUE when something came back down. */
static gboolean
is_heard_by_peer (Call *call)
{
    TuttiPacket *packet;
    gboolean heard = FALSE;

    g_usleep (5000); /* a lively, not a flooding sender */
    call_push (tutti_leg_get_output (call->leg, TUTTI_KIND_AUDIO), call_make_sound (7));
    call_push (tutti_peer_get_output (call->peer, TUTTI_KIND_AUDIO), call_make_sound (8));
    while ((packet = tutti_queue_pop (call->in[TUTTI_TRACK_AUDIO])))
        tutti_packet_unref (packet);
    while ((packet = tutti_queue_pop (call->peer_in[TUTTI_TRACK_AUDIO]))) {
        tutti_packet_unref (packet);
        heard = TRUE;
    }
    return heard;
}

static void
wait_heard (Call *call)
{
    gboolean heard = FALSE;

    wait_until (heard || (heard = is_heard_by_peer (call)));
}

/* TRUE when the leg's pair is another one; sound is sent meanwhile. */
static gboolean
has_moved (Call *call, const char *before)
{
    TuttiLegStats stats;

    is_heard_by_peer (call);
    tutti_leg_get_stats (call->leg, &stats);
    return !g_str_equal (stats.pair, before);
}

/* RFC 7675's 30 s go by without a loss. */
static void
check_consent (Call *call)
{
    gint64 end_us = g_get_monotonic_time () + 35 * G_USEC_PER_SEC;

    while (g_get_monotonic_time () < end_us) {
        g_assert_true (call_is_connected (call));
        is_heard_by_peer (call);
        g_main_context_iteration (NULL, FALSE);
    }
}

/* The port changes; the peer asks by itself when it hears nothing (2.5 s). */
static void
test_rebinding (void)
{
    TuttiLegStats stats;
    Nat nat;
    Call call;

    connect_by_nat (&call, &nat);
    wait_heard (&call);
    tutti_wish_take (call.key_frame_wanted);
    for (guint i = 0; i < 2; i++) {
        gint64 start_us = g_get_monotonic_time ();

        tutti_leg_get_stats (call.leg, &stats);
        close_outer (&nat);
        open_outer (&nat);
        wait_until (has_moved (&call, stats.pair));
        wait_heard (&call);
        g_test_message ("heard again after %d ms",
                        (int)((g_get_monotonic_time () - start_us) / 1000));
        g_assert_true (tutti_wish_take (call.key_frame_wanted));
        wait_until (call_is_connected (&call));
    }
    if (g_test_slow ())
        check_consent (&call);
    /* DTLS and SRTP went on. */
    tutti_leg_get_stats (call.leg, &stats);
    g_assert_cmpuint (stats.srtp_failures, ==, 0);
    call_tear_down (&call);
    nat_clear (&nat);
}

/* --- Who is followed --- */

#define PWD_A "passwordpasswordpassworda"
#define PWD_B "passwordpasswordpasswordb"

/* a is asked about by b. */
typedef struct {
    TuttiFollow *follow;
    TuttiProbeKeys theirs;
    struct sockaddr_storage place, elsewhere;
} Scene;

static void
set_scene (Scene *scene)
{
    const TuttiProbeKeys ours = {"aaaa", "bbbb", PWD_B, FALSE};

    *scene = (Scene){.follow = tutti_follow_new (), .theirs = {"bbbb", "aaaa", PWD_A, TRUE}};
    scene->place.ss_family = scene->elsewhere.ss_family = AF_INET;
    ((struct sockaddr_in *)&scene->elsewhere)->sin_port = 1;
    tutti_follow_set_keys (scene->follow, &ours, PWD_A);
}

static TuttiFollowAdvice
take_check (Scene *scene, const TuttiProbeKeys *keys, gint64 silence_us, gint64 now_us)
{
    guint8 check[TUTTI_PROBE_MAX_BYTES];
    gsize length = tutti_probe_write (keys, check);

    return tutti_follow_take (scene->follow, 5, &scene->place, check, length, silence_us, now_us);
}

static void
test_judgement (void)
{
    const TuttiProbeKeys stranger = {"bbbb", "aaaa", PWD_B, TRUE};
    const TuttiProbeKeys other = {"bbbb", "cccc", PWD_A, TRUE};
    TuttiProbeKeys quiet;
    Scene scene;

    set_scene (&scene);
    quiet = scene.theirs;
    quiet.controlling = FALSE; /* nominates nothing */
    g_assert_cmpint (take_check (&scene, &scene.theirs, 900000, 1), ==, TUTTI_FOLLOW_STAY);
    g_assert_cmpint (take_check (&scene, &stranger, 9000000, 1), ==, TUTTI_FOLLOW_STAY);
    g_assert_cmpint (take_check (&scene, &other, 9000000, 1), ==, TUTTI_FOLLOW_STAY);
    g_assert_cmpint (take_check (&scene, &quiet, 2900000, 1), ==, TUTTI_FOLLOW_STAY);
    g_assert_cmpint (take_check (&scene, &scene.theirs, 1000000, 1), ==, TUTTI_FOLLOW_PROBE);
    g_assert_cmpint (take_check (&scene, &scene.theirs, 1000000, 99999), ==, TUTTI_FOLLOW_STAY);
    g_assert_cmpint (take_check (&scene, &quiet, 3000000, 100001), ==, TUTTI_FOLLOW_PROBE);
    tutti_follow_free (scene.follow);
}

/* An answer to the question counts, from where the question went, once. */
static void
test_answer (void)
{
    guint8 answer[TUTTI_PROBE_MAX_BYTES];
    gsize length = sizeof answer, probe_bytes;
    StunAgent agent;
    StunMessage question, reply;
    StunDefaultValidaterData known[] = {{(guint8 *)"bbbb:aaaa", 9, (guint8 *)PWD_B, 25},
                                        {NULL, 0, NULL, 0}};
    bool control = true;
    const guint8 *probe;
    Scene scene;

    set_scene (&scene);
    g_assert_cmpint (take_check (&scene, &scene.theirs, 1000000, 1), ==, TUTTI_FOLLOW_PROBE);
    probe = tutti_follow_get_probe (scene.follow, &probe_bytes);
    stun_agent_init (&agent, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389,
                     STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
    g_assert_cmpint (stun_agent_validate (&agent, &question, probe, probe_bytes,
                                          stun_agent_default_validater, known),
                     ==, STUN_VALIDATION_SUCCESS);
    stun_usage_ice_conncheck_create_reply (&agent, &question, &reply, answer, &length, &scene.place,
                                           sizeof (struct sockaddr_in), &control, 1,
                                           STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
    g_assert_cmpuint (length, >, 0);
    answer[length - 10] ^= 1;
    g_assert_cmpint (tutti_follow_take (scene.follow, 5, &scene.place, answer, length, 1000000, 2),
                     ==, TUTTI_FOLLOW_STAY);
    answer[length - 10] ^= 1;
    g_assert_cmpint (tutti_follow_take (scene.follow, 5, &scene.place, answer, length, 1000000, 2),
                     ==, TUTTI_FOLLOW_MOVE);
    g_assert_cmpint (tutti_follow_take (scene.follow, 5, &scene.place, answer, length, 1000000, 2),
                     ==, TUTTI_FOLLOW_STAY);
    tutti_follow_free (scene.follow);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/move/rebinding", test_rebinding);
    g_test_add_func ("/move/judgement", test_judgement);
    g_test_add_func ("/move/answer", test_answer);
    return g_test_run ();
}
