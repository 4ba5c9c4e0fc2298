/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recover-part.c: see recover-part.h.
 */
#include "recover-part.h"

#include "part.h"
#include "store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* A part at which so many starts ended is set aside: whatever it is in it that ends the process (or
 * were they power cuts?), the server must come up. Its bytes are kept. */
#define TRIES_MAX 5
#define TRIES_ATTRIBUTE "user.tutti.tries"

typedef struct {
    TuttiStore *store;
    int directory;
    const char *file;
    char *part, *copy, *broken;
    int from, to;
} Rescue;

static gboolean
read_container (const char *file, TuttiContainer *container)
{
    const char *dot = strrchr (file, '.');

    return dot && tutti_container_from_name (dot + 1, container);
}

/* The name is there already: a second name of the part (a rename by links that was cut off), which
 * needs the first no more; or somebody else's. FALSE: errno EEXIST. */
static gboolean
is_free (Rescue *rescue, gboolean *is_same)
{
    struct stat named, part;

    *is_same = FALSE;
    if (fstatat (rescue->directory, rescue->file, &named, AT_SYMLINK_NOFOLLOW) != 0)
        return TRUE;
    errno = EEXIST;
    if (fstat (rescue->from, &part) != 0 || named.st_ino != part.st_ino ||
        named.st_dev != part.st_dev)
        return FALSE;
    *is_same = TRUE;
    return TRUE;
}

static TuttiPartOutcome
set_aside (Rescue *rescue)
{
    unlinkat (rescue->directory, rescue->copy, 0);
    if (tutti_part_settle (rescue->directory, rescue->part, rescue->broken))
        return TUTTI_PART_BROKEN;
    return TUTTI_PART_KEPT;
}

/* errno stays. */
static TuttiPartOutcome
give_up (Rescue *rescue)
{
    int why = errno;

    unlinkat (rescue->directory, rescue->copy, 0);
    errno = why;
    return TUTTI_PART_KEPT;
}

/* First the copy replaces the part, in one step, so that there is never both. */
static TuttiPartOutcome
replace (Rescue *rescue)
{
    if (fsync (rescue->to) != 0 ||
        renameat (rescue->directory, rescue->copy, rescue->directory, rescue->part) != 0)
        return give_up (rescue);
    if (!tutti_part_settle (rescue->directory, rescue->part, rescue->file))
        return TUTTI_PART_KEPT;
    return TUTTI_PART_SAVED;
}

static TuttiPartOutcome
make_whole (Rescue *rescue, TuttiRemuxed *remuxed)
{
    guint64 minimum_bytes = tutti_store_get_minimum_free_bytes (rescue->store);
    TuttiContainer container;
    TuttiRemuxResult result;

    if (!read_container (rescue->file, &container))
        return set_aside (rescue);
    result = tutti_remux (rescue->from, rescue->to, container, minimum_bytes, remuxed);
    if (result == TUTTI_REMUX_EMPTY)
        return set_aside (rescue);
    return result == TUTTI_REMUX_OK ? replace (rescue) : give_up (rescue);
}

/* FALSE: that was the last. A file system without attributes does not count. */
static gboolean
count_try (int fd)
{
    guint8 tries = 0;

    if (fgetxattr (fd, TRIES_ATTRIBUTE, &tries, sizeof tries) == sizeof tries && tries >= TRIES_MAX)
        return FALSE;
    tries++;
    if (fsetxattr (fd, TRIES_ATTRIBUTE, &tries, sizeof tries, 0) != 0)
        g_debug ("recovery: no extended attributes here: tries are not counted");
    return TRUE;
}

/* It ended, well or not: the process did not. */
static void
forget_tries (int fd)
{
    int why = errno;

    fremovexattr (fd, TRIES_ATTRIBUTE);
    errno = why;
}

/* With the part held. */
static TuttiPartOutcome
rescue_held (Rescue *rescue, TuttiRemuxed *remuxed)
{
    struct stat about;
    gboolean is_same;
    TuttiPartOutcome outcome;

    if (fstat (rescue->from, &about) != 0 || !is_free (rescue, &is_same))
        return TUTTI_PART_KEPT;
    if (about.st_size == 0 || is_same) {
        unlinkat (rescue->directory, rescue->part, 0);
        return TUTTI_PART_EMPTY;
    }
    errno = ENOSPC;
    if (tutti_store_get_room_bytes (rescue->store) < (guint64)about.st_size)
        return TUTTI_PART_KEPT;
    if (!count_try (rescue->from))
        return set_aside (rescue);
    unlinkat (rescue->directory, rescue->copy, 0); /* of a recovery that was cut off */
    rescue->to = tutti_part_create (rescue->directory, rescue->copy);
    if (rescue->to < 0)
        return TUTTI_PART_KEPT;
    outcome = make_whole (rescue, remuxed);
    forget_tries (rescue->from);
    close (rescue->to);
    return outcome;
}

TuttiPartOutcome
tutti_part_recover (TuttiStore *store, int directory, const char *file, TuttiRemuxed *remuxed)
{
    Rescue rescue = {.store = store, .directory = directory, .file = file};
    TuttiPartOutcome outcome;
    int why;

    rescue.part = g_strconcat (file, ".part", NULL);
    rescue.copy = g_strconcat (file, ".recovering", NULL);
    rescue.broken = g_strconcat (file, ".broken", NULL);
    rescue.from = tutti_part_adopt (directory, rescue.part);
    if (rescue.from >= 0)
        outcome = rescue_held (&rescue, remuxed);
    else
        outcome = errno == EWOULDBLOCK ? TUTTI_PART_HELD : TUTTI_PART_KEPT;
    why = errno;
    if (rescue.from >= 0)
        close (rescue.from);
    g_free (rescue.part);
    g_free (rescue.copy);
    g_free (rescue.broken);
    errno = why;
    return outcome;
}
