/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * settings.h: the options that set up a room (`tutti room create`, `tutti room set`), as members of
 * the admin API's JSON. They are read into one object of the process, as the options themselves
 * are.
 */
#pragma once

#include <json-glib/json-glib.h>

/* Ends with an entry without a name. */
const GOptionEntry *tutti_settings_get_options (void);

/* The long name of one that was given, without dashes; NULL: none was. */
const char *tutti_settings_first (void);
/* What was given; new, empty if nothing was. */
JsonObject *tutti_settings_take (void);
