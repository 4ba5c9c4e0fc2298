/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz-player.c: files of strangers through everything that plays them, but for time: what is read
 * is heard and seen at once.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "record/player-read.h"

/* Short files play long: a few seconds of each are enough. */
#define STEPS_MAX 500

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
ignore (gpointer user_data)
{
}

static void
play (TuttiPlayerReaderSetup *setup)
{
    const char *why = "";
    TuttiPlayerReader *reader = tutti_player_reader_new (setup, &why);
    TuttiSoundInput input = tutti_player_sound_get_input (setup->sound, 1);
    gint64 now_us = g_get_monotonic_time ();

    tutti_player_time_start (setup->time, 0, now_us);
    for (guint i = 0; reader && i < STEPS_MAX; i++) {
        gint64 round_us = (now_us / TUTTI_ROUND_US + i) * TUTTI_ROUND_US;
        gint16 pcm[TUTTI_ROUND_VALUES_MAX];
        if (tutti_player_reader_step (reader, round_us, &why) == TUTTI_PLAYER_READER_FAILED)
            break;
        input.klass->listen (input.self, round_us);
        input.klass->pull (input.self, pcm, 2);
    }
    tutti_player_reader_free (reader);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
    static const _Atomic int GOING;
    TuttiPlayerTime time;
    g_autoptr (TuttiSlot) slot = tutti_slot_new ();
    TuttiPlayerShowSetup show = {.slot = slot, .time = &time, .ended = ignore, .moved = ignore};
    TuttiPlayerReaderSetup setup = {
        .loop = TRUE, .max_width = 64, .max_height = 36, .time = &time, .stop = &GOING};

    setup.fd = memfd_create ("film", MFD_CLOEXEC);
    g_assert_cmpint (write (setup.fd, data, size), ==, size);
    show.sound = setup.sound = tutti_player_sound_new (2, &time);
    setup.show = tutti_player_show_new (&show);
    play (&setup);
    tutti_player_show_free (setup.show);
    tutti_player_sound_free (setup.sound);
    close (setup.fd);
    return 0;
}
