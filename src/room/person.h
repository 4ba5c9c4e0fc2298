/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * person.h: what people are called. Role: main.
 */
#pragma once

#include "event.h"

/* Interface: names are cut here. Longer ones don't fit on a tile anyway. */
#define TUTTI_NAME_MAX_CHARS 64

/* Valid UTF-8 without control characters, direction overrides and outer spaces, cut at
 * TUTTI_NAME_MAX_CHARS; "" when nothing is left. NULL is "". Free it. */
char *tutti_person_clean_name (const char *name);
