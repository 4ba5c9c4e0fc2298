/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-sdp-write.c: an answer says what it was given, in words that our own reader and browsers
 * understand, and has an m-line for each of the offer's.
 */
#include "sdp-sample.h"
#include "control/sdp-write.h"

static const char *const offers[] = {
    "chromium", "chromium-simulcast", "chromium-listener", "firefox", "gstreamer", "aiortc", "pion",
    "werift"};

static TuttiSession *
make_answer (void)
{
    TuttiSession *answer = tutti_session_new ();
    TuttiMedia *audio = &answer->media[0], *video = &answer->media[1], *more = &answer->media[2];

    g_strlcpy (answer->ufrag, "u1u2", sizeof answer->ufrag);
    g_strlcpy (answer->pwd, "0123456789012345678901", sizeof answer->pwd);
    g_strlcpy (answer->hash, "sha-256", sizeof answer->hash);
    answer->digest_bytes = 32;
    answer->digest[0] = 0xab;
    answer->setup = TUTTI_SETUP_PASSIVE;
    answer->trickle = TRUE;
    answer->id = 42;
    answer->version = 7;
    g_strlcpy (answer->cname, "tutti", sizeof answer->cname);
    g_strlcpy (answer->stream, "mix", sizeof answer->stream);
    g_ptr_array_add (answer->candidates, g_strdup ("candidate:1 1 udp 2 192.0.2.1 3 typ host"));
    answer->n_media = 3;

    audio->kind = TUTTI_KIND_AUDIO;
    g_strlcpy (audio->mid, "0", sizeof audio->mid);
    audio->direction = TUTTI_DIRECTION_BOTH;
    audio->n_formats = 1;
    audio->formats[0] = (TuttiFormat){.codec = TUTTI_CODEC_OPUS,
                                      .payload_type = 111,
                                      .channels = 2,
                                      .red_payload_type = 63,
                                      .fec = TRUE,
                                      .stereo = TRUE,
                                      .feedback = TUTTI_FEEDBACK_TRANSPORT_CC};
    audio->extension[TUTTI_EXTENSION_LEVEL] = 1;
    audio->ssrc = 1000;

    video->kind = TUTTI_KIND_VIDEO;
    g_strlcpy (video->mid, "1", sizeof video->mid);
    video->direction = TUTTI_DIRECTION_SEND;
    video->n_formats = 1;
    video->formats[0] = (TuttiFormat){.codec = TUTTI_CODEC_H264,
                                      .payload_type = 108,
                                      .rtx_payload_type = 109,
                                      .packetization_mode = 1,
                                      .profile_level_id = 0x42e01f,
                                      .feedback = TUTTI_FEEDBACK_NACK | TUTTI_FEEDBACK_PLI};
    video->ssrc = 2000;
    video->rtx_ssrc = 2001;

    more->kind = TUTTI_KIND_VIDEO;
    more->rejected = TRUE;
    g_strlcpy (more->mid, "2", sizeof more->mid);
    return answer;
}

static void
assert_has (const char *text, const char *line)
{
    g_autofree char *whole = g_strconcat ("\r\n", line, "\r\n", NULL);

    if (!strstr (text, whole))
        g_error ("'%s' is missing in:\n%s", line, text);
}

static void
test_lines (void)
{
    g_autoptr (TuttiSession) answer = make_answer ();
    g_autofree char *text = tutti_sdp_write (answer);

    g_assert_true (g_str_has_prefix (text, "v=0\r\no=- 42 7 IN IP4 "));
    assert_has (text, "a=group:BUNDLE 0 1");
    assert_has (text, "a=candidate:1 1 udp 2 192.0.2.1 3 typ host");
    assert_has (text, "a=setup:passive");
    assert_has (text, "m=audio 9 UDP/TLS/RTP/SAVPF 111 63"); /* opus is preferred */
    assert_has (text, "a=rtpmap:63 red/48000/2");
    assert_has (text, "a=fmtp:63 111/111");
    assert_has (text, "a=rtpmap:111 opus/48000/2");
    assert_has (text, "a=rtcp-fb:111 transport-cc");
    assert_has (text, "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level");
    assert_has (text, "a=ssrc:1000 cname:tutti");
    assert_has (text, "a=msid:mix mix-0");
    assert_has (text, "m=video 9 UDP/TLS/RTP/SAVPF 108 109");
    assert_has (text, "a=sendonly");
    assert_has (text, "a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;"
                      "profile-level-id=42e01f");
    assert_has (text, "a=rtpmap:109 rtx/90000");
    assert_has (text, "a=fmtp:109 apt=108");
    assert_has (text, "a=ssrc-group:FID 2000 2001");
    assert_has (text, "m=video 0 UDP/TLS/RTP/SAVPF 0");
    g_assert_null (strstr (text, "a=end-of-candidates"));
}

