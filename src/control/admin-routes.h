/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-routes.h: the admin API's resources, a file for each noun. Each answers the call. Role:
 * main.
 */
#pragma once

#include "admin-call.h"

/* /v1/rooms */
void tutti_admin_serve_rooms (TuttiAdminCall *call);
/* /v1/rooms/{room}... */
void tutti_admin_serve_below_rooms (TuttiAdminCall *call);
/* /v1/stats */
void tutti_admin_serve_stats (TuttiAdminCall *call);
