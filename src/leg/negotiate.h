/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * negotiate.h: offer in, answer out (RFC 3264, RFC 8829, RFC 8843): pure, no network, any thread.
 *
 * One audio and one video stream go down, on the first audio and the first video m-line; up come an
 * audio, a camera (the first video m-line) and a screen (the second), and beside them one data
 * channel. Everything else is rejected.
 */
#pragma once

#include <tutti/session.h>

/* What our answers keep the same for a leg's whole life. */
typedef struct {
    guint32 ssrc[2], rtx_ssrc[2]; /* of our downlink, by TuttiKind; all distinct, not 0 */
    char cname[64], stream[64];
    guint64 id; /* of the o= line */
} TuttiIdentity;

typedef struct {
    const TuttiCodec *video_codecs; /* in order of preference, ended by NONE */
    gboolean stereo, fec, dtx;
    const TuttiIdentity *identity;
} TuttiPolicy;

/* What the last answer settled and a later one keeps: tracks by mid, the DTLS role. Zeroed: there
 * was none. */
typedef struct {
    guint64 version; /* of the o= line; 0: no answer yet */
    TuttiSetup setup;
    guint n_media;
    struct {
        TuttiKind kind;
        gboolean rejected;
        TuttiTrack track;
        char mid[TUTTI_MID_MAX + 1];
    } media[TUTTI_MEDIA_MAX];
} TuttiAgreement;

/* Random numbers and names. */
void tutti_identity_make (TuttiIdentity *identity);

/* Fills the answer's media, setup, identity and version; ICE and the fingerprint are the
 * transport's. Errors, with the answer untouched: BAD_SDP, UNSUPPORTED. */
gboolean tutti_negotiate (const TuttiSession *offer, const TuttiPolicy *policy,
                          const TuttiAgreement *previous, TuttiSession *answer, GError **error);

/* Once the answer is given. */
void tutti_agreement_take (TuttiAgreement *agreement, const TuttiSession *answer);
