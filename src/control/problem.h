/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * problem.h: refusals that programs understand (RFC 9457). Role: main.
 */
#pragma once

#include <libsoup/soup.h>

/* 204. */
void tutti_problem_answer_nothing (SoupServerMessage *message);

void tutti_problem_answer (SoupServerMessage *message, guint status, const char *code,
                           const char *detail);
/* 400, naming the field of the body or the query. */
void tutti_problem_answer_bad_field (SoupServerMessage *message, const char *field,
                                     const char *detail);
/* With the status that goes with the error's code. */
void tutti_problem_answer_error (SoupServerMessage *message, const GError *error);
/* methods: "GET, HEAD". */
void tutti_problem_answer_bad_method (SoupServerMessage *message, const char *methods);
