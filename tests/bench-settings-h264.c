/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bench-settings-h264.c: openh264 with this setting or that; see h264-encode.c for what is common.
 */
#include <wels/codec_api.h>

#include "bench-settings.h"
#include "encode/pay-h264.h"

#define FRAME_MS (1000 / 30.0)

typedef struct {
    ISVCEncoder *encoder;
    SFrameBSInfo frame;
} Coder;

/*   name, complexity, -, -, denoise, threads, screen */
static const BenchSetting settings[] = {
    {"tutti's", LOW_COMPLEXITY, 0, 0, 0, 1, 0, FALSE, FALSE},
    {"medium complexity", MEDIUM_COMPLEXITY, 0, 0, 0, 1, 0, FALSE, FALSE},
    {"high complexity", HIGH_COMPLEXITY, 0, 0, 0, 1, 0, FALSE, FALSE},
    {"denoise", LOW_COMPLEXITY, 0, 0, 1, 1, 0, FALSE, FALSE},
    {"2 threads", LOW_COMPLEXITY, 0, 0, 0, 2, 0, FALSE, FALSE},
    {"screen content", LOW_COMPLEXITY, 0, 0, 0, 1, 1, FALSE, FALSE},
};

static void
fill_parameters (SEncParamExt *parameters, const BenchSetting *setting, const BenchSize *size)
{
    SSpatialLayerConfig *layer = &parameters->sSpatialLayers[0];

    parameters->iUsageType = setting->screen ? SCREEN_CONTENT_REAL_TIME : CAMERA_VIDEO_REAL_TIME;
    parameters->iPicWidth = layer->iVideoWidth = size->width;
    parameters->iPicHeight = layer->iVideoHeight = size->height;
    parameters->iTargetBitrate = layer->iSpatialBitrate = size->bitrate_bps;
    parameters->iMaxBitrate = layer->iMaxSpatialBitrate = UNSPECIFIED_BIT_RATE;
    parameters->iRCMode = RC_BITRATE_MODE;
    parameters->fMaxFrameRate = layer->fFrameRate = 30;
    parameters->iComplexityMode = setting->speed;
    parameters->uiIntraPeriod = 0;
    parameters->bEnableSceneChangeDetect = false;
    parameters->bEnableFrameSkip = false;
    parameters->bEnableDenoise = setting->noise != 0;
    parameters->iEntropyCodingModeFlag = 0;
    parameters->eSpsPpsIdStrategy = CONSTANT_ID;
    parameters->iMultipleThreadIdc = setting->threads;
    parameters->iMinQp = 10;
    parameters->iMaxQp = 51;
    parameters->uiMaxNalSize = TUTTI_PAYLOAD_MAX_BYTES;
    layer->uiProfileIdc = PRO_BASELINE;
    layer->uiLevelIdc = LEVEL_3_1;
    layer->sSliceArgument.uiSliceMode = SM_SIZELIMITED_SLICE;
    layer->sSliceArgument.uiSliceSizeConstraint = TUTTI_PAYLOAD_MAX_BYTES;
}

static gpointer
make (const BenchSetting *setting, const BenchSize *size)
{
    Coder *self = g_new0 (Coder, 1);
    g_autofree SEncParamExt *parameters = g_new0 (SEncParamExt, 1);
    int format = videoFormatI420, trace = WELS_LOG_QUIET;

    g_assert_cmpint (WelsCreateSVCEncoder (&self->encoder), ==, 0);
    (*self->encoder)->SetOption (self->encoder, ENCODER_OPTION_TRACE_LEVEL, &trace);
    (*self->encoder)->GetDefaultParams (self->encoder, parameters);
    fill_parameters (parameters, setting, size);
    g_assert_cmpint ((*self->encoder)->InitializeExt (self->encoder, parameters), ==, 0);
    (*self->encoder)->SetOption (self->encoder, ENCODER_OPTION_DATAFORMAT, &format);
    return self;
}

/* openh264 puts Annex B start codes, of three or four bytes, before each NAL unit. */
static void
take_layer (const SLayerBSInfo *layer, GPtrArray *packets)
{
    const guint8 *at = layer->pBsBuf;

    for (int i = 0; i < layer->iNalCount; i++) {
        int code_bytes = at[2] == 1 ? 3 : 4;

        tutti_pay_h264 (packets, at + code_bytes, layer->pNalLengthInByte[i] - code_bytes);
        at += layer->pNalLengthInByte[i];
    }
}

static void
encode (gpointer user_data, const TuttiPicture *picture, guint n, GPtrArray *packets)
{
    Coder *self = user_data;
    SSourcePicture source = {.iColorFormat = videoFormatI420,
                             .iPicWidth = picture->width,
                             .iPicHeight = picture->height,
                             .uiTimeStamp = (long long)(n * FRAME_MS)};

    for (int i = 0; i < 3; i++) {
        source.iStride[i] = picture->stride[i];
        source.pData[i] = picture->plane[i];
    }
    g_assert_cmpint ((*self->encoder)->EncodeFrame (self->encoder, &source, &self->frame), ==, 0);
    for (int i = 0; i < self->frame.iLayerNum; i++)
        take_layer (&self->frame.sLayerInfo[i], packets);
}

static void
end (gpointer user_data)
{
    Coder *self = user_data;

    (*self->encoder)->Uninitialize (self->encoder);
    WelsDestroySVCEncoder (self->encoder);
    g_free (self);
}

const BenchCoder bench_h264 = {"H.264", TUTTI_CODEC_H264, settings, G_N_ELEMENTS (settings),
                               make,    encode,           end};
