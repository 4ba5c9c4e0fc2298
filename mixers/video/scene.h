/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * scene.h: what a view shows: a snapshot made by room policy on the main thread and handed to the
 * video mixer. Reference-counted, immutable once handed over. Inputs are shared by all views of a
 * room, so that a source is scaled once per distinct size.
 */
#pragma once

#include <tutti/port.h>

#include "notice.h"

/* Faces smaller than a 7x7 grid's tiles can't be told apart. */
#define TUTTI_TILES_MAX 49

/* A source of pictures as the mixers see it: the slot and its scaled versions. Reference-counted,
 * any thread. */
typedef struct _TuttiVideoInput TuttiVideoInput;

TuttiVideoInput *tutti_video_input_new (TuttiSlot *slot);
TuttiVideoInput *tutti_video_input_ref (TuttiVideoInput *input);
void tutti_video_input_unref (TuttiVideoInput *input);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiVideoInput, tutti_video_input_unref)

typedef struct {
    TuttiVideoInput *input; /* NULL: never sends a picture; an avatar is drawn */
    TuttiRect rect;         /* on the canvas */
    char *name;             /* label and avatar's initials; any bytes: made valid UTF-8 and cut */
    guint colour;           /* hash for the avatar's colour, stable for a participant */
    gboolean camera_off;    /* avatar at once */
    gboolean speaking;      /* border */
    gboolean audio_muted;   /* sign in the label */
    gboolean hand_raised;   /* sign in the label */
    gboolean fit;           /* screens: whole picture, bars, and no stall, for a screen that nobody
                               touches sends nothing new; cameras: crop to fill */
} TuttiTile;

typedef struct _TuttiScene TuttiScene;

/* A scene of an empty canvas. width and height: even, canvas pixels. message: text in the middle
 * when there is no tile; NULL none. */
TuttiScene *tutti_scene_new (int width, int height, const char *message);
/* Copies the tile's values and name, references its input. At most TUTTI_TILES_MAX. */
void tutti_scene_add (TuttiScene *scene, const TuttiTile *tile);
TuttiScene *tutti_scene_ref (TuttiScene *scene);
void tutti_scene_unref (TuttiScene *scene);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiScene, tutti_scene_unref)

guint tutti_scene_n_tiles (const TuttiScene *scene);
const TuttiTile *tutti_scene_get (const TuttiScene *scene, guint i);
int tutti_scene_width (const TuttiScene *scene);
int tutti_scene_height (const TuttiScene *scene);
/* What is shown instead of tiles: borrowed; NULL: there are some, or there is no message. */
TuttiNotice *tutti_scene_notice (const TuttiScene *scene);
