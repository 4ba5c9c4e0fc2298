/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * input.c: a source and its scaled pictures. See input.h.
 *
 * Two views that want the same size at the same instant may both scale: the later one's picture is
 * dropped. That is cheaper than to let one worker wait for another.
 */
#include "input.h"

#include "scale.h"

#include <stdatomic.h>

typedef struct {
    TuttiPicture *picture;
    gboolean fit;
} Scaled;

struct _TuttiVideoInput {
    _Atomic int references;
    TuttiSlot *slot;
    GMutex lock;        /* of all below */
    gint64 rejected_us; /* pictures put until then are not shown */
    TuttiPicture *source;
    guint n_scaled;
    Scaled scaled[TUTTI_SCALED_MAX]; /* versions of `source` */
};

/* Pictures to release when the lock is no longer held: the pool has a lock of its own. */
typedef struct {
    guint n;
    TuttiPicture *pictures[TUTTI_SCALED_MAX + 1];
} Litter;

static void
drop_litter (Litter *litter)
{
    for (guint i = 0; i < litter->n; i++)
        tutti_picture_unref (litter->pictures[i]);
}

static void
empty_cache (TuttiVideoInput *input, Litter *litter)
{
    for (guint i = 0; i < input->n_scaled; i++)
        litter->pictures[litter->n++] = input->scaled[i].picture;
    input->n_scaled = 0;
    if (input->source != NULL)
        litter->pictures[litter->n++] = g_steal_pointer (&input->source);
}

static TuttiPicture *
find_scaled (TuttiVideoInput *input, const TuttiPicture *source, const TuttiRect *size,
             gboolean fit)
{
    for (guint i = 0; input->source == source && i < input->n_scaled; i++) {
        const Scaled *scaled = &input->scaled[i];

        if (scaled->picture->width == size->width && scaled->picture->height == size->height &&
            scaled->fit == fit)
            return scaled->picture;
    }
    return NULL;
}

static void
add_scaled (TuttiVideoInput *input, TuttiPicture *source, Scaled scaled, Litter *litter)
{
    if (input->source != source) {
        empty_cache (input, litter);
        input->source = tutti_picture_ref (source);
    }
    if (input->n_scaled == TUTTI_SCALED_MAX)
        return;
    tutti_picture_ref (scaled.picture);
    input->scaled[input->n_scaled++] = scaled;
}

TuttiVideoInput *
tutti_video_input_new (TuttiSlot *slot)
{
    TuttiVideoInput *input = g_new0 (TuttiVideoInput, 1);

    atomic_init (&input->references, 1);
    input->slot = tutti_slot_ref (slot);
    input->rejected_us = G_MININT64;
    g_mutex_init (&input->lock);
    return input;
}

TuttiVideoInput *
tutti_video_input_ref (TuttiVideoInput *input)
{
    atomic_fetch_add (&input->references, 1);
    return input;
}

void
tutti_video_input_unref (TuttiVideoInput *input)
{
    Litter litter = {0};

    if (input == NULL || atomic_fetch_sub (&input->references, 1) > 1)
        return;
    empty_cache (input, &litter);
    drop_litter (&litter);
    tutti_slot_unref (input->slot);
    g_mutex_clear (&input->lock);
    g_free (input);
}

TuttiPicture *
tutti_video_input_peek (TuttiVideoInput *input, gint64 *put_us)
{
    g_autoptr (TuttiPicture) picture = tutti_slot_peek (input->slot, put_us);
    Litter litter = {0};

    g_mutex_lock (&input->lock);
    if (picture == NULL)
        empty_cache (input, &litter);
    else if (*put_us <= input->rejected_us)
        litter.pictures[litter.n++] = g_steal_pointer (&picture);
    g_mutex_unlock (&input->lock);
    drop_litter (&litter);
    return g_steal_pointer (&picture);
}

void
tutti_video_input_reject (TuttiVideoInput *input, gint64 now_us)
{
    Litter litter = {0};

    g_mutex_lock (&input->lock);
    input->rejected_us = MAX (input->rejected_us, now_us);
    empty_cache (input, &litter);
    g_mutex_unlock (&input->lock);
    drop_litter (&litter);
}

TuttiPicture *
tutti_video_input_get_scaled (TuttiVideoInput *input, TuttiPicture *source, const TuttiRect *size,
                              gboolean fit, gboolean *scaled)
{
    TuttiPicture *picture;
    Litter litter = {0};

    if (scaled != NULL)
        *scaled = FALSE;
    if (source->width == size->width && source->height == size->height)
        return tutti_picture_ref (source);

    g_mutex_lock (&input->lock);
    picture = find_scaled (input, source, size, fit);
    if (picture != NULL)
        tutti_picture_ref (picture);
    g_mutex_unlock (&input->lock);
    if (picture != NULL)
        return picture;

    picture = tutti_scale_picture (source, size->width, size->height, fit);
    if (scaled != NULL)
        *scaled = TRUE;
    g_mutex_lock (&input->lock);
    if (find_scaled (input, source, size, fit) == NULL)
        add_scaled (input, source, (Scaled){picture, fit}, &litter);
    g_mutex_unlock (&input->lock);
    drop_litter (&litter);
    return picture;
}
