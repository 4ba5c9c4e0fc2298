/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fit.h: a canvas at the size of a rendition. Role: video.
 */
#pragma once

#include <tutti/frame.h>

/* Takes the reference; gives the picture itself when it has the size, else it scaled. */
TuttiPicture *tutti_fit_picture (TuttiPicture *picture, int width, int height);
