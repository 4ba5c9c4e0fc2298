/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admission.c: in mode open everyone may have every role, but for a moderator's if the
 * configuration says so; in mode token the token says what it is.
 */
#include "admission.h"
#include "rate.h"
#include "settings.h"

#include <string.h>
#include <tutti/error.h>

/* RFC 7518 section 3.2: an HS256 key shorter than the hash can be guessed sooner. */
#define SECRET_GOOD_BYTES 32
/* The new one, the one before, and some that somebody forgot to take away. */
#define SECRETS_MAX 4

struct _TuttiAdmission {
    TuttiConfig *config;
    TuttiRate *rate, *room_rate;
    TuttiRefusals *refusals;
    char **secrets; /* the first signs; NULL: none, in mode open only */
};

static gboolean
is_token_mode (TuttiConfig *config)
{
    return g_str_equal (tutti_config_string (config, "auth", "mode"), "token");
}

/* Those that are not empty. NULL: none. */
static char **
split_secrets (const char *text)
{
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
    guint n = 0;

    for (guint i = 0; lines[i] && n < SECRETS_MAX; i++) {
        if (!*g_strstrip (lines[i]))
            continue;
        if (strlen (lines[i]) < SECRET_GOOD_BYTES)
            g_warning ("[auth] secret: shorter than %d bytes is weak", SECRET_GOOD_BYTES);
        g_strv_builder_add (builder, lines[i]);
        n++;
    }
    return n > 0 ? g_strv_builder_end (builder) : NULL;
}

/* *secrets stays NULL if there is none, which only mode open may do without. */
static gboolean
read_secrets (TuttiConfig *config, char ***secrets, GError **error)
{
    const char *path = tutti_config_string (config, "auth", "secret-file");
    g_autoptr (GError) fault = NULL;
    g_autofree char *text = NULL;

    if (path[0] && !g_file_get_contents (path, &text, NULL, &fault)) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG, "[auth] secret-file: %s",
                     fault->message);
        return FALSE;
    }
    *secrets = split_secrets (text ? text : tutti_config_string (config, "auth", "secret"));
    if (*secrets || !is_token_mode (config))
        return TRUE;
    g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG,
                         "[auth] mode token needs secret or secret-file");
    return FALSE;
}

TuttiAdmission *
tutti_admission_new (TuttiConfig *config, GError **error)
{
    g_autoptr (TuttiAdmission) admission = g_new0 (TuttiAdmission, 1);

    admission->config = config;
    admission->rate = tutti_rate_new ((guint)tutti_config_int (config, "auth", "join-rate"));
    admission->room_rate =
        tutti_rate_new ((guint)tutti_config_int (config, "auth", "room-join-rate"));
    admission->refusals =
        tutti_refusals_new ((guint)tutti_config_int (config, "auth", "join-rate"));
    if (!read_secrets (config, &admission->secrets, error))
        return NULL;
    return g_steal_pointer (&admission);
}

void
tutti_admission_free (TuttiAdmission *admission)
{
    if (!admission)
        return;
    tutti_rate_free (admission->rate);
    tutti_rate_free (admission->room_rate);
    tutti_refusals_free (admission->refusals);
    g_strfreev (admission->secrets);
    g_free (admission);
}

gboolean
tutti_admission_reload (TuttiAdmission *admission, GError **error)
{
    char **secrets = NULL;

    if (!read_secrets (admission->config, &secrets, error))
        return FALSE;
    g_strfreev (admission->secrets);
    admission->secrets = secrets;
    return TRUE;
}

static gboolean
refuse (GError **error, int code, const char *what)
{
    g_set_error_literal (error, TUTTI_ERROR, code, what);
    return FALSE;
}

/* listener < participant < moderator. */
static int
rank (TuttiPersonRole role)
{
    return role == TUTTI_PERSON_LISTENER ? 0 : role == TUTTI_PERSON_PARTICIPANT ? 1 : 2;
}

/* Whom the room has in its list is a moderator even if the token says less, and the client nothing:
 * but who wants to listen only may. */
static void
raise_listed (const TuttiRequest *request, TuttiPass *pass)
{
    if (!request->rooms || !tutti_room_name_is_valid (request->room) ||
        !tutti_rooms_is_moderator (request->rooms, request->room, pass->subject))
        return;
    pass->may_moderate = TRUE;
    if (!request->role_given || request->role != TUTTI_PERSON_LISTENER)
        pass->role = TUTTI_PERSON_MODERATOR;
}

static gboolean
check_token (TuttiAdmission *admission, const TuttiRequest *request, gint64 now_s, TuttiPass *pass,
             GError **error)
{
    g_autoptr (TuttiToken) token = NULL;

    if (!request->token)
        return refuse (error, TUTTI_ERROR_UNAUTHORIZED, "a token is needed");
    token = tutti_token_read (request->token, (const char *const *)admission->secrets,
                              request->room, now_s, error);
    if (!token)
        return FALSE;
    *pass = (TuttiPass){.role = request->role_given ? request->role : token->role,
                        .may_moderate = token->role == TUTTI_PERSON_MODERATOR,
                        .has_token = TRUE,
                        .subject = g_strdup (token->name),
                        .expires_s = token->expires_s};
    raise_listed (request, pass);
    if (!pass->may_moderate && rank (pass->role) > rank (token->role)) {
        tutti_pass_clear (pass);
        return refuse (error, TUTTI_ERROR_FORBIDDEN, "the token is for a lesser role");
    }
    /* Whom the token was made for is not the client's to choose. */
    pass->name = token->name ? g_steal_pointer (&token->name) : g_strdup (request->name);
    return TRUE;
}

