/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * probe-eye.h: tells when a tile turns dark or bright in what is seen. One thread.
 */
#pragma once

#include <tutti/packet.h>

typedef struct _Eye Eye;

typedef struct {
    gboolean is_bright;
    gint64 first_us;   /* when the picture's first packet came */
    gint64 decoded_us; /* its last one, and how long it took to decode */
} EyeSight;

Eye *eye_new (void);
void eye_free (Eye *eye);

void eye_set_tile (Eye *eye, const TuttiRect *tile, int width, int height);
/* TRUE when the tile has changed with this packet's picture. */
gboolean eye_push (Eye *eye, const TuttiPacket *packet, EyeSight *sight);
/* TRUE once: something is missing. */
gboolean eye_take_key_frame_wish (Eye *eye);
