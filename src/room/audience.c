/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * audience.c: see audience.h. Role: main.
 */
#include <tutti/packet.h>

#include "audience.h"

TuttiAudience *
tutti_audience_new (void)
{
    TuttiAudience *audience = g_new0 (TuttiAudience, 1);

    audience->voices = g_array_new (FALSE, FALSE, sizeof (TuttiAudioInput));
    audience->inboxes = g_array_new (FALSE, FALSE, sizeof (TuttiQueue *));
    audience->ears = g_array_new (FALSE, FALSE, sizeof (TuttiEar));
    return audience;
}

void
tutti_audience_free (gpointer data)
{
    TuttiAudience *audience = data;

    if (!audience)
        return;
    for (guint i = 0; i < audience->inboxes->len; i++)
        tutti_queue_unref (g_array_index (audience->inboxes, TuttiQueue *, i));
    for (guint i = 0; i < audience->ears->len; i++) {
        TuttiEar *ear = &g_array_index (audience->ears, TuttiEar, i);

        tutti_queue_unref (ear->queue);
        g_clear_pointer (&ear->is_paired, g_atomic_rc_box_release);
    }
    g_array_unref (audience->voices);
    g_array_unref (audience->inboxes);
    g_array_unref (audience->ears);
    g_free (audience);
}

void
tutti_audience_add_voice (TuttiAudience *audience, const TuttiAudioInput *voice, TuttiQueue *inbox)
{
    if (audience->voices->len == TUTTI_AUDIO_INPUTS_MAX)
        return;
    tutti_queue_ref (inbox);
    g_array_append_val (audience->voices, *voice);
    g_array_append_val (audience->inboxes, inbox);
}

void
tutti_audience_add_ear (TuttiAudience *audience, const TuttiEar *ear)
{
    tutti_queue_ref (ear->queue);
    if (ear->is_paired)
        g_atomic_rc_box_acquire (ear->is_paired);
    audience->n_patient += ear->is_patient;
    g_array_append_vals (audience->ears, ear, 1);
}

gboolean
tutti_audience_is_needed (const TuttiAudience *audience)
{
    if (audience->voices->len == 0 || audience->ears->len == 0)
        return FALSE;
    if (audience->voices->len > 1 || audience->ears->len > 1)
        return TRUE;
    return g_array_index (audience->voices, TuttiAudioInput, 0).port.id !=
           g_array_index (audience->ears, TuttiEar, 0).id;
}

void
tutti_audience_set_shut (TuttiAudience *audience, gboolean shut)
{
    for (guint i = 0; i < audience->inboxes->len; i++)
        tutti_queue_set_shut (g_array_index (audience->inboxes, TuttiQueue *, i), shut);
}
