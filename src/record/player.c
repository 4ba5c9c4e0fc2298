/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * player.c: a player's life and what it is told to do.
 *
 *   thread "player-read": file -> decoder -> sound's ring, pictures that wait    (behind the call)
 *   thread "player-show": pictures -> slot, when due
 *   audio rounds:         ring -> mix, what is due
 *   main:                 pause, figures; told of changes by a source
 *
 * The two sides agree by the film's time (player-time.h). The reader lets it run when enough of
 * both waits; it stands while the player is paused, and when the sound ran dry, until enough waits
 * again. Roles: main; on_read() and what it calls: file.
 */
#include "player.h"

#include <sys/resource.h>
#include <unistd.h>

#include <tutti/role.h>

#include "player-read.h"

/* A film must not take the call's processor: those who speak come first. */
#define READER_NICE 5
/* Once it may begin, a film waits so long for the first round that listens: its first syllable is
 * not to be missed. */
#define AUDIENCE_WAIT_US (500 * TUTTI_USEC_PER_MSEC)
/* Half of what the sound's ring holds may go by before the reader looks again. */
#define NAP_US (100 * TUTTI_USEC_PER_MSEC)
/* While it waits to begin, or to go on. */
#define SHORT_NAP_US (10 * TUTTI_USEC_PER_MSEC)

struct _TuttiPlayer {
    gint refs; /* main's and the reader's */
    TuttiPlayerSetup setup;
    GSource *source;
    TuttiPlayerTime time;
    TuttiPlayerSound *sound;
    TuttiPlayerShow *show;
    _Atomic int stop;

    GMutex lock; /* guards the rest */
    GCond room;  /* the reader may go on */
    GCond ended; /* the reader has */
    gboolean is_paused, has_ended;
    gint64 ready_us; /* when it could have begun; 0: not yet */
    gint64 stood_at; /* film time, where there is no sound to tell it */
    TuttiPlayerStats stats;
};

static const char *const NAMES[] = {
    [TUTTI_PLAYER_OPENING] = "opening", [TUTTI_PLAYER_PLAYING] = "playing",
    [TUTTI_PLAYER_PAUSED] = "paused",   [TUTTI_PLAYER_ENDED] = "ended",
    [TUTTI_PLAYER_FAILED] = "failed",
};

const char *
tutti_player_state_name (TuttiPlayerState state)
{
    return NAMES[state];
}

/* --- What main is told --- */

typedef struct {
    GSource source;
    TuttiPlayer *player;
} Source;

static gboolean
on_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
    TuttiPlayer *player = ((Source *)source)->player;

    g_source_set_ready_time (source, -1);
    if (player->setup.told)
        player->setup.told (player, player->setup.user_data);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs SOURCE = {.dispatch = on_dispatch};

/* With the lock held. What is over stays so. */
static void
set_state (TuttiPlayer *player, TuttiPlayerState state)
{
    if (player->stats.state == state || player->stats.state >= TUTTI_PLAYER_ENDED)
        return;
    player->stats.state = state;
    g_source_set_ready_time (player->source, 0);
}

/* --- The reader's thread --- */

static void
fail (TuttiPlayer *player, const char *why)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&player->lock);

    g_strlcpy (player->stats.why, why, sizeof player->stats.why);
    set_state (player, TUTTI_PLAYER_FAILED);
}

static TuttiPlayerReader *
open_reader (TuttiPlayer *player)
{
    TuttiPlayerReaderSetup setup = {
        .fd = player->setup.fd,
        .loop = player->setup.loop,
        .max_width = player->setup.max_width,
        .max_height = player->setup.max_height,
        .time = &player->time,
        .sound = player->sound,
        .show = player->show,
        .stop = &player->stop,
    };
    const char *why = "";
    TuttiPlayerReader *reader = tutti_player_reader_new (&setup, &why);

    if (!reader) {
        fail (player, why);
        return NULL;
    }
    g_mutex_lock (&player->lock);
    player->stats.has_sound = tutti_player_reader_has_sound (reader);
    player->stats.has_pictures = tutti_player_reader_has_pictures (reader);
    g_mutex_unlock (&player->lock);
    tutti_player_show_set_sound (player->show, tutti_player_reader_has_sound (reader));
    return reader;
}

static gint64
get_stood_at (TuttiPlayer *player)
{
    return player->stats.has_sound ? tutti_player_sound_get_position (player->sound)
                                   : player->stood_at;
}

static gboolean
has_audience (TuttiPlayer *player, gint64 now_us)
{
    if (player->ready_us == 0)
        player->ready_us = now_us;
    return !player->stats.has_sound || tutti_player_sound_is_heard (player->sound, now_us) ||
           now_us - player->ready_us >= AUDIENCE_WAIT_US;
}

/* Lets the film's time run if it stands and nothing is against it. */
static void
go_on (TuttiPlayer *player, TuttiPlayerReader *reader)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&player->lock);
    gint64 now_us = g_get_monotonic_time ();

    player->stats.duration_us = tutti_player_reader_get_length_us (reader);
    if (tutti_player_time_get (&player->time, now_us) != TUTTI_PLAYER_STANDS ||
        !tutti_player_reader_is_ready (reader))
        return;
    set_state (player, player->is_paused ? TUTTI_PLAYER_PAUSED : TUTTI_PLAYER_PLAYING);
    if (!player->is_paused && has_audience (player, now_us)) {
        tutti_player_time_start (&player->time, get_stood_at (player), now_us);
        tutti_player_show_wake (player->show);
    }
}

