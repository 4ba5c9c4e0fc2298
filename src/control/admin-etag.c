/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-etag.c: see admin-etag.h. A tag is a hash of the settings as they are told, so that a new
 * setting is in it by itself; of the PIN, which is told to nobody, how often it was changed. Role:
 * main.
 */
#include "admin-etag.h"
#include "admin-json.h"
#include "json-write.h"
#include "settings.h"

/* Of the hash, in hexadecimal: 64 bits never meet twice in the life of a room. */
#define TAG_LENGTH 16

static char *
make_tag (TuttiRoom *room)
{
    g_autoptr (TuttiJson) json = tutti_json_new ();
    g_autofree char *text = NULL;
    g_autofree char *hash = NULL;
    TuttiRoomPolicy policy;

    tutti_room_get_policy (room, &policy);
    tutti_admin_json_settings (json, room);
    tutti_json_add_int (json, "pin_changes", policy.pin_changes);
    text = tutti_json_end (json);
    hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
    return g_strdup_printf ("\"%.*s\"", TAG_LENGTH, hash);
}

/* tag NULL: there is nothing that has one. weak: a tag that was weakened on its way (by a proxy
 * that compressed the answer) is the same too: RFC 9110 section 8.8.3.2. */
static gboolean
is_listed (const char *list, const char *tag, gboolean weak)
{
    GSList *tags = soup_header_parse_list (list);
    gboolean found = FALSE;

    for (GSList *item = tags; item && tag && !found; item = item->next) {
        const char *listed = item->data;

        if (weak && g_str_has_prefix (listed, "W/"))
            listed += 2;
        found = g_str_equal (listed, "*") || g_str_equal (listed, tag);
    }
    soup_header_free_list (tags);
    return found;
}

void
tutti_admin_etag_add (TuttiAdminCall *call, TuttiRoom *room)
{
    g_autofree char *tag = make_tag (room);

    soup_message_headers_replace (soup_server_message_get_response_headers (call->message), "ETag",
                                  tag);
}

/* RFC 9110 section 13.2.2: If-Match comes first. */
gboolean
tutti_admin_etag_check (TuttiAdminCall *call, TuttiRoom *room)
{
    SoupMessageHeaders *request = soup_server_message_get_request_headers (call->message);
    const char *method = soup_server_message_get_method (call->message);
    const char *match = soup_message_headers_get_list (request, "If-Match");
    const char *none = soup_message_headers_get_list (request, "If-None-Match");
    g_autofree char *tag = room ? make_tag (room) : NULL;
    gboolean is_other = match && !is_listed (match, tag, FALSE);

    if (!is_other && !(none && is_listed (none, tag, TRUE)))
        return TRUE;
    if (room)
        tutti_admin_etag_add (call, room);
    if (!is_other && (method == SOUP_METHOD_GET || method == SOUP_METHOD_HEAD))
        soup_server_message_set_status (call->message, SOUP_STATUS_NOT_MODIFIED, NULL);
    else
        tutti_admin_answer_problem (call, SOUP_STATUS_PRECONDITION_FAILED, "conflict",
                                    room ? "the room's settings are not those of the condition"
                                         : "there is no such room");
    return FALSE;
}
