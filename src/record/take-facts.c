/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * take-facts.c: see take-facts.h.
 */
#include "take-facts.h"

#include "part.h"
#include "remux.h"

#include <string.h>
#include <unistd.h>

/* Both keys are among the sidecar's first, before anything a participant can write. */
#define HEAD_BYTES 2048

/* What follows "key": in the text; NULL: it is not there. */
static const char *
find_value (const char *text, const char *key)
{
    g_autofree char *quoted = g_strdup_printf ("\"%s\"", key);
    const char *at = strstr (text, quoted);

    if (!at)
        return NULL;
    at += strlen (quoted);
    while (g_ascii_isspace (*at) || *at == ':')
        at++;
    return at;
}

gboolean
tutti_take_facts_from_sidecar (int directory, const char *file, TuttiTakeFacts *facts)
{
    char head[HEAD_BYTES + 1];
    int fd = tutti_part_open (directory, file);
    ssize_t n = fd < 0 ? -1 : read (fd, head, HEAD_BYTES);
    const char *duration, *recovered;

    if (fd >= 0)
        close (fd);
    if (n <= 0)
        return FALSE;
    head[n] = '\0';
    duration = find_value (head, "duration_s");
    recovered = find_value (head, "recovered");
    if (!duration || !g_ascii_isdigit (*duration))
        return FALSE;
    facts->duration_us = g_ascii_strtod (duration, NULL) * G_USEC_PER_SEC;
    facts->is_recovered = recovered && g_str_has_prefix (recovered, "true");
    return TRUE;
}

gboolean
tutti_take_facts_from_mix (int directory, const char *file, TuttiContainer container,
                           TuttiTakeFacts *facts)
{
    int fd = tutti_part_open (directory, file);
    gboolean known;

    if (fd < 0)
        return FALSE;
    known = tutti_remux_look (fd, container, &facts->duration_us, &facts->is_recovered);
    close (fd);
    return known;
}
