/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config-keys.h: the table behind config.h; for src/base alone. Any thread.
 */
#pragma once

#include <tutti/config.h>

typedef enum {
    TUTTI_CONFIG_STRING,
    TUTTI_CONFIG_BOOL,
    TUTTI_CONFIG_INT,
    TUTTI_CONFIG_ENUM,
    TUTTI_CONFIG_ADDRESS, /* HOST:PORT, [HOST]:PORT */
    TUTTI_CONFIG_ADDRESS_OR_OFF,
    TUTTI_CONFIG_SIZE, /* WIDTHxHEIGHT, even */
    TUTTI_CONFIG_CODECS,
    TUTTI_CONFIG_RENDITIONS,
    TUTTI_CONFIG_PIN,
    TUTTI_CONFIG_TIME,     /* RFC 3339 */
    TUTTI_CONFIG_ANNOUNCE, /* tone, off, or an absolute path */
} TuttiConfigKind;

typedef struct {
    TuttiConfigKey key;
    TuttiConfigKind kind;
    const char *choices; /* ENUM: names with spaces between */
    gint64 low, top;     /* INT */
} TuttiConfigRow;

const TuttiConfigRow *tutti_config_rows (guint *n_rows);
/* NULL: no such key. */
const TuttiConfigRow *tutti_config_find_row (const char *section, const char *key);

/* NULL when the value is good, else what is wrong with it (a sentence's end: "is not a number"). */
char *tutti_config_judge (const TuttiConfigRow *row, const char *value);
