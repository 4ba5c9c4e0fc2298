/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-routes.h: the admin API's resources and methods, a file for each noun. Each function
 * answers the call. openapi.json describes them; a test holds the two against each other. Role:
 * main.
 */
#pragma once

#include "admin-call.h"

typedef struct {
    const char *method, *path; /* {…}: a name, escaped */
    void (*serve) (TuttiAdminCall *call);
} TuttiAdminRoute;

const TuttiAdminRoute *tutti_admin_get_routes (guint *n_routes);

/* admin-server.c */
void tutti_admin_get_status (TuttiAdminCall *call);
void tutti_admin_set_log (TuttiAdminCall *call);
void tutti_admin_drain (TuttiAdminCall *call);
void tutti_admin_reload (TuttiAdminCall *call);
void tutti_admin_shutdown (TuttiAdminCall *call);
void tutti_admin_get_description (TuttiAdminCall *call);
/* admin-rooms.c */
void tutti_admin_list_rooms (TuttiAdminCall *call);
void tutti_admin_show_room (TuttiAdminCall *call);
/* With ETag. */
void tutti_admin_answer_room (TuttiAdminCall *call, TuttiRoom *room);
void tutti_admin_close_room (TuttiAdminCall *call);
void tutti_admin_say (TuttiAdminCall *call);
/* admin-settings.c */
void tutti_admin_put_room (TuttiAdminCall *call);
void tutti_admin_change_room (TuttiAdminCall *call);
/* admin-lobby.c */
void tutti_admin_list_waiting (TuttiAdminCall *call);
void tutti_admin_admit_all (TuttiAdminCall *call);
void tutti_admin_admit (TuttiAdminCall *call);
void tutti_admin_reject (TuttiAdminCall *call);
void tutti_admin_list_bans (TuttiAdminCall *call);
void tutti_admin_clear_bans (TuttiAdminCall *call);
void tutti_admin_remove_ban (TuttiAdminCall *call);
/* admin-people.c */
void tutti_admin_list_people (TuttiAdminCall *call);
void tutti_admin_change_people (TuttiAdminCall *call);
void tutti_admin_show_person (TuttiAdminCall *call);
void tutti_admin_change_person (TuttiAdminCall *call);
void tutti_admin_remove_person (TuttiAdminCall *call);
/* admin-recordings.c */
void tutti_admin_show_recording (TuttiAdminCall *call);
void tutti_admin_start_recording (TuttiAdminCall *call);
void tutti_admin_change_recording (TuttiAdminCall *call);
void tutti_admin_stop_recording (TuttiAdminCall *call);
void tutti_admin_list_recordings (TuttiAdminCall *call);
void tutti_admin_show_files (TuttiAdminCall *call);
void tutti_admin_delete_recording (TuttiAdminCall *call);
/* admin-outputs.c */
void tutti_admin_list_outputs (TuttiAdminCall *call);
void tutti_admin_show_output (TuttiAdminCall *call);
void tutti_admin_start_output (TuttiAdminCall *call);
void tutti_admin_stop_output (TuttiAdminCall *call);
/* admin-playback.c */
void tutti_admin_show_playback (TuttiAdminCall *call);
void tutti_admin_start_playback (TuttiAdminCall *call);
void tutti_admin_change_playback (TuttiAdminCall *call);
void tutti_admin_stop_playback (TuttiAdminCall *call);
/* admin-tokens.c */
void tutti_admin_make_token (TuttiAdminCall *call);
/* admin-events.c */
void tutti_admin_follow_events (TuttiAdminCall *call);
/* admin-hooks.c */
void tutti_admin_list_hooks (TuttiAdminCall *call);
/* admin-stats.c */
void tutti_admin_get_stats (TuttiAdminCall *call);
void tutti_admin_get_metrics (TuttiAdminCall *call);
