/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * settings-inside.h: settings, for the room's own files. Role: main.
 */
#pragma once

#include "policy.h"
#include "settings.h"

/* A room that is being made: those that are given, else (NULL: all) those of the configuration. */
void tutti_settings_begin (TuttiRoom *room, const TuttiSettings *settings);
