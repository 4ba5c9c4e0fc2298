/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bytes.h: numbers in network byte order, at any alignment. Any thread. The caller has checked the
 * bounds.
 */
#pragma once

#include <glib.h>

static inline guint16
tutti_get_u16 (const guint8 *at)
{
    return (guint16)(at[0] << 8 | at[1]);
}

static inline guint32
tutti_get_u24 (const guint8 *at)
{
    return (guint32)at[0] << 16 | (guint32)at[1] << 8 | at[2];
}

static inline guint32
tutti_get_u32 (const guint8 *at)
{
    return (guint32)tutti_get_u16 (at) << 16 | tutti_get_u16 (at + 2);
}

static inline void
tutti_put_u16 (guint8 *at, guint16 value)
{
    at[0] = (guint8)(value >> 8);
    at[1] = (guint8)value;
}

static inline void
tutti_put_u24 (guint8 *at, guint32 value)
{
    at[0] = (guint8)(value >> 16);
    tutti_put_u16 (at + 1, (guint16)value);
}

static inline void
tutti_put_u32 (guint8 *at, guint32 value)
{
    tutti_put_u16 (at, (guint16)(value >> 16));
    tutti_put_u16 (at + 2, (guint16)value);
}
