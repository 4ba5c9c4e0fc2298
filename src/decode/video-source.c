/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * video-source.c: the job of one camera or screen: all packets out of the queue into the assembly,
 * all frames that are complete through the decoder, the newest picture whose sound is played into
 * the slot. Role: video, except where said.
 */
#include "video-source.h"
#include "assemble.h"
#include "decode.h"
#include "hold.h"
#include "pace.h"

#include <time.h>
#include <tutti/role.h>

/* Half a second of 20 Mbit/s in packets of 1200 bytes: more waits only when the workers can't
 * keep up, and then the oldest is of no use. */
#define QUEUE_CAPACITY 1024
/* Frames in a row before other jobs get their turn. */
#define FRAMES_A_RUN 8
/* While nothing can be decoded; as often as the leg lets such a wish out. */
#define WISH_INTERVAL_US (500 * TUTTI_USEC_PER_MSEC)

/* A canvas takes what lies in the slot at its next tick, on the average half a tick of 30 a second
 * later. */
#define SHOWN_LATER_US (16 * TUTTI_USEC_PER_MSEC)
/* Of a picture's wait in the figure of all. */
#define HELD_SHARE 8

struct _TuttiVideoSource {
    TuttiQueue *queue;
    TuttiSlot *slot;
    TuttiWish *key_frame;
    TuttiJob *job;
    TuttiSync *sync; /* NULL: pictures are shown at once */
    TuttiTrack track;
    gint wanted, ended; /* atomic; ended: flush() was called */

    /* the job's */
    gboolean was_wanted, has_stream, is_wish_due; /* due: something came since the last wish */
    guint32 ssrc, timestamp;                      /* timestamp: of the frame joined last */
    TuttiCodec codec;
    const TuttiDecoderClass *klass;
    TuttiDecoder *decoder;
    TuttiAssembler *assembler;
    TuttiCoded coded;
    TuttiPace pace;
    TuttiHold hold;
    gint64 wished_us;
    TuttiVideoSourceStats now;

    GMutex lock; /* published */
    TuttiVideoSourceStats published;
};

