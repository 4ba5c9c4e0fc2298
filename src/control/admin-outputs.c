/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-outputs.c: a room's live outputs. URLs are shown without what is secret in them. Role:
 * main.
 */
#include "admin-body.h"
#include "admin-routes.h"
#include "json-write.h"
#include "outputs.h"

typedef struct {
    TuttiJson *json;
    const char *id; /* NULL: all */
    guint n;
} Listing;

static void
add_output (TuttiJson *json, const TuttiOutputInfo *info)
{
    const TuttiOutputStats *stats = &info->stats;

    tutti_json_add_string (json, "id", info->id);
    tutti_json_add_string (json, "url", info->url);
    tutti_json_add_string (json, "state", tutti_output_state_name (stats->state));
    tutti_json_add_int (json, "live_us", stats->live_us);
    tutti_json_add_int (json, "bitrate_bps", stats->bitrate_bps);
    tutti_json_add_int (json, "bytes", (gint64)stats->bytes);
    tutti_json_add_int (json, "dropped", (gint64)stats->dropped);
    tutti_json_add_int (json, "attempts", stats->attempts);
    tutti_json_add_int (json, "reconnects", stats->reconnects);
    tutti_json_add_text (json, "reason", stats->why[0] ? stats->why : NULL);
}

static void
on_output (const TuttiOutputInfo *info, gpointer user_data)
{
    Listing *listing = user_data;

    if (listing->id && !g_str_equal (listing->id, info->id))
        return;
    listing->n++;
    if (!listing->id)
        tutti_json_begin_object (listing->json, NULL);
    add_output (listing->json, info);
    if (!listing->id)
        tutti_json_end_object (listing->json);
}

void
tutti_admin_list_outputs (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);
    g_autoptr (TuttiJson) json = tutti_json_new ();
    Listing listing = {.json = json};

    if (!room)
        return;
    tutti_json_begin_array (json, "outputs");
    tutti_room_each_output (room, on_output, &listing);
    tutti_json_end_array (json);
    tutti_admin_answer (call, json);
}

void
tutti_admin_show_output (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);
    g_autoptr (TuttiJson) json = tutti_json_new ();
    Listing listing = {.json = json, .id = call->names[1]};

    if (!room)
        return;
    tutti_room_each_output (room, on_output, &listing);
    if (listing.n > 0)
        tutti_admin_answer (call, json);
    else
        tutti_admin_answer_not_found (call, "output", call->names[1]);
}

static void
answer_created (TuttiAdminCall *call, TuttiRoom *room, const char *id)
{
    g_autoptr (TuttiJson) json = tutti_json_new ();
    Listing listing = {.json = json, .id = id};
    g_autofree char *location = g_strdup_printf ("/v1/rooms/%s/outputs/%s", call->names[0], id);

    tutti_room_each_output (room, on_output, &listing);
    tutti_admin_answer_created (call, location, json);
}

void
tutti_admin_start_output (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);
    const char *url = "", *id = NULL;
    GError *error = NULL;
    const TuttiAdminField fields[] = {{"url", TUTTI_FIELD_STRING, &url, NULL}};

    if (!room || !tutti_admin_read (call, fields, G_N_ELEMENTS (fields)))
        return;
    if (tutti_room_start_output (room, url, &id, &error))
        answer_created (call, room, id);
    else
        tutti_admin_answer_error (call, error);
}

void
tutti_admin_stop_output (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);
    GError *error = NULL;

    if (room && tutti_room_stop_output (room, call->names[1], &error))
        tutti_admin_answer_done (call);
    else if (room)
        tutti_admin_answer_error (call, error);
}
