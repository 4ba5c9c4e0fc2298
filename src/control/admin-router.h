/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-router.h: from a request to the function that answers it. Role: main.
 */
#pragma once

#include "admin-routes.h"

/* Answers the message: HEAD as GET; OPTIONS and methods that a resource has not with Allow. path:
 * still escaped. */
void tutti_admin_route (const TuttiAdminSetup *setup, SoupServerMessage *message, const char *path,
                        GHashTable *query);

/* To be told of every request when it begins: bounds its body. */
void tutti_admin_bound_body (SoupServerMessage *message);