static gboolean
is_empty (const TuttiRequest *request)
{
    TuttiRoom *room = request->rooms && tutti_room_name_is_valid (request->room)
                          ? tutti_rooms_find (request->rooms, request->room)
                          : NULL;
    TuttiRoomInfo info = {0};

    if (room)
        tutti_room_get_info (room, &info);
    return info.n_participants == 0;
}

static gboolean
may_moderate_open (TuttiAdmission *admission, const TuttiRequest *request, const TuttiToken *token)
{
    const char *who = tutti_config_string (admission->config, "auth", "open-moderators");

    return g_str_equal (who, "anyone") || (token && token->role == TUTTI_PERSON_MODERATOR) ||
           (g_str_equal (who, "first") && is_empty (request));
}

static TuttiPersonRole
role_open (const TuttiRequest *request, const TuttiToken *token)
{
    if (request->role_given)
        return request->role;
    return token ? token->role : TUTTI_PERSON_PARTICIPANT;
}

/* A token still says who it is where its bearer does not, and spares the PIN. */
static void
pass_open (TuttiAdmission *admission, const TuttiRequest *request, gint64 now_s, TuttiPass *pass)
{
    g_autoptr (TuttiToken) token =
        request->token && admission->secrets
            ? tutti_token_read (request->token, (const char *const *)admission->secrets,
                                request->room, now_s, NULL)
            : NULL;

    *pass = (TuttiPass){.name = g_strdup (token && !request->name ? token->name : request->name),
                        .subject = token ? g_strdup (token->name) : NULL,
                        .role = role_open (request, token),
                        .may_moderate = may_moderate_open (admission, request, token),
                        .has_token = token != NULL};
    raise_listed (request, pass);
}

/* Whoever may not come at all takes nothing of it. */
static gboolean
take_room (TuttiAdmission *admission, const char *room, gint64 now_us)
{
    return !tutti_room_name_is_valid (room) || tutti_rate_take (admission->room_rate, room, now_us);
}

static gboolean
judge (TuttiAdmission *admission, const TuttiRequest *request, gint64 now_us, gint64 now_s,
       TuttiPass *pass, GError **error)
{
    if (!tutti_rate_take (admission->rate, request->address, now_us))
        return refuse (error, TUTTI_ERROR_RATE_LIMITED, "too many joins from this address");
    if (!is_token_mode (admission->config))
        pass_open (admission, request, now_s, pass);
    else if (!check_token (admission, request, now_s, pass, error))
        return FALSE;
    if (take_room (admission, request->room, now_us))
        return TRUE;
    tutti_pass_clear (pass);
    return refuse (error, TUTTI_ERROR_RATE_LIMITED, "too many joins into this room");
}

gboolean
tutti_admission_check (TuttiAdmission *admission, const TuttiRequest *request, gint64 now_us,
                       gint64 now_s, TuttiPass *pass, GError **error)
{
    g_autoptr (GError) fault = NULL;

    if (judge (admission, request, now_us, now_s, pass, &fault))
        return TRUE;
    tutti_refusals_add (admission->refusals, request->door, request->address, now_us, &fault);
    g_propagate_error (error, g_steal_pointer (&fault));
    return FALSE;
}

void
tutti_admission_refuse (TuttiAdmission *admission, TuttiDoor door, const char *address,
                        gint64 now_us, GError **error)
{
    tutti_refusals_add (admission->refusals, door, address, now_us, error);
}

gboolean
tutti_admission_is_open (TuttiAdmission *admission)
{
    return !is_token_mode (admission->config);
}

gboolean
tutti_admission_has_secret (TuttiAdmission *admission)
{
    return admission->secrets != NULL;
}

TuttiToken *
tutti_admission_read_token (TuttiAdmission *admission, const char *token, const char *room,
                            gint64 now_s, GError **error)
{
    if (admission->secrets)
        return tutti_token_read (token, (const char *const *)admission->secrets, room, now_s,
                                 error);
    refuse (error, TUTTI_ERROR_UNAUTHORIZED, "this server has no secret to check tokens with");
    return NULL;
}

char *
tutti_admission_write_token (TuttiAdmission *admission, const TuttiToken *token, GError **error)
{
    if (admission->secrets)
        return tutti_token_write (token, admission->secrets[0]);
    g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_UNSUPPORTED,
                         "this server has no secret to sign tokens with: set [auth] secret-file");
    return NULL;
}

void
tutti_pass_clear (TuttiPass *pass)
{
    g_clear_pointer (&pass->name, g_free);
    g_clear_pointer (&pass->subject, g_free);
}

void
tutti_pass_fill_join (const TuttiPass *pass, TuttiJoin *join)
{
    join->name = pass->name;
    join->role = pass->role;
    join->may_moderate = pass->may_moderate;
    join->has_token = pass->has_token;
    join->subject = pass->subject;
    if (pass->expires_s != 0)
        join->pass_until_us =
            g_get_monotonic_time () + (pass->expires_s * G_USEC_PER_SEC - g_get_real_time ());
}
