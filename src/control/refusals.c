/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * refusals.c: see refusals.h. Role: main.
 */
#include "refusals.h"
#include "rate.h"

#include <tutti/error.h>

/* Of one address: enough to see that it goes on. */
#define LINES_PER_MINUTE 1
/* Of all addresses together: who has many must not fill the disk. */
#define ALL_LINES_PER_MINUTE 60
#define SECONDS_A_MINUTE 60.0

enum {
    UNAUTHORIZED,
    FORBIDDEN,
    RATE_LIMITED,
    N_REASONS,
};

struct _TuttiRefusals {
    TuttiRate *tries;
    TuttiRate *lines;
    TuttiBucket all_lines;
    guint n_silent; /* since the last line */
};

/* A program has one of each door: its metrics, which know no server, read them. */
static guint64 counts[TUTTI_N_DOORS][N_REASONS];

const char *
tutti_door_name (TuttiDoor door)
{
    static const char *const names[] = {
        [TUTTI_DOOR_SIGNALLING] = "signalling",
        [TUTTI_DOOR_WHIP] = "whip",
        [TUTTI_DOOR_WHEP] = "whep",
        [TUTTI_DOOR_RECORDINGS] = "recordings",
        [TUTTI_DOOR_LIVE] = "live",
    };

    G_STATIC_ASSERT (G_N_ELEMENTS (names) == TUTTI_N_DOORS);
    return names[door];
}

TuttiRefusals *
tutti_refusals_new (guint per_minute)
{
    TuttiRefusals *refusals = g_new0 (TuttiRefusals, 1);

    refusals->tries = tutti_rate_new (per_minute);
    refusals->lines = tutti_rate_new (LINES_PER_MINUTE);
    return refusals;
}

void
tutti_refusals_free (TuttiRefusals *refusals)
{
    if (!refusals)
        return;
    tutti_rate_free (refusals->tries);
    tutti_rate_free (refusals->lines);
    g_free (refusals);
}

static void
count (TuttiDoor door, const GError *error)
{
    int reason = UNAUTHORIZED;

    if (g_error_matches (error, TUTTI_ERROR, TUTTI_ERROR_RATE_LIMITED))
        reason = RATE_LIMITED;
    else if (g_error_matches (error, TUTTI_ERROR, TUTTI_ERROR_FORBIDDEN))
        reason = FORBIDDEN;
    __atomic_fetch_add (&counts[door][reason], 1, __ATOMIC_RELAXED);
}

static void
tell (TuttiRefusals *refusals, TuttiDoor door, const char *address, gint64 now_us,
      const char *reason)
{
    if (!tutti_rate_take (refusals->lines, address, now_us) ||
        !tutti_bucket_take (&refusals->all_lines, ALL_LINES_PER_MINUTE / SECONDS_A_MINUTE,
                            ALL_LINES_PER_MINUTE, now_us)) {
        refusals->n_silent++;
        return;
    }
    if (refusals->n_silent > 0)
        g_message ("doors: %u more were refused since the last such line", refusals->n_silent);
    g_message ("door %s: %s was refused: %s", tutti_door_name (door), address, reason);
    refusals->n_silent = 0;
}

void
tutti_refusals_add (TuttiRefusals *refusals, TuttiDoor door, const char *address, gint64 now_us,
                    GError **error)
{
    tell (refusals, door, address, now_us, (*error)->message);
    if (!g_error_matches (*error, TUTTI_ERROR, TUTTI_ERROR_RATE_LIMITED) &&
        !tutti_rate_take (refusals->tries, address, now_us)) {
        g_clear_error (error);
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_RATE_LIMITED,
                             "too many refused tries from this address");
    }
    count (door, *error);
}

TuttiRefusalCounts
tutti_refusals_count (TuttiDoor door)
{
    return (TuttiRefusalCounts){
        .unauthorized = __atomic_load_n (&counts[door][UNAUTHORIZED], __ATOMIC_RELAXED),
        .forbidden = __atomic_load_n (&counts[door][FORBIDDEN], __ATOMIC_RELAXED),
        .rate_limited = __atomic_load_n (&counts[door][RATE_LIMITED], __ATOMIC_RELAXED),
    };
}
