/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-player-disk.c: a film on a disk that does not answer: main goes on without it, and its file
 * is closed once the disk is there again. It stands between the player and the disk.
 */
#include "record/player.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <unistd.h>

#include "reel.h"

static _Atomic int disk_hangs, n_reads;

gssize __wrap_pread (int fd, void *data, gsize size, off_t offset);
gssize __real_pread (int fd, void *data, gsize size, off_t offset);

gssize
__wrap_pread (int fd, void *data, gsize size, off_t offset)
{
    atomic_fetch_add (&n_reads, 1);
    while (atomic_load (&disk_hangs))
        g_usleep (TUTTI_USEC_PER_MSEC);
    return __real_pread (fd, data, size, offset);
}

static void
test_dead (void)
{
    g_autofree char *path = film_make ("dead.wav", FILM_TONE, 500.0, 1.0, 48000);
    g_autoptr (TuttiSlot) slot = tutti_slot_new ();
    TuttiPlayerSetup setup = {.channels = 1, .max_width = 64, .max_height = 64, .slot = slot};
    gint64 freed_us;
    TuttiPlayer *player;

    if (!path)
        return;
    setup.fd = film_open (path);
    atomic_store (&disk_hangs, TRUE);
    player = tutti_player_new (&setup);
    while (atomic_load (&n_reads) == 0)
        g_usleep (TUTTI_USEC_PER_MSEC);
    freed_us = g_get_monotonic_time ();
    tutti_player_free (player);
    g_assert_cmpint (g_get_monotonic_time () - freed_us, <, 10 * TUTTI_PLAYER_PATIENCE_US);
    g_assert_cmpint (fcntl (setup.fd, F_GETFD), >=, 0);
    atomic_store (&disk_hangs, FALSE);
    while (fcntl (setup.fd, F_GETFD) >= 0) {
        g_assert_cmpint (g_get_monotonic_time () - freed_us, <, 60 * G_USEC_PER_SEC);
        g_usleep (TUTTI_USEC_PER_MSEC);
    }
    g_assert_cmpint (errno, ==, EBADF);
}

int
main (int argc, char **argv)
{
    int result;

    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/player-disk/dead", test_dead);
    result = g_test_run ();
    film_clear ();
    return result;
}
