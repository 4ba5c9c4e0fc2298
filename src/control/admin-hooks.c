/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-hooks.c: /v1/hooks: whom the server tells what happens, and how that goes. Role: main.
 */
#include "admin-json.h"
#include "admin-routes.h"
#include "hooks.h"
#include "json-add.h"

/* RFC 3339; null: never. */
static void
add_time (JsonBuilder *builder, const char *name, gint64 wall_us)
{
    g_autoptr (GDateTime) time =
        wall_us > 0 ? g_date_time_new_from_unix_utc (wall_us / G_USEC_PER_SEC) : NULL;
    g_autofree char *text = time ? g_date_time_format_iso8601 (time) : NULL;

    tutti_json_add_text (builder, name, text);
}

static void
add_hook (JsonBuilder *builder, const TuttiHookInfo *info)
{
    json_builder_begin_object (builder);
    tutti_json_add_string (builder, "url", info->url);
    tutti_json_add_string (builder, "state", info->state);
    tutti_json_add_int (builder, "queued", info->counts.queued);
    tutti_json_add_int (builder, "delivered", (gint64)info->counts.delivered);
    tutti_json_add_int (builder, "failed", (gint64)info->counts.failed);
    tutti_json_add_int (builder, "dropped", (gint64)info->counts.dropped);
    tutti_json_add_int (builder, "retried", (gint64)info->counts.retried);
    tutti_json_add_text (builder, "last_error", info->error);
    add_time (builder, "last_error_time", info->error_wall_us);
    add_time (builder, "last_success_time", info->success_wall_us);
    json_builder_end_object (builder);
}

void
tutti_admin_list_hooks (TuttiAdminCall *call)
{
    TuttiHooks *hooks = call->setup->sources.hooks;
    g_autoptr (JsonBuilder) builder = tutti_admin_begin ();

    json_builder_set_member_name (builder, "hooks");
    json_builder_begin_array (builder);
    for (guint i = 0; i < tutti_hooks_n (hooks); i++) {
        TuttiHookInfo info;

        tutti_hooks_get_info (hooks, i, &info);
        add_hook (builder, &info);
    }
    json_builder_end_array (builder);
    tutti_admin_answer (call, builder);
}

void
tutti_admin_json_hooks (JsonBuilder *builder, TuttiHooks *hooks)
{
    gint64 n_queued = 0, n_failing = 0;

    for (guint i = 0; i < tutti_hooks_n (hooks); i++) {
        TuttiHookInfo info;

        tutti_hooks_get_info (hooks, i, &info);
        n_queued += info.counts.queued;
        n_failing += info.error_wall_us > info.success_wall_us;
    }
    tutti_json_begin_object (builder, "hooks");
    tutti_json_add_int (builder, "urls", tutti_hooks_n (hooks));
    tutti_json_add_int (builder, "failing", n_failing);
    tutti_json_add_int (builder, "queued", n_queued);
    json_builder_end_object (builder);
}
