/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * light-ice.h: the messages of ICE's controlling side with one candidate (RFC 8445), without a
 * socket: checks that nominate at once and later keep consent (RFC 7675), and answers to those of
 * the server. Role: net.
 */
#pragma once

#include <sys/socket.h>

#include <tutti/session.h>

typedef struct _LightIce LightIce;

/* A message with user name and all that we add. */
#define LIGHT_ICE_MAX_BYTES 640

typedef enum {
    LIGHT_ICE_NOTHING,
    LIGHT_ICE_ANSWER, /* `answer` is to go where the message came from */
    LIGHT_ICE_AGREED, /* a check of ours was answered */
} LightIceVerdict;

/* With credentials of its own. */
LightIce *light_ice_new (void);
void light_ice_free (LightIce *ice);

/* Writes them into our description. */
void light_ice_describe (const LightIce *ice, TuttiSession *description);
void light_ice_set_remote (LightIce *ice, const char *ufrag, const char *pwd);

/* Bytes written to buffer, of LIGHT_ICE_MAX_BYTES. */
gsize light_ice_write_check (LightIce *ice, guint8 *buffer);

/* answer: of LIGHT_ICE_MAX_BYTES. */
LightIceVerdict light_ice_take (LightIce *ice, const struct sockaddr_storage *from,
                                const guint8 *data, gsize length_bytes, guint8 *answer,
                                gsize *answer_bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LightIce, light_ice_free)
