/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-simulcast.c: a camera in three sizes: which one arrives in the track's queue, how it
 * changes, and what the peer is asked for.
 */
#include "rtp-fixture.h"

#include "leg/picture-head.h"
#include "leg/rtcp.h"
#include "leg/rtp.h"

#include <string.h>

#define RID_ID 10
#define REPAIRED_ID 11
#define N_LAYERS 3
#define FIRST_SSRC 7000
#define FRAME_US (G_USEC_PER_SEC / 30)

static const char *const rids[N_LAYERS] = {"q", "h", "f"};
static const int widths[N_LAYERS] = {320, 640, 1280};

/* The peer's encodings, a packet a frame. */
typedef struct {
    FixtureLink *link;
    gboolean legacy; /* layers by SSRC, not by RID */
    gboolean deaf;   /* gives no key frame when asked */
    gboolean sends[N_LAYERS];
    gboolean gives[N_LAYERS]; /* a key frame next */
    guint n_asked[N_LAYERS];
    guint16 seq[N_LAYERS];
    guint32 timestamp;
    guint n_got[N_LAYERS]; /* packets in the queue, by layer */
    int last;              /* layer of the last packet */
    gboolean is_gapless;   /* each change began with a key frame */
} Rig;

static void
describe_layers (Rig *rig, TuttiMedia *media)
{
    media->n_layers = N_LAYERS;
    for (guint i = 0; i < N_LAYERS; i++) {
        TuttiLayer *layer = &media->layers[i];

        if (rig->legacy)
            *layer = (TuttiLayer){.ssrc = FIRST_SSRC + i, .rtx_ssrc = FIRST_SSRC + 100 + i};
        else
            g_strlcpy (layer->rid, rids[i], sizeof layer->rid);
    }
    if (rig->legacy)
        return;
    media->extension[TUTTI_EXTENSION_RID] = RID_ID;
    media->extension[TUTTI_EXTENSION_REPAIRED_RID] = REPAIRED_ID;
}

static void
rig_init (Rig *rig, gboolean legacy)
{
    *rig = (Rig){.link = fixture_link_new (), .legacy = legacy, .last = -1, .is_gapless = TRUE};
    for (guint i = 0; i < N_LAYERS; i++)
        rig->sends[i] = rig->gives[i] = TRUE;
    describe_layers (rig, fixture_video (rig->link->a.description));
    describe_layers (rig, fixture_video (rig->link->b.description));
    fixture_link_configure (rig->link);
}

static void
rig_clear (Rig *rig)
{
    g_assert_true (rig->is_gapless);
    fixture_link_free (rig->link);
}

/* RFC 7741 and RFC 6386: descriptor, frame tag, start code, size. */
static gsize
write_frame (guint8 *data, gboolean is_key, int width, int height)
{
    const guint8 key[] = {0x10,
                          0x10,
                          0,
                          0,
                          0x9d,
                          0x01,
                          0x2a,
                          (guint8)width,
                          (guint8)(width >> 8),
                          (guint8)height,
                          (guint8)(height >> 8),
                          0};
    const guint8 delta[] = {0x10, 0x11, 0, 0};

    memcpy (data, is_key ? key : delta, is_key ? sizeof key : sizeof delta);
    return is_key ? sizeof key : sizeof delta;
}

static void
add_names (Rig *rig, TuttiRtpWriter *writer, guint layer, gboolean rtx)
{
    guint8 id = rtx ? REPAIRED_ID : RID_ID;

    tutti_rtp_writer_add_extension (writer, FIXTURE_MID_ID, (const guint8 *)"1", 1);
    if (!rig->legacy)
        tutti_rtp_writer_add_extension (writer, id, (const guint8 *)rids[layer], 1);
}

static void
send_packet (Rig *rig, guint layer, gboolean is_key)
{
    TuttiRtp rtp = {.ssrc = FIRST_SSRC + layer,
                    .payload_type = FIXTURE_VP8,
                    .marker = TRUE,
                    .seq = rig->seq[layer]++,
                    .timestamp = rig->timestamp};
    TuttiRtpWriter writer;
    guint8 data[256], frame[32];
    gsize n = write_frame (frame, is_key, widths[layer], widths[layer] * 9 / 16);

    tutti_rtp_writer_start (&writer, data, sizeof data, &rtp, FALSE);
    if (rtp.seq < 20 || is_key) /* later ones go without, as browsers' do */
        add_names (rig, &writer, layer, FALSE);
    g_assert_true (tutti_rtp_writer_add_payload (&writer, frame, n));
    tutti_rtp_session_receive_rtp (rig->link->b.session, data, writer.length_bytes,
                                   rig->link->now_us);
}

