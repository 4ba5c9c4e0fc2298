/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * slot.c: the newest-wins picture slot between two thread roles.
 */
#include <tutti/frame.h>
#include <tutti/port.h>

#include <stdatomic.h>

struct _TuttiSlot {
    _Atomic int references;
    GMutex lock; /* names everything below */
    TuttiPicture *picture;
    gint64 put_us;
};

TuttiSlot *
tutti_slot_new (void)
{
    TuttiSlot *slot = g_new0 (TuttiSlot, 1);

    atomic_init (&slot->references, 1);
    g_mutex_init (&slot->lock);
    return slot;
}

TuttiSlot *
tutti_slot_ref (TuttiSlot *slot)
{
    atomic_fetch_add (&slot->references, 1);
    return slot;
}

void
tutti_slot_unref (TuttiSlot *slot)
{
    if (!slot || atomic_fetch_sub (&slot->references, 1) > 1)
        return;
    tutti_picture_unref (slot->picture);
    g_mutex_clear (&slot->lock);
    g_free (slot);
}

void
tutti_slot_put (TuttiSlot *slot, TuttiPicture *picture, gint64 now_us)
{
    TuttiPicture *old;

    if (picture)
        tutti_picture_ref (picture);
    g_mutex_lock (&slot->lock);
    old = slot->picture;
    slot->picture = picture;
    slot->put_us = now_us;
    g_mutex_unlock (&slot->lock);
    tutti_picture_unref (old);
}

TuttiPicture *
tutti_slot_peek (TuttiSlot *slot, gint64 *put_us)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&slot->lock);

    if (put_us)
        *put_us = slot->put_us;
    return slot->picture ? tutti_picture_ref (slot->picture) : NULL;
}
