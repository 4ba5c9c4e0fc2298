/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * net-private.h: what legs borrow from the net. All of it lives as long as the net.
 */
#pragma once

#include "certificate.h"
#include "ice-config.h"
#include "loop.h"
#include "mailbox.h"

/* The net thread with the fewest legs. Role: main. */
TuttiLoop *tutti_net_pick_loop (TuttiNet *net);

const TuttiIceConfig *tutti_net_get_ice (TuttiNet *net);
TuttiCertificate *tutti_net_get_certificate (TuttiNet *net);
TuttiMailbox *tutti_net_get_mailbox (TuttiNet *net);
