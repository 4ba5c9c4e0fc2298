/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recordings-door.h: the page for recordings and what it asks for. Role: main.
 *
 *   GET    /recordings               the page; it has no data in it
 *   GET    /recordings.json          what there is, see recordings-list.h
 *   GET    /recordings/{name}        the files of one
 *   GET    /recordings/{file}        one file, with ranges; ?download: to keep it
 *   DELETE /recordings/{name}        all files of a recording
 *   POST   /recordings/session       token=...: keeps a moderator's token in a cookie;
 *   DELETE /recordings/session       forgets it
 *
 * Refusals are problem objects (RFC 9457). Who may come: recordings-gate.h.
 */
#pragma once

#include "downloads.h"
#include "page.h"
#include "recordings-gate.h"

typedef struct _TuttiRecordingsDoor TuttiRecordingsDoor;

/* Adds its routes. All must outlive it. */
TuttiRecordingsDoor *tutti_recordings_door_new (SoupServer *soup, TuttiRooms *rooms,
                                                TuttiPage *page, TuttiRecordingsGate *gate);
/* After the SoupServer was disconnected. */
void tutti_recordings_door_free (TuttiRecordingsDoor *door);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiRecordingsDoor, tutti_recordings_door_free)
