/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * secret.h: making secrets, and comparing what somebody guessed with what is right. Any thread.
 */
#pragma once

#include <glib.h>

/* 128 bits, which can't be guessed (RFC 4086), as hexadecimal digits with a NUL behind. */
#define TUTTI_SECRET_DIGITS 32
void tutti_secret_make (char secret[TUTTI_SECRET_DIGITS + 1]);

/* Takes as long wherever the first difference is, and however long the secret is. */
gboolean tutti_secret_is_same (const char *secret, const char *guess);
