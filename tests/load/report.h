/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report.h: what everybody got between two instants, as a line of JSON. Role: main.
 */
#pragma once

#include "client.h"
#include "crowd.h"
#include "probe.h"

typedef struct _Report Report;

/* clients: of LoadClient, borrowed; probe: or NULL. */
Report *report_new (GPtrArray *clients, Crowd *crowd, Probe *probe);
void report_free (Report *report);

/* From now on. */
void report_begin (Report *report);
/* The caller's. */
char *report_write (Report *report);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Report, report_free)
