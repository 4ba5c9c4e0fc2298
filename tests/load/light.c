/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * light.c: see light.h.
 *
 *   socket -> drain -> STUN      -> light-path -> answers, checks
 *                   -> DTLS, RTCP, RTX -> secure -> rtp session
 *                   -> RTP, its head   -> packet(), rtp session
 *
 * While it connects the socket is watched; from then on it is read by the clock, when there is
 * something to report and once between: the kernel has noted when each packet came.
 */
#include "light.h"

#include <string.h>

#include <tutti/clock.h>

#include "../peer-level.h"
#include "../peer-media.h"
#include "leg/candidate.h"
#include "leg/gcm.h"
#include "leg/rtp-session.h"
#include "leg/rtp.h"
#include "leg/secure.h"
#include "leg/wire.h"
#include "light-path.h"

/* As leg.c has it. */
#define QUEUE_PACKETS 512
/* A feedback's interval has two of them. */
#define READ_US (50 * TUTTI_USEC_PER_MSEC)
/* Everybody's times are multiples of this: the thread wakes once for many. */
#define GRID_US (10 * TUTTI_USEC_PER_MSEC)
/* What the session sees of a payload: enough for a packet that is not empty. */
#define GLIMPSE_BYTES 8
#define PADDED 0x20 /* the P bit (RFC 3550 section 5.1): how much, is encrypted */

struct _Light {
    TuttiPeerSetup setup;
    LightNet *net;
    TuttiQueue *out[2];
    TuttiIdentity identity;
    TuttiSession *offer;
    gint state; /* atomic */

    /* The net thread's. */
    TuttiSeat *seat;
    LightPath *path;
    gint64 read_us; /* when the socket is read next; TUTTI_DEADLINE_NEVER: it is watched */
    TuttiSecure *secure;
    TuttiRtpSession *rtp;
    guint8 level; /* of the sound that is being sent */
};

static TuttiBurst *
get_burst (Light *light)
{
    return tutti_loop_get_burst (light_net_get_loop (light->net));
}

/* --- What comes. Role: net, as all down to main's part. --- */

static gboolean
is_head_enough (const TuttiRtp *rtp)
{
    return rtp->payload_bytes >= TUTTI_GCM_TAG_BYTES &&
           (rtp->payload_type == TUTTI_PEER_OPUS || rtp->payload_type == TUTTI_PEER_VP8 ||
            rtp->payload_type == TUTTI_PEER_H264);
}

/* DTLS's, RTCP's and what was sent again, which tells its number encrypted. */
static void
take_secret (Light *light, const guint8 *data, gsize length_bytes, gint64 time_us)
{
    guint8 buffer[TUTTI_DATAGRAM_MAX_BYTES + TUTTI_SRTP_TRAILER_BYTES]
        __attribute__ ((aligned (8)));

    if (length_bytes > TUTTI_DATAGRAM_MAX_BYTES)
        return;
    memcpy (buffer, data, length_bytes);
    tutti_secure_receive (light->secure, buffer, length_bytes, time_us);
}

static void
on_datagram (guint8 *data, gsize length_bytes, gint64 time_us, const struct sockaddr_storage *from,
             gpointer user_data)
{
    Light *light = user_data;
    TuttiRtp rtp;

    if (length_bytes == 0)
        return;
    if (data[0] <= 3) {
        if (light_path_take (light->path, from, data, length_bytes, time_us))
            tutti_secure_start (light->secure, time_us);
        return;
    }
    data[0] &= data[0] >= 128 ? (guint8)~PADDED : 0xff;
    if (!tutti_rtp_read (data, length_bytes, &rtp) || !is_head_enough (&rtp)) {
        take_secret (light, data, length_bytes, time_us);
        return;
    }
    light->setup.packet (data, length_bytes - TUTTI_GCM_TAG_BYTES, time_us, light->setup.user_data);
    tutti_rtp_session_receive_rtp (
        light->rtp, data, MIN (length_bytes, (gsize)(rtp.payload - data) + GLIMPSE_BYTES), time_us);
}

static void
on_rtp (guint8 *data, gsize length_bytes, gint64 now_us, gpointer user_data)
{
    Light *light = user_data;

    light->setup.packet (data, length_bytes, now_us, light->setup.user_data);
    tutti_rtp_session_receive_rtp (light->rtp, data, length_bytes, now_us);
}

static void
on_rtcp (guint8 *data, gsize length_bytes, gint64 now_us, gpointer user_data)
{
    Light *light = user_data;

    tutti_rtp_session_receive_rtcp (light->rtp, data, length_bytes, now_us);
}

/* --- What goes --- */

