/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * frame.c: pictures from a process-wide pool. A room uses few sizes over and over, so the pool is a
 * small list searched for an exact size; what was spare longest goes first when it is full.
 */
#include <tutti/frame.h>

#include <stdatomic.h>
#include <stdlib.h>

/* Rows start at multiples of what the widest vector unit likes. */
#define ALIGNMENT_BYTES 64
/* Enough for the canvases and tiles of some busy rooms; beyond it memory goes back. */
#define SPARE_MAX 256
#define SPARE_MAX_BYTES (128u << 20)

typedef struct {
    TuttiPicture picture; /* first: a picture's address is its block's */
    _Atomic int references;
    gsize size_bytes;
    guint8 *storage;
} Block;

static struct {
    GMutex lock; /* names: spare, spare_bytes */
    Block *spare[SPARE_MAX];
    guint n_spare;
    gsize spare_bytes;
    _Atomic guint n_live;
} pool;

static int
align (int n)
{
    return (n + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
}

static Block *
take_spare (int width, int height)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&pool.lock);

    for (guint i = pool.n_spare; i > 0; i--) {
        Block *block = pool.spare[i - 1];

        if (block->picture.width != width || block->picture.height != height)
            continue;
        pool.spare[i - 1] = pool.spare[--pool.n_spare];
        pool.spare_bytes -= block->size_bytes;
        return block;
    }
    return NULL;
}

/* Gives the block that has to go: the oldest, the given one if it is too large, or NULL. */
static Block *
give_spare (Block *block)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&pool.lock);
    Block *out = NULL;

    if (pool.n_spare == SPARE_MAX || pool.spare_bytes + block->size_bytes > SPARE_MAX_BYTES) {
        if (pool.n_spare == 0)
            return block;
        out = pool.spare[0];
        pool.spare_bytes -= out->size_bytes;
        pool.spare[0] = block;
    } else {
        pool.spare[pool.n_spare++] = block;
    }
    pool.spare_bytes += block->size_bytes;
    return out;
}

static void
free_block (Block *block)
{
    if (!block)
        return;
    free (block->storage);
    g_free (block);
}

static Block *
new_block (int width, int height)
{
    Block *block = g_new0 (Block, 1);
    TuttiPicture *picture = &block->picture;
    gsize luma_bytes, chroma_bytes;

    picture->width = width;
    picture->height = height;
    picture->stride[0] = align (width);
    picture->stride[1] = picture->stride[2] = align (tutti_chroma (width));
    luma_bytes = (gsize)picture->stride[0] * height;
    chroma_bytes = (gsize)picture->stride[1] * tutti_chroma (height);
    block->size_bytes = luma_bytes + 2 * chroma_bytes;
    block->storage = aligned_alloc (ALIGNMENT_BYTES, block->size_bytes);
    if (!block->storage)
        g_error ("no memory for a picture of %d x %d", width, height);
    picture->plane[0] = block->storage;
    picture->plane[1] = block->storage + luma_bytes;
    picture->plane[2] = block->storage + luma_bytes + chroma_bytes;
    return block;
}

TuttiPicture *
tutti_picture_new (int width, int height)
{
    Block *block;

    g_assert (width >= 1 && width <= TUTTI_PICTURE_SIDE_MAX);
    g_assert (height >= 1 && height <= TUTTI_PICTURE_SIDE_MAX);
    block = take_spare (width, height);
    if (!block)
        block = new_block (width, height);
    block->picture.time_us = 0;
    block->picture.still = 0;
    atomic_init (&block->references, 1);
    atomic_fetch_add (&pool.n_live, 1);
    return &block->picture;
}

TuttiPicture *
tutti_picture_ref (TuttiPicture *picture)
{
    atomic_fetch_add_explicit (&((Block *)picture)->references, 1, memory_order_relaxed);
    return picture;
}

void
tutti_picture_unref (TuttiPicture *picture)
{
    Block *block = (Block *)picture;

    if (!block || atomic_fetch_sub (&block->references, 1) > 1)
        return;
    atomic_fetch_sub (&pool.n_live, 1);
    free_block (give_spare (block));
}

guint
tutti_picture_count_live (void)
{
    return atomic_load (&pool.n_live);
}