static void
nap (TuttiPlayer *player)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&player->lock);
    gint64 now_us = g_get_monotonic_time ();
    gboolean is_waiting =
        !player->is_paused && tutti_player_time_get (&player->time, now_us) == TUTTI_PLAYER_STANDS;

    if (!atomic_load (&player->stop))
        g_cond_wait_until (&player->room, &player->lock,
                           now_us + (is_waiting ? SHORT_NAP_US : NAP_US));
}

static void
read_all (TuttiPlayer *player, TuttiPlayerReader *reader)
{
    TuttiPlayerReaderResult result = TUTTI_PLAYER_READER_BUSY;
    const char *why = "";

    while (!atomic_load (&player->stop) && result != TUTTI_PLAYER_READER_FAILED) {
        result = tutti_player_reader_step (reader, g_get_monotonic_time (), &why);
        go_on (player, reader);
        if (result == TUTTI_PLAYER_READER_IDLE)
            nap (player);
    }
    if (result == TUTTI_PLAYER_READER_FAILED)
        fail (player, why);
}

/* By whoever is last: main, or a reader that was left behind. */
static void
unref (TuttiPlayer *player)
{
    if (!g_atomic_int_dec_and_test (&player->refs))
        return;
    tutti_player_show_free (player->show);
    tutti_player_sound_free (player->sound);
    g_source_unref (player->source);
    g_mutex_clear (&player->lock);
    g_cond_clear (&player->room);
    g_cond_clear (&player->ended);
    close (player->setup.fd);
    g_free (player);
}

static gpointer
on_read (gpointer user_data)
{
    TuttiPlayer *player = user_data;
    TuttiPlayerReader *reader;

    tutti_role_enter (TUTTI_ROLE_FILE);
    setpriority (PRIO_PROCESS, 0, READER_NICE); /* on Linux: of the calling thread */
    reader = open_reader (player);
    if (reader)
        read_all (player, reader);
    tutti_player_reader_free (reader);
    g_mutex_lock (&player->lock);
    player->has_ended = TRUE;
    g_cond_signal (&player->ended);
    g_mutex_unlock (&player->lock);
    unref (player);
    return NULL;
}

/* --- Told by the other thread --- */

static void
on_ended (gpointer user_data)
{
    TuttiPlayer *player = user_data;
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&player->lock);

    set_state (player, TUTTI_PLAYER_ENDED);
}

static void
on_moved (gpointer user_data)
{
    TuttiPlayer *player = user_data;
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&player->lock);

    g_cond_signal (&player->room);
}

/* --- Main --- */

static GSource *
make_source (TuttiPlayer *player)
{
    GSource *source = g_source_new (&SOURCE, sizeof (Source));

    ((Source *)source)->player = player;
    g_source_set_static_name (source, "tutti-player");
    g_source_attach (source, NULL);
    return source;
}

TuttiPlayer *
tutti_player_new (const TuttiPlayerSetup *setup)
{
    TuttiPlayer *player = g_new0 (TuttiPlayer, 1);
    TuttiPlayerShowSetup show = {
        .slot = setup->slot,
        .time = &player->time,
        .ended = on_ended,
        .moved = on_moved,
        .user_data = player,
    };

    player->refs = 2;
    player->setup = *setup;
    g_mutex_init (&player->lock);
    g_cond_init (&player->room);
    g_cond_init (&player->ended);
    tutti_player_time_stop (&player->time);
    player->source = make_source (player);
    show.sound = player->sound = tutti_player_sound_new (setup->channels, &player->time);
    player->show = tutti_player_show_new (&show);
    g_thread_unref (g_thread_new ("player-read", on_read, player));
    return player;
}

void
tutti_player_stop (TuttiPlayer *player)
{
    atomic_store (&player->stop, TRUE);
    on_moved (player);
    g_source_destroy (player->source);
}

void
tutti_player_free (TuttiPlayer *player)
{
    gint64 until_us = g_get_monotonic_time () + TUTTI_PLAYER_PATIENCE_US;

    if (!player)
        return;
    tutti_player_stop (player);
    g_mutex_lock (&player->lock);
    while (!player->has_ended && g_cond_wait_until (&player->ended, &player->lock, until_us)) {
    }
    g_mutex_unlock (&player->lock);
    unref (player);
}

TuttiSoundInput
tutti_player_get_input (TuttiPlayer *player, guint id)
{
    return tutti_player_sound_get_input (player->sound, id);
}

void
tutti_player_set_paused (TuttiPlayer *player, gboolean paused)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&player->lock);
    gint64 now = tutti_player_time_get (&player->time, g_get_monotonic_time ());

    if (player->is_paused == paused)
        return;
    player->is_paused = paused;
    if (paused && now != TUTTI_PLAYER_STANDS) {
        player->stood_at = MAX (now, player->stood_at);
        tutti_player_time_stop (&player->time);
    }
    if (paused && player->stats.state == TUTTI_PLAYER_PLAYING)
        set_state (player, TUTTI_PLAYER_PAUSED);
    g_cond_signal (&player->room);
}

void
tutti_player_get_stats (TuttiPlayer *player, TuttiPlayerStats *stats)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&player->lock);
    gint64 now = tutti_player_time_get (&player->time, g_get_monotonic_time ());
    gint64 at_us =
        tutti_player_to_us (MAX (0, now == TUTTI_PLAYER_STANDS ? get_stood_at (player) : now));

    *stats = player->stats;
    stats->position_us = at_us;
    if (stats->duration_us <= 0)
        return;
    if (player->setup.loop) {
        stats->loops = (guint)(at_us / stats->duration_us);
        stats->position_us = at_us % stats->duration_us;
    } else {
        stats->position_us = MIN (at_us, stats->duration_us);
    }
}
