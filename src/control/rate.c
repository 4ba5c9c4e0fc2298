/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rate.c: token buckets. A bucket that has refilled is as good as none, so those are dropped when
 * the table is full.
 */
#include "rate.h"

/* 64 bytes each, about 1 MB: more addresses than join within a minute. */
#define KEYS_MAX 16384
#define SECONDS_A_MINUTE 60.0

struct _TuttiRate {
    guint per_minute;
    GHashTable *buckets; /* key -> TuttiBucket */
};

gboolean
tutti_bucket_take (TuttiBucket *bucket, double per_s, double burst, gint64 now_us)
{
    double elapsed_s = (double)(now_us - bucket->filled_us) / G_USEC_PER_SEC;

    bucket->tokens =
        bucket->filled_us == 0 ? burst : MIN (burst, bucket->tokens + elapsed_s * per_s);
    bucket->filled_us = now_us;
    if (bucket->tokens < 1)
        return FALSE;
    bucket->tokens -= 1;
    return TRUE;
}

static gboolean
has_refilled (gpointer key, gpointer value, gpointer now_us)
{
    TuttiBucket *bucket = value;

    return *(gint64 *)now_us - bucket->filled_us > 60 * G_USEC_PER_SEC;
}

TuttiRate *
tutti_rate_new (guint per_minute)
{
    TuttiRate *rate = g_new0 (TuttiRate, 1);

    rate->per_minute = per_minute;
    rate->buckets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    return rate;
}

void
tutti_rate_free (TuttiRate *rate)
{
    if (!rate)
        return;
    g_hash_table_unref (rate->buckets);
    g_free (rate);
}

gboolean
tutti_rate_take (TuttiRate *rate, const char *key, gint64 now_us)
{
    TuttiBucket *bucket;

    if (rate->per_minute == 0)
        return TRUE;
    bucket = g_hash_table_lookup (rate->buckets, key);
    if (!bucket && g_hash_table_size (rate->buckets) >= KEYS_MAX) {
        g_hash_table_foreach_remove (rate->buckets, has_refilled, &now_us);
        /* So many within a minute is an attack: newcomers wait. */
        if (g_hash_table_size (rate->buckets) >= KEYS_MAX)
            return FALSE;
    }
    if (!bucket) {
        bucket = g_new0 (TuttiBucket, 1);
        g_hash_table_insert (rate->buckets, g_strdup (key), bucket);
    }
    return tutti_bucket_take (bucket, rate->per_minute / SECONDS_A_MINUTE, rate->per_minute,
                              now_us);
}

gboolean
tutti_rate_has (TuttiRate *rate, const char *key, gint64 now_us)
{
    TuttiBucket *bucket = g_hash_table_lookup (rate->buckets, key);
    TuttiBucket copy = bucket ? *bucket : (TuttiBucket){0};

    return rate->per_minute == 0 ||
           tutti_bucket_take (&copy, rate->per_minute / SECONDS_A_MINUTE, rate->per_minute, now_us);
}

guint
tutti_rate_n_keys (TuttiRate *rate)
{
    return g_hash_table_size (rate->buckets);
}
