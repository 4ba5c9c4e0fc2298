/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rendition.c: the job around one encoder. Roles: anyone pushes pictures and wishes, the job
 * (video) encodes and fans out, main makes and frees.
 *
 *   push -> waiting (newest wins) -> [job: scale once -> encoder -> packets] -> offer to each feed
 *   want_key_frame -> wished -> [job: key-frames decides]; without a new picture the last one again
 *   neither -> [job: stillness decides]: the last one again, finer, then "the same", for nothing
 */
#include "rendition.h"

#include <stdatomic.h>

#include <tutti/role.h>

#include "encoder.h"
#include "feed.h"
#include "fit.h"
#include "key-frames.h"
#include "stillness.h"

/* Packets of a large key frame; the array grows when one is larger still. */
#define PACKETS_EXPECTED 128

typedef enum {
    FRAME_INTER,
    FRAME_KEY,
    FRAME_SAME, /* not encoded: a repeat */
} FrameKind;

struct _TuttiRendition {
    _Atomic int references;
    TuttiRenditionSetup setup;
    TuttiJob *job;

    struct {                   /* the job's own */
        TuttiEncoder *encoder; /* NULL: no picture came yet, or the codec library refused */
        gboolean refused;
        TuttiKeyFrames keys;
        TuttiHaste haste;
        gint64 encoded_us; /* when the last picture was begun */
        TuttiStillness stillness;
        TuttiPicture *last;  /* as encoded; NULL: none yet, or let go of while nothing moves */
        gint64 last_time_us; /* as sent */
        GPtrArray *packets;  /* of this picture */
        GPtrArray *offered;  /* feeds, while packets are offered */
        gint64 second_us;    /* start of the second being counted */
        guint64 second_bytes;
    } video;

    GMutex lock; /* of everything below */
    GCond quiet; /* n_wishing became 0 */
    TuttiPicture *waiting;
    TuttiKeyFrameWish wish;
    gboolean closed;
    guint n_wishing;  /* threads inside want_key_frame() */
    GPtrArray *feeds; /* not referenced: they leave before they go */
    TuttiRenditionStats stats;
};

/* --- The job's steps. --- */

static TuttiPicture *
take_waiting (TuttiRendition *self)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

    return g_steal_pointer (&self->waiting);
}

static TuttiKeyFrameWish
get_wish (TuttiRendition *self)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

    return self->wish;
}

/* The rate over the last second once it is over; 0 while it runs. */
static guint
count_rate (TuttiRendition *self, guint bytes, gint64 now_us)
{
    gint64 passed_us = now_us - self->video.second_us;
    guint rate_bps = 0;

    self->video.second_bytes += bytes;
    if (passed_us >= G_USEC_PER_SEC) {
        rate_bps = self->video.second_bytes * 8 * G_USEC_PER_SEC / passed_us;
        self->video.second_us = now_us;
        self->video.second_bytes = 0;
    }
    return rate_bps;
}

static void
count_frame (TuttiRendition *self, FrameKind kind, guint bytes, guint rate_bps)
{
    TuttiRenditionStats *stats = &self->stats;
    gboolean is_encoded = kind != FRAME_SAME && !tutti_encoder_is_playing (self->video.encoder);

    stats->frames += is_encoded;
    stats->repeats += !is_encoded;
    stats->key_frames += kind == FRAME_KEY;
    stats->bytes += bytes;
    stats->packets += self->video.packets->len;
    stats->haste = tutti_haste_get_level (&self->video.haste);
    if (rate_bps > 0)
        stats->bitrate_bps = rate_bps;
}

/* A key frame grants every wish made before this: who wished follows already, so it is offered. */
static void
list_feeds (TuttiRendition *self, FrameKind kind, guint bytes, guint rate_bps)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

    if (kind == FRAME_KEY)
        self->wish = TUTTI_KEY_FRAME_UNWISHED;
    for (guint i = 0; i < self->feeds->len; i++)
        g_ptr_array_add (self->video.offered, tutti_feed_ref (self->feeds->pdata[i]));
    count_frame (self, kind, bytes, rate_bps);
}

