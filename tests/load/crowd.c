/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * crowd.c: see crowd.h. Main appends people and says how many there are; the thread looks at those.
 */
#include "crowd.h"

#include <errno.h>
#include <stdatomic.h>
#include <time.h>

#include "encode/source.h"

/* A round of sound in so many steps: people speak in turn. */
#define SLOTS 10
#define SLOT_US (TUTTI_ROUND_US / SLOTS)
#define LATE_US (5 * TUTTI_USEC_PER_MSEC)
/* 400 ms (RFC 6716 section 2.1.9). */
#define COMFORT_ROUNDS 20
/* So that nobody says the same at the same time as a neighbour. */
#define VOICE_STEP 37

typedef struct {
    LoadClient *client;
    gboolean camera, is_probe, is_talker;
    const Clip *clip;
    guint picture; /* the next */
    guint32 source;
    gint64 picture_us; /* when it is due */
} Person;

struct _Crowd {
    CrowdSetup setup;
    GThread *thread;
    GPtrArray *packets; /* the thread's, of one picture */
    Person people[CROWD_MAX];
    _Atomic guint n_people, stopping;
    _Atomic guint64 late;
};

/* --- The thread's --- */

static void
sleep_until (gint64 due_us)
{
    struct timespec t = {.tv_sec = due_us / G_USEC_PER_SEC,
                         .tv_nsec = due_us % G_USEC_PER_SEC * 1000};

    while (clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
        ;
}

static TuttiPacket *
find_words (Crowd *crowd, const Person *person, guint n, gint64 time_us, gboolean *burst)
{
    const CrowdSetup *setup = &crowd->setup;
    guint i = (guint)(person - crowd->people);

    *burst = FALSE;
    if (person->is_probe && person->is_talker)
        return clips_copy_probe (setup->clips, n, time_us, burst);
    if (person->is_talker)
        return clips_copy_voice (setup->clips, i, n + i * VOICE_STEP, time_us);
    if (!setup->dtx)
        return clips_copy_hiss (setup->clips, n + i, time_us);
    return (n + i) % COMFORT_ROUNDS == 0 ? clips_copy_comfort (setup->clips, time_us) : NULL;
}

static void
send_voice (Crowd *crowd, Person *person, LoadMedia *media, guint n, gint64 time_us)
{
    gboolean burst;
    g_autoptr (TuttiPacket) packet = find_words (crowd, person, n, time_us, &burst);

    if (!packet)
        return;
    if (burst && crowd->setup.probe)
        probe_note_burst (crowd->setup.probe, g_get_monotonic_time ());
    tutti_queue_push (load_media_get_output (media, TUTTI_KIND_AUDIO), packet);
}

/* From the key frame: another size, or the server lost something. */
static void
begin_clip (Person *person, const Clip *clip)
{
    person->clip = clip;
    person->picture = 0;
    person->source = tutti_source_next_id ();
}

/* FALSE: nobody sees it, or it isn't encoded yet. */
static gboolean
choose_picture (Crowd *crowd, Person *person)
{
    gboolean wished = load_client_take_key_frame_wish (person->client);
    LoadUplink uplink;
    const Clip *clip;

    load_client_get_uplink (person->client, &uplink);
    if (uplink.max_width == 0) {
        person->clip = NULL;
        return FALSE;
    }
    clip = clips_find (crowd->setup.clips, &uplink, person->is_probe);
    if (!clip)
        return FALSE;
    if (clip != person->clip || wished || person->picture >= clip_get_pictures (clip))
        begin_clip (person, clip);
    return TRUE;
}

static void
send_picture (Crowd *crowd, Person *person, LoadMedia *media)
{
    TuttiQueue *out = load_media_get_output (media, TUTTI_KIND_VIDEO);
    gboolean bright;

    if (!choose_picture (crowd, person)) {
        person->picture_us += G_USEC_PER_SEC / 10;
        return;
    }
    clip_copy (person->clip, person->picture, person->picture_us, person->source, crowd->packets);
    if (crowd->setup.probe && clip_is_change (person->clip, person->picture, &bright))
        probe_note_flash (crowd->setup.probe, bright, g_get_monotonic_time ());
    for (guint i = 0; i < crowd->packets->len; i++)
        tutti_queue_push (out, crowd->packets->pdata[i]);
    g_ptr_array_set_size (crowd->packets, 0);
    person->picture++;
    person->picture_us += G_USEC_PER_SEC / clip_get_rate (person->clip);
}

static void
serve (Crowd *crowd, Person *person, guint slot, gint64 due_us)
{
    guint i = (guint)(person - crowd->people);
    gboolean speaks = i % SLOTS == slot % SLOTS, shows = person->camera;
    LoadMedia *media;

    shows = shows && person->picture_us <= due_us;
    if (!speaks && !shows)
        return;
    media = load_client_get_media (person->client);
    if (!media) {
        /* In no step with the others. */
        person->picture_us = due_us + (i * 7919) % (G_USEC_PER_SEC / 15);
        return;
    }
    if (speaks)
        send_voice (crowd, person, media, slot / SLOTS, due_us);
    if (shows)
        send_picture (crowd, person, media);
}

static gpointer
run (gpointer user_data)
{
    Crowd *crowd = user_data;
    gint64 start_us = g_get_monotonic_time ();

    for (guint slot = 0; !atomic_load (&crowd->stopping); slot++) {
        gint64 due_us = start_us + (gint64)slot * SLOT_US;
        guint n = atomic_load (&crowd->n_people);

        sleep_until (due_us);
        if (g_get_monotonic_time () - due_us > LATE_US)
            atomic_fetch_add (&crowd->late, 1);
        for (guint i = 0; i < n; i++)
            serve (crowd, &crowd->people[i], slot, due_us);
    }
    return NULL;
}

/* --- Main --- */

Crowd *
crowd_new (const CrowdSetup *setup)
{
    Crowd *crowd = g_new0 (Crowd, 1);

    crowd->setup = *setup;
    crowd->packets = g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_packet_unref);
    crowd->thread = g_thread_new ("load-crowd", run, crowd);
    return crowd;
}

void
crowd_free (Crowd *crowd)
{
    if (!crowd)
        return;
    atomic_store (&crowd->stopping, 1);
    g_thread_join (crowd->thread);
    g_ptr_array_unref (crowd->packets);
    g_free (crowd);
}

void
crowd_add (Crowd *crowd, LoadClient *client, gboolean camera)
{
    guint i = atomic_load (&crowd->n_people);

    g_assert (i < CROWD_MAX);
    crowd->people[i] = (Person){
        .client = client,
        .camera = camera,
        .is_probe = crowd->setup.probe && i == 0,
        .is_talker = crowd->setup.talkers < 0 || i < (guint)crowd->setup.talkers,
    };
    atomic_store (&crowd->n_people, i + 1);
}

void
crowd_prepare (Crowd *crowd)
{
    for (guint i = 0; i < atomic_load (&crowd->n_people); i++) {
        const Person *person = &crowd->people[i];
        LoadUplink uplink;

        if (!person->camera)
            continue;
        load_client_get_uplink (person->client, &uplink);
        if (uplink.max_width > 0)
            clips_prepare (crowd->setup.clips, &uplink, person->is_probe);
    }
}

guint64
crowd_get_late (Crowd *crowd)
{
    return atomic_load (&crowd->late);
}
