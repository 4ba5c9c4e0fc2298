/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * peer-media.h: the m-lines of a peer's offer.
 */
#pragma once

#include "leg/negotiate.h"
#include "peer.h"

void peer_fill_media (const TuttiPeerSetup *setup, const TuttiIdentity *identity,
                      gboolean has_screen, TuttiSession *offer);
