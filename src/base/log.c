/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * log.c: the structured log's writer and its filter.
 */
#include <tutti/log.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *name;
    GLogLevelFlags flag;
} levels[] = {
    {"error", G_LOG_LEVEL_CRITICAL},  {"warning", G_LOG_LEVEL_WARNING},
    {"message", G_LOG_LEVEL_MESSAGE}, {"info", G_LOG_LEVEL_INFO},
    {"debug", G_LOG_LEVEL_DEBUG},
};

static struct {
    GMutex lock; /* names everything here */
    GLogLevelFlags most;
    char **domains;
    gboolean journal;
} filter = {.most = G_LOG_LEVEL_MESSAGE};

/* --- The filter. --- */

static const char *
find_field (const GLogField *fields, gsize n_fields, const char *key)
{
    for (gsize i = 0; i < n_fields; i++) {
        if (g_str_equal (fields[i].key, key) && fields[i].length < 0)
            return fields[i].value;
    }
    return NULL;
}

/* With the lock held. Fatal ones are always shown; the flags' order is GLib's: smaller is graver.
 */
static gboolean
is_shown (GLogLevelFlags level, const char *domain)
{
    level &= G_LOG_LEVEL_MASK;
    if (level <= filter.most)
        return TRUE;
    if (!filter.domains || !domain)
        return FALSE;
    return g_strv_contains ((const char *const *)filter.domains, domain) ||
           g_strv_contains ((const char *const *)filter.domains, "all");
}

static const char *
level_name (GLogLevelFlags level)
{
    if (level & G_LOG_LEVEL_ERROR)
        return "error";
    for (gsize i = 0; i < G_N_ELEMENTS (levels); i++) {
        if (level & levels[i].flag)
            return levels[i].name;
    }
    return "message";
}

/* --- The writer. --- */

static void
print (GLogLevelFlags level, const char *domain, const char *message)
{
    g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
    g_autofree char *time = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S");

    fprintf (stderr, "%s.%03dZ %s %s: %s\n", time, g_date_time_get_microsecond (now) / 1000,
             level_name (level), domain ? domain : "tuttid", message);
}

static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
    const char *domain = find_field (fields, n_fields, "GLIB_DOMAIN");
    const char *message = find_field (fields, n_fields, "MESSAGE");
    gboolean shown;

    g_mutex_lock (&filter.lock);
    shown = is_shown (level, domain);
    g_mutex_unlock (&filter.lock);
    if (!shown)
        return G_LOG_WRITER_HANDLED;
    if (filter.journal &&
        g_log_writer_journald (level, fields, n_fields, NULL) == G_LOG_WRITER_HANDLED)
        return G_LOG_WRITER_HANDLED;
    print (level, domain, message ? message : "");
    return G_LOG_WRITER_HANDLED;
}

void
tutti_log_init (void)
{
    filter.journal = g_log_writer_is_journald (STDERR_FILENO);
    g_log_set_writer_func (write_log, NULL, NULL);
}

gboolean
tutti_log_set (const char *level, const char *domains)
{
    for (gsize i = 0; i < G_N_ELEMENTS (levels); i++) {
        if (!g_str_equal (levels[i].name, level))
            continue;
        g_mutex_lock (&filter.lock);
        filter.most = levels[i].flag;
        g_strfreev (filter.domains);
        filter.domains = domains[0] != '\0' ? g_strsplit_set (domains, " ,", -1) : NULL;
        g_mutex_unlock (&filter.lock);
        return TRUE;
    }
    return FALSE;
}
