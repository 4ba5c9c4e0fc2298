/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tsan-locks.c: only in builds with ThreadSanitizer: tells it of GLib's locks. GMutex and GCond are
 * futexes inside a library that is not instrumented, so it would see races where there are none.
 * These functions take the place of the library's, call them, and say so. Any thread.
 */
#include <glib.h>

#include <dlfcn.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TUTTI_TSAN
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define TUTTI_TSAN
#endif

#ifdef TUTTI_TSAN
#include <sanitizer/tsan_interface.h>

#define REAL(name) ((__typeof__ (&name))dlsym (RTLD_NEXT, #name))

void
g_mutex_lock (GMutex *mutex)
{
    __tsan_mutex_pre_lock (mutex, 0);
    REAL (g_mutex_lock) (mutex);
    __tsan_mutex_post_lock (mutex, 0, 0);
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
    gboolean locked;

    __tsan_mutex_pre_lock (mutex, __tsan_mutex_try_lock);
    locked = REAL (g_mutex_trylock) (mutex);
    __tsan_mutex_post_lock (mutex,
                            __tsan_mutex_try_lock | (locked ? 0 : __tsan_mutex_try_lock_failed), 0);
    return locked;
}

void
g_mutex_unlock (GMutex *mutex)
{
    __tsan_mutex_pre_unlock (mutex, 0);
    REAL (g_mutex_unlock) (mutex);
    __tsan_mutex_post_unlock (mutex, 0);
}

void
g_mutex_clear (GMutex *mutex)
{
    __tsan_mutex_destroy (mutex, __tsan_mutex_linker_init);
    REAL (g_mutex_clear) (mutex);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
    __tsan_mutex_pre_unlock (mutex, 0);
    __tsan_mutex_post_unlock (mutex, 0);
    REAL (g_cond_wait) (cond, mutex);
    __tsan_mutex_pre_lock (mutex, 0);
    __tsan_mutex_post_lock (mutex, 0, 0);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
    gboolean signalled;

    __tsan_mutex_pre_unlock (mutex, 0);
    __tsan_mutex_post_unlock (mutex, 0);
    signalled = REAL (g_cond_wait_until) (cond, mutex, end_time);
    __tsan_mutex_pre_lock (mutex, 0);
    __tsan_mutex_post_lock (mutex, 0, 0);
    return signalled;
}
#endif
