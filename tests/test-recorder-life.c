/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-recorder-life.c: the recorder with its thread: what main sees of it, and that a disk that
 * hangs or goes away holds up nobody.
 *
 * The linker leads tutti_file_flush() through here (--wrap), so that the disk can hang.
 */
#include <tutti/error.h>

#include "film-kit.h"
#include "patience.h"
#include "record-kit.h"
#include "src/record/file.h"
#include "src/record/recorder.h"

#define MS TUTTI_USEC_PER_MSEC
#define S G_USEC_PER_SEC
/* Far beyond what a loaded machine under a sanitizer needs. */
#define WAIT_US (60 * S)

TuttiFileStatus __wrap_tutti_file_flush (TuttiFile *file);
TuttiFileStatus __real_tutti_file_flush (TuttiFile *file);

static struct {
    GMutex lock; /* of everything below */
    GCond changed;
    gboolean hangs;
    guint waiting;
} disk;

TuttiFileStatus
__wrap_tutti_file_flush (TuttiFile *file)
{
    g_mutex_lock (&disk.lock);
    disk.waiting++;
    g_cond_broadcast (&disk.changed);
    while (disk.hangs)
        g_cond_wait (&disk.changed, &disk.lock);
    disk.waiting--;
    g_mutex_unlock (&disk.lock);
    return __real_tutti_file_flush (file);
}

static void
set_hanging (gboolean hangs)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&disk.lock);

    disk.hangs = hangs;
    g_cond_broadcast (&disk.changed);
}

static void
wait_until_it_hangs (void)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&disk.lock);

    while (disk.waiting == 0)
        g_cond_wait (&disk.changed, &disk.lock);
}

typedef struct {
    Scratch scratch;
    TuttiStore *store;
    TuttiRecorder *recorder;
    guint n_told;
} Rig;

static void
on_told (TuttiRecorder *recorder, gpointer user_data)
{
    Rig *rig = user_data;

    g_assert_true (recorder == rig->recorder);
    rig->n_told++;
}

static TuttiRecorderSetup
make_setup (Rig *rig, TuttiContainer container, TuttiCodec codec)
{
    return (TuttiRecorderSetup){.store = rig->store,
                                .room = "blue",
                                .container = container,
                                .video_codec = codec,
                                .width = KIT_WIDTH,
                                .height = KIT_HEIGHT,
                                .frame_rate = KIT_RATE,
                                .channels = 2,
                                .told = on_told,
                                .user_data = rig};
}

static void
rig_init (Rig *rig)
{
    g_autoptr (GError) error = NULL;
    TuttiRecorderSetup setup;

    *rig = (Rig){.scratch = scratch_new ()};
    rig->store = store_open (&rig->scratch);
    setup = make_setup (rig, TUTTI_CONTAINER_WEBM, TUTTI_CODEC_VP8);
    rig->recorder = tutti_recorder_new (&setup, &error);
    g_assert_no_error (error);
}

static void
rig_clear (Rig *rig)
{
    tutti_recorder_free (rig->recorder);
    tutti_store_unref (rig->store);
    scratch_clear (&rig->scratch);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Rig, rig_clear)

static TuttiRecorderState
get_state (Rig *rig)
{
    TuttiRecorderStats stats;

    tutti_recorder_get_stats (rig->recorder, &stats);
    return stats.state;
}

/* Two seconds of sound and pictures, whose time begins now: they lie in the queues at once. */
static void
push_film (Rig *rig)
{
    gint64 from_us = g_get_monotonic_time ();
    g_autoptr (GPtrArray) pictures =
        kit_make_pictures (TUTTI_CODEC_VP8, 2 * KIT_RATE, KIT_RATE, from_us);
    g_autoptr (GPtrArray) sounds = kit_make_sounds (2 * S / TUTTI_ROUND_US, 2, from_us);

    for (guint i = 0; i < pictures->len; i++)
        tutti_queue_push (tutti_recorder_get_input (rig->recorder, TUTTI_KIND_VIDEO),
                          pictures->pdata[i]);
    for (guint i = 0; i < sounds->len; i++)
        tutti_queue_push (tutti_recorder_get_input (rig->recorder, TUTTI_KIND_AUDIO),
                          sounds->pdata[i]);
}

static void
wait_for_state (Rig *rig, TuttiRecorderState state)
{
    gint64 until_us = g_get_monotonic_time () + WAIT_US;

    while (rig->n_told == 0 || get_state (rig) != state) {
        g_assert_cmpint (g_get_monotonic_time (), <, until_us);
        if (!g_main_context_iteration (NULL, FALSE))
            g_usleep (10 * MS);
    }
}

