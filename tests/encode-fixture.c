/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * encode-fixture.c: see encode-fixture.h. Decodes by libavcodec, another implementation than the
 * encoders'.
 */
#include "encode-fixture.h"

#include <libavcodec/avcodec.h>
#include <math.h>
#include <string.h>

#define CANVAS_GRID 3
/* A page of writing: its lines, and the pictures for which it stands. */
#define SLIDE_LINE_PX 24
#define SLIDE_FRAMES 45
#define SSIM_BLOCK_PX 8
#define TEXTURE_PX 256
#define WAVES 30
#define WAVES_PER_OCTAVE 6

struct _FixtureDecoder {
    AVCodecContext *context;
    AVFrame *frame;
};

/* Walls, hair and cloth: five octaves of waves, the finest a few pixels wide. */
static const guint8 *
get_texture (void)
{
    static guint8 texture[TEXTURE_PX * TEXTURE_PX];
    static gsize done;

    if (g_once_init_enter (&done)) {
        g_autoptr (GRand) rand = g_rand_new_with_seed (7);
        double phase[WAVES], fx[WAVES], fy[WAVES];

        for (int i = 0; i < WAVES; i++) {
            double octave = 1 << (i / WAVES_PER_OCTAVE);

            phase[i] = g_rand_double (rand) * 2 * G_PI;
            fx[i] = floor (g_rand_double_range (rand, -4, 5) * octave);
            fy[i] = floor (g_rand_double_range (rand, -4, 5) * octave);
        }
        for (int y = 0; y < TEXTURE_PX; y++)
            for (int x = 0; x < TEXTURE_PX; x++) {
                double v = 0;

                for (int i = 0; i < WAVES; i++)
                    v += sin (2 * G_PI * (fx[i] * x + fy[i] * y) / TEXTURE_PX + phase[i]) /
                         (1 + i / WAVES_PER_OCTAVE * 0.5);
                texture[y * TEXTURE_PX + x] = CLAMP (128 + 14 * v, 16, 235);
            }
        g_once_init_leave (&done, 1);
    }
    return texture;
}

static guint8
sample_texture (double x, double y)
{
    return get_texture ()[((int)y & (TEXTURE_PX - 1)) * TEXTURE_PX + ((int)x & (TEXTURE_PX - 1))];
}

/* One point of a head-and-shoulders scene; u, v in 0..1 of the tile, phase makes people differ. */
static guint8
draw_point (double u, double v, double t, double phase)
{
    double sway_x = 0.03 * sin (t * 0.9 + phase), sway_y = 0.02 * sin (t * 1.3 + 2 * phase);
    double x = (u - 0.5 - sway_x) / 0.17, y = (v - 0.42 - sway_y) / 0.3;
    double mouth = 0.05 + 0.05 * sin (t * 7 + phase);

    if (x * x + y * y < 1) {
        if (fabs (x) < 0.3 && fabs (y - 0.5) < mouth)
            return 50;
        if (fabs (fabs (x) - 0.4) < 0.12 && fabs (y + 0.2) < 0.06)
            return 40;
        return CLAMP (170 + sample_texture ((x + 2) * 40, (y + 2) * 40) / 8 - 16 - 20 * x * x, 16,
                      235);
    }
    x = (u - 0.5 - sway_x / 2) / 0.36;
    y = (v - 1.0) / 0.32;
    if (x * x + y * y < 1)
        return 40 + sample_texture ((x + phase) * 90, (y + 2) * 90) / 4;
    return sample_texture (u * 200 + phase * 40, v * 112) / 2 + 50;
}

/* What a tile shows at a time; those that stand still stay at the first one. */
static guint
tell_time (guint column, guint row, const FixtureGrid *grid, guint n)
{
    return column + row * grid->side < grid->n_moving ? n : 0;
}

