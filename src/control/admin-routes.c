/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-routes.c: the table of routes. Role: main.
 */
#include "admin-routes.h"

#define ROOM "/v1/rooms/{room}"

static const TuttiAdminRoute routes[] = {
    {"GET", "/v1/openapi.json", tutti_admin_get_description},
    {"GET", "/v1/status", tutti_admin_get_status},
    {"GET", "/v1/stats", tutti_admin_get_stats},
    {"GET", "/metrics", tutti_admin_get_metrics},
    {"GET", "/v1/events", tutti_admin_follow_events},
    {"GET", "/v1/hooks", tutti_admin_list_hooks},
    {"POST", "/v1/tokens", tutti_admin_make_token},
    {"PUT", "/v1/log", tutti_admin_set_log},
    {"POST", "/v1/drain", tutti_admin_drain},
    {"POST", "/v1/reload", tutti_admin_reload},
    {"POST", "/v1/shutdown", tutti_admin_shutdown},
    {"GET", "/v1/rooms", tutti_admin_list_rooms},
    {"GET", ROOM, tutti_admin_show_room},
    {"PUT", ROOM, tutti_admin_put_room},
    {"PATCH", ROOM, tutti_admin_change_room},
    {"DELETE", ROOM, tutti_admin_close_room},
    {"POST", ROOM "/chat", tutti_admin_say},
    {"GET", ROOM "/waiting", tutti_admin_list_waiting},
    {"PATCH", ROOM "/waiting", tutti_admin_admit_all},
    {"PATCH", ROOM "/waiting/{id}", tutti_admin_admit},
    {"DELETE", ROOM "/waiting/{id}", tutti_admin_reject},
    {"GET", ROOM "/bans", tutti_admin_list_bans},
    {"DELETE", ROOM "/bans", tutti_admin_clear_bans},
    {"DELETE", ROOM "/bans/{id}", tutti_admin_remove_ban},
    {"GET", ROOM "/participants", tutti_admin_list_people},
    {"PATCH", ROOM "/participants", tutti_admin_change_people},
    {"GET", ROOM "/participants/{id}", tutti_admin_show_person},
    {"PATCH", ROOM "/participants/{id}", tutti_admin_change_person},
    {"DELETE", ROOM "/participants/{id}", tutti_admin_remove_person},
    {"GET", ROOM "/recording", tutti_admin_show_recording},
    {"PUT", ROOM "/recording", tutti_admin_start_recording},
    {"PATCH", ROOM "/recording", tutti_admin_change_recording},
    {"DELETE", ROOM "/recording", tutti_admin_stop_recording},
    {"GET", "/v1/recordings", tutti_admin_list_recordings},
    {"GET", "/v1/recordings/{name}", tutti_admin_show_files},
    {"DELETE", "/v1/recordings/{name}", tutti_admin_delete_recording},
    {"GET", ROOM "/outputs", tutti_admin_list_outputs},
    {"POST", ROOM "/outputs", tutti_admin_start_output},
    {"GET", ROOM "/outputs/{id}", tutti_admin_show_output},
    {"DELETE", ROOM "/outputs/{id}", tutti_admin_stop_output},
    {"GET", ROOM "/playback", tutti_admin_show_playback},
    {"PUT", ROOM "/playback", tutti_admin_start_playback},
    {"PATCH", ROOM "/playback", tutti_admin_change_playback},
    {"DELETE", ROOM "/playback", tutti_admin_stop_playback},
};

const TuttiAdminRoute *
tutti_admin_get_routes (guint *n_routes)
{
    *n_routes = G_N_ELEMENTS (routes);
    return routes;
}
