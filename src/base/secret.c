/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * secret.c: see secret.h.
 */
#include <tutti/secret.h>

#include <string.h>
#include <sys/random.h>

void
tutti_secret_make (char secret[TUTTI_SECRET_DIGITS + 1])
{
    guint8 bytes[TUTTI_SECRET_DIGITS / 2];

    /* So few bytes are given whole, once the kernel has any (getrandom(2)). */
    while (getrandom (bytes, sizeof bytes, 0) != sizeof bytes)
        ;
    for (guint i = 0; i < sizeof bytes; i++)
        g_snprintf (secret + 2 * i, 3, "%02x", bytes[i]);
}

/* The end of the secret is one of its bytes, so that there always is one; volatile, or a compiler
 * may see that nothing can change any more. */
gboolean
tutti_secret_is_same (const char *secret, const char *guess)
{
    gsize n_secret = strlen (secret) + 1, n_guess = strlen (guess) + 1;
    volatile guint8 difference = n_secret != n_guess;

    for (gsize i = 0; i < n_guess; i++)
        difference |= (guint8)(guess[i] ^ secret[i % n_secret]);
    return difference == 0;
}
