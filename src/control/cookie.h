/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cookie.h: a token in a cookie (RFC 6265): what lets <video src> and links through where no header
 * can be sent. Scripts can't read it, and other sites' pages can't make a browser send it. Role:
 * main.
 */
#pragma once

#include <libsoup/soup.h>
#include <tutti/config.h>

/* NULL: there is none of that name. Free it. */
char *tutti_cookie_get (SoupServerMessage *message, const char *name);

/* For the paths at and below path, until the browser is closed. value: of characters that a token
 * has. secure: over TLS only. */
void tutti_cookie_set (SoupServerMessage *message, const char *name, const char *value,
                       const char *path, gboolean secure);
/* The same, sent too when a link of another site leads here. */
void tutti_cookie_set_lax (SoupServerMessage *message, const char *name, const char *value,
                           const char *path, gboolean secure);
/* TRUE if people come by TLS, ours or a proxy's. */
gboolean tutti_cookie_is_secure (TuttiConfig *config);
void tutti_cookie_delete (SoupServerMessage *message, const char *name, const char *path);

/* The token of an Authorization header of scheme Bearer (RFC 6750 section 2.1), NULL if there is
 * none. Borrowed. */
const char *tutti_cookie_get_bearer (SoupServerMessage *message);
