/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * metrics-sources.h: who has figures for metrics.h. Role: main.
 */
#pragma once

#include "rooms.h"

/* All outlive whom they are given to. */
typedef struct {
    TuttiRooms *rooms;
    struct _TuttiAdminDoor *door;
    struct _TuttiHooks *hooks;
} TuttiMetricsSources;
