/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * take-facts.h: what names and sizes don't tell of a finished take. Role: file.
 */
#pragma once

#include "store.h"

typedef struct {
    gint64 duration_us; /* -1: not known */
    gboolean is_recovered;
} TuttiTakeFacts;

/* FALSE: there is none, or it does not say. Reads its head only. */
gboolean tutti_take_facts_from_sidecar (int directory, const char *file, TuttiTakeFacts *facts);
/* Opens the container; reads its head and index. */
gboolean tutti_take_facts_from_mix (int directory, const char *file, TuttiContainer container,
                                    TuttiTakeFacts *facts);