static gint64
thread_cpu_us (void)
{
    struct timespec time;

    clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
    return (gint64)time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static void
wish (TuttiVideoSource *source, gint64 now_us)
{
    source->wished_us = now_us;
    source->is_wish_due = FALSE;
    source->now.key_frame_wishes++;
    tutti_wish_make (source->key_frame);
}

static void
follow_stream (TuttiVideoSource *source, const TuttiPacket *packet)
{
    if (source->has_stream && packet->ssrc == source->ssrc && packet->codec == source->codec)
        return;
    tutti_assembler_clear (source->assembler);
    tutti_pace_clear (&source->pace);
    if (packet->codec != source->codec)
        g_clear_pointer (&source->decoder, tutti_decoder_free);
    source->has_stream = TRUE;
    source->ssrc = packet->ssrc;
    source->codec = packet->codec;
    source->klass = tutti_decoder_class (packet->codec);
}

static void
take_packet (TuttiVideoSource *source, TuttiPacket *packet)
{
    TuttiPayload payload;

    source->now.packets++;
    if (!source->was_wanted) {
        if (source->sync)
            tutti_sync_set_needed (source->sync, source->track, packet->ssrc,
                                   (guint16)(packet->seq + 1));
        return;
    }
    follow_stream (source, packet);
    if (!source->klass)
        return;
    source->is_wish_due = TRUE;
    if (packet->length_bytes == 0)
        tutti_assembler_push (source->assembler, packet, NULL);
    else if (source->klass->look (packet->data, packet->length_bytes, &payload))
        tutti_assembler_push (source->assembler, packet, &payload);
    else
        source->now.errors++;
}

static void
take_packets (TuttiVideoSource *source)
{
    TuttiPacket *next;

    while ((next = tutti_queue_pop (source->queue))) {
        g_autoptr (TuttiPacket) packet = next;

        take_packet (source, packet);
    }
}

/* The frame's payloads become one piece. */
static gboolean
join_frame (TuttiVideoSource *source)
{
    gboolean is_good = TRUE;
    TuttiPacket *next;

    tutti_coded_clear (&source->coded);
    while ((next = tutti_assembler_shift (source->assembler))) {
        g_autoptr (TuttiPacket) packet = next;

        source->timestamp = packet->timestamp;
        is_good =
            is_good && source->klass->depay (&source->coded, packet->data, packet->length_bytes);
    }
    return is_good;
}

/* NULL: none to be shown. */
static TuttiPicture *
decode_frame (TuttiVideoSource *source, const TuttiAssembled *frame)
{
    TuttiDecodeResult result = TUTTI_DECODE_DAMAGED;
    TuttiPicture *picture = NULL;

    source->now.frames++;
    source->now.key_frames += frame->is_key;
    if (!source->decoder)
        source->decoder = tutti_decoder_new (source->klass);
    if (join_frame (source))
        result = tutti_decoder_push (source->decoder, &source->coded, &picture);
    if (result != TUTTI_DECODE_OK) {
        source->now.errors += result == TUTTI_DECODE_DAMAGED;
        source->now.dropped += result == TUTTI_DECODE_TOO_LARGE;
        tutti_assembler_refuse (source->assembler);
        return NULL;
    }
    source->now.decoded++;
    if (picture) {
        picture->time_us = frame->time_us;
        source->now.width = picture->width;
        source->now.height = picture->height;
        source->now.decoded_px += (guint64)picture->width * (guint64)picture->height;
    }
    return picture;
}

/* A screen's frames differ so much in size that nothing would make them even. */
static gint64
find_due (TuttiVideoSource *source, gint64 now_us)
{
    TuttiSyncPicture picture = {source->track, source->ssrc, source->timestamp, now_us};

    if (!source->sync)
        return now_us;
    if (source->track == TUTTI_TRACK_CAMERA)
        picture.paced_us = tutti_pace_take (&source->pace, source->timestamp, now_us);
    return tutti_sync_find_due (source->sync, &picture, now_us) - SHOWN_LATER_US;
}

/* Takes the reference. */
static void
hold_picture (TuttiVideoSource *source, TuttiPicture *picture, gint64 now_us)
{
    gint64 due_us = find_due (source, now_us), wait_us = MAX (due_us - now_us, 0);

    source->now.held_us = (guint)((source->now.held_us * (HELD_SHARE - 1) + wait_us) / HELD_SHARE);
    tutti_hold_push (&source->hold, picture, due_us);
}

static void
show_pictures (TuttiVideoSource *source, gint64 now_us)
{
    g_autoptr (TuttiPicture) picture = NULL;

    if (g_atomic_int_compare_and_exchange (&source->ended, TRUE, FALSE))
        tutti_hold_clear (&source->hold);
    picture = tutti_hold_take (&source->hold, now_us);
    if (picture)
        tutti_slot_put (source->slot, picture, now_us);
    if (tutti_hold_next_us (&source->hold) > 0)
        tutti_job_push_at (source->job, tutti_hold_next_us (&source->hold));
}

/* TRUE: there may be more. */
static gboolean
decode_frames (TuttiVideoSource *source, gint64 now_us)
{
    TuttiAssembled frame;
    guint n;

    if (source->sync)
        tutti_assembler_set_wait (source->assembler,
                                  tutti_sync_get_patience_us (source->sync, source->track));
    for (n = 0; n < FRAMES_A_RUN; n++) {
        TuttiPicture *picture;

        if (!tutti_assembler_next (source->assembler, now_us, &frame))
            break;
        picture = decode_frame (source, &frame);
        if (picture)
            hold_picture (source, picture, now_us);
    }
    return n == FRAMES_A_RUN;
}

static void
follow_wanted (TuttiVideoSource *source, gint64 now_us)
{
    gboolean is_wanted = g_atomic_int_get (&source->wanted);

    if (is_wanted == source->was_wanted)
        return;
    source->was_wanted = is_wanted;
    source->is_wish_due = FALSE;
    tutti_assembler_clear (source->assembler);
    tutti_hold_clear (&source->hold);
    if (is_wanted)
        wish (source, now_us);
}

/* So that the leg asks for no more. */
static void
tell_needed (TuttiVideoSource *source)
{
    guint16 seq;

    if (source->sync && tutti_assembler_get_needed (source->assembler, &seq))
        tutti_sync_set_needed (source->sync, source->track, source->ssrc, seq);
}

/* Wishes for a key frame while one is needed, and sees to it that the job runs again in time. */
static void
look_ahead (TuttiVideoSource *source, gint64 now_us)
{
    gint64 due_us = tutti_assembler_deadline_us (source->assembler);

    if (due_us > 0)
        tutti_job_push_at (source->job, due_us);
    if (!tutti_assembler_wants_key_frame (source->assembler) || !source->is_wish_due)
        return;
    if (now_us >= source->wished_us + WISH_INTERVAL_US)
        wish (source, now_us);
    else
        tutti_job_push_at (source->job, source->wished_us + WISH_INTERVAL_US);
}

static void
publish (TuttiVideoSource *source)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&source->lock);

    source->published = source->now;
    source->published.dropped += tutti_assembler_dropped (source->assembler);
}

