/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * role.c: the calling thread's role.
 */
#include <tutti/role.h>

static _Thread_local TuttiRole current = TUTTI_ROLE_ANY;

void
tutti_role_enter (TuttiRole role)
{
    current = role;
}

TuttiRole
tutti_role_get (void)
{
    return current;
}
