/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-negotiate.c: offers and what they are answered with, by tables.
 */
#include <string.h>

#include <tutti/error.h>

#include "leg/negotiate.h"

#define S TUTTI_DIRECTION_SEND
#define R TUTTI_DIRECTION_RECEIVE
#define B TUTTI_DIRECTION_BOTH
#define I TUTTI_DIRECTION_INACTIVE

#define ALL_FEEDBACK                                                                               \
    (TUTTI_FEEDBACK_NACK | TUTTI_FEEDBACK_PLI | TUTTI_FEEDBACK_FIR | TUTTI_FEEDBACK_REMB |         \
     TUTTI_FEEDBACK_TRANSPORT_CC)

static const TuttiCodec vp8_first[] = {TUTTI_CODEC_VP8, TUTTI_CODEC_H264, TUTTI_CODEC_NONE};
static const TuttiCodec h264_first[] = {TUTTI_CODEC_H264, TUTTI_CODEC_VP8, TUTTI_CODEC_NONE};

static TuttiIdentity identity;
static const TuttiAgreement none;

static TuttiPolicy
make_policy (const TuttiCodec *codecs)
{
    return (TuttiPolicy){.video_codecs = codecs, .fec = TRUE, .identity = &identity};
}

static TuttiMedia *
add_media (TuttiSession *offer, TuttiKind kind, const char *mid, TuttiDirection direction)
{
    TuttiMedia *media = &offer->media[offer->n_media++];

    media->kind = kind;
    media->direction = direction;
    media->rtcp_mux = TRUE;
    g_strlcpy (media->mid, mid, sizeof media->mid);
    for (guint i = 0; i < TUTTI_N_EXTENSIONS; i++)
        media->extension[i] = (guint8)(i + 3);
    return media;
}

static void
add_format (TuttiMedia *media, TuttiCodec codec, guint8 payload_type)
{
    media->formats[media->n_formats++] = (TuttiFormat){
        .codec = codec,
        .payload_type = payload_type,
        .feedback = ALL_FEEDBACK,
    };
}

static void
add_h264 (TuttiMedia *media, guint8 payload_type, guint32 profile, guint8 mode)
{
    add_format (media, TUTTI_CODEC_H264, payload_type);
    media->formats[media->n_formats - 1].profile_level_id = profile;
    media->formats[media->n_formats - 1].packetization_mode = mode;
}

static void
add_audio (TuttiSession *offer, const char *mid, TuttiDirection direction)
{
    TuttiMedia *media = add_media (offer, TUTTI_KIND_AUDIO, mid, direction);

    add_format (media, TUTTI_CODEC_NONE, 9);
    add_format (media, TUTTI_CODEC_OPUS, 111);
    media->formats[media->n_formats - 1].red_payload_type = 63;
}

/* As Chromium offers it, shortened. */
static TuttiMedia *
add_video (TuttiSession *offer, const char *mid, TuttiDirection direction)
{
    TuttiMedia *media = add_media (offer, TUTTI_KIND_VIDEO, mid, direction);

    add_format (media, TUTTI_CODEC_NONE, 45);
    add_h264 (media, 104, 0x42e01f, 0);
    add_h264 (media, 106, 0x4d001f, 1);
    add_h264 (media, 108, 0x42001f, 1);
    add_h264 (media, 102, 0x42e01f, 1);
    add_format (media, TUTTI_CODEC_VP8, 96);
    media->formats[5].rtx_payload_type = 97;
    return media;
}

static TuttiSession *
make_offer (void)
{
    TuttiSession *offer = tutti_session_new ();

    g_strlcpy (offer->ufrag, "abcd", sizeof offer->ufrag);
    g_strlcpy (offer->pwd, "0123456789abcdefghijkl", sizeof offer->pwd);
    g_strlcpy (offer->hash, "SHA-256", sizeof offer->hash);
    offer->digest_bytes = 32;
    return offer;
}

