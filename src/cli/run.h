/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * run.h: a command as it runs: what it was given, and what most commands do.
 */
#pragma once

#include "client.h"

/* What was written on the command line. */
typedef struct {
    gboolean json, watch, all;
    int deadline_s;
    gboolean loop;
    double gain_db;
    gboolean tracks;
    char *title, *container; /* NULL: not given */
    char *name, *role, *ttl; /* so they are */
} TuttiOptions;

typedef struct {
    TuttiClient *client;
    TuttiOptions options;
    char **arguments; /* after the command's name; NULL ends */
} TuttiRun;

/* Each gives an exit status. */

/* What is at the path: as JSON if that is asked for, else as text, which is new. */
int tutti_run_show (TuttiRun *run, const char *path, char *(*format) (JsonObject *object));
/* The answer, an object unless the status is another than DONE. */
int tutti_run_get (TuttiRun *run, const char *path, JsonNode **node);
/* The same as JSON for people; free it. */
int tutti_run_fetch (TuttiRun *run, const char *path, char **text);
/* body: taken; NULL for none. node: as of get; NULL: it is none. */
int tutti_run_ask (TuttiRun *run, const char *method, const char *path, JsonObject *body,
                   JsonNode **node);
/* The same where the answer is news to those alone who want JSON. */
int tutti_run_change (TuttiRun *run, const char *method, const char *path, JsonObject *body);
/* The same where the answer has nothing to say. */
int tutti_run_send (TuttiRun *run, const char *method, const char *path, JsonObject *body);

void tutti_run_print_json (JsonNode *node);

/* FALSE, and printed: both or none of a second argument and --all are given. */
gboolean tutti_run_is_one_or_all (TuttiRun *run);
/* FALSE, and printed: it is no number of decibels. */
gboolean tutti_run_read_db (const char *text, double *gain_db);

/* The path of the room that is the first argument or, unless NULL, of something in it. Free it. */
char *tutti_run_path (TuttiRun *run, const char *what);
/* All arguments from the nth on, spaces between. Free it. */
char *tutti_run_join (TuttiRun *run, guint n);