static void
on_dtls_output (const guint8 *data, gsize length_bytes, gpointer user_data)
{
    Light *light = user_data;

    light_path_send (light->path, data, length_bytes);
}

static void
on_rtp_output (guint8 *data, gsize length_bytes, gboolean rtcp, gpointer user_data)
{
    Light *light = user_data;

    if (light->setup.levels && !rtcp && (data[1] & 0x7f) == TUTTI_PEER_OPUS)
        length_bytes = peer_add_level (data, length_bytes, light->level);
    if (tutti_secure_protect (light->secure, data, &length_bytes, rtcp))
        light_path_send (light->path, data, length_bytes);
}

static void
send_all (Light *light, TuttiKind kind, gint64 now_us)
{
    TuttiPacket *packet;

    while ((packet = tutti_queue_pop (light->out[kind]))) {
        if (kind == TUTTI_KIND_AUDIO)
            light->level = packet->level;
        tutti_rtp_session_send (light->rtp, packet, now_us);
        tutti_packet_unref (packet);
    }
}

/* --- The seat's --- */

static gboolean
is_open (Light *light)
{
    return tutti_secure_get_state (light->secure) == TUTTI_DTLS_OPEN;
}

static gboolean
is_sender (const Light *light)
{
    return ((light->setup.audio | light->setup.camera) & TUTTI_DIRECTION_SEND) != 0;
}

static gint64
align (gint64 due_us)
{
    return (due_us + GRID_US - 1) / GRID_US * GRID_US;
}

/* From the first time on, the socket is read by the clock. */
static void
open_up (Light *light, gint64 now_us)
{
    if (light->read_us != TUTTI_DEADLINE_NEVER)
        return;
    tutti_seat_unwatch (light->seat, light_path_get_fd (light->path));
    light->read_us = align (now_us + READ_US);
    g_atomic_int_set (&light->state, TUTTI_LEG_CONNECTED);
}

/* What is sent goes out in time; what is reported may wait for its neighbours, and is read for a
 * little later rather than twice. */
static gint64
settle_open (Light *light, gint64 now_us)
{
    gint64 due_us = tutti_rtp_session_settle (light->rtp, now_us);

    open_up (light, now_us);
    if (is_sender (light))
        return MIN (due_us, light->read_us);
    due_us = align (due_us);
    if (due_us > light->read_us && due_us - light->read_us <= READ_US / 2)
        light->read_us = due_us;
    return MIN (due_us, light->read_us);
}

static void
settle (Light *light, gint64 now_us)
{
    gint64 due_us =
        MIN (light_path_get_due (light->path), tutti_secure_get_due (light->secure, now_us));

    if (tutti_secure_get_state (light->secure) == TUTTI_DTLS_CLOSED)
        g_atomic_int_set (&light->state, TUTTI_LEG_CLOSED);
    else if (is_open (light))
        due_us = MIN (due_us, settle_open (light, now_us));
    tutti_seat_set_due (light->seat, due_us);
}

static void
on_readable (gpointer self, int fd, gint64 now_us)
{
    Light *light = self;

    light_net_drain (light->net, fd, now_us, on_datagram, light);
    settle (light, now_us);
}

/* Then reports tell of all that has come. */
static void
read_in_time (Light *light, gint64 now_us)
{
    if (light->read_us == TUTTI_DEADLINE_NEVER || (is_sender (light) && now_us < light->read_us))
        return;
    light->read_us = align (now_us + READ_US);
    light_net_drain (light->net, light_path_get_fd (light->path), now_us, on_datagram, light);
}

static void
on_woken (gpointer self, gint64 now_us)
{
    Light *light = self;

    if (!is_open (light))
        return;
    send_all (light, TUTTI_KIND_AUDIO, now_us);
    send_all (light, TUTTI_KIND_VIDEO, now_us);
    settle (light, now_us);
}

static void
on_due (gpointer self, gint64 now_us)
{
    Light *light = self;

    read_in_time (light, now_us);
    light_path_tick (light->path, now_us);
    tutti_secure_tick (light->secure, now_us);
    settle (light, now_us);
}

static const TuttiSeatClass seat_class = {on_readable, on_woken, on_due, NULL};
static const TuttiSecureEvents secure_events = {on_rtp, on_rtcp, on_dtls_output, NULL};

static void
sit_down (gpointer user_data, gint64 now_us)
{
    Light *light = user_data;

    light->seat = tutti_seat_new (light_net_get_loop (light->net), &seat_class, light);
    tutti_seat_watch (light->seat, light_path_get_fd (light->path), FALSE);
}

