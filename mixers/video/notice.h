/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * notice.h: a canvas with nothing but a message, such as what whoever is alone is shown: one
 * picture for all rooms that show it in this size, drawn at first need and kept while a scene has
 * it. Any thread.
 */
#pragma once

#include <tutti/frame.h>

typedef struct _TuttiNotice TuttiNotice;

/* A new reference. width and height: even, pixels. message: valid UTF-8 of bounded length. */
TuttiNotice *tutti_notice_get (const char *message, int width, int height);
void tutti_notice_unref (TuttiNotice *notice);

/* A new reference; its `still` tells that it is everybody's. Role: video. */
TuttiPicture *tutti_notice_show (TuttiNotice *notice);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiNotice, tutti_notice_unref)