static void
on_job (gpointer user_data, gint64 now_us)
{
    TuttiVideoSource *source = user_data;
    gint64 began_us = thread_cpu_us ();

    tutti_assert_role (TUTTI_ROLE_VIDEO);
    follow_wanted (source, now_us);
    take_packets (source);
    if (decode_frames (source, now_us))
        tutti_job_push (source->job);
    else
        look_ahead (source, now_us);
    tell_needed (source);
    show_pictures (source, now_us);
    source->now.cpu_us += thread_cpu_us () - began_us;
    publish (source);
}

static void
on_packet (gpointer user_data)
{
    TuttiVideoSource *source = user_data;

    tutti_job_push (source->job);
}

TuttiVideoSource *
tutti_video_source_new (TuttiJobs *jobs, TuttiSlot *slot, TuttiWish *key_frame)
{
    TuttiVideoSource *source = g_new0 (TuttiVideoSource, 1);

    source->slot = tutti_slot_ref (slot);
    source->key_frame = tutti_wish_ref (key_frame);
    source->wanted = source->was_wanted = TRUE;
    source->wished_us = -WISH_INTERVAL_US;
    source->assembler = tutti_assembler_new ();
    g_mutex_init (&source->lock);
    source->job = tutti_job_new (jobs, "decode", on_job, source);
    source->queue = tutti_queue_new (QUEUE_CAPACITY, on_packet, source);
    return source;
}

void
tutti_video_source_set_sync (TuttiVideoSource *source, TuttiSync *sync, TuttiTrack track)
{
    g_assert (!source->sync);
    source->sync = tutti_sync_ref (sync);
    source->track = track;
}

void
tutti_video_source_free (TuttiVideoSource *source)
{
    if (!source)
        return;
    tutti_queue_close (source->queue);
    tutti_job_free (source->job);
    tutti_queue_unref (source->queue);
    tutti_decoder_free (source->decoder);
    tutti_assembler_free (source->assembler);
    tutti_coded_free (&source->coded);
    tutti_hold_clear (&source->hold);
    tutti_sync_unref (source->sync);
    tutti_wish_unref (source->key_frame);
    tutti_slot_unref (source->slot);
    g_mutex_clear (&source->lock);
    g_free (source);
}

TuttiQueue *
tutti_video_source_get_queue (TuttiVideoSource *source)
{
    return source->queue;
}

void
tutti_video_source_flush (TuttiVideoSource *source)
{
    g_atomic_int_set (&source->ended, TRUE);
    tutti_job_push (source->job);
}

void
tutti_video_source_set_wanted (TuttiVideoSource *source, gboolean wanted)
{
    g_atomic_int_set (&source->wanted, wanted != FALSE);
    tutti_job_push (source->job);
}

void
tutti_video_source_get_stats (TuttiVideoSource *source, TuttiVideoSourceStats *stats)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&source->lock);

    *stats = source->published;
}
