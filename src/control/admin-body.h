/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-body.h: a request's body: a JSON object whose fields are known, each with its type. Role:
 * main.
 */
#pragma once

#include "admin-call.h"

/* Of every body: the largest holds a chat message, at worst of six bytes for each of its 4096. */
#define TUTTI_ADMIN_BODY_MAX_BYTES 32768

/* Types, and what may be or'ed to them. */
enum {
    TUTTI_FIELD_BOOL,             /* value: gboolean * */
    TUTTI_FIELD_STRING,           /* const char **; borrowed from the call */
    TUTTI_FIELD_NUMBER,           /* double * */
    TUTTI_FIELD_NAMES,            /* JsonArray **, of strings; borrowed from the call */
    TUTTI_FIELD_OPTIONAL = 0x100, /* may be left out: its value then is untouched */
    TUTTI_FIELD_NULLABLE = 0x200, /* a string that may be null, which is C's NULL */
};

typedef struct {
    const char *name;
    guint type;
    void *value;
    gboolean *given; /* may be NULL; untouched if it is left out */
} TuttiAdminField;

/* An empty body is one without fields. FALSE, and answered with a problem that names the field: it
 * is no JSON object, lacks a field, or has one that is mistyped or not known. */
gboolean tutti_admin_read (TuttiAdminCall *call, const TuttiAdminField *fields, guint n_fields);
