/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-sdp-read.c: offers recorded from real clients give the values they were made with; broken
 * and hostile ones give a clear error.
 */
#include "sdp-sample.h"

#include <tutti/error.h>

#define ALL_VIDEO_FEEDBACK                                                                         \
    (TUTTI_FEEDBACK_NACK | TUTTI_FEEDBACK_PLI | TUTTI_FEEDBACK_FIR | TUTTI_FEEDBACK_REMB |         \
     TUTTI_FEEDBACK_TRANSPORT_CC)

static void
test_chromium (void)
{
    g_autoptr (TuttiSession) session = sample_read ("chromium");
    const TuttiMedia *audio = &session->media[0], *camera = &session->media[1];
    const TuttiFormat *h264;

    g_assert_cmpstr (session->ufrag, ==, "NYbP");
    g_assert_cmpstr (session->pwd, ==, "IfxTMi+5rAIZoHWTTb2dT/YV");
    g_assert_cmpstr (session->hash, ==, "sha-256");
    g_assert_cmpuint (session->digest_bytes, ==, 32);
    g_assert_cmphex (session->digest[0], ==, 0x76);
    g_assert_cmphex (session->digest[31], ==, 0x42);
    g_assert_cmpint (session->setup, ==, TUTTI_SETUP_ACTPASS);
    g_assert_true (session->trickle);
    g_assert_false (session->lite);
    g_assert_cmpuint (session->candidates->len, ==, 2);
    g_assert_true (g_str_has_prefix (session->candidates->pdata[0], "candidate:1170171136 1 udp "));
    g_assert_cmpuint (session->n_media, ==, 4);

    g_assert_cmpint (audio->kind, ==, TUTTI_KIND_AUDIO);
    g_assert_cmpstr (audio->mid, ==, "0");
    g_assert_cmpint (audio->direction, ==, TUTTI_DIRECTION_BOTH);
    g_assert_true (audio->rtcp_mux);
    g_assert_cmpuint (audio->n_formats, ==, 7);
    g_assert_cmpint (audio->formats[0].codec, ==, TUTTI_CODEC_OPUS);
    g_assert_cmpint (audio->formats[0].channels, ==, 2);
    g_assert_true (audio->formats[0].fec);
    g_assert_false (audio->formats[0].stereo);
    g_assert_cmpint (audio->formats[0].feedback, ==, TUTTI_FEEDBACK_TRANSPORT_CC);
    g_assert_cmpint (audio->formats[0].red_payload_type, ==, 63);
    g_assert_cmpint (audio->formats[1].payload_type, ==, 9); /* red is no format by itself */
    g_assert_cmpint (audio->extension[TUTTI_EXTENSION_LEVEL], ==, 1);
    g_assert_cmpint (audio->extension[TUTTI_EXTENSION_MID], ==, 4);
    g_assert_cmpuint (audio->ssrc, ==, 1486863975);

    g_assert_cmpint (camera->formats[0].codec, ==, TUTTI_CODEC_VP8);
    g_assert_cmpint (camera->formats[0].rtx_payload_type, ==, 97);
    g_assert_cmpint (camera->formats[0].feedback, ==, ALL_VIDEO_FEEDBACK);
    h264 = sample_format (camera, 108);
    g_assert_cmpint (h264->codec, ==, TUTTI_CODEC_H264);
    g_assert_cmpint (h264->packetization_mode, ==, 1);
    g_assert_cmphex (h264->profile_level_id, ==, 0x42e01f);
    g_assert_cmpint (h264->rtx_payload_type, ==, 109);
    g_assert_cmpint (camera->extension[TUTTI_EXTENSION_ROTATION], ==, 13);
    g_assert_cmpint (camera->extension[TUTTI_EXTENSION_RID], ==, 10);
    g_assert_cmpuint (camera->ssrc, ==, 1167736346);
    g_assert_cmpuint (camera->rtx_ssrc, ==, 1082020537);

    g_assert_cmpint (session->media[2].direction, ==, TUTTI_DIRECTION_SEND);
    g_assert_cmpint (session->media[3].kind, ==, TUTTI_KIND_APPLICATION);
    g_assert_cmpint (session->media[3].sctp_port, ==, 5000);
    g_assert_cmpuint (session->media[3].max_message_bytes, ==, 262144);
}

