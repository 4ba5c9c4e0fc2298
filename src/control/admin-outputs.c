/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-outputs.c: a room's live outputs. URLs are shown without what is secret in them. Role:
 * main.
 */
#include "admin-body.h"
#include "admin-routes.h"
#include "json-add.h"
#include "outputs.h"

typedef struct {
    JsonBuilder *builder;
    const char *id; /* NULL: all */
    guint n;
} Listing;

static void
add_output (JsonBuilder *builder, const TuttiOutputInfo *info)
{
    const TuttiOutputStats *stats = &info->stats;

    tutti_json_add_string (builder, "id", info->id);
    tutti_json_add_string (builder, "url", info->url);
    tutti_json_add_string (builder, "state", tutti_output_state_name (stats->state));
    tutti_json_add_int (builder, "live_us", stats->live_us);
    tutti_json_add_int (builder, "bitrate_bps", stats->bitrate_bps);
    tutti_json_add_int (builder, "bytes", (gint64)stats->bytes);
    tutti_json_add_int (builder, "dropped", (gint64)stats->dropped);
    tutti_json_add_int (builder, "attempts", stats->attempts);
    tutti_json_add_int (builder, "reconnects", stats->reconnects);
    tutti_json_add_text (builder, "reason", stats->why[0] ? stats->why : NULL);
}

static void
on_output (const TuttiOutputInfo *info, gpointer user_data)
{
    Listing *listing = user_data;

    if (listing->id && !g_str_equal (listing->id, info->id))
        return;
    listing->n++;
    if (!listing->id)
        json_builder_begin_object (listing->builder);
    add_output (listing->builder, info);
    if (!listing->id)
        json_builder_end_object (listing->builder);
}

void
tutti_admin_list_outputs (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);
    g_autoptr (JsonBuilder) builder = tutti_admin_begin ();
    Listing listing = {.builder = builder};

    if (!room)
        return;
    json_builder_set_member_name (builder, "outputs");
    json_builder_begin_array (builder);
    tutti_room_each_output (room, on_output, &listing);
    json_builder_end_array (builder);
    tutti_admin_answer (call, builder);
}

void
tutti_admin_show_output (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);
    g_autoptr (JsonBuilder) builder = tutti_admin_begin ();
    Listing listing = {.builder = builder, .id = call->names[1]};

    if (!room)
        return;
    tutti_room_each_output (room, on_output, &listing);
    if (listing.n > 0)
        tutti_admin_answer (call, builder);
    else
        tutti_admin_answer_not_found (call, "output", call->names[1]);
}

static void
answer_created (TuttiAdminCall *call, TuttiRoom *room, const char *id)
{
    g_autoptr (JsonBuilder) builder = tutti_admin_begin ();
    Listing listing = {.builder = builder, .id = id};
    g_autofree char *location = g_strdup_printf ("/v1/rooms/%s/outputs/%s", call->names[0], id);

    tutti_room_each_output (room, on_output, &listing);
    tutti_admin_answer_created (call, location, builder);
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
