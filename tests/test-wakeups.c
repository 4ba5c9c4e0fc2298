/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-wakeups.c: threads by their names, and how often they were woken.
 */
#include <tutti/wakeups.h>

#define TIMES 100

typedef struct {
    GMutex lock;
    GCond changed;
    guint turns; /* even: main's, odd: the thread's */
} Game;

static void
play (Game *game, guint mine)
{
    g_mutex_lock (&game->lock);
    while (game->turns < 2 * TIMES) {
        if (game->turns % 2 != mine) {
            g_cond_wait (&game->changed, &game->lock);
            continue;
        }
        game->turns++;
        g_cond_signal (&game->changed);
    }
    g_mutex_unlock (&game->lock);
}

/* It is there until it was counted. */
static gpointer
run (gpointer user_data)
{
    Game *game = user_data;

    play (game, 1);
    g_mutex_lock (&game->lock);
    while (game->turns == 2 * TIMES)
        g_cond_wait (&game->changed, &game->lock);
    g_mutex_unlock (&game->lock);
    return NULL;
}

static guint64
count_woken (const char *name, gsize offset)
{
    Game game = {0};
    TuttiWakeups before, after;
    GThread *thread;

    tutti_wakeups_read (&before);
    thread = g_thread_new (name, run, &game);
    play (&game, 0);
    tutti_wakeups_read (&after);
    g_mutex_lock (&game.lock);
    game.turns++;
    g_cond_signal (&game.changed);
    g_mutex_unlock (&game.lock);
    g_thread_join (thread);
    g_assert_cmpuint (after.main, >=, before.main + TIMES / 2);
    return G_STRUCT_MEMBER (guint64, &after, offset) - G_STRUCT_MEMBER (guint64, &before, offset);
}

static void
test_names (void)
{
    g_assert_cmpuint (count_woken ("tutti-net", G_STRUCT_OFFSET (TuttiWakeups, net)), >=,
                      TIMES / 2);
    g_assert_cmpuint (count_woken ("tutti-audio", G_STRUCT_OFFSET (TuttiWakeups, audio)), >=,
                      TIMES / 2);
    g_assert_cmpuint (count_woken ("tutti-video", G_STRUCT_OFFSET (TuttiWakeups, video)), >=,
                      TIMES / 2);
    g_assert_cmpuint (count_woken ("recorder", G_STRUCT_OFFSET (TuttiWakeups, net)), ==, 0);
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/wakeups/names", test_names);
    return g_test_run ();
}
