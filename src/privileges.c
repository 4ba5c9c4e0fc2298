/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * privileges.c: between the two steps the user is the effective one only, and three capabilities
 * stay effective. When the real one follows, glibc changes all threads (nptl(7)), and the kernel
 * takes every capability from each thread that has not asked to keep them (capabilities(7), "Effect
 * of user ID changes"): only this one has.
 */
#include "privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <tutti/error.h>
#include <unistd.h>

#define BIT(capability) (G_GUINT64_CONSTANT (1) << (capability))
#define FOR_LIFE BIT (CAP_SYS_NICE)
#define FOR_START (FOR_LIFE | BIT (CAP_NET_BIND_SERVICE) | BIT (CAP_DAC_READ_SEARCH))

static struct {
    gboolean begun;
    uid_t uid;
} state;

static gboolean
fail (GError **error, const char *what)
{
    g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_INTERNAL, "--user: %s: %s", what,
                 g_strerror (errno));
    return FALSE;
}

/* What this thread may have of those; inheritable nothing. */
static gboolean
set_capabilities (guint64 permitted, guint64 effective)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct now[2], wanted[2] = {0};

    if (syscall (SYS_capget, &header, now) != 0)
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS (now); i++) {
        wanted[i].permitted = now[i].permitted & (guint32)(permitted >> (32 * i));
        wanted[i].effective = now[i].permitted & (guint32)(effective >> (32 * i));
    }
    return syscall (SYS_capset, &header, wanted) == 0;
}

static void
set_environment (const struct passwd *entry)
{
    g_setenv ("HOME", entry->pw_dir, TRUE);
    g_setenv ("USER", entry->pw_name, TRUE);
    g_setenv ("LOGNAME", entry->pw_name, TRUE);
}

static gboolean
become (const struct passwd *entry, GError **error)
{
    if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return fail (error, "no_new_privs");
    if (initgroups (entry->pw_name, entry->pw_gid) != 0 ||
        setresgid (entry->pw_gid, entry->pw_gid, entry->pw_gid) != 0)
        return fail (error, "its groups");
    if (setresuid ((uid_t)-1, entry->pw_uid, (uid_t)-1) != 0)
        return fail (error, "the user");
    if (!set_capabilities (FOR_START, FOR_START))
        return fail (error, "capabilities");
    set_environment (entry);
    state.begun = TRUE;
    state.uid = entry->pw_uid;
    return TRUE;
}

gboolean
tutti_privileges_begin (const char *user, GError **error)
{
    const struct passwd *entry = getpwnam (user);

    if (!entry) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_NOT_FOUND, "--user: there is no user '%s'",
                     user);
        return FALSE;
    }
    if (entry->pw_uid == 0) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG,
                             "--user: root is who is to be left");
        return FALSE;
    }
    if (getuid () == entry->pw_uid && geteuid () == entry->pw_uid)
        return TRUE;
    if (geteuid () != 0) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_FORBIDDEN,
                             "--user: only root can become another user");
        return FALSE;
    }
    return become (entry, error);
}

gboolean
tutti_privileges_finish (GError **error)
{
    if (!state.begun)
        return TRUE;
    if (prctl (PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0)
        return fail (error, "capabilities");
    if (setresuid (state.uid, state.uid, state.uid) != 0)
        return fail (error, "the user");
    if (prctl (PR_SET_KEEPCAPS, 0, 0, 0, 0) != 0 || !set_capabilities (FOR_LIFE, FOR_LIFE))
        return fail (error, "capabilities");
    /* If it did not work after all, this would. */
    if (setresuid (0, 0, 0) == 0) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_INTERNAL,
                             "--user: root could be had back");
        return FALSE;
    }
    return TRUE;
}
