/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * whip-call.c: see whip-call.h.
 */
#include "whip-call.h"
#include "cookie.h"
#include "problem.h"
#include "sdp-read.h"

#include <tutti/error.h>

/* When a room is full or the server too busy: seconds until it is worth another try. */
#define RETRY_AFTER_S "10"
#define KEY_TOO_LARGE "tutti-too-large"

/* --- Answers --- */

void
tutti_whip_call_set_header (const TuttiWhipCall *call, const char *name, const char *value)
{
    soup_message_headers_replace (soup_server_message_get_response_headers (call->message), name,
                                  value);
}

void
tutti_whip_call_refuse (const TuttiWhipCall *call, const GError *error)
{
    if (g_error_matches (error, TUTTI_ERROR, TUTTI_ERROR_FULL_ROOM) ||
        g_error_matches (error, TUTTI_ERROR, TUTTI_ERROR_OVERLOADED) ||
        g_error_matches (error, TUTTI_ERROR, TUTTI_ERROR_RATE_LIMITED))
        tutti_whip_call_set_header (call, "Retry-After", RETRY_AFTER_S);
    /* RFC 9725 section 4.2: an offer that can't be agreed on is its sender's matter. */
    if (g_error_matches (error, TUTTI_ERROR, TUTTI_ERROR_UNSUPPORTED))
        tutti_problem_answer (call->message, SOUP_STATUS_UNPROCESSABLE_ENTITY,
                              tutti_error_name (error), error->message);
    else
        tutti_problem_answer_error (call->message, error);
}

static const char *
get_query (const TuttiWhipCall *call, const char *name)
{
    return call->query ? g_hash_table_lookup (call->query, name) : NULL;
}

static const char *
find_token (const TuttiWhipCall *call)
{
    const char *bearer = tutti_cookie_get_bearer (call->message);

    return bearer ? bearer : get_query (call, "token");
}

gboolean
tutti_whip_call_check_body (const TuttiWhipCall *call, const char *type)
{
    SoupMessageHeaders *headers = soup_server_message_get_request_headers (call->message);
    const char *given = soup_message_headers_get_content_type (headers, NULL);

    if (g_object_get_data (G_OBJECT (call->message), KEY_TOO_LARGE)) {
        tutti_problem_answer (call->message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, "bad_sdp",
                              "the body is too large");
        return FALSE;
    }
    if (given && g_ascii_strcasecmp (given, type) == 0)
        return TRUE;
    tutti_whip_call_set_header (
        call, g_str_equal (type, TUTTI_WHIP_TYPE_SDP) ? "Accept-Post" : "Accept-Patch", type);
    tutti_problem_answer (call->message, SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE, "bad_message", type);
    return FALSE;
}

char *
tutti_whip_call_get_body (const TuttiWhipCall *call)
{
    g_autoptr (GBytes) bytes =
        soup_message_body_flatten (soup_server_message_get_request_body (call->message));

    return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

gboolean
tutti_whip_call_admit (const TuttiWhipCall *call, TuttiAdmission *admission, TuttiPass *pass,
                       GError **error)
{
    TuttiRequest request = {
        .room = call->room,
        .name = get_query (call, "participant"),
        .token = find_token (call),
        .role_given = TRUE,
        .role = call->is_whep ? TUTTI_PERSON_LISTENER : TUTTI_PERSON_PARTICIPANT,
        .address = call->address,
        .rooms = call->rooms,
        .door = call->is_whep ? TUTTI_DOOR_WHEP : TUTTI_DOOR_WHIP,
    };

    if (!tutti_room_name_is_valid (call->room)) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_BAD_ROOM,
                             "a room's name has 1 to 64 of A-Z a-z 0-9 . _ -");
        return FALSE;
    }
    return tutti_admission_check (admission, &request, g_get_monotonic_time (),
                                  g_get_real_time () / G_USEC_PER_SEC, pass, error);
}

/* Who waits for a moderator has to be told things meanwhile: it can't by HTTP. */
void
tutti_whip_call_fill_join (const TuttiWhipCall *call, const TuttiPass *pass, TuttiJoin *join)
{
    tutti_pass_fill_join (pass, join);
    join->room = call->room;
    join->is_viewer = call->is_whep;
    join->address = call->address;
    join->pin = get_query (call, "pin");
}

gboolean
tutti_whip_call_check_etag (const TuttiWhipCall *call, const char *etag)
{
    const char *match = soup_message_headers_get_one (
        soup_server_message_get_request_headers (call->message), "If-Match");

    if (!match || g_str_equal (match, "*") || g_str_equal (match, etag))
        return TRUE;
    tutti_problem_answer (call->message, SOUP_STATUS_PRECONDITION_FAILED, "bad_message",
                          "the ETag is of another ICE session");
    return FALSE;
}

static void
on_chunk (SoupServerMessage *message, GBytes *chunk, gpointer user_data)
{
    SoupMessageBody *body = soup_server_message_get_request_body (message);

    if (body->length <= TUTTI_SDP_MAX_BYTES)
        return;
    soup_message_body_set_accumulate (body, FALSE);
    soup_message_body_truncate (body);
    g_object_set_data (G_OBJECT (message), KEY_TOO_LARGE, GINT_TO_POINTER (TRUE));
}

void
tutti_whip_call_expect_body (SoupServerMessage *message)
{
    soup_message_body_set_accumulate (soup_server_message_get_request_body (message), TRUE);
    g_signal_connect (message, "got-chunk", G_CALLBACK (on_chunk), NULL);
}
