/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * policy.c: see policy.h. Role: main.
 */
#include "policy.h"

#include <tutti/error.h>
#include <tutti/secret.h>

#include "lobby.h"
#include "person.h"
#include "room.h"
#include "rooms-inside.h"

static const char *const SHARES[] = {
    [TUTTI_SHARE_ANYONE] = "anyone",
    [TUTTI_SHARE_MODERATOR] = "moderator",
};

static gboolean
refuse (GError **error, int code, const char *why)
{
    g_set_error_literal (error, TUTTI_ERROR, code, why);
    return FALSE;
}

static gboolean
check_ban (TuttiRoom *room, const TuttiJoin *join, GError **error)
{
    TuttiIdentity identity;
    gboolean is_banned;

    tutti_policy_identify (join, &identity);
    is_banned = tutti_bans_has (room->policy.bans, &identity);
    tutti_identity_clear (&identity);
    return !is_banned || refuse (error, TUTTI_ERROR_BANNED, "you were removed from this room");
}

static gboolean
check_pin (const char *pin, const TuttiJoin *join, GError **error)
{
    if (pin[0] == '\0' || join->has_token)
        return TRUE;
    if (!join->pin || join->pin[0] == '\0')
        return refuse (error, TUTTI_ERROR_PIN_REQUIRED, "this room asks for a PIN");
    return tutti_secret_is_same (pin, join->pin) ||
           refuse (error, TUTTI_ERROR_PIN_WRONG, "that is not this room's PIN");
}

static gboolean
check_waiting (TuttiRoom *room, const TuttiJoin *join, GError **error)
{
    if (!join->can_wait)
        return refuse (error, TUTTI_ERROR_WAITING_ROOM, "the room has a waiting room");
    return !room || room->waiting->len < TUTTI_LOBBY_MAX ||
           refuse (error, TUTTI_ERROR_OVERLOADED, "too many wait to be let in");
}

/* Of a room that is yet to be made. */
static gboolean
check_new (TuttiConfig *config, const TuttiJoin *join, GError **error)
{
    gint64 closes_at_us =
        tutti_policy_read_time (tutti_config_room_string (config, join->room, "closes-at"));

    if (closes_at_us != 0 && g_get_real_time () >= closes_at_us)
        return refuse (error, TUTTI_ERROR_TIME_OVER, "this room's time is over");
    if (!check_pin (tutti_config_room_string (config, join->room, "pin"), join, error))
        return FALSE;
    return !tutti_config_room_bool (config, join->room, "waiting-room") ||
           join->role == TUTTI_PERSON_MODERATOR || check_waiting (NULL, join, error);
}

void
tutti_policy_init (TuttiPolicy *policy)
{
    policy->pin = g_strdup ("");
    policy->moderators = g_new0 (char *, 1);
    policy->bans = tutti_bans_new ();
}

void
tutti_policy_clear (TuttiPolicy *policy)
{
    g_free (policy->pin);
    g_strfreev (policy->moderators);
    tutti_bans_free (policy->bans);
}

gboolean
tutti_policy_check (TuttiRooms *rooms, TuttiRoom *room, const TuttiJoin *join, GError **error)
{
    if (!room)
        return check_new (rooms->shared->config, join, error);
    return check_ban (room, join, error) && check_pin (room->policy.pin, join, error) &&
           (!tutti_policy_must_wait (room, join) || check_waiting (room, join, error));
}

gboolean
tutti_policy_must_wait (TuttiRoom *room, const TuttiJoin *join)
{
    return room->policy.waiting_room && join->role != TUTTI_PERSON_MODERATOR;
}

void
tutti_policy_identify (const TuttiJoin *join, TuttiIdentity *identity)
{
    g_autofree char *name = tutti_person_clean_name (join->name);
    const TuttiIdentity borrowed = {join->subject, join->address, join->visitor, name};

    tutti_identity_copy (identity, &borrowed);
}

const char *
tutti_share_name (TuttiShare share)
{
    return SHARES[share];
}

char **
tutti_policy_split_names (const char *text)
{
    g_auto (GStrv) parts = g_strsplit (text, ";", -1);
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

    for (guint i = 0; parts[i]; i++) {
        if (*g_strstrip (parts[i]))
            g_strv_builder_add (builder, parts[i]);
    }
    return g_strv_builder_end (builder);
}

gint64
tutti_policy_read_time (const char *text)
{
    g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, NULL);

    return time ? g_date_time_to_unix (time) * G_USEC_PER_SEC : 0;
}

gboolean
tutti_rooms_is_moderator (TuttiRooms *rooms, const char *name, const char *subject)
{
    TuttiRoom *room = tutti_rooms_find (rooms, name);
    g_auto (GStrv) configured = NULL;

    if (!subject)
        return FALSE;
    if (room)
        return g_strv_contains ((const char *const *)room->policy.moderators, subject);
    configured = tutti_policy_split_names (
        tutti_config_room_string (rooms->shared->config, name, "moderators"));
    return g_strv_contains ((const char *const *)configured, subject);
}

TuttiBans *
tutti_room_get_bans (TuttiRoom *room)
{
    return room->policy.bans;
}

void
tutti_room_get_policy (TuttiRoom *room, TuttiRoomPolicy *policy)
{
    *policy = (TuttiRoomPolicy){
        .has_pin = room->policy.pin[0] != '\0',
        .pin_changes = room->policy.pin_changes,
        .waiting_room = room->policy.waiting_room,
        .record = room->record.is_wanted,
        .is_kept = room->policy.is_kept,
        .share = tutti_share_name (room->policy.share),
        .moderators = (const char *const *)room->policy.moderators,
        .closes_at_s = room->policy.closes_at_us / G_USEC_PER_SEC,
        .max_duration_s = room->policy.max_duration_us / G_USEC_PER_SEC,
        .ends_at_s = tutti_closing_get_end_s (room),
    };
}
