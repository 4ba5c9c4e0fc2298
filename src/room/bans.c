/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bans.c: see bans.h. Role: main.
 */
#include "bans.h"

typedef struct {
    TuttiBan ban; /* its strings are owned */
    char id[16];
} Entry;

struct _TuttiBans {
    GPtrArray *entries;
    guint last_id;
};

static char *
copy_known (const char *text)
{
    return text && text[0] ? g_strdup (text) : NULL;
}

static void
free_entry (gpointer data)
{
    Entry *entry = data;

    tutti_identity_clear (&entry->ban.identity);
    g_free (entry);
}

static gboolean
is_same (const char *a, const char *b)
{
    return a && b && g_str_equal (a, b);
}

/* Names are anybody's to choose, so they count only together with where they come from. A house has
 * many who give none: of those one with a cookie is somebody else. */
static gboolean
matches (const TuttiIdentity *banned, const TuttiIdentity *comes)
{
    const char *name = comes->name ? comes->name : "";

    if (banned->subject)
        return is_same (banned->subject, comes->subject);
    if (is_same (banned->visitor, comes->visitor))
        return TRUE;
    if (!is_same (banned->address, comes->address) || g_strcmp0 (banned->name, name) != 0)
        return FALSE;
    return name[0] != '\0' || !comes->visitor || comes->visitor[0] == '\0';
}

void
tutti_identity_copy (TuttiIdentity *to, const TuttiIdentity *from)
{
    to->subject = copy_known (from->subject);
    to->address = copy_known (from->address);
    to->visitor = copy_known (from->visitor);
    to->name = g_strdup (from->name ? from->name : "");
}

void
tutti_identity_clear (TuttiIdentity *identity)
{
    g_free ((char *)identity->subject);
    g_free ((char *)identity->address);
    g_free ((char *)identity->visitor);
    g_free ((char *)identity->name);
    *identity = (TuttiIdentity){0};
}

TuttiBans *
tutti_bans_new (void)
{
    TuttiBans *bans = g_new0 (TuttiBans, 1);

    bans->entries = g_ptr_array_new_with_free_func (free_entry);
    return bans;
}

void
tutti_bans_free (TuttiBans *bans)
{
    if (!bans)
        return;
    g_ptr_array_unref (bans->entries);
    g_free (bans);
}

void
tutti_bans_add (TuttiBans *bans, const TuttiIdentity *identity, gint64 wall_us)
{
    Entry *entry = g_new0 (Entry, 1);

    g_snprintf (entry->id, sizeof entry->id, "b%u", ++bans->last_id);
    entry->ban.id = entry->id;
    entry->ban.wall_us = wall_us;
    tutti_identity_copy (&entry->ban.identity, identity);
    if (bans->entries->len == TUTTI_BANS_MAX)
        g_ptr_array_remove_index (bans->entries, 0);
    g_ptr_array_add (bans->entries, entry);
}

gboolean
tutti_bans_has (const TuttiBans *bans, const TuttiIdentity *identity)
{
    for (guint i = 0; i < bans->entries->len; i++) {
        const Entry *entry = bans->entries->pdata[i];
        if (matches (&entry->ban.identity, identity))
            return TRUE;
    }
    return FALSE;
}

gboolean
tutti_bans_remove (TuttiBans *bans, const char *id)
{
    for (guint i = 0; i < bans->entries->len; i++) {
        const Entry *entry = bans->entries->pdata[i];
        if (!g_str_equal (entry->id, id))
            continue;
        g_ptr_array_remove_index (bans->entries, i);
        return TRUE;
    }
    return FALSE;
}

void
tutti_bans_clear (TuttiBans *bans)
{
    g_ptr_array_set_size (bans->entries, 0);
}

guint
tutti_bans_count (const TuttiBans *bans)
{
    return bans->entries->len;
}

const TuttiBan *
tutti_bans_get (const TuttiBans *bans, guint i)
{
    const Entry *entry = bans->entries->pdata[i];

    return &entry->ban;
}
