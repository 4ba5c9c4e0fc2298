/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-etag.h: which state of a room's settings a client has seen, so that two admins don't
 * overwrite each other's changes (RFC 9110 sections 8.8.3 and 13). Role: main.
 *
 *   GET -> ETag ... PATCH with If-Match: the same -> 200 and a new ETag, or 412: read again
 */
#pragma once

#include "admin-call.h"

/* The ETag of the room's settings, with the answer. It is the same as long as they are, whatever
 * else changes in the room. */
void tutti_admin_etag_add (TuttiAdminCall *call, TuttiRoom *room);

/* Whether the call's If-Match and If-None-Match let it go on; to be asked last, before anything is
 * done. room NULL: there is none (yet), which only If-None-Match: * wants. FALSE, and answered: 304
 * for GET and HEAD, else 412. */
gboolean tutti_admin_etag_check (TuttiAdminCall *call, TuttiRoom *room);
