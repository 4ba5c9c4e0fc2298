/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sockets.c: a list in order of arrival, so the first that waits is the oldest.
 */
#include "sockets.h"

/* RFC 6455's registry: 1013, try again later. */
#define CLOSE_TRY_LATER 1013

struct _TuttiSockets {
    const TuttiClientSetup *setup;
    GPtrArray *list;
};

static void
on_closed (TuttiSocket *socket, gpointer user_data)
{
    TuttiSockets *sockets = user_data;

    g_ptr_array_remove (sockets->list, socket); /* frees it */
}

/* Closes the oldest that has not joined, of the address or (NULL) of all, if there are too many. */
static void
make_way (TuttiSockets *sockets, const char *address, guint max)
{
    TuttiSocket *oldest = NULL;
    guint n = 0;

    for (guint i = 0; i < sockets->list->len; i++) {
        TuttiSocket *socket = sockets->list->pdata[i];

        if (!tutti_socket_is_waiting (socket) ||
            (address && !g_str_equal (tutti_socket_address (socket), address)))
            continue;
        if (n++ == 0)
            oldest = socket;
    }
    if (n >= max)
        tutti_socket_close (oldest, CLOSE_TRY_LATER);
}

TuttiSockets *
tutti_sockets_new (const TuttiClientSetup *setup)
{
    TuttiSockets *sockets = g_new0 (TuttiSockets, 1);

    sockets->setup = setup;
    sockets->list = g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_socket_free);
    return sockets;
}

void
tutti_sockets_free (TuttiSockets *sockets)
{
    if (!sockets)
        return;
    g_ptr_array_unref (sockets->list);
    g_free (sockets);
}

void
tutti_sockets_add (TuttiSockets *sockets, SoupWebsocketConnection *connection, TuttiMeter *meter,
                   const char *address, const char *visitor)
{
    TuttiSocket *socket;

    make_way (sockets, address, TUTTI_SOCKETS_UNJOINED_BY_ADDRESS_MAX);
    make_way (sockets, NULL, TUTTI_SOCKETS_UNJOINED_MAX);
    socket = tutti_socket_new (sockets->setup, connection, meter, address, visitor);
    tutti_socket_set_closed (socket, on_closed, sockets);
    g_ptr_array_add (sockets->list, socket);
}

guint
tutti_sockets_n (TuttiSockets *sockets)
{
    return sockets->list->len;
}