/* RFC 8853 section 5.2. */
static void
test_layers (void)
{
    g_autoptr (TuttiSession) answer = make_answer ();
    TuttiMedia *video = &answer->media[1];
    g_autofree char *text = NULL;

    video->extension[TUTTI_EXTENSION_RID] = 10;
    video->n_layers = 2;
    g_strlcpy (video->layers[0].rid, "lo", sizeof video->layers[0].rid);
    g_strlcpy (video->layers[1].rid, "hi", sizeof video->layers[1].rid);
    text = tutti_sdp_write (answer);
    assert_has (text, "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id");
    assert_has (text, "a=rid:lo recv");
    assert_has (text, "a=rid:hi recv");
    assert_has (text, "a=simulcast:recv lo;hi");
}

/* Who puts RED first is answered so, and sends it. */
static void
test_red_first (void)
{
    g_autoptr (TuttiSession) answer = make_answer (), back = NULL;
    g_autofree char *text = NULL;
    g_autoptr (GError) error = NULL;

    answer->media[0].formats[0].red_first = TRUE;
    text = tutti_sdp_write (answer);
    assert_has (text, "m=audio 9 UDP/TLS/RTP/SAVPF 63 111");
    back = tutti_sdp_read (text, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (back->media[0].n_formats, ==, 1);
    g_assert_cmpuint (back->media[0].formats[0].payload_type, ==, 111);
    g_assert_cmpuint (back->media[0].formats[0].red_payload_type, ==, 63);
    g_assert_true (back->media[0].formats[0].red_first);
}

/* Every line ends with CRLF and none is empty. */
static void
test_line_ends (void)
{
    g_autoptr (TuttiSession) answer = make_answer ();
    g_autofree char *text = tutti_sdp_write (answer);

    g_assert_true (g_str_has_suffix (text, "\r\n"));
    g_assert_null (strstr (text, "\r\n\r\n"));
    for (const char *at = strchr (text, '\n'); at; at = strchr (at + 1, '\n'))
        g_assert_cmpint (at[-1], ==, '\r');
}

static void
test_read_back (void)
{
    g_autoptr (TuttiSession) answer = make_answer ();
    g_autofree char *text = tutti_sdp_write (answer);
    g_autoptr (GError) error = NULL;
    g_autoptr (TuttiSession) back = tutti_sdp_read (text, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (back->ufrag, ==, answer->ufrag);
    g_assert_cmpmem (back->digest, 64, answer->digest, 64);
    g_assert_cmpint (back->setup, ==, TUTTI_SETUP_PASSIVE);
    g_assert_cmpuint (back->n_media, ==, 3);
    g_assert_true (back->media[2].rejected);
    g_assert_cmpint (back->media[1].direction, ==, TUTTI_DIRECTION_SEND);
    for (guint i = 0; i < 2; i++) {
        const TuttiFormat *wanted = &answer->media[i].formats[0], *got = &back->media[i].formats[0];
        g_assert_cmpuint (back->media[i].n_formats, ==, 1);
        g_assert_cmpuint (got->red_payload_type, ==, wanted->red_payload_type);

        g_assert_cmpint (got->codec, ==, wanted->codec);
        g_assert_cmpint (got->rtx_payload_type, ==, wanted->rtx_payload_type);
        g_assert_cmpint (got->feedback, ==, wanted->feedback);
        g_assert_cmpint (got->fec, ==, wanted->fec);
        g_assert_cmpint (got->stereo, ==, wanted->stereo);
        g_assert_cmphex (got->profile_level_id, ==, wanted->profile_level_id);
        g_assert_cmpuint (back->media[i].ssrc, ==, answer->media[i].ssrc);
        g_assert_cmpuint (back->media[i].rtx_ssrc, ==, answer->media[i].rtx_ssrc);
    }
}

/* A recorded offer, written again and read again, keeps its values. */
static void
test_again (gconstpointer name)
{
    g_autoptr (TuttiSession) offer = sample_read (name);
    g_autofree char *text = tutti_sdp_write (offer);
    g_autoptr (GError) error = NULL;
    g_autoptr (TuttiSession) back = tutti_sdp_read (text, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (back->n_media, ==, offer->n_media);
    g_assert_cmpuint (back->candidates->len, ==, offer->candidates->len);
    for (guint i = 0; i < offer->n_media; i++) {
        g_assert_cmpstr (back->media[i].mid, ==, offer->media[i].mid);
        g_assert_cmpint (back->media[i].direction, ==, offer->media[i].direction);
        g_assert_cmpint (back->media[i].rejected, ==, offer->media[i].rejected);
        g_assert_cmpmem (back->media[i].extension, TUTTI_N_EXTENSIONS, offer->media[i].extension,
                         TUTTI_N_EXTENSIONS);
        g_assert_cmpint (back->media[i].sctp_port, ==, offer->media[i].sctp_port);
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/sdp-write/lines", test_lines);
    g_test_add_func ("/sdp-write/layers", test_layers);
    g_test_add_func ("/sdp-write/red-first", test_red_first);
    g_test_add_func ("/sdp-write/line-ends", test_line_ends);
    g_test_add_func ("/sdp-write/read-back", test_read_back);
    for (guint i = 0; i < G_N_ELEMENTS (offers); i++) {
        g_autofree char *path = g_strconcat ("/sdp-write/again/", offers[i], NULL);

        g_test_add_data_func (path, offers[i], test_again);
    }
    return g_test_run ();
}