static void
fan_out (TuttiRendition *self, FrameKind kind, gint64 now_us)
{
    GPtrArray *packets = self->video.packets, *offered = self->video.offered;
    guint bytes = 0;

    for (guint i = 0; i < packets->len; i++)
        bytes += ((TuttiPacket *)packets->pdata[i])->length_bytes;
    list_feeds (self, kind, bytes, count_rate (self, bytes, now_us));
    for (guint i = 0; i < offered->len; i++)
        tutti_feed_offer (offered->pdata[i], self, packets, kind == FRAME_KEY);
    g_ptr_array_set_size (offered, 0);
    g_ptr_array_set_size (packets, 0);
}

/* By the job, at the first picture: it takes some 10 ms, which main has no time for. */
static gboolean
ensure_encoder (TuttiRendition *self)
{
    const TuttiRenditionSetup *setup = &self->setup;
    TuttiEncoderSetup encoder_setup = {.width = setup->width,
                                       .height = setup->height,
                                       .frame_rate = setup->frame_rate,
                                       .bitrate_bps = setup->bitrate_bps,
                                       .threads = setup->threads,
                                       .stills = setup->stills};

    if (self->video.encoder != NULL || self->video.refused)
        return !self->video.refused;
    self->video.encoder = tutti_encoder_new (setup->codec, &encoder_setup);
    self->video.refused = self->video.encoder == NULL;
    if (self->video.refused)
        g_warning ("rendition %dx%d: no encoder for this", setup->width, setup->height);
    return !self->video.refused;
}

/* By the clock on the wall: what its viewers wait for. */
static gboolean
run_encoder (TuttiRendition *self, gint64 time_us, gboolean *is_key)
{
    gint64 began_us = g_get_monotonic_time ();

    if (!ensure_encoder (self) || !tutti_encoder_encode (self->video.encoder, self->video.last,
                                                         time_us, is_key, self->video.packets))
        return FALSE;
    if (self->setup.times != NULL && !tutti_encoder_is_playing (self->video.encoder))
        tutti_histogram_note (self->setup.times, g_get_monotonic_time () - began_us);
    return TRUE;
}

static void
drop_wish (TuttiRendition *self)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

    self->wish = TUTTI_KEY_FRAME_UNWISHED;
}

/* RTP times must rise by more than a tick of their clock. */
static gint64
raise_time (TuttiRendition *self, gint64 time_us)
{
    self->video.last_time_us = MAX (time_us, self->video.last_time_us + TUTTI_USEC_PER_MSEC);
    return self->video.last_time_us;
}

/* Takes the picture's reference. */
static void
encode_picture (TuttiRendition *self, TuttiPicture *picture, TuttiKeyFrameWish wish, gint64 now_us)
{
    gint64 time_us =
        picture->time_us != 0 && picture != self->video.last ? picture->time_us : now_us;
    gboolean is_key = tutti_key_frames_decide (&self->video.keys, wish, now_us);
    TuttiPicture *old = self->video.last;

    time_us = raise_time (self, time_us);
    self->video.last = tutti_fit_picture (picture, self->setup.width, self->setup.height);
    g_clear_pointer (&old, tutti_picture_unref);
    if (!run_encoder (self, time_us, &is_key)) {
        drop_wish (self); /* the next picture that succeeds is a key frame anyway */
        return;
    }
    tutti_key_frames_note (&self->video.keys, is_key, now_us);
    fan_out (self, is_key ? FRAME_KEY : FRAME_INTER, now_us);
}

/* In haste, or halved, a new picture may have to wait, unless it is to become a key frame. */
static gboolean
is_held (TuttiRendition *self, TuttiKeyFrameWish wish, gint64 now_us)
{
    TuttiHaste *haste = &self->video.haste;
    gint64 due_us;

    haste->halved = self->setup.halved && __atomic_load_n (self->setup.halved, __ATOMIC_RELAXED);
    if (tutti_key_frames_decide (&self->video.keys, wish, now_us) ||
        !tutti_haste_holds (haste, self->video.encoded_us, now_us, &due_us))
        return FALSE;
    tutti_job_push_at (self->job, due_us);
    return TRUE;
}

static TuttiPicture *
choose_picture (TuttiRendition *self, TuttiKeyFrameWish wish, gint64 now_us)
{
    /* Asked in any case: so it learns since when there is a wish. */
    gint64 due_us = tutti_key_frames_get_due (&self->video.keys, wish, now_us);
    TuttiPicture *picture = NULL;

    if (due_us <= now_us || !is_held (self, wish, now_us))
        picture = take_waiting (self);
    if (picture == NULL && due_us <= now_us && self->video.last != NULL)
        picture = tutti_picture_ref (self->video.last);
    return picture;
}

