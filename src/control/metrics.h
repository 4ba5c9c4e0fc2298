/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * metrics.h: the server's figures for Prometheus and its kin. Role: main.
 */
#pragma once

#include <libsoup/soup.h>

#include "metrics-sources.h"

/* Answers with them, in OpenMetrics if the client would rather have it. with_rooms: a line for each
 * room too, which a server of many short-lived rooms had better leave out. */
void tutti_metrics_answer (const TuttiMetricsSources *sources, SoupServerMessage *message,
                           gboolean with_rooms);