static void
test_life (void)
{
    g_auto (Rig) rig = {0};
    g_autofree char *sidecar = NULL;
    TuttiRecorderStats stats;

    rig_init (&rig);
    g_assert_cmpstr (tutti_recorder_state_name (get_state (&rig)), ==, "on");
    push_film (&rig);
    g_usleep (S);
    tutti_recorder_pause (rig.recorder, g_get_monotonic_time ());
    g_assert_cmpint (get_state (&rig), ==, TUTTI_RECORDER_PAUSED);
    tutti_recorder_resume (rig.recorder, g_get_monotonic_time ());
    g_assert_cmpint (get_state (&rig), ==, TUTTI_RECORDER_ON);
    tutti_recorder_note (rig.recorder, &(TuttiNote){.kind = TUTTI_NOTE_CHAT,
                                                    .time_us = g_get_monotonic_time (),
                                                    .participant = "p1",
                                                    .name = "Ann",
                                                    .text = "hello"});
    tutti_recorder_stop (rig.recorder, g_get_monotonic_time (), "asked");
    g_assert_cmpint (get_state (&rig), ==, TUTTI_RECORDER_ENDING);
    wait_for_state (&rig, TUTTI_RECORDER_DONE);
    tutti_recorder_get_stats (rig.recorder, &stats);
    g_assert_cmpint (stats.length_us, >=, S);
    g_assert_cmpuint (stats.pictures, >, 0);
    g_assert_cmpuint (stats.sounds, >, 0);
    g_assert_cmpuint (stats.bytes, >, 0);
    g_assert_cmpint (stats.cpu_us, >, 0);
    g_assert_true (is_there (&rig.scratch, tutti_recorder_get_file (rig.recorder)));
    sidecar = g_strdup_printf ("%s.json", tutti_recorder_get_take (rig.recorder));
    g_assert_true (is_there (&rig.scratch, sidecar));
}

/* Nobody waits for the disk; the recorder is freed while its thread hangs, and the file is still
 * finished when the disk comes back. */
static void
test_hanging_disk (void)
{
    g_auto (Rig) rig = {0};
    g_autofree char *file = NULL;
    gint64 from_us;

    set_hanging (TRUE);
    rig_init (&rig);
    push_film (&rig);
    wait_until_it_hangs ();
    from_us = g_get_monotonic_time ();
    for (guint i = 0; i < 40; i++) {
        g_autoptr (TuttiPacket) packet = tutti_packet_new ();

        tutti_queue_push (tutti_recorder_get_input (rig.recorder, TUTTI_KIND_VIDEO), packet);
        get_state (&rig);
        tutti_recorder_note (rig.recorder, &(TuttiNote){.kind = TUTTI_NOTE_CHAT, .text = "x"});
    }
    g_assert_cmpint (g_get_monotonic_time () - from_us, <,
                     TEST_PATIENCE * TUTTI_RECORDER_PATIENCE_US);
    file = g_strdup (tutti_recorder_get_file (rig.recorder));
    g_clear_pointer (&rig.recorder, tutti_recorder_free);
    g_assert_cmpint (g_get_monotonic_time () - from_us, <, 10 * TUTTI_RECORDER_PATIENCE_US);
    g_assert_false (is_there (&rig.scratch, file));
    set_hanging (FALSE);
    for (gint64 until_us = g_get_monotonic_time () + WAIT_US; !is_there (&rig.scratch, file);) {
        g_assert_cmpint (g_get_monotonic_time (), <, until_us);
        g_usleep (10 * MS);
    }
    while (g_main_context_iteration (NULL, FALSE))
        ;
    g_assert_cmpuint (rig.n_told, ==, 0);
}

static void
test_directory_gone (void)
{
    g_auto (Rig) rig = {0};
    TuttiRecorderStats stats;

    rig_init (&rig);
    push_film (&rig);
    g_usleep (S);
    scratch_remove (&rig.scratch);
    push_film (&rig);
    wait_for_state (&rig, TUTTI_RECORDER_FAILED);
    tutti_recorder_get_stats (rig.recorder, &stats);
    g_assert_cmpstr (stats.why, ==, "directory gone");
}

static void
test_unsupported (void)
{
    Rig rig = {.scratch = scratch_new ()};
    TuttiRecorderSetup setup;
    g_autoptr (GError) error = NULL;

    rig.store = store_open (&rig.scratch);
    setup = make_setup (&rig, TUTTI_CONTAINER_MP4, TUTTI_CODEC_VP8);
    g_assert_null (tutti_recorder_new (&setup, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_UNSUPPORTED);
    tutti_store_unref (rig.store);
    scratch_clear (&rig.scratch);
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/recorder/life", test_life);
    g_test_add_func ("/recorder/hanging-disk", test_hanging_disk);
    g_test_add_func ("/recorder/directory-gone", test_directory_gone);
    g_test_add_func ("/recorder/unsupported", test_unsupported);
    return g_test_run ();
}