static void
get_up (gpointer user_data, gint64 now_us)
{
    Light *light = user_data;

    if (is_open (light)) {
        tutti_rtp_session_bye (light->rtp, now_us);
        tutti_secure_close (light->secure);
    }
    tutti_burst_send (get_burst (light));
    tutti_seat_unwatch (light->seat, light_path_get_fd (light->path));
    tutti_seat_free (light->seat);
}

typedef struct {
    Light *light;
    const TuttiSession *answer;
    const char *candidate;
} Call;

static void
run_answer (gpointer user_data, gint64 now_us)
{
    Call *call = user_data;
    Light *light = call->light;
    const TuttiSession *answer = call->answer;
    TuttiDtlsPeer certificate = {answer->hash, answer->digest, answer->digest_bytes};

    tutti_rtp_session_configure (light->rtp, answer, light->offer);
    tutti_secure_set_peer (light->secure, &certificate, answer->setup == TUTTI_SETUP_PASSIVE);
    light_path_set_remote (light->path, answer, now_us);
    settle (light, now_us);
}

static void
run_addition (gpointer user_data, gint64 now_us)
{
    Call *call = user_data;

    light_path_add_remote (call->light->path, call->candidate, now_us);
    settle (call->light, now_us);
}

/* --- On main --- */

static void
on_output (gpointer user_data)
{
    tutti_seat_wake (user_data);
}

Light *
light_new (LightNet *net, const TuttiPeerSetup *setup)
{
    Light *light = g_new0 (Light, 1);
    TuttiRtpSetup rtp = {
        .key_frame_wanted = setup->key_frame_wanted,
        .output = on_rtp_output,
        .user_data = light,
    };

    light->setup = *setup;
    light->net = net;
    light->path = light_path_new (net);
    light->read_us = TUTTI_DEADLINE_NEVER;
    light->offer = tutti_session_new ();
    light->secure = tutti_secure_new (light_net_get_certificate (net), NULL, &secure_events, light);
    light->rtp = tutti_rtp_session_new (&rtp);
    tutti_identity_make (&light->identity);
    tutti_loop_call (light_net_get_loop (net), sit_down, light);
    for (guint kind = 0; kind < G_N_ELEMENTS (light->out); kind++)
        light->out[kind] = tutti_queue_new (QUEUE_PACKETS, on_output, light->seat);
    return light;
}

void
light_free (Light *light)
{
    if (!light)
        return;
    for (guint kind = 0; kind < G_N_ELEMENTS (light->out); kind++)
        tutti_queue_close (light->out[kind]);
    tutti_loop_call (light_net_get_loop (light->net), get_up, light);
    for (guint kind = 0; kind < G_N_ELEMENTS (light->out); kind++)
        tutti_queue_unref (light->out[kind]);
    tutti_rtp_session_free (light->rtp);
    tutti_secure_free (light->secure);
    light_path_free (light->path);
    tutti_session_free (light->offer);
    g_free (light);
}

void
light_offer (Light *light, TuttiSession *offer)
{
    peer_fill_media (&light->setup, &light->identity, FALSE, offer);
    offer->setup = TUTTI_SETUP_ACTPASS;
    g_strlcpy (offer->cname, light->identity.cname, sizeof offer->cname);
    light_path_describe (light->path, offer);
    g_strlcpy (offer->hash, TUTTI_FINGERPRINT_HASH, sizeof offer->hash);
    offer->digest_bytes = TUTTI_FINGERPRINT_BYTES;
    memcpy (offer->digest,
            tutti_certificate_get_fingerprint (light_net_get_certificate (light->net)),
            TUTTI_FINGERPRINT_BYTES);
    memcpy (light->offer->media, offer->media, sizeof offer->media);
    light->offer->n_media = offer->n_media;
    g_strlcpy (light->offer->cname, offer->cname, sizeof offer->cname);
}

gboolean
light_take_answer (Light *light, const TuttiSession *answer)
{
    Call call = {.light = light, .answer = answer};

    for (guint i = 0; i < answer->n_media; i++)
        if (!answer->media[i].rejected) {
            tutti_loop_call (light_net_get_loop (light->net), run_answer, &call);
            return TRUE;
        }
    return FALSE;
}

void
light_add_candidate (Light *light, const char *candidate)
{
    Call call = {.light = light, .candidate = candidate};

    if (!tutti_candidate_is_end (candidate))
        tutti_loop_call (light_net_get_loop (light->net), run_addition, &call);
}

TuttiQueue *
light_get_output (Light *light, TuttiKind kind)
{
    return light->out[kind];
}

TuttiLegState
light_get_state (Light *light)
{
    return (TuttiLegState)g_atomic_int_get (&light->state);
}
