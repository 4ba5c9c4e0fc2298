/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * player-picture.c: see player-picture.h. libswscale knows all pixel formats and scales in the same
 * go; libyuv turns. Role: file.
 */
#include "player-picture.h"

#include <math.h>

#include <libavutil/display.h>
#include <libswscale/swscale.h>
#include <libyuv.h>

/* Untagged pictures of so many lines are BT.709, as broadcasters and players hold it; smaller ones
 * are BT.601. */
#define HD_HEIGHT_PX 720

struct _TuttiPlayerScaler {
    int max_width, max_height;
    struct SwsContext *sws; /* of the last kind of frame */
};

static int
fit_even (double side)
{
    return MAX (2, (int)(side + 0.5) & ~1);
}

/* Before it is turned: as large as fits, never larger than it is. */
static void
choose_size (const TuttiPlayerScaler *scaler, const AVFrame *frame, gboolean is_lying, int *width,
             int *height)
{
    double shape =
        frame->sample_aspect_ratio.num > 0 ? MAX (av_q2d (frame->sample_aspect_ratio), 0) : 1;
    double max_width = is_lying ? scaler->max_height : scaler->max_width;
    double max_height = is_lying ? scaler->max_width : scaler->max_height;
    double wide = frame->width * (isfinite (shape) && shape > 0 ? shape : 1), scale;

    scale = MIN (1, MIN (max_width / wide, max_height / frame->height));
    *width = MIN (fit_even (wide * scale), (int)max_width);
    *height = MIN (fit_even (frame->height * scale), (int)max_height);
}

static int
choose_matrix (const AVFrame *frame)
{
    switch (frame->colorspace) {
    case AVCOL_SPC_BT709:
        return SWS_CS_ITU709;
    case AVCOL_SPC_BT2020_NCL:
    case AVCOL_SPC_BT2020_CL:
        return SWS_CS_BT2020;
    case AVCOL_SPC_SMPTE240M:
        return SWS_CS_SMPTE240M;
    case AVCOL_SPC_UNSPECIFIED:
        return frame->height >= HD_HEIGHT_PX ? SWS_CS_ITU709 : SWS_CS_ITU601;
    default:
        return SWS_CS_ITU601;
    }
}

static gboolean
is_full_range (const AVFrame *frame)
{
    return frame->color_range == AVCOL_RANGE_JPEG || frame->format == AV_PIX_FMT_YUVJ420P ||
           frame->format == AV_PIX_FMT_YUVJ422P || frame->format == AV_PIX_FMT_YUVJ444P;
}

static TuttiPicture *
scale_frame (TuttiPlayerScaler *scaler, const AVFrame *frame, int width, int height)
{
    TuttiPicture *picture;

    scaler->sws =
        sws_getCachedContext (scaler->sws, frame->width, frame->height, frame->format, width,
                              height, AV_PIX_FMT_YUV420P, SWS_BILINEAR, NULL, NULL, NULL);
    if (!scaler->sws)
        return NULL;
    sws_setColorspaceDetails (scaler->sws, sws_getCoefficients (choose_matrix (frame)),
                              is_full_range (frame), sws_getCoefficients (SWS_CS_ITU601), FALSE, 0,
                              1 << 16, 1 << 16);
    picture = tutti_picture_new (width, height);
    sws_scale (scaler->sws, (const guint8 *const *)frame->data, frame->linesize, 0, frame->height,
               picture->plane, picture->stride);
    return picture;
}

/* Clockwise, in quarters. */
static int
count_turns (const gint32 *display)
{
    double degrees = display ? -av_display_rotation_get (display) : 0;

    if (!isfinite (degrees))
        return 0;
    return (int)(lround (degrees / 90) % 4 + 4) % 4;
}

static TuttiPicture *
rotate_picture (const TuttiPicture *picture, int turns)
{
    gboolean is_lying = turns % 2 == 1;
    TuttiPicture *turned = tutti_picture_new (is_lying ? picture->height : picture->width,
                                              is_lying ? picture->width : picture->height);

    I420Rotate (picture->plane[0], picture->stride[0], picture->plane[1], picture->stride[1],
                picture->plane[2], picture->stride[2], turned->plane[0], turned->stride[0],
                turned->plane[1], turned->stride[1], turned->plane[2], turned->stride[2],
                picture->width, picture->height, (RotationModeEnum)(turns * 90));
    return turned;
}

TuttiPlayerScaler *
tutti_player_scaler_new (int max_width, int max_height)
{
    TuttiPlayerScaler *scaler = g_new0 (TuttiPlayerScaler, 1);

    scaler->max_width = max_width;
    scaler->max_height = max_height;
    return scaler;
}

void
tutti_player_scaler_free (TuttiPlayerScaler *scaler)
{
    if (!scaler)
        return;
    sws_freeContext (scaler->sws);
    g_free (scaler);
}

TuttiPicture *
tutti_player_scaler_convert (TuttiPlayerScaler *scaler, const AVFrame *frame, const gint32 *display)
{
    int turns = count_turns (display), width, height;
    g_autoptr (TuttiPicture) picture = NULL;

    if (frame->width < 1 || frame->height < 1 || frame->width > TUTTI_PICTURE_SIDE_MAX ||
        frame->height > TUTTI_PICTURE_SIDE_MAX)
        return NULL;
    choose_size (scaler, frame, turns % 2 == 1, &width, &height);
    picture = scale_frame (scaler, frame, width, height);
    if (!picture || turns == 0)
        return g_steal_pointer (&picture);
    return rotate_picture (picture, turns);
}