static void
test_chromium_simulcast (void)
{
    g_autoptr (TuttiSession) session = sample_read ("chromium-simulcast");

    g_assert_cmpuint (session->n_media, ==, 2);
    g_assert_cmpuint (session->media[1].ssrc, ==, 0);
    g_assert_cmpint (session->media[1].extension[TUTTI_EXTENSION_RID], !=, 0);
    g_assert_cmpint (session->media[1].extension[TUTTI_EXTENSION_REPAIRED_RID], !=, 0);
    g_assert_cmpuint (session->media[1].n_layers, ==, 3);
    g_assert_cmpstr (session->media[1].layers[0].rid, ==, "q");
    g_assert_cmpstr (session->media[1].layers[1].rid, ==, "h");
    g_assert_cmpstr (session->media[1].layers[2].rid, ==, "f");
    g_assert_cmpuint (session->media[1].layers[2].ssrc, ==, 0);
}

/* The offer with other lines instead of its a=simulcast. */
static TuttiSession *
read_layers (const char *lines)
{
    g_autofree char *text = sample_load ("chromium-simulcast");
    g_auto (GStrv) parts = g_strsplit (text, "a=simulcast:", 2);
    g_autofree char *edited = g_strconcat (parts[0], lines, NULL);

    return tutti_sdp_read (edited, NULL);
}

/* What browsers had before RIDs, and what RFC 8853 allows besides. */
static void
test_layers (void)
{
    g_autoptr (TuttiSession) legacy =
        read_layers ("a=ssrc-group:FID 11 21\r\na=ssrc-group:SIM 11 12 13\r\n"
                     "a=ssrc-group:FID 12 22\r\na=ssrc-group:FID 13 23\r\n"
                     "a=ssrc:11 cname:x\r\n");
    g_autoptr (TuttiSession) rich = read_layers ("a=simulcast:recv x;y send ~1,4;2;b-_;2;a!;5\r\n");
    g_autoptr (TuttiSession) one = read_layers ("a=simulcast:send f\r\n");
    g_autoptr (TuttiSession) bad = read_layers (
        "a=simulcast:send\r\na=simulcast:\r\na=ssrc-group:SIM\r\na=ssrc-group:SIM x 0 9\r\n");
    const TuttiMedia *video = &legacy->media[1];

    g_assert_cmpuint (video->ssrc, ==, 11);
    g_assert_cmpuint (video->rtx_ssrc, ==, 21);
    g_assert_cmpuint (video->n_layers, ==, 3);
    for (guint i = 0; i < 3; i++) {
        g_assert_cmpstr (video->layers[i].rid, ==, "");
        g_assert_cmpuint (video->layers[i].ssrc, ==, 11 + i);
        g_assert_cmpuint (video->layers[i].rtx_ssrc, ==, 21 + i);
    }
    g_assert_cmpuint (rich->media[1].n_layers, ==, 3);
    g_assert_cmpstr (rich->media[1].layers[0].rid, ==, "1");
    g_assert_cmpstr (rich->media[1].layers[2].rid, ==, "b-_");
    g_assert_cmpuint (one->media[1].n_layers, ==, 0);
    g_assert_cmpuint (bad->media[1].n_layers, ==, 0);
}

static void
test_chromium_listener (void)
{
    g_autoptr (TuttiSession) session = sample_read ("chromium-listener");

    g_assert_cmpuint (session->n_media, ==, 2);
    g_assert_cmpint (session->media[0].direction, ==, TUTTI_DIRECTION_RECEIVE);
    g_assert_cmpint (session->media[1].direction, ==, TUTTI_DIRECTION_RECEIVE);
    g_assert_cmpuint (session->media[1].ssrc, ==, 0);
}

/* Fingerprint at session level only, sorted attributes, bundle-only with port 0. */
static void
test_firefox (void)
{
    g_autoptr (TuttiSession) session = sample_read ("firefox");

    g_assert_cmpstr (session->ufrag, ==, "d899b1b4");
    g_assert_cmphex (session->digest[0], ==, 0x70);
    g_assert_true (session->end_of_candidates);
    g_assert_cmpuint (session->candidates->len, ==, 8);
    g_assert_cmpuint (session->n_media, ==, 4);
    for (guint i = 0; i < 4; i++)
        g_assert_false (session->media[i].rejected);
    g_assert_true (session->media[0].formats[0].stereo);
    g_assert_true (session->media[0].formats[0].fec);
    g_assert_cmpint (session->media[1].formats[0].codec, ==, TUTTI_CODEC_VP8);
    g_assert_cmpint (session->media[1].formats[0].rtx_payload_type, ==, 124);
    g_assert_cmpint (session->media[1].extension[TUTTI_EXTENSION_MID], ==, 3);
    g_assert_cmpuint (session->media[1].rtx_ssrc, ==, 1198560943);
    g_assert_cmpuint (session->media[3].max_message_bytes, ==, 1073741823);
}

