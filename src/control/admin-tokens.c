/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-tokens.c: join tokens, signed with the server's secret. Role: main.
 */
#include "admin-body.h"
#include "admin-routes.h"

#include "json-write.h"
#include "person.h"

#define TTL_DEFAULT_S 86400
/* A year: a token can't be taken back but by changing the secret, which takes back all. */
#define TTL_MAX_S (365 * 86400)

typedef struct {
    const char *room, *name, *role;
    double ttl_s;
} Order;

/* FALSE, and answered: something in it can't be. token->name is the caller's to free. */
static gboolean
check (TuttiAdminCall *call, const Order *order, TuttiToken *token)
{
    if (!tutti_room_name_is_valid (order->room)) {
        tutti_admin_answer_bad_field (call, "room",
                                      "'room' must have 1 to 64 of A-Z a-z 0-9 . _ -");
        return FALSE;
    }
    if (!tutti_person_role_from_name (order->role, &token->role)) {
        tutti_admin_answer_bad_field (call, "role",
                                      "'role' must be participant, listener or moderator");
        return FALSE;
    }
    if (!(order->ttl_s >= 1 && order->ttl_s <= TTL_MAX_S)) {
        tutti_admin_answer_bad_field (call, "ttl_s", "'ttl_s' must be 1 to 31536000");
        return FALSE;
    }
    token->name = order->name ? tutti_person_clean_name (order->name) : NULL;
    if (!token->name || token->name[0] != '\0')
        return TRUE;
    g_free (token->name);
    tutti_admin_answer_bad_field (call, "name", "'name' has nothing that can be shown");
    return FALSE;
}

static void
answer_token (TuttiAdminCall *call, const char *text, gint64 expires_s)
{
    g_autoptr (TuttiJson) json = tutti_json_new ();
    g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (expires_s);
    g_autofree char *expires = g_date_time_format_iso8601 (time);

    tutti_json_add_string (json, "token", text);
    tutti_json_add_string (json, "expires", expires);
    /* It is a key: nothing in between keeps it (RFC 9111 section 5.2.2.5). */
    soup_message_headers_replace (soup_server_message_get_response_headers (call->message),
                                  "Cache-Control", "no-store");
    tutti_admin_answer (call, json);
}

void
tutti_admin_make_token (TuttiAdminCall *call)
{
    const TuttiAdminHands *hands = &call->setup->hands;
    Order order = {.role = "participant", .ttl_s = TTL_DEFAULT_S};
    const TuttiAdminField fields[] = {
        {"room", TUTTI_FIELD_STRING, &order.room, NULL},
        {"name", TUTTI_FIELD_STRING | TUTTI_FIELD_OPTIONAL, &order.name, NULL},
        {"role", TUTTI_FIELD_STRING | TUTTI_FIELD_OPTIONAL, &order.role, NULL},
        {"ttl_s", TUTTI_FIELD_NUMBER | TUTTI_FIELD_OPTIONAL, &order.ttl_s, NULL},
    };
    TuttiToken token = {0};
    g_autofree char *text = NULL, *name = NULL;
    GError *error = NULL;

    if (!tutti_admin_read (call, fields, G_N_ELEMENTS (fields)) || !check (call, &order, &token))
        return;
    name = token.name;
    token.room = (char *)order.room;
    token.expires_s = g_get_real_time () / G_USEC_PER_SEC + (gint64)order.ttl_s;
    text = hands->write_token (&token, hands->user_data, &error);
    if (text)
        answer_token (call, text, token.expires_s);
    else
        tutti_admin_answer_error (call, error);
}
