/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hooks.c: see hooks.h. Role: main.
 */
#include "hooks.h"
#include "hook-event.h"
#include "hook-secrets.h"

#include <libsoup/soup.h>
#include <string.h>
#include <tutti/error.h>

/* How long a connection is kept for the next event: less than receivers keep theirs (5 s is usual),
 * for a request that meets one that is just being closed fails. */
#define IDLE_S 3

struct _TuttiHooks {
    TuttiRooms *rooms;
    guint follow_id;
    TuttiHookSetup setup;
    char *patterns;
    GPtrArray *list;      /* of TuttiHook */
    TuttiHookCounts past; /* of those that a reload took away */
};

/* --- Configuration. --- */

static gboolean
refuse (GError **error, const char *what, const char *value)
{
    g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG, "[hooks] %s%s", what, value);
    return FALSE;
}

/* Without a name and a password, which would be sent to nobody and be seen in listings. */
static gboolean
check_url (const char *url, GError **error)
{
    g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
    const char *scheme = uri ? g_uri_get_scheme (uri) : "";
    gboolean is_http = g_str_equal (scheme, "https") || g_str_equal (scheme, "http");

    if (!is_http || !g_uri_get_host (uri) || g_uri_get_host (uri)[0] == '\0')
        return refuse (error, "url: not of http or https: ", url);
    if (g_uri_get_userinfo (uri))
        return refuse (error, "url: ", "no user may be in it; a query may");
    return TRUE;
}

/* NULL: BAD_CONFIG. */
static char **
read_urls (TuttiConfig *config, GError **error)
{
    g_auto (GStrv) words = g_strsplit (tutti_config_string (config, "hooks", "url"), " ", -1);
    g_autoptr (GStrvBuilder) urls = g_strv_builder_new ();
    guint n = 0;

    for (guint i = 0; words[i]; i++) {
        if (words[i][0] == '\0')
            continue;
        if (!check_url (words[i], error))
            return NULL;
        g_strv_builder_add (urls, words[i]);
        n++;
    }
    if (n <= TUTTI_HOOKS_MAX)
        return g_strv_builder_end (urls);
    refuse (error, "url: ", "more than 16");
    return NULL;
}

static gboolean
check_patterns (TuttiConfig *config, GError **error)
{
    const char *patterns = tutti_config_string (config, "hooks", "events");

    for (const char *p = patterns; *p; p++) {
        if (!g_ascii_islower (*p) && !strchr (" ._*?", *p))
            return refuse (error, "events: not patterns such as room.*: ", patterns);
    }
    return TRUE;
}

/* Both stay NULL on failure; without URLs no secret is needed. */
static gboolean
read_section (TuttiConfig *config, char ***urls, GPtrArray **secrets, GError **error)
{
    g_auto (GStrv) found = read_urls (config, error);

    if (!found || !check_patterns (config, error))
        return FALSE;
    *secrets = found[0] ? tutti_hook_secrets_read (config, error) : g_ptr_array_new ();
    if (!*secrets) {
        g_prefix_error (error, "[hooks] ");
        return FALSE;
    }
    *urls = g_steal_pointer (&found);
    return TRUE;
}

gboolean
tutti_hooks_check (TuttiConfig *config, GError **error)
{
    g_auto (GStrv) urls = NULL;
    g_autoptr (GPtrArray) secrets = NULL;

    return read_section (config, &urls, &secrets, error);
}

/* --- News. --- */

static void
on_news (const TuttiNews *news, gpointer user_data)
{
    TuttiHooks *hooks = user_data;
    g_autofree char *type = hooks->list->len > 0 ? tutti_hook_event_type (news) : NULL;
    g_autofree char *uuid = NULL;
    g_autofree char *id = NULL;
    g_autoptr (GBytes) body = NULL;

    if (!type || !tutti_hook_event_matches (hooks->patterns, type))
        return;
    uuid = g_uuid_string_random ();
    id = g_strconcat ("msg_", uuid, NULL);
    body = tutti_hook_event_write (news, id, type);
    for (guint i = 0; i < hooks->list->len; i++)
        tutti_hook_push (hooks->list->pdata[i], id, body);
}

/* --- Life cycle. --- */

