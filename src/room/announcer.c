/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * announcer.c: see announcer.h. The pips are a sound input like any participant's, made sample by
 * sample. Roles: main; on_listen(), on_pull(), on_skip() audio.
 */
#include "announcer.h"

#include <math.h>

#include "room.h"

#define SAMPLES_OF_MS(ms) ((ms)*TUTTI_RATE_HZ / 1000)
/* The mixer opens to a voice within some rounds, and a recorder to its first packets. */
#define LEAD_SAMPLES SAMPLES_OF_MS (200)
#define PIP_SAMPLES SAMPLES_OF_MS (120)
#define PAUSE_SAMPLES SAMPLES_OF_MS (60)
/* So short an edge doesn't click. */
#define EDGE_SAMPLES SAMPLES_OF_MS (8)
#define N_PIPS 2
/* A fourth: nobody takes it for a ringing telephone. */
#define LOW_HZ 880.0
#define HIGH_HZ 1175.0
/* -20 dB of full scale: as loud as speech. */
#define AMPLITUDE 3277.0
/* What it says of itself, dB below full scale (RFC 6464). */
#define LEVEL 20
/* Then it is over, however late the rounds are. */
#define LENGTH_US (1500 * TUTTI_USEC_PER_MSEC)

typedef struct {
    double pips_hz[N_PIPS];
    guint position; /* samples; the rounds' alone */
} Tune;

struct _TuttiAnnouncer {
    TuttiRoom *room;
    TuttiBell *over;
    TuttiQueue *inbox; /* as each voice has one; nothing comes in here */
    Tune *tune;        /* NULL: it is silent */
    gint64 over_us;    /* when its tune is */
};

/* --- The rounds'; role: audio --- */

static guint
get_end (void)
{
    return LEAD_SAMPLES + N_PIPS * (PIP_SAMPLES + PAUSE_SAMPLES);
}

static guint8
on_listen (gpointer self, gint64 now_us)
{
    const Tune *tune = self;
    return tune->position < get_end () ? LEVEL : TUTTI_LEVEL_SILENCE;
}

static double
make_sample (const Tune *tune, guint position)
{
    guint pip = (position - LEAD_SAMPLES) / (PIP_SAMPLES + PAUSE_SAMPLES);
    guint at = (position - LEAD_SAMPLES) % (PIP_SAMPLES + PAUSE_SAMPLES);
    double edge;

    if (position < LEAD_SAMPLES || pip >= N_PIPS || at >= PIP_SAMPLES)
        return 0;
    edge = MIN (1.0, (double)MIN (at, PIP_SAMPLES - at) / EDGE_SAMPLES);
    return AMPLITUDE * edge * sin (2 * G_PI * tune->pips_hz[pip] * at / TUTTI_RATE_HZ);
}

static gboolean
on_pull (gpointer self, gint16 *pcm, guint channels)
{
    Tune *tune = self;

    if (tune->position >= get_end ())
        return FALSE;
    for (guint i = 0; i < TUTTI_ROUND_SAMPLES; i++) {
        gint16 sample = (gint16)make_sample (tune, tune->position++);
        for (guint channel = 0; channel < channels; channel++)
            *pcm++ = sample;
    }
    return TRUE;
}

static void
on_skip (gpointer self)
{
    ((Tune *)self)->position += TUTTI_ROUND_SAMPLES;
}

static const TuttiSoundInputClass CLASS = {.listen = on_listen, .pull = on_pull, .skip = on_skip};

/* --- Main --- */

static void
change (TuttiAnnouncer *announcer, Tune *tune)
{
    Tune *old = announcer->tune;

    announcer->tune = tune;
    tutti_room_update_sound (announcer->room);
    if (old)
        tutti_handover_retire (tutti_sound_get_handover (announcer->room->sound), old, g_free);
}

static void
on_over (gpointer user_data)
{
    TuttiAnnouncer *announcer = user_data;

    if (g_get_monotonic_time () < announcer->over_us)
        tutti_bell_ring_at (announcer->over, announcer->over_us);
    else
        change (announcer, NULL);
}

TuttiAnnouncer *
tutti_announcer_new (TuttiRoom *room)
{
    TuttiAnnouncer *announcer = g_new0 (TuttiAnnouncer, 1);

    announcer->room = room;
    announcer->over = tutti_bell_new (on_over, announcer);
    announcer->inbox = tutti_queue_new (1, NULL, NULL);
    tutti_queue_close (announcer->inbox);
    return announcer;
}

void
tutti_announcer_free (TuttiAnnouncer *announcer)
{
    if (!announcer)
        return;
    tutti_bell_free (announcer->over);
    tutti_queue_unref (announcer->inbox);
    g_free (announcer->tune);
    g_free (announcer);
}

void
tutti_announcer_play (TuttiAnnouncer *announcer, TuttiPips pips)
{
    Tune *tune = g_new0 (Tune, 1);

    tune->pips_hz[0] = pips == TUTTI_PIPS_RISING ? LOW_HZ : HIGH_HZ;
    tune->pips_hz[1] = pips == TUTTI_PIPS_RISING ? HIGH_HZ : LOW_HZ;
    change (announcer, tune);
    announcer->over_us = g_get_monotonic_time () + LENGTH_US;
    tutti_bell_ring_at (announcer->over, announcer->over_us);
}

void
tutti_announcer_speak (TuttiAnnouncer *announcer, TuttiAudience *audience)
{
    TuttiAudioInput voice = {.gain = 1, .house = TRUE};

    if (!announcer->tune)
        return;
    voice.port =
        (TuttiSoundInput){.klass = &CLASS, .self = announcer->tune, .id = TUTTI_ANNOUNCER_NUMBER};
    tutti_audience_add_voice (audience, &voice, announcer->inbox);
}
