/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-resource.h: files of the admin API that are compiled in.
 */
#pragma once

#include <gio/gio.h>

/* openapi.json */
#define TUTTI_ADMIN_DESCRIPTION "/org/tutti/control/openapi.json"

/* A constant of the program. Any thread. */
GResource *tutti_admin_get_resource (void);
