/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * encoding.c: see encoding.h. Roles: main, on_wanted() any.
 */
#include "encoding.h"

/* Of fewer pictures a second none are left out: that would be no motion any more. */
#define HALVED_RATE_MIN 20

/* A rendition wants a picture for its key frame: the canvas is given out even if nothing changed.
 * Any thread. */
static void
on_wanted (gpointer user_data)
{
    TuttiEncoding *encoding = user_data;

    tutti_video_mixer_refresh (encoding->mixer);
    tutti_pictures_wake (encoding->pictures);
}

gboolean
tutti_encoding_key_equal (const TuttiEncodingKey *a, const TuttiEncodingKey *b)
{
    return a->codec == b->codec && a->key_frame_interval_s == b->key_frame_interval_s &&
           tutti_rung_equal (&a->rung, &b->rung);
}

TuttiEncoding *
tutti_encoding_new (TuttiShared *shared, TuttiVideoMixer *mixer, TuttiPictures *pictures,
                    const TuttiEncodingKey *key)
{
    const TuttiRung *rung = &key->rung;
    TuttiEncoding *encoding = g_new0 (TuttiEncoding, 1);
    TuttiRenditionSetup setup = {
        .codec = key->codec,
        .width = rung->width,
        .height = rung->height,
        .frame_rate = rung->frame_rate,
        .bitrate_bps = rung->bitrate_bps,
        .key_frame_interval = key->key_frame_interval_s * rung->frame_rate,
        .wanted = on_wanted,
        .user_data = encoding,
        .times = &shared->encode_time[key->codec],
        .clock = shared->overload.limit_percent > 0 ? shared->clock : NULL,
        .n_late = &shared->n_late_pictures,
        .halved = rung->frame_rate >= HALVED_RATE_MIN ? &shared->halved : NULL,
        .stills = shared->stills,
    };

    encoding->shared = shared;
    encoding->mixer = mixer;
    encoding->pictures = pictures;
    encoding->key = *key;
    encoding->outlet.frame_rate = rung->frame_rate;
    encoding->outlet.rendition = tutti_rendition_new (shared->jobs, &setup);
    if (!encoding->outlet.rendition)
        g_warning ("no encoder for %dx%d at %u bit/s: its viewers get no picture", rung->width,
                   rung->height, rung->bitrate_bps);
    return encoding;
}

void
tutti_encoding_free (gpointer data)
{
    TuttiEncoding *encoding = data;
    TuttiRenditionStats stats;

    if (encoding->outlet.rendition) {
        tutti_rendition_get_stats (encoding->outlet.rendition, &stats);
        encoding->shared->spent.encode_us += stats.cpu_us;
        encoding->shared->spent.done.pictures_encoded += stats.frames;
        tutti_rendition_free (encoding->outlet.rendition);
    }
    g_clear_pointer (&encoding->outlet.owed, tutti_picture_unref);
    g_free (encoding);
}

gboolean
tutti_encoding_is_used (const TuttiEncoding *encoding)
{
    if (encoding->n_viewers > 0)
        return TRUE;
    return encoding->outlet.rendition && tutti_rendition_n_feeds (encoding->outlet.rendition) > 0;
}
