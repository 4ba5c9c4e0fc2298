/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * secret.h: comparing what somebody guessed with what is right. Any thread.
 */
#pragma once

#include <glib.h>

/* Takes as long wherever the first difference is, and however long the secret is. */
gboolean tutti_secret_is_same (const char *secret, const char *guess);
