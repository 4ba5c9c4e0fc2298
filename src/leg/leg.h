/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * leg.h: one participant's network end: ICE (libnice), DTLS (OpenSSL), SRTP (libsrtp2), RTP and
 * RTCP over one bundled transport. The leg answers offers; it is the controlled side.
 *
 *   peer --UDP/TCP--> ice -> (dtls | srtp -> rtp demultiplexing) -> in queues   -> src/decode
 *   peer <-UDP/TCP--  ice <- srtp <- rtp header, own numbers    <- out queues  <- src/encode
 *
 * Role: main, except where said; the work itself runs on the leg's net thread.
 */
#pragma once

#include <tutti/port.h>
#include <tutti/session.h>
#include <tutti/sync.h>

#include "net.h"

typedef struct _TuttiLeg TuttiLeg;

typedef enum {
    TUTTI_LEG_NEW,        /* no offer yet */
    TUTTI_LEG_CONNECTING, /* offer accepted: ICE, then DTLS */
    TUTTI_LEG_CONNECTED,  /* SRTP keys are there: media flows */
    TUTTI_LEG_LOST,   /* ICE failed, consent (RFC 7675) expired, or the peer said nothing for 5 s;
                         goes back to CONNECTED when it returns */
    TUTTI_LEG_CLOSED, /* DTLS failed or close_notify: final */
} TuttiLegState;

/* Called on the main thread, never from within a tutti_leg_*() call, never after tutti_leg_free().
 */
typedef struct {
    void (*state) (TuttiLeg *leg, TuttiLegState state, gpointer user_data);
    /* A candidate of ours, as in a=candidate without "a="; "" when gathering has ended. All m-lines
     * share the first one's transport (BUNDLE). */
    void (*candidate) (TuttiLeg *leg, const char *candidate, gpointer user_data);
    /* What the way to the peer carries, all streams together, changed by a twentieth or more; 0:
     * not known (again). May be NULL. */
    void (*estimate) (TuttiLeg *leg, guint bitrate_bps, gpointer user_data);
    /* The peer has opened the data channel `tutti`, which takes texts of up to so many bytes; 0: it
     * is closed. NULL: nobody cares. */
    void (*channel) (TuttiLeg *leg, guint max_bytes, gpointer user_data);
    /* A text of the peer's on the channel, any text; NULL: a message that is none. */
    void (*said) (TuttiLeg *leg, const char *text, gpointer user_data);
} TuttiLegEvents;

typedef struct {
    /* Where each uplink track's received packets go; the leg keeps references. */
    TuttiQueue *in[TUTTI_N_TRACKS];
    /* Made when the peer wants a key frame of the downlink (PLI, FIR; RFC 4585, 5104). */
    TuttiWish *key_frame_wanted;
    /* Is told what the peer reports of its streams; may be NULL. */
    TuttiSync *sync;
    const TuttiCodec *video_codecs; /* what we accept, in order of preference, ended by NONE */
    gboolean stereo, fec, dtx;      /* what the Opus downlink's answer says */
    const char *name;               /* for logs: "room blue, leg p3"; copied */
} TuttiLegSetup;

TuttiLeg *tutti_leg_new (TuttiNet *net, const TuttiLegSetup *setup, const TuttiLegEvents *events,
                         gpointer user_data);
/* Sends RTCP BYE and DTLS close_notify if connected, then forgets the peer. Blocks until the net
 * thread has let go (microseconds). */
void tutti_leg_free (TuttiLeg *leg);

/* The first offer, or a later one: tracks added or removed, ICE restart (new credentials). Fills
 * `answer` (media, ICE, fingerprint, setup, candidates known so far; the rest trickles). An offer
 * that can't be served: TUTTI_ERROR_BAD_SDP or UNSUPPORTED, and the running session is untouched.
 */
gboolean tutti_leg_accept (TuttiLeg *leg, const TuttiSession *offer, TuttiSession *answer,
                           GError **error);

/* FALSE: the offer is another peer's than the first was, by its fingerprint, and would be refused:
 * DTLS can't begin again (RFC 8842 section 4). */
gboolean tutti_leg_is_of_peer (TuttiLeg *leg, const TuttiSession *offer);

/* A trickled candidate of the peer; "" or "end-of-candidates" ends. `.local` names and unknown
 * kinds are passed over silently; text that is no candidate is TUTTI_ERROR_BAD_CANDIDATE. Those
 * that come before the offer are kept (at most TUTTI_CANDIDATES_MAX). */
