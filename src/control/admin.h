/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin.h: the admin API: JSON over HTTP/1.1 on a Unix socket (mode 0660), for tutti(1) and
 * scripts. Whoever may open the socket is an admin; so is, over TCP, who has a token
 * (admin-door.h). tutti-api(7) explains it, admin-routes.c lists what there is. Role: main.
 */
#pragma once

#include "metrics-sources.h"
#include "rooms.h"
#include "token.h"

typedef struct _TuttiAdmin TuttiAdmin;

/* What only the program itself can do. Called from within a request. */
typedef struct {
    /* No new rooms; the program ends when nobody is left, and after deadline_s (0: never) anyway.
     */
    void (*drain) (guint deadline_s, gpointer user_data);
    void (*shutdown) (gpointer user_data);
    gboolean (*reload) (gpointer user_data, GError **error);
    /* Signed. Free it. UNSUPPORTED: there is no secret. */
    char *(*write_token) (const TuttiToken *token, gpointer user_data, GError **error);
    gpointer user_data;
    struct _TuttiHooks *hooks; /* outlives the API */
} TuttiAdminHands;

/* Whether it could be made from this, as far as configuration goes. BAD_CONFIG. */
gboolean tutti_admin_check (TuttiConfig *config, GError **error);

/* Listens on [admin] socket, and on [admin] listen if that isn't off. A socket file left by a
 * server that is gone is replaced; one that answers is an error. config and rooms must outlive it.
 */
TuttiAdmin *tutti_admin_new (TuttiConfig *config, TuttiRooms *rooms, const TuttiAdminHands *hands,
                             GError **error);
/* Removes the socket file. */
void tutti_admin_free (TuttiAdmin *admin);

/* Reads what lets people in again; on failure the old stays. */
gboolean tutti_admin_renew (TuttiAdmin *admin, GError **error);

/* Where it listens besides the socket. Free it. */
char **tutti_admin_get_urls (TuttiAdmin *admin);
/* Borrowed. */
const TuttiMetricsSources *tutti_admin_get_sources (TuttiAdmin *admin);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiAdmin, tutti_admin_free)