static void
drain (Rig *rig)
{
    for (;;) {
        g_autoptr (TuttiPacket) packet = tutti_queue_pop (rig->link->b.in[TUTTI_TRACK_CAMERA]);
        int layer;

        if (packet == NULL)
            return;
        layer = (int)(packet->ssrc - FIRST_SSRC);
        g_assert_cmpint (layer, <, N_LAYERS);
        rig->n_got[layer]++;
        if (layer != rig->last)
            rig->is_gapless &= (packet->data[1] & 1) == 0;
        rig->last = layer;
    }
}

/* What the peer was asked for since the last look. */
static void
hear (Rig *rig)
{
    GByteArray *bytes = rig->link->b.last_rtcp;
    TuttiRtcpReader reader;
    TuttiRtcpFeedback feedback;
    TuttiRtcp rtcp;

    tutti_rtcp_reader_start (&reader, bytes->data, bytes->len);
    while (tutti_rtcp_reader_next (&reader, &rtcp)) {
        guint layer;

        if (rtcp.type != TUTTI_RTCP_PSFB || !tutti_rtcp_read_feedback (&rtcp, &feedback) ||
            feedback.format != TUTTI_RTCP_FMT_PLI)
            continue;
        layer = feedback.media_ssrc - FIRST_SSRC;
        g_assert_cmpuint (layer, <, N_LAYERS);
        rig->n_asked[layer]++;
        rig->gives[layer] = !rig->deaf;
    }
    g_byte_array_set_size (bytes, 0);
}

static void
run (Rig *rig, guint n_frames)
{
    for (guint n = 0; n < n_frames; n++) {
        rig->timestamp += TUTTI_VIDEO_CLOCK_HZ / 30;
        for (guint i = 0; i < N_LAYERS; i++)
            if (rig->sends[i]) {
                send_packet (rig, i, rig->gives[i]);
                rig->gives[i] = FALSE;
            }
        for (gint64 passed_us = 0; passed_us < FRAME_US; passed_us += 11111) {
            fixture_link_run (rig->link, 11111);
            hear (rig);
        }
        drain (rig);
    }
}

static void
want (Rig *rig, int width)
{
    tutti_rtp_session_want_picture (rig->link->b.session, TUTTI_TRACK_CAMERA, width,
                                    width * 9 / 16);
}

static void
assert_uses (Rig *rig, int layer)
{
    TuttiLegStats stats;

    memset (rig->n_got, 0, sizeof rig->n_got);
    run (rig, 10);
    for (int i = 0; i < N_LAYERS; i++)
        g_assert_cmpuint (rig->n_got[i], ==, i == layer ? 10 : 0);
    fixture_get_stats (&rig->link->b, &stats);
    g_assert_cmpint (stats.in[TUTTI_TRACK_CAMERA].layer_width, ==, widths[layer]);
    g_assert_cmpint (stats.in[TUTTI_TRACK_CAMERA].layer_height, ==, widths[layer] * 9 / 16);
}

/* The smallest that fills the tile, and no more; each change begins with a key frame. */
static void
test_choice (gconstpointer user_data)
{
    static const struct {
        int width, layer;
    } cases[] = {{160, 0}, {1280, 2}, {320, 0}, {340, 1}, {640, 1},
                 {680, 2}, {4000, 2}, {0, 0},   {640, 1}};
    TuttiLegStats stats;
    Rig rig;

    rig_init (&rig, GPOINTER_TO_INT (user_data));
    want (&rig, 320);
    run (&rig, 30);
    assert_uses (&rig, 0);
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        want (&rig, cases[i].width);
        run (&rig, 18); /* a request may be hidden by a report of the same instant */
        assert_uses (&rig, cases[i].layer);
    }
    fixture_get_stats (&rig.link->b, &stats);
    g_assert_cmpuint (stats.unknown_ssrc, ==, 0);
    g_assert_cmpuint (stats.in[TUTTI_TRACK_CAMERA].lost, ==, 0);
    rig_clear (&rig);
}

/* While the peer gives no key frame, the old layer goes on; it is not asked for ever. */
static void
test_no_key_frame (void)
{
    Rig rig;

    rig_init (&rig, FALSE);
    want (&rig, 320);
    run (&rig, 30);
    rig.deaf = TRUE;
    rig.n_asked[2] = 0;
    want (&rig, 1280);
    run (&rig, 60 + 15);
    g_assert_cmpuint (rig.n_asked[2], >=, 3);
    g_assert_cmpuint (rig.n_asked[2], <=, 5);
    assert_uses (&rig, 0);
    rig.deaf = FALSE;
    run (&rig, 6 * 30); /* asked again after a rest */
    assert_uses (&rig, 2);
    rig_clear (&rig);
}

/* The peer's way is thin: it stops the large one. The next best is shown, until it is back. */
static void
test_silence (void)
{
    Rig rig;

    rig_init (&rig, FALSE);
    want (&rig, 1280);
    run (&rig, 30);
    assert_uses (&rig, 2);
    rig.sends[2] = FALSE;
    run (&rig, 90);
    assert_uses (&rig, 1);
    rig.sends[2] = rig.gives[2] = TRUE;
    run (&rig, 6);
    assert_uses (&rig, 2);
    rig_clear (&rig);
}

