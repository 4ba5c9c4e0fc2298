/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * notice.c: the notices that scenes have now, found by what is on them. See notice.h.
 */
#include "notice.h"

#include <string.h>

#include "compose.h"
#include "label.h"

struct _TuttiNotice {
    guint references; /* named by the shelf's lock */
    char *message;
    int width, height;
    GMutex lock;           /* of picture */
    TuttiPicture *picture; /* NULL: nobody looked yet */
};

static struct {
    GMutex lock;
    GSList *notices; /* of TuttiNotice, not referenced: the last who leaves takes it off */
    guint last_still;
} shelf;

static gboolean
is_wanted (const TuttiNotice *notice, const char *message, int width, int height)
{
    return notice->width == width && notice->height == height &&
           strcmp (notice->message, message) == 0;
}

TuttiNotice *
tutti_notice_get (const char *message, int width, int height)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&shelf.lock);
    TuttiNotice *notice;

    for (GSList *link = shelf.notices; link; link = link->next) {
        notice = link->data;
        if (is_wanted (notice, message, width, height)) {
            notice->references++;
            return notice;
        }
    }
    notice = g_new0 (TuttiNotice, 1);
    notice->references = 1;
    notice->message = g_strdup (message);
    notice->width = width;
    notice->height = height;
    g_mutex_init (&notice->lock);
    shelf.notices = g_slist_prepend (shelf.notices, notice);
    return notice;
}

static gboolean
take_off (TuttiNotice *notice)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&shelf.lock);

    if (--notice->references > 0)
        return FALSE;
    shelf.notices = g_slist_remove (shelf.notices, notice);
    return TRUE;
}

void
tutti_notice_unref (TuttiNotice *notice)
{
    if (notice == NULL || !take_off (notice))
        return;
    tutti_picture_unref (notice->picture);
    g_mutex_clear (&notice->lock);
    g_free (notice->message);
    g_free (notice);
}

static guint
next_still (void)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&shelf.lock);

    return ++shelf.last_still;
}

static TuttiPicture *
draw (const TuttiNotice *notice)
{
    TuttiPicture *canvas = tutti_picture_new (notice->width, notice->height);
    TuttiRect whole = {0, 0, notice->width, notice->height};
    g_autoptr (TuttiOverlay) overlay = NULL;

    canvas->still = next_still ();
    tutti_compose_fill (canvas, &whole, tutti_yuv_from_rgb (TUTTI_COLOUR_BACKGROUND));
    if (notice->message[0] == '\0')
        return canvas;
    overlay = tutti_label_draw_message (notice->message, canvas->width, canvas->height);
    tutti_compose_overlay (canvas, (canvas->width - overlay->width) / 2 & ~1,
                           (canvas->height - overlay->height) / 2 & ~1, overlay);
    return canvas;
}

/* A new reference; NULL: nobody drew it yet. */
static TuttiPicture *
get_picture (TuttiNotice *notice)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&notice->lock);

    return notice->picture ? tutti_picture_ref (notice->picture) : NULL;
}

/* The one that was drawn first is the one that all have. */
static void
offer_picture (TuttiNotice *notice, TuttiPicture *drawn)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&notice->lock);

    if (!notice->picture)
        notice->picture = tutti_picture_ref (drawn);
}

TuttiPicture *
tutti_notice_show (TuttiNotice *notice)
{
    TuttiPicture *picture = get_picture (notice);
    g_autoptr (TuttiPicture) drawn = NULL;

    if (picture)
        return picture;
    /* No lock is held meanwhile: at worst each worker draws it once. */
    drawn = draw (notice);
    offer_picture (notice, drawn);
    return get_picture (notice);
}
