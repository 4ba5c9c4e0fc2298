/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * error.c: the error domain and its wire names.
 */
#include <tutti/error.h>

G_DEFINE_QUARK (tutti - error - quark, tutti_error)

static const char *const names[TUTTI_N_ERRORS] = {
    [TUTTI_ERROR_INTERNAL] = "internal",       [TUTTI_ERROR_BAD_JSON] = "bad_json",
    [TUTTI_ERROR_BAD_MESSAGE] = "bad_message", [TUTTI_ERROR_BAD_ROOM] = "bad_room",
    [TUTTI_ERROR_BAD_SDP] = "bad_sdp",         [TUTTI_ERROR_BAD_CANDIDATE] = "bad_candidate",
    [TUTTI_ERROR_NOT_JOINED] = "not_joined",   [TUTTI_ERROR_ALREADY_JOINED] = "already_joined",
    [TUTTI_ERROR_FORBIDDEN] = "forbidden",     [TUTTI_ERROR_UNAUTHORIZED] = "unauthorized",
    [TUTTI_ERROR_LOCKED] = "locked",           [TUTTI_ERROR_RATE_LIMITED] = "rate_limited",
    [TUTTI_ERROR_OVERLOADED] = "overloaded",   [TUTTI_ERROR_UNSUPPORTED] = "unsupported",
    [TUTTI_ERROR_FULL_ROOM] = "full_room",     [TUTTI_ERROR_NOT_FOUND] = "not_found",
    [TUTTI_ERROR_BAD_CONFIG] = "bad_config",   [TUTTI_ERROR_CONFLICT] = "conflict",
    [TUTTI_ERROR_STORAGE] = "storage",         [TUTTI_ERROR_PIN_REQUIRED] = "unauthorized",
    [TUTTI_ERROR_PIN_WRONG] = "unauthorized",  [TUTTI_ERROR_BANNED] = "forbidden",
    [TUTTI_ERROR_WAITING_ROOM] = "forbidden",  [TUTTI_ERROR_TIME_OVER] = "forbidden",
};

static const char *const reasons[TUTTI_N_ERRORS] = {
    [TUTTI_ERROR_PIN_REQUIRED] = "pin_required",
    [TUTTI_ERROR_PIN_WRONG] = "pin_wrong",
    [TUTTI_ERROR_BANNED] = "banned",
    [TUTTI_ERROR_WAITING_ROOM] = "waiting_room",
    [TUTTI_ERROR_TIME_OVER] = "time",
};

static gboolean
is_ours (const GError *error)
{
    return error && error->domain == TUTTI_ERROR && error->code >= 0 &&
           error->code < TUTTI_N_ERRORS;
}

const char *
tutti_error_name (const GError *error)
{
    return names[is_ours (error) ? error->code : TUTTI_ERROR_INTERNAL];
}

const char *
tutti_error_reason (const GError *error)
{
    return is_ours (error) ? reasons[error->code] : NULL;
}
