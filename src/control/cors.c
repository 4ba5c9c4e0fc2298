/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cors.c: see cors.h.
 */
#include "cors.h"
#include "origin.h"
#include "problem.h"

/* Browsers ask again after so long; they cap it at two hours. */
#define MAX_AGE_S "7200"

gboolean
tutti_cors_check (SoupServerMessage *message, TuttiConfig *config)
{
    SoupMessageHeaders *request = soup_server_message_get_request_headers (message);
    SoupMessageHeaders *response = soup_server_message_get_response_headers (message);
    const char *origin = soup_message_headers_get_one (request, "Origin");
    gboolean by_token = g_str_equal (tutti_config_string (config, "auth", "mode"), "token");

    if (!origin)
        return TRUE;
    if (!by_token &&
        !tutti_origin_is_allowed (origin, soup_message_headers_get_one (request, "Host"),
                                  tutti_config_string (config, "http", "allowed-origins"),
                                  tutti_config_string (config, "http", "public-url")))
        return FALSE;
    soup_message_headers_replace (response, "Access-Control-Allow-Origin", origin);
    soup_message_headers_append (response, "Vary", "Origin");
    soup_message_headers_replace (response, "Access-Control-Expose-Headers",
                                  "Location, Link, ETag, Accept-Post, Retry-After");
    return TRUE;
}

void
tutti_cors_answer_options (SoupServerMessage *message, const char *methods, const char *post)
{
    SoupMessageHeaders *response = soup_server_message_get_response_headers (message);

    soup_message_headers_replace (response, "Allow", methods);
    soup_message_headers_replace (response, "Access-Control-Allow-Methods", methods);
    soup_message_headers_replace (response, "Access-Control-Allow-Headers",
                                  "Authorization, Content-Type, If-Match");
    soup_message_headers_replace (response, "Access-Control-Max-Age", MAX_AGE_S);
    if (post)
        soup_message_headers_replace (response, "Accept-Post", post);
    tutti_problem_answer_nothing (message);
}