/* due_us: of the canvas' tick; 0: nobody waited for this picture. */
static void
note_age (TuttiRendition *self, gint64 due_us)
{
    TuttiHaste *haste = &self->video.haste;
    gint64 now_us;

    if (due_us == 0 || self->setup.clock == NULL)
        return;
    now_us = tutti_clock_now_us (self->setup.clock);
    if (haste->level == TUTTI_HASTE_HALF && self->setup.n_late != NULL &&
        tutti_haste_is_late (haste, now_us - due_us))
        __atomic_fetch_add (self->setup.n_late, 1, __ATOMIC_RELAXED);
    if (tutti_haste_note (haste, now_us - due_us, now_us) && self->video.encoder != NULL)
        tutti_encoder_set_haste (self->video.encoder, haste->level);
}

/* Takes the reference. */
static void
encode_new (TuttiRendition *self, TuttiPicture *picture, TuttiKeyFrameWish wish, gint64 now_us)
{
    gint64 due_us = picture != self->video.last ? picture->time_us : 0;

    self->video.encoded_us = now_us;
    encode_picture (self, picture, wish, now_us);
    note_age (self, due_us);
    tutti_stillness_break (&self->video.stillness, now_us);
}

static gboolean
repeat (TuttiRendition *self, gint64 now_us)
{
    gint64 time_us = raise_time (self, now_us);

    if (self->video.encoder == NULL ||
        !tutti_encoder_repeat (self->video.encoder, self->video.last, time_us, self->video.packets))
        return FALSE;
    tutti_key_frames_note (&self->video.keys, FALSE, now_us);
    fan_out (self, FRAME_SAME, now_us);
    return TRUE;
}

/* Nothing new for a while: what keeps decoders and links alive. */
static void
stand_still (TuttiRendition *self, TuttiKeyFrameWish wish, gint64 now_us)
{
    TuttiStillness *stillness = &self->video.stillness;

    if (!tutti_stillness_is_refining (stillness) && repeat (self, now_us)) {
        tutti_stillness_step (stillness, now_us);
        if (tutti_stillness_may_rest (stillness) && self->video.last != NULL) {
            g_clear_pointer (&self->video.last, tutti_picture_unref);
            tutti_encoder_rest (self->video.encoder);
        }
    } else if (self->video.last != NULL) {
        encode_picture (self, tutti_picture_ref (self->video.last), wish, now_us);
        tutti_stillness_step (stillness, now_us);
    } else {
        stillness->due_us = G_MAXINT64;
    }
}

/* A wish that no picture is left for waits for the one that was asked for with it. */
static gint64
get_due (TuttiRendition *self, gint64 now_us)
{
    gint64 key_us = tutti_key_frames_get_due (&self->video.keys, get_wish (self), now_us);

    if (self->video.last == NULL)
        key_us = G_MAXINT64;
    return MIN (key_us, self->video.stillness.due_us);
}

static void
on_job (gpointer user_data, gint64 now_us)
{
    TuttiRendition *self = user_data;
    gint64 cpu_us = tutti_clock_thread_cpu_us (), due_us;
    TuttiKeyFrameWish wish = get_wish (self);
    TuttiPicture *picture = choose_picture (self, wish, now_us);

    if (picture != NULL)
        encode_new (self, picture, wish, now_us);
    else if (now_us >= self->video.stillness.due_us)
        stand_still (self, wish, now_us);
    due_us = get_due (self, now_us);
    if (due_us != G_MAXINT64)
        tutti_job_push_at (self->job, due_us);
    cpu_us = tutti_clock_thread_cpu_us () - cpu_us;
    g_mutex_lock (&self->lock);
    self->stats.cpu_us += cpu_us;
    g_mutex_unlock (&self->lock);
}

/* --- Life cycle. --- */

/* Whoever holds the last reference may be a net thread, which has no time to free encoders. */
static void
free_media (TuttiRendition *self)
{
    g_clear_pointer (&self->waiting, tutti_picture_unref);
    g_clear_pointer (&self->video.last, tutti_picture_unref);
    g_clear_pointer (&self->video.encoder, tutti_encoder_free);
    g_clear_pointer (&self->video.packets, g_ptr_array_unref);
    g_clear_pointer (&self->video.offered, g_ptr_array_unref);
}

