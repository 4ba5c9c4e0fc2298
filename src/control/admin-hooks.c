/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-hooks.c: /v1/hooks: whom the server tells what happens, and how that goes. Role: main.
 */
#include "admin-json.h"
#include "admin-routes.h"
#include "hooks.h"
#include "json-write.h"

/* RFC 3339; null: never. */
static void
add_time (TuttiJson *json, const char *name, gint64 wall_us)
{
    g_autoptr (GDateTime) time =
        wall_us > 0 ? g_date_time_new_from_unix_utc (wall_us / G_USEC_PER_SEC) : NULL;
    g_autofree char *text = time ? g_date_time_format_iso8601 (time) : NULL;

    tutti_json_add_text (json, name, text);
}

static void
add_hook (TuttiJson *json, const TuttiHookInfo *info)
{
    tutti_json_begin_object (json, NULL);
    tutti_json_add_string (json, "url", info->url);
    tutti_json_add_string (json, "state", info->state);
    tutti_json_add_int (json, "queued", info->counts.queued);
    tutti_json_add_int (json, "delivered", (gint64)info->counts.delivered);
    tutti_json_add_int (json, "failed", (gint64)info->counts.failed);
    tutti_json_add_int (json, "dropped", (gint64)info->counts.dropped);
    tutti_json_add_int (json, "retried", (gint64)info->counts.retried);
    tutti_json_add_text (json, "last_error", info->error);
    add_time (json, "last_error_time", info->error_wall_us);
    add_time (json, "last_success_time", info->success_wall_us);
    tutti_json_end_object (json);
}

void
tutti_admin_list_hooks (TuttiAdminCall *call)
{
    TuttiHooks *hooks = call->setup->sources.hooks;
    g_autoptr (TuttiJson) json = tutti_json_new ();

    tutti_json_begin_array (json, "hooks");
    for (guint i = 0; i < tutti_hooks_n (hooks); i++) {
        TuttiHookInfo info;

        tutti_hooks_get_info (hooks, i, &info);
        add_hook (json, &info);
    }
    tutti_json_end_array (json);
    tutti_admin_answer (call, json);
}

void
tutti_admin_json_hooks (TuttiJson *json, TuttiHooks *hooks)
{
    gint64 n_queued = 0, n_failing = 0;

    for (guint i = 0; i < tutti_hooks_n (hooks); i++) {
        TuttiHookInfo info;

        tutti_hooks_get_info (hooks, i, &info);
        n_queued += info.counts.queued;
        n_failing += info.error_wall_us > info.success_wall_us;
    }
    tutti_json_begin_object (json, "hooks");
    tutti_json_add_int (json, "urls", tutti_hooks_n (hooks));
    tutti_json_add_int (json, "failing", n_failing);
    tutti_json_add_int (json, "queued", n_queued);
    tutti_json_end_object (json);
}
