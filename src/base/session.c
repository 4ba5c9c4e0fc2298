/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * session.c: life and death of a session description.
 */
#include <tutti/session.h>

TuttiSession *
tutti_session_new (void)
{
    TuttiSession *session = g_new0 (TuttiSession, 1);

    session->candidates = g_ptr_array_new_with_free_func (g_free);
    return session;
}

void
tutti_session_free (TuttiSession *session)
{
    if (!session)
        return;
    g_ptr_array_unref (session->candidates);
    g_free (session);
}