TuttiRendition *
tutti_rendition_new (TuttiJobs *jobs, const TuttiRenditionSetup *setup)
{
    TuttiRendition *self = g_new0 (TuttiRendition, 1);

    tutti_assert_role (TUTTI_ROLE_MAIN);
    atomic_init (&self->references, 1);
    self->setup = *setup;
    tutti_key_frames_init (&self->video.keys, setup->key_frame_interval, setup->frame_rate);
    tutti_haste_init (&self->video.haste, setup->frame_rate);
    tutti_stillness_init (&self->video.stillness, setup->key_frame_interval == 0);
    self->video.packets =
        g_ptr_array_new_full (PACKETS_EXPECTED, (GDestroyNotify)tutti_packet_unref);
    self->video.offered = g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_feed_unref);
    g_mutex_init (&self->lock);
    g_cond_init (&self->quiet);
    self->feeds = g_ptr_array_new ();
    self->job = tutti_job_new (jobs, "rendition", on_job, self);
    return self;
}

void
tutti_rendition_free (TuttiRendition *self)
{
    if (self == NULL)
        return;
    tutti_assert_role (TUTTI_ROLE_MAIN);
    g_mutex_lock (&self->lock);
    g_assert (self->feeds->len == 0);
    self->closed = TRUE;
    while (self->n_wishing > 0) /* a notification and a job's push: microseconds */
        g_cond_wait (&self->quiet, &self->lock);
    g_mutex_unlock (&self->lock);
    tutti_job_free (self->job);
    free_media (self);
    tutti_rendition_unref (self);
}

/* --- For feeds. --- */

TuttiRendition *
tutti_rendition_ref (TuttiRendition *self)
{
    atomic_fetch_add_explicit (&self->references, 1, memory_order_relaxed);
    return self;
}

void
tutti_rendition_unref (TuttiRendition *self)
{
    if (atomic_fetch_sub (&self->references, 1) > 1)
        return;
    g_mutex_clear (&self->lock);
    g_cond_clear (&self->quiet);
    g_ptr_array_unref (self->feeds);
    g_free (self);
}

void
tutti_rendition_add_feed (TuttiRendition *self, TuttiFeed *feed)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

    g_ptr_array_add (self->feeds, feed);
}

void
tutti_rendition_remove_feed (TuttiRendition *self, TuttiFeed *feed)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

    g_ptr_array_remove_fast (self->feeds, feed);
}

/* --- Public. --- */

void
tutti_rendition_push (TuttiRendition *self, TuttiPicture *picture)
{
    TuttiPicture *old;

    tutti_picture_ref (picture);
    g_mutex_lock (&self->lock);
    old = self->waiting;
    self->waiting = picture;
    self->stats.skipped += old != NULL;
    g_mutex_unlock (&self->lock);
    g_clear_pointer (&old, tutti_picture_unref);
    tutti_job_push (self->job);
}

/* TRUE: the first of the wishes that the next key frame will grant. It counts itself in, so that
 * free() can wait until it has left; the others have nothing to do. */
static gboolean
begin_wishing (TuttiRendition *self, TuttiKeyFrameWish wish)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

    if (self->closed)
        return FALSE;
    self->stats.wishes++;
    if (self->wish >= wish)
        return FALSE;
    self->wish = wish;
    self->n_wishing++;
    return TRUE;
}

static void
finish_wishing (TuttiRendition *self)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

    if (--self->n_wishing == 0)
        g_cond_signal (&self->quiet);
}

static void
make_wish (TuttiRendition *self, TuttiKeyFrameWish wish)
{
    if (!begin_wishing (self, wish))
        return;
    if (self->setup.wanted != NULL)
        self->setup.wanted (self->setup.user_data);
    tutti_job_push (self->job);
    finish_wishing (self);
}

void
tutti_rendition_want_key_frame (TuttiRendition *self)
{
    make_wish (self, TUTTI_KEY_FRAME_WISHED);
}

void
tutti_rendition_await_key_frame (TuttiRendition *self)
{
    make_wish (self, TUTTI_KEY_FRAME_AWAITED);
}

guint
tutti_rendition_n_feeds (TuttiRendition *self)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

    return self->feeds->len;
}

void
tutti_rendition_get_stats (TuttiRendition *self, TuttiRenditionStats *stats)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

    *stats = self->stats;
}
