/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wish.c: "a key frame is wanted", travelling upstream between two thread roles.
 */
#include <tutti/port.h>

#include <stdatomic.h>

struct _TuttiWish {
    _Atomic int references;
    _Atomic gboolean made, closed;
    TuttiNotify notify;
    gpointer user_data;
};

TuttiWish *
tutti_wish_new (TuttiNotify notify, gpointer user_data)
{
    TuttiWish *wish = g_new0 (TuttiWish, 1);

    atomic_init (&wish->references, 1);
    wish->notify = notify;
    wish->user_data = user_data;
    return wish;
}

TuttiWish *
tutti_wish_ref (TuttiWish *wish)
{
    atomic_fetch_add (&wish->references, 1);
    return wish;
}

void
tutti_wish_unref (TuttiWish *wish)
{
    if (wish && atomic_fetch_sub (&wish->references, 1) == 1)
        g_free (wish);
}

void
tutti_wish_make (TuttiWish *wish)
{
    if (atomic_load (&wish->closed))
        return;
    atomic_store (&wish->made, TRUE);
    if (wish->notify)
        wish->notify (wish->user_data);
}

gboolean
tutti_wish_take (TuttiWish *wish)
{
    return atomic_exchange (&wish->made, FALSE);
}

void
tutti_wish_close (TuttiWish *wish)
{
    atomic_store (&wish->closed, TRUE);
}
