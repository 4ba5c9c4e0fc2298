/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * h264-encode.c: picture -> openh264 -> NAL units -> pay-h264 -> packets. Role: video.
 *
 * Slices are made so small that each fits a packet: peers of packetization-mode 0 and 1 can then be
 * served by the same encode. openh264 rather than x264, whose licence is the GPL.
 */
#include "h264-encode.h"

#include "handles.h"
#include "pay-h264.h"

#define QUANTIZER_MIN 10
#define QUANTIZER_MAX 51
#define MACROBLOCK_PX 16

typedef struct {
    ISVCEncoder *encoder;
    SFrameBSInfo frame; /* large: never on a stack */
} H264Encoder;

/* The smallest level that holds the stream (H.264 table A-1): macroblocks a frame and a second. */
static ELevelIdc
choose_level (const TuttiEncoderSetup *setup)
{
    static const struct {
        guint frame, second;
        ELevelIdc level;
    } levels[] = {
        {396, 11880, LEVEL_2_0},    {1620, 40500, LEVEL_3_0},  {3600, 108000, LEVEL_3_1},
        {8192, 245760, LEVEL_4_0},  {8704, 522240, LEVEL_4_2}, {22080, 589824, LEVEL_5_0},
        {36864, 983040, LEVEL_5_1},
    };
    guint columns = (setup->width + MACROBLOCK_PX - 1) / MACROBLOCK_PX;
    guint rows = (setup->height + MACROBLOCK_PX - 1) / MACROBLOCK_PX;
    guint frame = columns * rows;

    for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
        if (frame <= levels[i].frame && frame * setup->frame_rate <= levels[i].second)
            return levels[i].level;
    return LEVEL_5_2;
}

static void
fill_layer (SSpatialLayerConfig *layer, const TuttiEncoderSetup *setup)
{
    layer->iVideoWidth = setup->width;
    layer->iVideoHeight = setup->height;
    layer->fFrameRate = setup->frame_rate;
    layer->iSpatialBitrate = setup->bitrate_bps;
    layer->iMaxSpatialBitrate = UNSPECIFIED_BIT_RATE;
    layer->uiProfileIdc = PRO_BASELINE;
    layer->uiLevelIdc = choose_level (setup);
    layer->sSliceArgument.uiSliceMode = SM_SIZELIMITED_SLICE;
    layer->sSliceArgument.uiSliceSizeConstraint = TUTTI_PAYLOAD_MAX_BYTES;
}

static void
fill_parameters (SEncParamExt *parameters, const TuttiEncoderSetup *setup)
{
    parameters->iUsageType = CAMERA_VIDEO_REAL_TIME;
    parameters->iPicWidth = setup->width;
    parameters->iPicHeight = setup->height;
    parameters->iTargetBitrate = setup->bitrate_bps;
    parameters->iMaxBitrate = UNSPECIFIED_BIT_RATE;
    parameters->iRCMode = RC_BITRATE_MODE;
    parameters->fMaxFrameRate = setup->frame_rate;
    parameters->iComplexityMode = LOW_COMPLEXITY;
    parameters->uiIntraPeriod = 0; /* the rendition says when */
    parameters->bEnableSceneChangeDetect = false;
    parameters->bEnableFrameSkip = false;
    parameters->bEnableDenoise = false;
    parameters->iEntropyCodingModeFlag = 0; /* CAVLC: baseline has no CABAC */
    parameters->eSpsPpsIdStrategy = CONSTANT_ID;
    parameters->iMultipleThreadIdc = setup->threads;
    parameters->iMinQp = QUANTIZER_MIN;
    parameters->iMaxQp = QUANTIZER_MAX;
    parameters->uiMaxNalSize = TUTTI_PAYLOAD_MAX_BYTES;
    parameters->iSpatialLayerNum = 1;
    parameters->iTemporalLayerNum = 1;
    fill_layer (&parameters->sSpatialLayers[0], setup);
}

static gpointer
h264_make (const TuttiEncoderSetup *setup)
{
    g_autoptr (ISVCEncoder) encoder = NULL;
    g_autofree SEncParamExt *parameters = g_new0 (SEncParamExt, 1);
    int format = videoFormatI420, trace = WELS_LOG_QUIET;
    H264Encoder *self;

    if (WelsCreateSVCEncoder (&encoder) != 0)
        return NULL;
    (*encoder)->SetOption (encoder, ENCODER_OPTION_TRACE_LEVEL, &trace);
    (*encoder)->GetDefaultParams (encoder, parameters);
    fill_parameters (parameters, setup);
    if ((*encoder)->InitializeExt (encoder, parameters) != cmResultSuccess ||
        (*encoder)->SetOption (encoder, ENCODER_OPTION_DATAFORMAT, &format) != cmResultSuccess)
        return NULL;
    self = g_new0 (H264Encoder, 1);
    self->encoder = g_steal_pointer (&encoder);
    return self;
}

static void
h264_destroy (gpointer user_data)
{
    H264Encoder *self = user_data;

    (*self->encoder)->Uninitialize (self->encoder);
    WelsDestroySVCEncoder (self->encoder);
    g_free (self);
}

/* openh264 puts Annex B start codes, of three or four bytes, before each NAL unit. */
static void
take_layer (const SLayerBSInfo *layer, GPtrArray *packets)
{
    const guint8 *at = layer->pBsBuf;

    for (int i = 0; i < layer->iNalCount; i++) {
        int bytes = layer->pNalLengthInByte[i];
        int code_bytes = at[2] == 1 ? 3 : 4;

        if (bytes > code_bytes)
            tutti_pay_h264 (packets, at + code_bytes, bytes - code_bytes);
        at += bytes;
    }
}

static gboolean
h264_encode (gpointer user_data, const TuttiPicture *picture, gint64 time_us, gboolean *key,
             GPtrArray *packets)
{
    H264Encoder *self = user_data;
    SSourcePicture source = {.iColorFormat = videoFormatI420,
                             .iPicWidth = picture->width,
                             .iPicHeight = picture->height,
                             .uiTimeStamp = time_us / TUTTI_USEC_PER_MSEC};
    guint from = packets->len;

    for (int i = 0; i < 3; i++) {
        source.iStride[i] = picture->stride[i];
        source.pData[i] = picture->plane[i];
    }
    if (*key)
        (*self->encoder)->ForceIntraFrame (self->encoder, true);
    if ((*self->encoder)->EncodeFrame (self->encoder, &source, &self->frame) != cmResultSuccess)
        return FALSE;
    for (int i = 0; i < self->frame.iLayerNum; i++)
        take_layer (&self->frame.sLayerInfo[i], packets);
    *key = self->frame.eFrameType == videoFrameTypeIDR;
    return packets->len > from;
}

const TuttiEncoderClass tutti_h264_encoder_class = {h264_make, h264_destroy, h264_encode, NULL,
                                                    NULL,      NULL,         NULL,        NULL};