gboolean tutti_leg_add_candidate (TuttiLeg *leg, const char *candidate, GError **error);

/* The queue to push packets into for the peer: TUTTI_KIND_AUDIO or TUTTI_KIND_VIDEO. Borrowed.
 * Packets of a codec that was not negotiated are dropped. Any thread may push. */
TuttiQueue *tutti_leg_get_output (TuttiLeg *leg, TuttiKind kind);

/* Codec of the downlink video that the answer chose; NONE: the peer takes no video. */
TuttiCodec tutti_leg_get_video_codec (TuttiLeg *leg);

/* TRUE when the last offer announced that it sends this track. */
gboolean tutti_leg_is_sending (TuttiLeg *leg, TuttiTrack track);

/* How much sound the peer takes in a packet; 0: any. */
guint tutti_leg_get_max_packet_ms (TuttiLeg *leg);

/* In how many sizes at a time (simulcast); 0: in one. */
guint tutti_leg_get_layers (TuttiLeg *leg, TuttiTrack track);

/* Asks the peer for a key frame of the track (PLI); at most one each 500 ms goes out. Any thread.
 */
void tutti_leg_want_key_frame (TuttiLeg *leg, TuttiTrack track);

/* How large this track is seen anywhere, in pixels: of simulcast the smallest layer that fills it
 * is passed on, from its next key frame, which is asked for; 0: nobody sees it. Any thread. */
void tutti_leg_want_picture (TuttiLeg *leg, TuttiTrack track, int width, int height);

/* Tells the peer by REMB (draft-alvestrand-rmcat-remb-03) how much video to send, all tracks
 * together; 0: no limit. Any thread. */
void tutti_leg_set_uplink_limit (TuttiLeg *leg, guint bitrate_bps);

/* What would be sent if the way carried it, all streams together: the estimate is probed up to this
 * and no further; 0 (at first): nothing is probed. Which of VP8's temporal layers the peer gets,
 * the leg decides itself, at once, from its estimate and what the layers take. Any thread. */
void tutti_leg_set_wanted_rate (TuttiLeg *leg, guint bitrate_bps);

/* A text for the data channel; dropped when it isn't open. A peer that doesn't read loses the
 * channel when a MiB waits. */
void tutti_leg_say (TuttiLeg *leg, const char *text);
/* Closes the channel after what was said. */
void tutti_leg_hang_up (TuttiLeg *leg);

TuttiLegState tutti_leg_get_state (TuttiLeg *leg);

typedef struct {
    guint64 packets, bytes;
    guint64 lost;             /* received: never came; sent: by the peer's report */
    guint64 nacks, rtx, plis; /* received stream: those we sent / got repaired; sent stream: those
                                 we got / answered */
    guint64 red; /* sound, RFC 2198; received: packets that came only within a later one; sent:
                    packets that carried older ones */
    guint8 red_blocks; /* sent sound: older packets that each carries now; 0: it goes plain */
    guint jitter_us;
    guint8 fraction_lost;          /* of 256, last report */
    guint8 layers;                 /* received simulcast: how many come now; 0: it is none */
    int layer_width, layer_height; /* of the layer in use; 0: not known */
} TuttiStreamStats;

typedef struct {
    TuttiStreamStats in[TUTTI_N_TRACKS];
    TuttiStreamStats out[2]; /* by TuttiKind */
    guint round_trip_us;     /* 0: not known yet */
    guint64 srtp_failures, replays, unknown_ssrc, malformed;
    guint remb_bps;      /* last REMB of the peer; 0 none */
    guint estimate_bps;  /* what the way to the peer carries; 0: not known */
    guint send_rate_bps; /* media, over the last second */
    guint queue_us;      /* how long the pacer holds a packet now */
    guint
        link_queue_us; /* how much longer than the shortest the peer's packets take on their way */
    guint64 padding_bytes;  /* sent to probe */
    guint8 layer;           /* highest temporal layer that the peer gets: 0 to 2 */
    guint8 layers_left_out; /* for want of room: 0 to 2 */
    gboolean channel;       /* a data channel is open */
    guint64 heard, said;    /* texts on it, in and out */
    char srtp_profile[32],
        pair[96]; /* e.g. "AEAD_AES_128_GCM", "udp 127.0.0.1:5000 127.0.0.1:40000" */
} TuttiLegStats;

/* Any thread; a copy. */
void tutti_leg_get_stats (TuttiLeg *leg, TuttiLegStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiLeg, tutti_leg_free)