static void
draw_plane (TuttiPicture *picture, int plane, const FixtureGrid *grid, guint n)
{
    int width = plane == 0 ? picture->width : tutti_chroma (picture->width);
    int height = plane == 0 ? picture->height : tutti_chroma (picture->height);
    int side = grid->side;

    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            int column = x * side / width, row = y * side / height;
            double u = (double)x * side / width - column, v = (double)y * side / height - row;
            double phase = 1 + column + row * side;
            guint8 luma = draw_point (u, v, tell_time (column, row, grid, n) / 30.0, phase);

            picture->plane[plane][y * picture->stride[plane] + x] =
                plane == 0 ? luma : 128 + (luma - 128) / (plane == 1 ? -6 : 5);
        }
}

/* A camera's noise: the lowest bit or two, other in each frame of what moves. */
static void
add_grain (TuttiPicture *picture, const FixtureGrid *grid, guint n)
{
    guint32 state = n * 2654435761u + 1;
    int side = grid->side;

    for (int y = 0; y < picture->height; y++)
        for (int x = 0; x < picture->width; x++) {
            guint column = x * side / picture->width, row = y * side / picture->height;

            state = state * 1664525 + 1013904223;
            if (column + row * side < grid->n_moving)
                picture->plane[0][y * picture->stride[0] + x] += (int)(state >> 30) - 1;
        }
}

TuttiPicture *
fixture_draw_grid (int width, int height, const FixtureGrid *grid, guint n)
{
    TuttiPicture *picture = tutti_picture_new (width, height);

    for (int plane = 0; plane < 3; plane++)
        draw_plane (picture, plane, grid, n);
    add_grain (picture, grid, n);
    return picture;
}

TuttiPicture *
fixture_draw_canvas (int width, int height, guint n)
{
    static const FixtureGrid grid = {CANVAS_GRID, CANVAS_GRID * CANVAS_GRID};

    return fixture_draw_grid (width, height, &grid, n);
}

/* Strokes of two pixels in cells of 12 by 16, as letters have; gaps between words and lines. */
static gboolean
is_ink (int x, int y, guint page)
{
    guint32 cell = (guint32)(x / 12) * 2654435761u ^ (guint32)(y / SLIDE_LINE_PX) * 40503u ^
                   (page + 1) * 2246822519u;
    int in_x = x % 12, in_y = y % SLIDE_LINE_PX;

    cell = (cell ^ cell >> 15) * 2246822519u;
    if (cell % 6 == 0 || in_y >= 16 || in_x >= 10)
        return FALSE;
    return (cell >> 8 >> (in_x / 2 + 5 * (in_y / 6)) & 1) != 0;
}

TuttiPicture *
fixture_draw_slide (int width, int height, guint n)
{
    TuttiPicture *picture = tutti_picture_new (width, height);

    for (int plane = 1; plane < 3; plane++)
        memset (picture->plane[plane], 128, (gsize)picture->stride[plane] * tutti_chroma (height));
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            picture->plane[0][y * picture->stride[0] + x] =
                is_ink (x, y, n / SLIDE_FRAMES) ? 40 : 225;
    return picture;
}

TuttiPicture *
fixture_draw_noise (int width, int height, guint n)
{
    TuttiPicture *picture = tutti_picture_new (width, height);
    guint32 state = n * 2654435761u + 1;

    for (int plane = 0; plane < 3; plane++)
        for (int y = 0; y < (plane == 0 ? height : tutti_chroma (height)); y++)
            for (int x = 0; x < (plane == 0 ? width : tutti_chroma (width)); x++) {
                state = state * 1664525 + 1013904223;
                picture->plane[plane][y * picture->stride[plane] + x] = state >> 24;
            }
    return picture;
}

double
fixture_psnr (const TuttiPicture *a, const TuttiPicture *b)
{
    double sum = 0;

    g_assert_true (a->width == b->width && a->height == b->height);
    for (int y = 0; y < a->height; y++)
        for (int x = 0; x < a->width; x++) {
            int d = a->plane[0][y * a->stride[0] + x] - b->plane[0][y * b->stride[0] + x];

            sum += d * d;
        }
    return sum == 0 ? 99 : 10 * log10 (255.0 * 255 * a->width * a->height / sum);
}

