/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * feed.c: what one leg follows. Roles: main changes it, renditions' jobs (video) offer pictures.
 *
 *   rendition A (current) --\
 *                            offer: whole pictures, one rendition at a time -> out queue -> leg
 *   rendition B (next) -----/       B's first key frame makes it the current one
 *
 * Two renditions may offer at the same time on two workers. Who comes first pushes, outside of the
 * lock; who comes meanwhile leaves its packets staged, and the first pushes them too. So the order
 * in the queue is the order of the decisions, and nobody waits.
 */
#include "feed.h"

#include <stdatomic.h>

#include <tutti/role.h>

struct _TuttiFeed {
    _Atomic int references;
    TuttiQueue *out;
    GMutex lock;             /* of everything below */
    GCond idle;              /* pushing became FALSE */
    TuttiRendition *current; /* whose pictures go out; NULL: none yet */
    TuttiRendition *next;    /* takes over at its next key frame; NULL: no change under way */
    gboolean pushing;        /* somebody pushes to out now */
    GPtrArray *staged;       /* packets that came meanwhile; NULL: none */
};

/* --- Under the lock. --- */

static TuttiRendition *
get_target (TuttiFeed *self)
{
    return self->next != NULL ? self->next : self->current;
}

static void
leave (TuttiFeed *self, TuttiRendition **rendition)
{
    if (*rendition != NULL)
        tutti_rendition_remove_feed (g_steal_pointer (rendition), self);
}

static void
take_over (TuttiFeed *self)
{
    leave (self, &self->current);
    self->current = g_steal_pointer (&self->next);
}

static gpointer
ref_packet (gconstpointer packet, gpointer user_data)
{
    return tutti_packet_ref ((TuttiPacket *)packet);
}

static void
stage (TuttiFeed *self, GPtrArray *packets)
{
    if (self->staged == NULL)
        self->staged = g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_packet_unref);
    g_ptr_array_extend (self->staged, packets, ref_packet, NULL);
}

static void
change_target (TuttiFeed *self, TuttiRendition *rendition)
{
    leave (self, &self->next);
    if (rendition == NULL)
        leave (self, &self->current);
    else if (rendition != self->current) {
        self->next = rendition;
        tutti_rendition_add_feed (rendition, self);
    }
}

/* --- Taking the lock. --- */

/* TRUE: the caller pushes the packets, then calls finish_pushing(). */
static gboolean
begin_pushing (TuttiFeed *self, TuttiRendition *rendition, GPtrArray *packets, gboolean is_key)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

    if (self->next == rendition && is_key)
        take_over (self);
    if (self->current != rendition)
        return FALSE;
    if (self->pushing) {
        stage (self, packets);
        return FALSE;
    }
    self->pushing = TRUE;
    return TRUE;
}

/* What was staged meanwhile, still to be pushed; NULL: nothing, pushing has ended. */
static GPtrArray *
finish_pushing (TuttiFeed *self)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

    if (self->staged != NULL)
        return g_steal_pointer (&self->staged);
    self->pushing = FALSE;
    g_cond_signal (&self->idle);
    return NULL;
}

static void
push_packets (TuttiFeed *self, GPtrArray *packets)
{
    tutti_queue_push_all (self->out, (TuttiPacket *const *)packets->pdata, packets->len);
}

/* --- For renditions. --- */

TuttiFeed *
tutti_feed_ref (TuttiFeed *self)
{
    atomic_fetch_add_explicit (&self->references, 1, memory_order_relaxed);
    return self;
}

void
tutti_feed_unref (TuttiFeed *self)
{
    if (atomic_fetch_sub (&self->references, 1) > 1)
        return;
    g_mutex_clear (&self->lock);
    g_cond_clear (&self->idle);
    tutti_queue_unref (self->out);
    g_free (self);
}

void
tutti_feed_offer (TuttiFeed *self, TuttiRendition *rendition, GPtrArray *packets, gboolean is_key)
{
    GPtrArray *staged;

    if (!begin_pushing (self, rendition, packets, is_key))
        return;
    push_packets (self, packets);
    while ((staged = finish_pushing (self)) != NULL) {
        push_packets (self, staged);
        g_ptr_array_unref (staged);
    }
}

/* --- Public. --- */

TuttiFeed *
tutti_feed_new (TuttiQueue *out)
{
    TuttiFeed *self = g_new0 (TuttiFeed, 1);

    atomic_init (&self->references, 1);
    g_mutex_init (&self->lock);
    g_cond_init (&self->idle);
    self->out = tutti_queue_ref (out);
    return self;
}

void
tutti_feed_free (TuttiFeed *self)
{
    if (self == NULL)
        return;
    tutti_assert_role (TUTTI_ROLE_MAIN);
    g_mutex_lock (&self->lock);
    change_target (self, NULL);
    while (self->pushing) /* a picture's packets: microseconds */
        g_cond_wait (&self->idle, &self->lock);
    g_mutex_unlock (&self->lock);
    tutti_feed_unref (self);
}

void
tutti_feed_follow (TuttiFeed *self, TuttiRendition *rendition)
{
    gboolean is_new;

    tutti_assert_role (TUTTI_ROLE_MAIN);
    g_mutex_lock (&self->lock);
    is_new = rendition != get_target (self);
    if (is_new)
        change_target (self, rendition);
    is_new = is_new && self->next != NULL;
    g_mutex_unlock (&self->lock);
    if (is_new)
        tutti_rendition_await_key_frame (rendition);
}

TuttiRendition *
tutti_feed_get_rendition (TuttiFeed *self)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

    return get_target (self);
}

gboolean
tutti_feed_is_settled (TuttiFeed *self)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

    return self->next == NULL || self->current == NULL;
}

void
tutti_feed_settle (TuttiFeed *self)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

    if (self->next != NULL)
        leave (self, &self->current);
}

void
tutti_feed_want_key_frame (TuttiFeed *self)
{
    TuttiRendition *target;

    g_mutex_lock (&self->lock);
    target = get_target (self);
    if (target != NULL)
        tutti_rendition_ref (target);
    g_mutex_unlock (&self->lock);
    if (target == NULL)
        return;
    tutti_rendition_want_key_frame (target);
    tutti_rendition_unref (target);
}
