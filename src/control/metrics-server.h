/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * metrics-server.h: the figures on an address of their own. Role: main.
 */
#pragma once

#include "metrics-sources.h"

typedef struct _TuttiMetricsServer TuttiMetricsServer;

/* Serves /metrics on [metrics] listen, if that isn't off. BAD_CONFIG, and GIO's errors. */
TuttiMetricsServer *tutti_metrics_server_new (TuttiConfig *config,
                                              const TuttiMetricsSources *sources, GError **error);
void tutti_metrics_server_free (TuttiMetricsServer *server);
/* The port it has, for tests that let the kernel choose. */
guint16 tutti_metrics_server_get_port (TuttiMetricsServer *server);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiMetricsServer, tutti_metrics_server_free)