/* OPUS in capitals, mids like video1, port 0 and bundle-only, no extmap. */
static void
test_gstreamer (void)
{
    g_autoptr (TuttiSession) session = sample_read ("gstreamer");

    g_assert_cmpuint (session->n_media, ==, 3);
    g_assert_cmpint (session->media[0].formats[0].codec, ==, TUTTI_CODEC_OPUS);
    g_assert_cmpstr (session->media[1].mid, ==, "video1");
    g_assert_false (session->media[1].rejected);
    g_assert_false (session->media[2].rejected);
    g_assert_cmpint (session->media[1].extension[TUTTI_EXTENSION_MID], ==, 0);
    g_assert_cmpint (session->media[1].formats[0].feedback, ==,
                     TUTTI_FEEDBACK_PLI | TUTTI_FEEDBACK_FIR | TUTTI_FEEDBACK_TRANSPORT_CC);
}

/* A ufrag for each m-line, of which the first one's counts; the old form of the data channel. */
static void
test_aiortc (void)
{
    g_autoptr (TuttiSession) session = sample_read ("aiortc");

    g_assert_cmpstr (session->ufrag, ==, "Otli");
    g_assert_false (session->trickle);
    g_assert_cmpuint (session->candidates->len, ==, 2);
    g_assert_nonnull (strstr (session->candidates->pdata[0], " 45865 "));
    g_assert_cmpint (session->media[2].kind, ==, TUTTI_KIND_APPLICATION);
    g_assert_cmpint (session->media[2].sctp_port, ==, 5000);
    g_assert_cmpuint (session->media[2].max_message_bytes, ==, 65536);
}

/* A space after each feedback; fingerprint at session level. */
static void
test_pion (void)
{
    g_autoptr (TuttiSession) session = sample_read ("pion");

    g_assert_cmpstr (session->ufrag, ==, "BvhdQohJnbuJVdZr");
    g_assert_cmpint (session->media[1].formats[0].codec, ==, TUTTI_CODEC_VP8);
    g_assert_cmpint (session->media[1].formats[0].feedback, ==, ALL_VIDEO_FEEDBACK);
    g_assert_cmpint (session->media[1].formats[0].rtx_payload_type, ==, 97);
}

/* One URI with two ids, in two m-lines; the same candidates in each. */
static void
test_werift (void)
{
    g_autoptr (TuttiSession) session = sample_read ("werift");

    g_assert_cmpint (session->media[0].formats[0].codec, ==, TUTTI_CODEC_OPUS);
    g_assert_cmpint (session->media[0].extension[TUTTI_EXTENSION_MID], ==, 1);
    g_assert_cmpint (session->media[1].extension[TUTTI_EXTENSION_MID], ==, 4);
    g_assert_cmpuint (session->candidates->len, ==, 2);
}

static guint
read_max_packet (const char *lines)
{
    g_autofree char *text = sample_damage ("a=mid:0\r\n", lines);
    g_autoptr (GError) error = NULL;
    g_autoptr (TuttiSession) session = tutti_sdp_read (text, &error);

    g_assert_no_error (error);
    return session->media[0].max_packet_ms;
}

static void
test_max_packet (void)
{
    g_assert_cmpuint (read_max_packet ("a=mid:0\r\n"), ==, 0);
    g_assert_cmpuint (read_max_packet ("a=mid:0\r\na=maxptime:20\r\n"), ==, 20);
    g_assert_cmpuint (read_max_packet ("a=maxptime:120\r\na=mid:0\r\n"), ==, 120);
    g_assert_cmpuint (read_max_packet ("a=mid:0\r\na=maxptime:much\r\n"), ==, 0);
    g_assert_cmpuint (read_max_packet ("a=mid:0\r\na=maxptime:70000\r\n"), ==, 0);
}

typedef struct {
    const char *name, *from, *to;
    int code;
    const char *says;
} Damage;