static TuttiSession *
answer_to (const TuttiSession *offer, const TuttiCodec *codecs, const TuttiAgreement *previous)
{
    TuttiSession *answer = tutti_session_new ();
    TuttiPolicy policy = make_policy (codecs);
    g_autoptr (GError) error = NULL;

    tutti_negotiate (offer, &policy, previous, answer, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (answer->n_media, ==, offer->n_media);
    return answer;
}

static void
test_usual (void)
{
    g_autoptr (TuttiSession) offer = make_offer ();
    g_autoptr (TuttiSession) answer = NULL;
    const TuttiMedia *audio, *video;

    add_audio (offer, "0", B);
    add_video (offer, "1", B);
    add_media (offer, TUTTI_KIND_APPLICATION, "2", B);
    offer->media[2].sctp_port = 5001;
    offer->media[2].sctp_legacy = TRUE;
    add_media (offer, TUTTI_KIND_APPLICATION, "3", B);
    offer->media[3].sctp_port = 5000;
    answer = answer_to (offer, vp8_first, &none);
    audio = &answer->media[0];
    video = &answer->media[1];
    g_assert_cmpint (audio->track, ==, TUTTI_TRACK_AUDIO);
    g_assert_cmpuint (audio->n_formats, ==, 1);
    g_assert_cmpuint (audio->formats[0].payload_type, ==, 111);
    g_assert_cmpuint (audio->formats[0].feedback, ==, TUTTI_FEEDBACK_TRANSPORT_CC);
    g_assert_cmpuint (audio->formats[0].red_payload_type, ==, 63);
    g_assert_true (audio->formats[0].fec);
    g_assert_cmpuint (audio->extension[TUTTI_EXTENSION_LEVEL], ==, TUTTI_EXTENSION_LEVEL + 3);
    g_assert_cmpuint (audio->ssrc, ==, identity.ssrc[0]);
    g_assert_cmpuint (audio->rtx_ssrc, ==, 0);

    g_assert_cmpint (video->track, ==, TUTTI_TRACK_CAMERA);
    g_assert_cmpuint (video->n_formats, ==, 4);
    g_assert_cmpuint (video->formats[0].payload_type, ==, 96);
    g_assert_cmpuint (video->formats[0].rtx_payload_type, ==, 97);
    g_assert_cmpuint (video->formats[0].feedback, ==, ALL_FEEDBACK);
    g_assert_cmpuint (video->extension[TUTTI_EXTENSION_MID], ==, TUTTI_EXTENSION_MID + 3);
    g_assert_cmpuint (video->extension[TUTTI_EXTENSION_LEVEL], ==, 0);
    g_assert_cmpuint (video->extension[TUTTI_EXTENSION_TRANSPORT_CC], ==,
                      TUTTI_EXTENSION_TRANSPORT_CC + 3);
    g_assert_cmpuint (video->extension[TUTTI_EXTENSION_ABS_SEND_TIME], ==, 0);
    g_assert_cmpuint (video->extension[TUTTI_EXTENSION_ROTATION], ==, 0);
    g_assert_cmpuint (video->rtx_ssrc, ==, identity.rtx_ssrc[1]);
    g_assert_cmpstr (video->mid, ==, "1");

    g_assert_false (answer->media[2].rejected);
    g_assert_cmpuint (answer->media[2].sctp_port, ==, 5000);
    g_assert_true (answer->media[2].sctp_legacy);
    g_assert_cmpuint (answer->media[2].max_message_bytes, ==, 32768);
    g_assert_true (answer->media[3].rejected); /* one is enough */
    g_assert_cmpint (answer->media[2].kind, ==, TUTTI_KIND_APPLICATION);
    g_assert_cmpstr (answer->media[2].mid, ==, "2");
    g_assert_cmpint (answer->setup, ==, TUTTI_SETUP_PASSIVE);
    g_assert_cmpuint (answer->version, ==, 1);
}

static void
test_h264 (void)
{
    const guint8 order[] = {102, 108, 104, 96};
    g_autoptr (TuttiSession) offer = make_offer ();
    g_autoptr (TuttiSession) answer = NULL;
    const TuttiMedia *video;

    add_video (offer, "v", B);
    answer = answer_to (offer, h264_first, &none);
    video = &answer->media[0];
    g_assert_cmpuint (video->n_formats, ==, G_N_ELEMENTS (order));
    for (guint i = 0; i < G_N_ELEMENTS (order); i++)
        g_assert_cmpuint (video->formats[i].payload_type, ==, order[i]);
    /* The stream that is sent has no RTX format. */
    g_assert_cmpuint (video->rtx_ssrc, ==, 0);
}

static void
test_h264_only_main_profile (void)
{
    g_autoptr (TuttiSession) offer = make_offer ();
    g_autoptr (TuttiSession) answer = NULL;
    TuttiMedia *media;

    add_audio (offer, "a", B);
    media = add_media (offer, TUTTI_KIND_VIDEO, "v", B);
    add_h264 (media, 106, 0x4d001f, 1);
    answer = answer_to (offer, h264_first, &none);
    g_assert_false (answer->media[0].rejected);
    g_assert_true (answer->media[1].rejected);
}

static void
test_directions (void)
{
    const struct {
        TuttiDirection offered, audio, camera, screen;
    } rows[] = {{B, B, B, R}, {S, R, R, R}, {R, S, S, I}, {I, I, I, I}};

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autoptr (TuttiSession) offer = make_offer ();
        g_autoptr (TuttiSession) answer = NULL;

        add_audio (offer, "a", rows[i].offered);
        add_video (offer, "c", rows[i].offered);
        add_video (offer, "s", rows[i].offered);
        answer = answer_to (offer, vp8_first, &none);
        g_assert_cmpint (answer->media[0].direction, ==, rows[i].audio);
        g_assert_cmpint (answer->media[1].direction, ==, rows[i].camera);
        g_assert_cmpint (answer->media[2].direction, ==, rows[i].screen);
        g_assert_cmpint (answer->media[2].track, ==, TUTTI_TRACK_SCREEN);
        g_assert_cmpint (answer->media[1].ssrc != 0, ==, (rows[i].camera & S) != 0);
        g_assert_cmpuint (answer->media[2].ssrc, ==, 0);
    }
}