/* Of one block of each; the constants are Wang's for eight bits. */
static double
compare_block (const guint8 *a, int a_stride, const guint8 *b, int b_stride)
{
    const double n = SSIM_BLOCK_PX * SSIM_BLOCK_PX, c1 = 6.5025, c2 = 58.5225;
    double sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;

    for (int y = 0; y < SSIM_BLOCK_PX; y++)
        for (int x = 0; x < SSIM_BLOCK_PX; x++) {
            double va = a[y * a_stride + x], vb = b[y * b_stride + x];

            sa += va;
            sb += vb;
            saa += va * va;
            sbb += vb * vb;
            sab += va * vb;
        }
    sa /= n;
    sb /= n;
    return (2 * sa * sb + c1) * (2 * (sab / n - sa * sb) + c2) /
           ((sa * sa + sb * sb + c1) * (saa / n - sa * sa + sbb / n - sb * sb + c2));
}

double
fixture_ssim (const TuttiPicture *a, const TuttiPicture *b)
{
    double sum = 0;
    guint n = 0;

    g_assert_true (a->width == b->width && a->height == b->height);
    for (int y = 0; y + SSIM_BLOCK_PX <= a->height; y += SSIM_BLOCK_PX / 2)
        for (int x = 0; x + SSIM_BLOCK_PX <= a->width; x += SSIM_BLOCK_PX / 2, n++)
            sum += compare_block (a->plane[0] + y * a->stride[0] + x, a->stride[0],
                                  b->plane[0] + y * b->stride[0] + x, b->stride[0]);
    return sum / MAX (n, 1);
}

static void
check_stamps (GPtrArray *packets)
{
    const TuttiPacket *first = packets->pdata[0];

    for (guint i = 0; i < packets->len; i++) {
        const TuttiPacket *packet = packets->pdata[i];

        g_assert_cmpuint (packet->length_bytes, <=, TUTTI_PAYLOAD_MAX_BYTES);
        g_assert_cmpuint (packet->source, ==, first->source);
        g_assert_cmpint (packet->time_us, ==, first->time_us);
        g_assert_cmpint (packet->codec, ==, first->codec);
        g_assert_cmpint ((packet->flags & TUTTI_PACKET_FRAME_START) != 0, ==, i == 0);
        g_assert_cmpint ((packet->flags & TUTTI_PACKET_MARKER) != 0, ==, i == packets->len - 1);
        g_assert_cmpint (packet->flags & TUTTI_PACKET_KEY_FRAME, ==,
                         first->flags & TUTTI_PACKET_KEY_FRAME);
    }
}

/* RFC 7741 section 4.2, as a receiver reads it; gives the descriptor's length. */
static gsize
read_vp8_descriptor (const TuttiPacket *packet, gboolean is_first)
{
    const guint8 *d = packet->data;
    gsize at = 2;

    g_assert_cmpint (d[0] & 0x80, !=, 0);               /* X */
    g_assert_cmpint (d[0] & 0x60, ==, 0);               /* R, N */
    g_assert_cmpint ((d[0] & 0x10) != 0, ==, is_first); /* S */
    g_assert_cmpint (d[0] & 0x0f, ==, 0);               /* R, PID */
    g_assert_cmpint (d[1] & 0x80, !=, 0);               /* I */
    g_assert_cmpint (d[1] & 0x40, !=, 0);               /* L */
    g_assert_cmpint (d[1] & 0x20, !=, 0);               /* T */
    g_assert_cmpint (d[1] & 0x0f, ==, 0);               /* RSV */
    g_assert_cmpuint (packet->vp8.picture_id_offset, ==, at);
    g_assert_cmpint (d[at] & 0x80, !=, 0); /* M */
    g_assert_cmpuint (((d[at] & 0x7f) << 8) | d[at + 1], ==, packet->vp8.picture_id);
    at += 2;
    g_assert_cmpuint (packet->vp8.tl0_pic_idx_offset, ==, at);
    g_assert_cmpuint (d[at], ==, packet->vp8.tl0_pic_idx);
    at++;
    g_assert_cmpuint (d[at] >> 6, ==, packet->vp8.temporal_id);
    g_assert_cmpuint ((d[at] & 0x20) != 0, ==, packet->vp8.layer_sync);
    return at + 1;
}