/* The key frame in which a layer says how large it is was lost. */
static void
test_unknown_size (void)
{
    Rig rig;

    rig_init (&rig, FALSE);
    rig.gives[2] = FALSE;
    want (&rig, 1280);
    run (&rig, 60);
    g_assert_cmpuint (rig.n_asked[2], >=, 1);
    assert_uses (&rig, 2);
    rig_clear (&rig);
}

/* Repairs are of the layer that their RID says; a RID of nobody's is nobody's. */
static void
test_names (void)
{
    TuttiRtp rtp = {.ssrc = 99, .payload_type = FIXTURE_RTX};
    TuttiRtpWriter writer;
    guint8 data[256], payload[] = {0, 3, 0x10, 0x11, 0, 0};
    TuttiLegStats stats;
    Rig rig;

    rig_init (&rig, FALSE);
    want (&rig, 320);
    run (&rig, 30);
    tutti_rtp_writer_start (&writer, data, sizeof data, &rtp, FALSE);
    tutti_rtp_writer_add_extension (&writer, FIXTURE_MID_ID, (const guint8 *)"1", 1);
    tutti_rtp_writer_add_extension (&writer, REPAIRED_ID, (const guint8 *)"x", 1);
    tutti_rtp_writer_add_payload (&writer, payload, sizeof payload);
    tutti_rtp_session_receive_rtp (rig.link->b.session, data, writer.length_bytes,
                                   rig.link->now_us);
    fixture_get_stats (&rig.link->b, &stats);
    g_assert_cmpuint (stats.unknown_ssrc, ==, 1);
    rtp.ssrc = 98;
    tutti_rtp_writer_start (&writer, data, sizeof data, &rtp, FALSE);
    add_names (&rig, &writer, 2, TRUE);
    tutti_rtp_writer_add_payload (&writer, payload, sizeof payload);
    tutti_rtp_session_receive_rtp (rig.link->b.session, data, writer.length_bytes,
                                   rig.link->now_us);
    g_assert_cmpuint (tutti_queue_length (rig.link->b.in[TUTTI_TRACK_CAMERA]), ==, 0);
    fixture_get_stats (&rig.link->b, &stats);
    g_assert_cmpuint (stats.unknown_ssrc, ==, 1);
    rig_clear (&rig);
}

static void
test_heads (void)
{
    /* openh264's of 640x360, and the same within a STAP-A with its PPS. */
    static const guint8 sps[] = {0x67, 0x42, 0xc0, 0x1e, 0x8c, 0x8d, 0x40, 0x50,
                                 0x17, 0xfc, 0xb0, 0x0f, 0x08, 0x84, 0x6a};
    static const guint8 pps[] = {0x68, 0xce, 0x3c, 0x80};
    static const guint8 idr_part[] = {0x7c, 0x85, 1}, slice[] = {0x61, 1};
    guint8 together[64] = {0x78};
    TuttiPictureHead head;
    gsize n = 1;

    g_assert_true (tutti_picture_head_read (TUTTI_CODEC_H264, sps, sizeof sps, &head));
    g_assert_cmpint (head.width, ==, 640);
    g_assert_cmpint (head.height, ==, 360);
    together[n + 1] = sizeof sps;
    memcpy (together + n + 2, sps, sizeof sps);
    n += 2 + sizeof sps;
    together[n + 1] = sizeof pps;
    memcpy (together + n + 2, pps, sizeof pps);
    n += 2 + sizeof pps;
    g_assert_true (tutti_picture_head_read (TUTTI_CODEC_H264, together, n, &head));
    g_assert_cmpint (head.width, ==, 640);
    g_assert_true (tutti_picture_head_read (TUTTI_CODEC_H264, idr_part, sizeof idr_part, &head));
    g_assert_cmpint (head.width, ==, 0);
    g_assert_false (tutti_picture_head_read (TUTTI_CODEC_H264, slice, sizeof slice, &head));
    g_assert_false (tutti_picture_head_read (TUTTI_CODEC_H264, sps, 0, &head));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_data_func ("/simulcast/choice/rid", GINT_TO_POINTER (FALSE), test_choice);
    g_test_add_data_func ("/simulcast/choice/sim", GINT_TO_POINTER (TRUE), test_choice);
    g_test_add_func ("/simulcast/no-key-frame", test_no_key_frame);
    g_test_add_func ("/simulcast/silence", test_silence);
    g_test_add_func ("/simulcast/unknown-size", test_unknown_size);
    g_test_add_func ("/simulcast/names", test_names);
    g_test_add_func ("/simulcast/heads", test_heads);
    return g_test_run ();
}