static void
test_setup (void)
{
    const struct {
        TuttiSetup offered, answered;
    } rows[] = {
        {TUTTI_SETUP_ACTPASS, TUTTI_SETUP_PASSIVE},
        {TUTTI_SETUP_ACTIVE, TUTTI_SETUP_PASSIVE},
        {TUTTI_SETUP_PASSIVE, TUTTI_SETUP_ACTIVE},
    };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autoptr (TuttiSession) offer = make_offer ();
        g_autoptr (TuttiSession) first = NULL;
        g_autoptr (TuttiSession) second = NULL;
        TuttiAgreement agreement;

        add_audio (offer, "a", B);
        offer->setup = rows[i].offered;
        first = answer_to (offer, vp8_first, &none);
        g_assert_cmpint (first->setup, ==, rows[i].answered);
        tutti_agreement_take (&agreement, first);
        offer->setup = TUTTI_SETUP_ACTPASS;
        second = answer_to (offer, vp8_first, &agreement);
        g_assert_cmpint (second->setup, ==, rows[i].answered);
    }
}

static void
test_too_many (void)
{
    g_autoptr (TuttiSession) offer = make_offer ();
    g_autoptr (TuttiSession) answer = NULL;

    add_video (offer, "v0", B);
    add_audio (offer, "a0", B);
    add_audio (offer, "a1", B);
    add_video (offer, "v1", S);
    add_video (offer, "v2", S);
    answer = answer_to (offer, vp8_first, &none);
    g_assert_cmpint (answer->media[0].track, ==, TUTTI_TRACK_CAMERA);
    g_assert_cmpint (answer->media[1].track, ==, TUTTI_TRACK_AUDIO);
    g_assert_true (answer->media[2].rejected);
    g_assert_cmpint (answer->media[3].track, ==, TUTTI_TRACK_SCREEN);
    g_assert_true (answer->media[4].rejected);
}

/* A screen comes, goes, and comes on another m-line; nothing else changes. */
static void
test_renegotiate (void)
{
    g_autoptr (TuttiSession) offer = make_offer ();
    g_autoptr (TuttiSession) first = NULL;
    g_autoptr (TuttiSession) second = NULL;
    g_autoptr (TuttiSession) third = NULL;
    TuttiAgreement agreement;

    add_audio (offer, "a", B);
    add_video (offer, "c", B);
    first = answer_to (offer, vp8_first, &none);
    tutti_agreement_take (&agreement, first);
    add_video (offer, "s", S);
    second = answer_to (offer, vp8_first, &agreement);
    tutti_agreement_take (&agreement, second);
    g_assert_cmpmem (&first->media[0], sizeof first->media[0], &second->media[0],
                     sizeof second->media[0]);
    g_assert_cmpmem (&first->media[1], sizeof first->media[1], &second->media[1],
                     sizeof second->media[1]);
    g_assert_cmpint (second->media[2].track, ==, TUTTI_TRACK_SCREEN);
    g_assert_cmpstr (first->cname, ==, second->cname);
    g_assert_cmpuint (first->id, ==, second->id);
    g_assert_cmpuint (second->version, ==, 2);
    /* The camera's m-line ends: the screen stays a screen. */
    offer->media[1].rejected = TRUE;
    third = answer_to (offer, vp8_first, &agreement);
    g_assert_true (third->media[1].rejected);
    g_assert_cmpint (third->media[2].track, ==, TUTTI_TRACK_SCREEN);
}

typedef void (*Spoil) (TuttiSession *offer);

static void
drop_media (TuttiSession *offer)
{
    offer->n_media = 0;
}

static void
drop_ufrag (TuttiSession *offer)
{
    offer->ufrag[0] = '\0';
}

static void
cut_pwd (TuttiSession *offer)
{
    offer->pwd[21] = '\0';
}

static void
drop_digest (TuttiSession *offer)
{
    offer->digest_bytes = 0;
}

static void
cut_digest (TuttiSession *offer)
{
    offer->digest_bytes = 20;
}

static void
take_md5 (TuttiSession *offer)
{
    g_strlcpy (offer->hash, "md5", sizeof offer->hash);
}

