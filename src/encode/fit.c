/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fit.c: see fit.h. Role: video.
 */
#include "fit.h"

#include <libyuv.h>

static TuttiPicture *
scale_picture (const TuttiPicture *from, int width, int height)
{
    TuttiPicture *to = tutti_picture_new (width, height);

    I420Scale (from->plane[0], from->stride[0], from->plane[1], from->stride[1], from->plane[2],
               from->stride[2], from->width, from->height, to->plane[0], to->stride[0],
               to->plane[1], to->stride[1], to->plane[2], to->stride[2], width, height, kFilterBox);
    to->time_us = from->time_us;
    to->still = from->still;
    return to;
}

TuttiPicture *
tutti_fit_picture (TuttiPicture *picture, int width, int height)
{
    TuttiPicture *fitted;

    if (picture->width == width && picture->height == height)
        return picture;
    fitted = scale_picture (picture, width, height);
    tutti_picture_unref (picture);
    return fitted;
}