TuttiHooks *
tutti_hooks_new (TuttiConfig *config, TuttiRooms *rooms, GError **error)
{
    g_autoptr (TuttiHooks) hooks = g_new0 (TuttiHooks, 1);

    hooks->rooms = rooms;
    hooks->list = g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_hook_free);
    hooks->setup.session = soup_session_new_with_options ("user-agent", "tutti/" TUTTI_VERSION,
                                                          "idle-timeout", IDLE_S, NULL);
    hooks->follow_id = tutti_rooms_follow_news (rooms, on_news, hooks);
    if (!tutti_hooks_reload (hooks, config, error))
        return NULL;
    return g_steal_pointer (&hooks);
}

void
tutti_hooks_free (TuttiHooks *hooks)
{
    if (!hooks)
        return;
    tutti_rooms_unfollow_news (hooks->rooms, hooks->follow_id);
    g_ptr_array_unref (hooks->list);
    g_clear_pointer (&hooks->setup.secrets, g_ptr_array_unref);
    g_object_unref (hooks->setup.session);
    g_free (hooks->patterns);
    g_free (hooks);
}

/* Out of the list, if it is there and not gone; else new. */
static TuttiHook *
take_hook (TuttiHooks *hooks, const char *url)
{
    for (guint i = 0; i < hooks->list->len; i++) {
        TuttiHook *hook = hooks->list->pdata[i];
        TuttiHookInfo info;

        tutti_hook_get_info (hook, &info);
        if (g_str_equal (tutti_hook_get_url (hook), url) && !g_str_equal (info.state, "gone"))
            return g_ptr_array_steal_index (hooks->list, i);
    }
    return tutti_hook_new (url, &hooks->setup);
}

static void
add_counts (TuttiHookCounts *sum, const TuttiHookCounts *counts)
{
    sum->delivered += counts->delivered;
    sum->failed += counts->failed;
    sum->dropped += counts->dropped;
    sum->retried += counts->retried;
    sum->queued += counts->queued;
}

/* What they had still to be told is told to nobody. */
static void
dismiss (TuttiHooks *hooks)
{
    for (guint i = 0; i < hooks->list->len; i++) {
        TuttiHookInfo info;

        tutti_hook_get_info (hooks->list->pdata[i], &info);
        info.counts.dropped += info.counts.queued;
        info.counts.queued = 0;
        add_counts (&hooks->past, &info.counts);
    }
    g_ptr_array_set_size (hooks->list, 0);
}

gboolean
tutti_hooks_reload (TuttiHooks *hooks, TuttiConfig *config, GError **error)
{
    g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_hook_free);
    g_auto (GStrv) urls = NULL;
    GPtrArray *secrets = NULL;

    if (!read_section (config, &urls, &secrets, error))
        return FALSE;
    g_clear_pointer (&hooks->setup.secrets, g_ptr_array_unref);
    hooks->setup.secrets = secrets;
    hooks->setup.timeout_s = (guint)tutti_config_int (config, "hooks", "timeout");
    hooks->setup.retries = (guint)tutti_config_int (config, "hooks", "retries");
    g_free (hooks->patterns);
    hooks->patterns = g_strdup (tutti_config_string (config, "hooks", "events"));
    for (guint i = 0; urls[i]; i++)
        g_ptr_array_add (list, take_hook (hooks, urls[i]));
    dismiss (hooks);
    g_ptr_array_unref (hooks->list);
    hooks->list = g_steal_pointer (&list);
    return TRUE;
}

/* --- How it goes. --- */

gboolean
tutti_hooks_is_flushing (TuttiHooks *hooks)
{
    for (guint i = 0; i < hooks->list->len; i++) {
        if (tutti_hook_is_flushing (hooks->list->pdata[i]))
            return TRUE;
    }
    return FALSE;
}

guint
tutti_hooks_n (TuttiHooks *hooks)
{
    return hooks->list->len;
}

void
tutti_hooks_get_info (TuttiHooks *hooks, guint n, TuttiHookInfo *info)
{
    tutti_hook_get_info (hooks->list->pdata[n], info);
}

void
tutti_hooks_get_counts (TuttiHooks *hooks, TuttiHookCounts *counts)
{
    *counts = hooks->past;
    for (guint i = 0; i < hooks->list->len; i++) {
        TuttiHookInfo info;

        tutti_hook_get_info (hooks->list->pdata[i], &info);
        add_counts (counts, &info.counts);
    }
}