static void
be_lite (TuttiSession *offer)
{
    offer->lite = TRUE;
}

static void
drop_codecs (TuttiSession *offer)
{
    offer->media[0].formats[1].codec = TUTTI_CODEC_NONE;
}

static void
drop_mux (TuttiSession *offer)
{
    offer->media[0].rtcp_mux = FALSE;
}

static void
test_refused (void)
{
    const struct {
        Spoil spoil;
        TuttiError code;
    } rows[] = {
        {drop_media, TUTTI_ERROR_BAD_SDP},   {drop_ufrag, TUTTI_ERROR_BAD_SDP},
        {cut_pwd, TUTTI_ERROR_BAD_SDP},      {drop_digest, TUTTI_ERROR_BAD_SDP},
        {cut_digest, TUTTI_ERROR_BAD_SDP},   {take_md5, TUTTI_ERROR_UNSUPPORTED},
        {be_lite, TUTTI_ERROR_UNSUPPORTED},  {drop_codecs, TUTTI_ERROR_UNSUPPORTED},
        {drop_mux, TUTTI_ERROR_UNSUPPORTED},
    };
    TuttiPolicy policy = make_policy (vp8_first);

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        g_autoptr (TuttiSession) offer = make_offer ();
        g_autoptr (TuttiSession) answer = tutti_session_new ();
        g_autoptr (TuttiSession) untouched = tutti_session_new ();
        g_autoptr (GError) error = NULL;

        add_audio (offer, "a", B);
        rows[i].spoil (offer);
        g_assert_false (tutti_negotiate (offer, &policy, &none, answer, &error));
        g_assert_error (error, TUTTI_ERROR, (int)rows[i].code);
        g_assert_cmpmem (answer->media, sizeof answer->media, untouched->media,
                         sizeof untouched->media);
    }
}

static void
test_identity (void)
{
    TuttiIdentity other;

    tutti_identity_make (&other);
    g_assert_cmpuint (other.ssrc[0], !=, 0);
    g_assert_cmpuint (other.ssrc[0], !=, other.ssrc[1]);
    g_assert_cmpuint (other.ssrc[0], !=, other.rtx_ssrc[0]);
    g_assert_cmpuint (other.ssrc[1], !=, other.rtx_ssrc[1]);
    g_assert_cmpuint (other.rtx_ssrc[0], !=, other.ssrc[1]);
    g_assert_cmpstr (other.cname, !=, identity.cname);
    g_assert_cmpuint (other.id, !=, identity.id);
}

/* All layers are taken, by RID where the extension is there, and always by SSRC. */
static void
test_layers (void)
{
    static const struct {
        const char *rid;
        guint8 rid_id;
        TuttiDirection direction;
        guint n_layers;
    } cases[] = {{"a", 10, B, 3}, {"a", 0, B, 0}, {"a", 10, R, 0}, {"", 0, S, 3}};

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (TuttiSession) offer = make_offer ();
        g_autoptr (TuttiSession) answer = NULL;
        TuttiMedia *video = add_video (offer, "1", cases[i].direction);

        video->n_layers = 3;
        video->extension[TUTTI_EXTENSION_RID] = cases[i].rid_id;
        for (guint n = 0; n < 3; n++) {
            video->layers[n].ssrc = cases[i].rid[0] ? 0 : 50 + n;
            g_strlcpy (video->layers[n].rid, cases[i].rid, TUTTI_RID_MAX);
        }
        answer = answer_to (offer, vp8_first, &none);
        g_assert_cmpuint (answer->media[0].n_layers, ==, cases[i].n_layers);
        g_assert_cmpuint (answer->media[0].extension[TUTTI_EXTENSION_RID], ==,
                          cases[i].n_layers > 0 ? cases[i].rid_id : 0);
        g_assert_cmpuint (answer->media[0].extension[TUTTI_EXTENSION_REPAIRED_RID] != 0, ==,
                          cases[i].n_layers > 0 && cases[i].rid[0]);
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    tutti_identity_make (&identity);
    g_test_add_func ("/negotiate/usual", test_usual);
    g_test_add_func ("/negotiate/h264", test_h264);
    g_test_add_func ("/negotiate/h264-main-profile", test_h264_only_main_profile);
    g_test_add_func ("/negotiate/directions", test_directions);
    g_test_add_func ("/negotiate/setup", test_setup);
    g_test_add_func ("/negotiate/too-many", test_too_many);
    g_test_add_func ("/negotiate/renegotiate", test_renegotiate);
    g_test_add_func ("/negotiate/layers", test_layers);
    g_test_add_func ("/negotiate/refused", test_refused);
    g_test_add_func ("/negotiate/identity", test_identity);
    return g_test_run ();
}