static const Damage damages[] = {
    {"version", "v=0", "w=0", TUTTI_ERROR_BAD_SDP, "v=0"},
    {"control-characters", "s=-", "s=\001", TUTTI_ERROR_BAD_SDP, "control"},
    {"no-ufrag", "a=ice-ufrag:abcd\r\n", "", TUTTI_ERROR_BAD_SDP, "no ICE"},
    {"no-pwd", "a=ice-pwd", "a=ice-pwt", TUTTI_ERROR_BAD_SDP, "no ICE"},
    {"short-ufrag", "ufrag:abcd", "ufrag:abc", TUTTI_ERROR_BAD_SDP, "ufrag"},
    {"colon-in-ufrag", "ufrag:abcd", "ufrag:ab:d", TUTTI_ERROR_BAD_SDP, "ufrag"},
    {"short-pwd", "stuv", "st", TUTTI_ERROR_BAD_SDP, "pwd"},
    {"no-fingerprint", "a=fingerprint", "a=finger", TUTTI_ERROR_BAD_SDP, "no DTLS"},
    {"sha-1", "sha-256", "sha-1", TUTTI_ERROR_BAD_SDP, "no DTLS"},
    {"short-fingerprint", ":ee:ff", ":ee", TUTTI_ERROR_BAD_SDP, "no DTLS"},
    {"long-fingerprint", ":ee:ff", ":ee:ff:00", TUTTI_ERROR_BAD_SDP, "no DTLS"},
    {"odd-fingerprint", ":ee:ff", ":ee:f", TUTTI_ERROR_BAD_SDP, "no DTLS"},
    {"setup", "setup:actpass", "setup:holdconn", TUTTI_ERROR_BAD_SDP, "a=setup"},
    {"no-group", "a=group:BUNDLE 0 1\r\n", "", TUTTI_ERROR_BAD_SDP, "BUNDLE"},
    {"empty-group", "BUNDLE 0 1", "BUNDLE", TUTTI_ERROR_BAD_SDP, "BUNDLE"},
    {"strange-group", "BUNDLE 0 1", "BUNDLE 7", TUTTI_ERROR_BAD_SDP, "BUNDLE"},
    {"same-mids", "mid:1", "mid:0", TUTTI_ERROR_BAD_SDP, "same a=mid"},
    {"bad-mid", "mid:1", "mid:<1>", TUTTI_ERROR_BAD_SDP, "m-line 1: a=mid"},
    {"long-mid", "mid:1", "mid:abcdefghijklmnopqrstuvwxyz1234567", TUTTI_ERROR_BAD_SDP, "a=mid"},
    {"plain-rtp", "UDP/TLS/RTP/SAVPF 96", "RTP/AVP 96", TUTTI_ERROR_BAD_SDP, "m-line 1: the tr"},
    {"payload-type", "SAVPF 96", "SAVPF 128", TUTTI_ERROR_BAD_SDP, "payload types"},
    {"format-word", "SAVPF 96", "SAVPF VP8", TUTTI_ERROR_BAD_SDP, "payload types"},
    {"other-kind", "m=video", "m=text", TUTTI_ERROR_UNSUPPORTED, "m-line 1"},
    {"all-rejected", " 9 UDP", " 0 UDP", TUTTI_ERROR_BAD_SDP, "rejected"},
};

static void
test_damage (gconstpointer data)
{
    const Damage *damage = data;
    g_autofree char *text = sample_damage (damage->from, damage->to);
    g_autoptr (GError) error = NULL;

    g_assert_cmpstr (text, !=, SAMPLE_OFFER);
    g_assert_null (tutti_sdp_read (text, &error));
    g_assert_error (error, TUTTI_ERROR, damage->code);
    g_assert_nonnull (strstr (error->message, damage->says));
}

