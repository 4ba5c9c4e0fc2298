/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * guests.h: connections on their way in, from accept to the end of the TLS handshake. Role: main.
 */
#pragma once

#include "counts.h"
#include "tls-context.h"

typedef struct _TuttiGuests TuttiGuests;

/* A stream to speak HTTP on. Takes the count; stream and socket are borrowed. */
typedef void (*TuttiGuestReady) (GIOStream *stream, GSocket *socket, TuttiCount *count,
                                 gpointer user_data);

TuttiGuests *tutti_guests_new (TuttiGuestReady ready, gpointer user_data);
/* Turns away all who are on their way. */
void tutti_guests_free (TuttiGuests *guests);

/* Takes the count, a place among the connections. context: NULL for plain HTTP. */
void tutti_guests_add (TuttiGuests *guests, GSocket *socket, TuttiCount *count, SSL_CTX *context);
