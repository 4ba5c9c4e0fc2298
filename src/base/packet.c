/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * packet.c: packets from a process-wide free list.
 */
#include <tutti/packet.h>

#include <stdatomic.h>
#include <string.h>

typedef struct _Block Block;
struct _Block {
    TuttiPacket packet; /* first: a packet's address is its block's */
    _Atomic int references;
    Block *next; /* while spare */
    guint8 storage[TUTTI_PACKET_CAPACITY];
};

static struct {
    GMutex lock; /* names: spare, n_spare */
    Block *spare;
    guint n_spare;
    _Atomic guint n_live;
    _Atomic guint n_allocated;
} pool;

static Block *
take_spare (void)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&pool.lock);
    Block *block = pool.spare;

    if (!block)
        return NULL;
    pool.spare = block->next;
    pool.n_spare--;
    return block;
}

static gboolean
give_spare (Block *block)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&pool.lock);

    if (pool.n_spare >= TUTTI_PACKETS_KEPT)
        return FALSE;
    block->next = pool.spare;
    pool.spare = block;
    pool.n_spare++;
    return TRUE;
}

TuttiPacket *
tutti_packet_new (void)
{
    Block *block = take_spare ();

    if (!block) {
        block = g_new (Block, 1);
        atomic_fetch_add (&pool.n_allocated, 1);
    }
    memset (&block->packet, 0, sizeof block->packet);
    block->packet.data = block->storage;
    block->packet.level = TUTTI_LEVEL_UNKNOWN;
    block->next = NULL;
    atomic_init (&block->references, 1);
    atomic_fetch_add (&pool.n_live, 1);
    return &block->packet;
}

TuttiPacket *
tutti_packet_ref (TuttiPacket *packet)
{
    atomic_fetch_add_explicit (&((Block *)packet)->references, 1, memory_order_relaxed);
    return packet;
}

void
tutti_packet_unref (TuttiPacket *packet)
{
    Block *block = (Block *)packet;

    if (!block || atomic_fetch_sub (&block->references, 1) > 1)
        return;
    atomic_fetch_sub (&pool.n_live, 1);
    if (!give_spare (block))
        g_free (block);
}

gsize
tutti_packet_capacity (const TuttiPacket *packet)
{
    const Block *block = (const Block *)packet;

    return (gsize)(block->storage + sizeof block->storage - packet->data);
}

guint
tutti_packet_count_live (void)
{
    return atomic_load (&pool.n_live);
}

guint
tutti_packet_count_allocated (void)
{
    return atomic_load (&pool.n_allocated);
}
