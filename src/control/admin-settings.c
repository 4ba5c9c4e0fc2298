/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-settings.c: what an admin sets in a room: the members of a body become the room's settings
 * (settings.h), which judge them. Role: main.
 */
#include "admin-body.h"
#include "admin-etag.h"
#include "admin-json.h"
#include "admin-routes.h"
#include "settings.h"

#include <string.h>
#include <tutti/error.h>

static const struct {
    const char *member, *key;
    guint type;
} MEMBERS[] = {
    {"limit", "limit", TUTTI_FIELD_NUMBER},
    {"layout", "layout", TUTTI_FIELD_STRING},
    {"canvas", "canvas", TUTTI_FIELD_STRING},
    {"frame_rate", "frame-rate", TUTTI_FIELD_NUMBER},
    {"record", "record", TUTTI_FIELD_BOOL},
    {"pin", "pin", TUTTI_FIELD_STRING},
    {"waiting_room", "waiting-room", TUTTI_FIELD_BOOL},
    {"share", "share", TUTTI_FIELD_STRING},
    {"moderators", "moderators", TUTTI_FIELD_NAMES},
    {"closes_at", "closes-at", TUTTI_FIELD_STRING},
    {"max_duration", "max-duration", TUTTI_FIELD_NUMBER},
    {"locked", "locked", TUTTI_FIELD_BOOL},
};

#define N_MEMBERS G_N_ELEMENTS (MEMBERS)

/* Of one member: what its type says. */
typedef struct {
    gboolean is_given, flag;
    double number;
    const char *text;
    JsonArray *names;
} Value;

/* A body. */
typedef struct {
    Value values[N_MEMBERS];
    gboolean has_spotlight;
    const char *spotlight; /* NULL: nobody */
    TuttiSettings settings;
    GPtrArray *texts; /* what the settings point to */
} Change;

static gpointer
place_of (Value *value, guint type)
{
    switch (type) {
    case TUTTI_FIELD_BOOL:
        return &value->flag;
    case TUTTI_FIELD_NUMBER:
        return &value->number;
    case TUTTI_FIELD_NAMES:
        return &value->names;
    default:
        return &value->text;
    }
}

/* With semicolons between, as in the configuration. NULL: one of them has one itself. */
static char *
join_names (JsonArray *names)
{
    g_autoptr (GString) text = g_string_new (NULL);

    for (guint i = 0; i < json_array_get_length (names); i++) {
        const char *name = json_array_get_string_element (names, i);
        if (strchr (name, ';'))
            return NULL;
        g_string_append_printf (text, "%s%s", i > 0 ? ";" : "", name);
    }
    return g_strdup (text->str);
}

/* As the configuration would have it. NULL: it can't. */
static char *
to_text (const Value *value, guint type)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    switch (type) {
    case TUTTI_FIELD_BOOL:
        return g_strdup (value->flag ? "true" : "false");
    case TUTTI_FIELD_NUMBER:
        return g_strdup (g_ascii_formatd (number, sizeof number, "%.15g", value->number));
    case TUTTI_FIELD_NAMES:
        return join_names (value->names);
    default:
        return g_strdup (value->text);
    }
}

/* FALSE, and answered: the body is not good. */
static gboolean
read_change (TuttiAdminCall *call, gboolean with_spotlight, Change *change)
{
    TuttiAdminField fields[N_MEMBERS + 1];
    guint n = 0;

    for (; n < N_MEMBERS; n++) {
        Value *value = &change->values[n];
        fields[n] = (TuttiAdminField){MEMBERS[n].member, MEMBERS[n].type | TUTTI_FIELD_OPTIONAL,
                                      place_of (value, MEMBERS[n].type), &value->is_given};
    }
    if (with_spotlight)
        fields[n++] = (TuttiAdminField){
            "spotlight", TUTTI_FIELD_STRING | TUTTI_FIELD_OPTIONAL | TUTTI_FIELD_NULLABLE,
            &change->spotlight, &change->has_spotlight};
    return tutti_admin_read (call, fields, n);
}

/* FALSE, and answered: a name can't be one. */
static gboolean
gather (TuttiAdminCall *call, Change *change)
{
    for (guint i = 0; i < N_MEMBERS; i++) {
        char *text;
        if (!change->values[i].is_given)
            continue;
        text = to_text (&change->values[i], MEMBERS[i].type);
        if (!text) {
            tutti_admin_answer_bad_field (call, MEMBERS[i].member, "no name may have a semicolon");
            return FALSE;
        }
        g_ptr_array_add (change->texts, text);
        tutti_settings_add (&change->settings, MEMBERS[i].key, text);
    }
    return TRUE;
}

static void
answer_refused (TuttiAdminCall *call, const TuttiSettings *settings, GError *error)
{
    g_autoptr (GError) owned = error;

    for (guint i = 0; i < N_MEMBERS; i++) {
        if (!g_error_matches (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE) ||
            g_strcmp0 (settings->faulty, MEMBERS[i].key) != 0)
            continue;
        tutti_admin_answer_bad_field (call, MEMBERS[i].member, error->message);
        return;
    }
    tutti_admin_answer_error (call, g_steal_pointer (&owned));
}

/* --- PATCH --- */

/* The id of whom the admin named. FALSE, and answered: there is no such participant. */
static gboolean
find_spotlight (TuttiAdminCall *call, TuttiRoom *room, Change *change)
{
    TuttiParticipant *participant;

    if (!change->spotlight)
        return TRUE;
    participant = tutti_admin_find_participant (room, change->spotlight);
    if (!participant) {
        tutti_admin_answer_not_found (call, "participant", change->spotlight);
        return FALSE;
    }
    change->spotlight = tutti_participant_id (participant);
    return TRUE;
}

/* All or nothing: what can fail comes first. */
static void
apply (TuttiAdminCall *call, TuttiRoom *room, Change *change)
{
    GError *error = NULL;

    if (!find_spotlight (call, room, change))
        return;
    if (!tutti_room_set (room, &change->settings, &error)) {
        answer_refused (call, &change->settings, error);
        return;
    }
    if (change->has_spotlight)
        tutti_room_spotlight (room, change->spotlight, NULL);
    tutti_admin_answer_room (call, room);
}

void
tutti_admin_change_room (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);
    g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
    Change change = {.texts = texts};

    if (room && read_change (call, TRUE, &change) && gather (call, &change) &&
        tutti_admin_etag_check (call, room))
        apply (call, room, &change);
}

/* --- PUT --- */

static void
put (TuttiAdminCall *call, Change *change)
{
    gboolean created = FALSE;
    GError *error = NULL;
    TuttiRoom *room =
        tutti_rooms_put (call->rooms, call->names[0], &change->settings, &created, &error);
    g_autofree char *location = g_strdup_printf ("/v1/rooms/%s", call->names[0]);
    g_autoptr (TuttiJson) json = NULL;

    if (!room) {
        answer_refused (call, &change->settings, error);
        return;
    }
    if (!created) {
        tutti_admin_answer_room (call, room);
        return;
    }
    json = tutti_json_new ();
    tutti_admin_etag_add (call, room);
    tutti_admin_json_room (json, room);
    tutti_admin_answer_created (call, location, json);
}

void
tutti_admin_put_room (TuttiAdminCall *call)
{
    g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
    Change change = {.texts = texts};

    if (read_change (call, FALSE, &change) && gather (call, &change) &&
        tutti_admin_etag_check (call, tutti_rooms_find (call->rooms, call->names[0])))
        put (call, &change);
}