static void
assert_refused (const char *text, const char *says)
{
    g_autoptr (GError) error = NULL;

    g_assert_null (tutti_sdp_read (text, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_SDP);
    if (!strstr (error->message, says))
        g_error ("'%s' does not say '%s'", error->message, says);
}

static void
test_garbage (void)
{
    assert_refused ("", "v=0");
    assert_refused ("hello", "v=0");
    assert_refused ("v=0\r\n", "no m-line");
    assert_refused ("v=0\r\nm=audio\r\n", "");
    assert_refused ("v=0\r\nm=audio\r\na=\r\na=:\r\n=\r\n", "");
}

/* Twice the limit of everything that has one. */
static void
test_limits (void)
{
    g_autoptr (GString) lines = g_string_new (SAMPLE_OFFER);
    g_autoptr (GString) formats = g_string_new ("SAVPF ");
    g_autoptr (GString) candidates = g_string_new (SAMPLE_OFFER);
    g_autoptr (GString) candidate = g_string_new (SAMPLE_OFFER "a=candidate:");
    g_autoptr (GString) long_text = g_string_new (SAMPLE_OFFER);
    g_autofree char *many_formats = NULL;

    for (int i = 0; i < 2 * TUTTI_MEDIA_MAX; i++)
        g_string_append (lines, "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\n");
    assert_refused (lines->str, "16 m-lines");
    for (int i = 0; i < 2 * TUTTI_FORMATS_MAX; i++)
        g_string_append_printf (formats, "%d ", i);
    g_string_append (formats, "96");
    many_formats = sample_damage ("SAVPF 96", formats->str);
    assert_refused (many_formats, "formats");
    for (int i = 0; i < 2 * TUTTI_CANDIDATES_MAX; i++)
        g_string_append_printf (candidates, "a=candidate:%d 1 udp 1 192.0.2.1 1 typ host\r\n", i);
    assert_refused (candidates->str, "64 candidates");
    for (int i = 0; i < TUTTI_CANDIDATE_MAX_BYTES; i++)
        g_string_append_c (candidate, 'x');
    assert_refused (candidate->str, "512 bytes");
    while (long_text->len <= TUTTI_SDP_MAX_BYTES)
        g_string_append (long_text, "a=x-padding\r\n");
    assert_refused (long_text->str, "64 KiB");
}

/* What is outside of the group, or refused by port 0, is answered as rejected, in its place. */
static void
test_partly_rejected (void)
{
    g_autofree char *outside = sample_damage ("BUNDLE 0 1", "BUNDLE 1");
    g_autofree char *refused = sample_damage ("m=audio 9", "m=audio 0");
    g_autoptr (GError) error = NULL;
    g_autoptr (TuttiSession) first = tutti_sdp_read (outside, &error);
    g_autoptr (TuttiSession) second = tutti_sdp_read (refused, &error);

    g_assert_no_error (error);
    g_assert_true (first->media[0].rejected);
    g_assert_false (first->media[1].rejected);
    g_assert_true (second->media[0].rejected);
    g_assert_cmpstr (second->ufrag, ==, "abcd");
}

/* One m-line needs no group and no mid (FFmpeg, GStreamer with bundle-policy none). */
static void
test_single (void)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (TuttiSession) session =
        tutti_sdp_read ("v=0\no=- 1 1 IN IP4 0.0.0.0\ns=-\nt=0 0\nm=audio 9 UDP/TLS/RTP/SAVPF 111\n"
                        "a=rtpmap:111 OPUS/48000/2\n" SAMPLE_ICE SAMPLE_PRINT,
                        &error);

    g_assert_no_error (error);
    g_assert_cmpuint (session->n_media, ==, 1);
    g_assert_cmpint (session->setup, ==, TUTTI_SETUP_ACTPASS);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/sdp-read/chromium", test_chromium);
    g_test_add_func ("/sdp-read/chromium-simulcast", test_chromium_simulcast);
    g_test_add_func ("/sdp-read/layers", test_layers);
    g_test_add_func ("/sdp-read/chromium-listener", test_chromium_listener);
    g_test_add_func ("/sdp-read/firefox", test_firefox);
    g_test_add_func ("/sdp-read/gstreamer", test_gstreamer);
    g_test_add_func ("/sdp-read/aiortc", test_aiortc);
    g_test_add_func ("/sdp-read/pion", test_pion);
    g_test_add_func ("/sdp-read/werift", test_werift);
    g_test_add_func ("/sdp-read/max-packet", test_max_packet);
    for (guint i = 0; i < G_N_ELEMENTS (damages); i++) {
        g_autofree char *path = g_strconcat ("/sdp-read/damage/", damages[i].name, NULL);

        g_test_add_data_func (path, &damages[i], test_damage);
    }
    g_test_add_func ("/sdp-read/garbage", test_garbage);
    g_test_add_func ("/sdp-read/limits", test_limits);
    g_test_add_func ("/sdp-read/partly-rejected", test_partly_rejected);
    g_test_add_func ("/sdp-read/single", test_single);
    return g_test_run ();
}