static void
append_vp8 (GByteArray *frame, const TuttiPacket *packet, gboolean is_first)
{
    gsize skip = read_vp8_descriptor (packet, is_first);

    g_assert_cmpuint (packet->length_bytes, >, skip);
    g_byte_array_append (frame, packet->data + skip, packet->length_bytes - skip);
}

/* RFC 6184: single NAL units (section 5.6) and FU-A (section 5.8). */
static void
append_h264 (GByteArray *unit, const TuttiPacket *packet)
{
    static const guint8 start_code[] = {0, 0, 0, 1};
    guint type = packet->data[0] & 0x1f;
    guint8 header;

    g_assert_cmpint (packet->data[0] & 0x80, ==, 0);
    if (type >= 1 && type <= 23) {
        g_byte_array_append (unit, start_code, sizeof start_code);
        g_byte_array_append (unit, packet->data, packet->length_bytes);
        return;
    }
    g_assert_cmpuint (type, ==, 28);
    g_assert_cmpuint (packet->length_bytes, >, 2);
    header = (packet->data[0] & 0x60) | (packet->data[1] & 0x1f);
    if (packet->data[1] & 0x80) {
        g_byte_array_append (unit, start_code, sizeof start_code);
        g_byte_array_append (unit, &header, 1);
    }
    g_byte_array_append (unit, packet->data + 2, packet->length_bytes - 2);
}

GByteArray *
fixture_assemble (GPtrArray *packets)
{
    GByteArray *frame = g_byte_array_new ();

    g_assert_cmpuint (packets->len, >, 0);
    check_stamps (packets);
    for (guint i = 0; i < packets->len; i++) {
        const TuttiPacket *packet = packets->pdata[i];

        if (packet->codec == TUTTI_CODEC_VP8)
            append_vp8 (frame, packet, i == 0);
        else
            append_h264 (frame, packet);
    }
    return frame;
}

FixtureDecoder *
fixture_decoder_new (TuttiCodec codec)
{
    FixtureDecoder *self = g_new0 (FixtureDecoder, 1);
    /* By name: libavcodec's own decoders, not a wrapper of libvpx or openh264. */
    const AVCodec *decoder =
        avcodec_find_decoder_by_name (codec == TUTTI_CODEC_VP8 ? "vp8" : "h264");

    av_log_set_level (AV_LOG_QUIET);
    g_assert_nonnull (decoder);
    self->context = avcodec_alloc_context3 (decoder);
    self->context->flags |= AV_CODEC_FLAG_LOW_DELAY;
    self->context->err_recognition = AV_EF_EXPLODE;
    self->context->thread_count = 1;
    g_assert_cmpint (avcodec_open2 (self->context, decoder, NULL), ==, 0);
    self->frame = av_frame_alloc ();
    return self;
}

void
fixture_decoder_free (FixtureDecoder *self)
{
    if (self == NULL)
        return;
    avcodec_free_context (&self->context);
    av_frame_free (&self->frame);
    g_free (self);
}

static TuttiPicture *
copy_frame (const AVFrame *frame)
{
    TuttiPicture *picture = tutti_picture_new (frame->width, frame->height);

    for (int plane = 0; plane < 3; plane++) {
        int width = plane == 0 ? frame->width : tutti_chroma (frame->width);
        int height = plane == 0 ? frame->height : tutti_chroma (frame->height);

        for (int y = 0; y < height; y++)
            memcpy (picture->plane[plane] + y * picture->stride[plane],
                    frame->data[plane] + y * frame->linesize[plane], width);
    }
    return picture;
}

TuttiPicture *
fixture_decode (FixtureDecoder *self, GPtrArray *packets)
{
    static const guint8 padding[AV_INPUT_BUFFER_PADDING_SIZE];
    g_autoptr (GByteArray) data = fixture_assemble (packets);
    guint bytes = data->len;
    AVPacket *packet = av_packet_alloc ();
    TuttiPicture *picture = NULL;

    g_byte_array_append (data, padding, sizeof padding);
    packet->data = data->data;
    packet->size = bytes;
    if (avcodec_send_packet (self->context, packet) == 0 &&
        avcodec_receive_frame (self->context, self->frame) == 0)
        picture = copy_frame (self->frame);
    av_packet_free (&packet);
    return picture;
}
