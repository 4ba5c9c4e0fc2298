/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-settings.h: encoders whose settings can be set one by one, for bench-settings.
 */
#pragma once

#include <tutti/frame.h>
#include <tutti/packet.h>

/* What a coder has no word for it ignores. */
typedef struct {
    const char *name;
    int speed;            /* libvpx: cpu-used; openh264: ECOMPLEXITY_MODE */
    int static_threshold; /* libvpx */
    int partitions;       /* libvpx: of tokens, as a power of two */
    int noise;            /* libvpx: noise-sensitivity; openh264: denoise */
    int threads;
    int screen; /* screen content: libvpx 0 to 2, openh264 0 or 1 */
    gboolean has_layers, leaves_out_still;
} BenchSetting;

typedef struct {
    int width, height;
    guint bitrate_bps;
} BenchSize;

typedef struct {
    const char *name;
    TuttiCodec codec;
    const BenchSetting *settings;
    guint n_settings;
    gpointer (*make) (const BenchSetting *setting, const BenchSize *size);
    /* n counts the pictures, 30 a second; appends the packets of this one. */
    void (*encode) (gpointer encoder, const TuttiPicture *picture, guint n, GPtrArray *packets);
    void (*free) (gpointer encoder);
} BenchCoder;

extern const BenchCoder bench_vp8, bench_h264;

/* Processor time of the whole process. */
gint64 bench_get_cpu_us (void);

/* A table of its own; wanted: how the settings' names begin. */
void bench_opus (const char *wanted);
