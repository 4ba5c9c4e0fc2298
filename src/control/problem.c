/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * problem.c: see problem.h. Role: main.
 */
#include "problem.h"
#include "json-write.h"

#include <string.h>
#include <tutti/error.h>

static guint
status_of (const GError *error)
{
    static const struct {
        TuttiError code;
        guint status;
    } statuses[] = {
        {TUTTI_ERROR_BAD_JSON, SOUP_STATUS_BAD_REQUEST},
        {TUTTI_ERROR_BAD_MESSAGE, SOUP_STATUS_BAD_REQUEST},
        {TUTTI_ERROR_BAD_ROOM, SOUP_STATUS_BAD_REQUEST},
        {TUTTI_ERROR_BAD_SDP, SOUP_STATUS_BAD_REQUEST},
        {TUTTI_ERROR_BAD_CANDIDATE, SOUP_STATUS_BAD_REQUEST},
        {TUTTI_ERROR_UNAUTHORIZED, SOUP_STATUS_UNAUTHORIZED},
        {TUTTI_ERROR_PIN_REQUIRED, SOUP_STATUS_UNAUTHORIZED},
        {TUTTI_ERROR_PIN_WRONG, SOUP_STATUS_UNAUTHORIZED},
        {TUTTI_ERROR_FORBIDDEN, SOUP_STATUS_FORBIDDEN},
        {TUTTI_ERROR_BANNED, SOUP_STATUS_FORBIDDEN},
        {TUTTI_ERROR_WAITING_ROOM, SOUP_STATUS_FORBIDDEN},
        {TUTTI_ERROR_TIME_OVER, SOUP_STATUS_FORBIDDEN},
        {TUTTI_ERROR_LOCKED, SOUP_STATUS_FORBIDDEN},
        {TUTTI_ERROR_NOT_JOINED, SOUP_STATUS_NOT_FOUND},
        {TUTTI_ERROR_UNSUPPORTED, SOUP_STATUS_NOT_IMPLEMENTED},
        {TUTTI_ERROR_FULL_ROOM, SOUP_STATUS_SERVICE_UNAVAILABLE},
        {TUTTI_ERROR_OVERLOADED, SOUP_STATUS_SERVICE_UNAVAILABLE},
        {TUTTI_ERROR_NOT_FOUND, SOUP_STATUS_NOT_FOUND},
        {TUTTI_ERROR_RATE_LIMITED, 429}, /* RFC 6585 section 4 */
        {TUTTI_ERROR_CONFLICT, SOUP_STATUS_CONFLICT},
        {TUTTI_ERROR_STORAGE, 507}, /* RFC 4918 section 11.5 */
    };

    for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
        if (g_error_matches (error, TUTTI_ERROR, (int)statuses[i].code))
            return statuses[i].status;
    return SOUP_STATUS_INTERNAL_SERVER_ERROR;
}

static void
on_wrote_headers (SoupServerMessage *message, gpointer user_data)
{
    soup_message_headers_set_encoding (soup_server_message_get_response_headers (message),
                                       SOUP_ENCODING_NONE);
}

/* libsoup takes the Content-Length away, forgets that nothing follows, and would end the connection
 * to say so. */
void
tutti_problem_answer_nothing (SoupServerMessage *message)
{
    g_signal_connect (message, "wrote-headers", G_CALLBACK (on_wrote_headers), NULL);
    soup_server_message_set_status (message, SOUP_STATUS_NO_CONTENT, NULL);
}

static TuttiJson *
begin (guint status, const char *code, const char *detail)
{
    TuttiJson *json = tutti_json_new ();

    tutti_json_add_string (json, "type", "about:blank");
    tutti_json_add_string (json, "title", soup_status_get_phrase (status));
    tutti_json_add_int (json, "status", status);
    tutti_json_add_string (json, "code", code);
    tutti_json_add_string (json, "detail", detail);
    return json;
}

static void
end (SoupServerMessage *message, guint status, TuttiJson *json)
{
    char *text;

    text = tutti_json_end (json);
    soup_server_message_set_status (message, status, NULL);
    soup_server_message_set_response (message, "application/problem+json", SOUP_MEMORY_TAKE, text,
                                      strlen (text));
}

void
tutti_problem_answer (SoupServerMessage *message, guint status, const char *code,
                      const char *detail)
{
    g_autoptr (TuttiJson) json = begin (status, code, detail);

    end (message, status, json);
}

void
tutti_problem_answer_bad_field (SoupServerMessage *message, const char *field, const char *detail)
{
    g_autoptr (TuttiJson) json = begin (SOUP_STATUS_BAD_REQUEST, "bad_message", detail);

    tutti_json_add_string (json, "field", field);
    end (message, SOUP_STATUS_BAD_REQUEST, json);
}

static void
answer (SoupServerMessage *message, guint status, const GError *error)
{
    g_autoptr (TuttiJson) json = begin (status, tutti_error_name (error), error->message);

    if (tutti_error_reason (error))
        tutti_json_add_string (json, "reason", tutti_error_reason (error));
    end (message, status, json);
}

void
tutti_problem_answer_error (SoupServerMessage *message, const GError *error)
{
    guint status = status_of (error);

    if (status == SOUP_STATUS_UNAUTHORIZED)
        soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                      "WWW-Authenticate", "Bearer"); /* RFC 6750 section 3 */
    answer (message, status, error);
}

void
tutti_problem_answer_bad_method (SoupServerMessage *message, const char *methods)
{
    soup_message_headers_replace (soup_server_message_get_response_headers (message), "Allow",
                                  methods);
    tutti_problem_answer (message, SOUP_STATUS_METHOD_NOT_ALLOWED, "bad_message",
                          "this method is not for this resource");
}
