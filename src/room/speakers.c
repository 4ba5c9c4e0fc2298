/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * speakers.c: see speakers.h. Role: main.
 */
#include <string.h>

#include "speakers.h"

static gboolean
has (const TuttiHeard *heard, guint id)
{
    for (guint i = 0; i < heard->n; i++) {
        if (heard->ids[i] == id)
            return TRUE;
    }
    return FALSE;
}

static gboolean
same_people (const TuttiHeard *a, const TuttiHeard *b)
{
    if (a->n != b->n)
        return FALSE;
    for (guint i = 0; i < a->n; i++) {
        if (!has (b, a->ids[i]))
            return FALSE;
    }
    return TRUE;
}

static gboolean
same_order (const TuttiHeard *a, const TuttiHeard *b)
{
    return a->n == b->n && memcmp (a->ids, b->ids, a->n * sizeof a->ids[0]) == 0;
}

/* When `heard` is to be told; -1: it has been. */
static gint64
tell_due_us (const TuttiSpeakers *speakers)
{
    if (same_order (&speakers->heard, &speakers->told))
        return -1;
    if (same_people (&speakers->heard, &speakers->told))
        return speakers->told_us + TUTTI_SPEAKERS_ORDER_US;
    return speakers->told_us + TUTTI_SPEAKERS_INTERVAL_US;
}

static gboolean
choose_main (TuttiSpeakers *speakers, gint64 now_us)
{
    guint loudest = speakers->heard.n > 0 ? speakers->heard.ids[0] : 0;

    if (loudest == 0 || loudest == speakers->main)
        return FALSE;
    if (has (&speakers->heard, speakers->main) &&
        now_us < speakers->rival_since_us + TUTTI_SPEAKER_TAKEOVER_US)
        return FALSE;
    speakers->main = loudest;
    speakers->rival = 0;
    return TRUE;
}

void
tutti_speakers_hear (TuttiSpeakers *speakers, const TuttiHeard *heard, gint64 now_us)
{
    guint loudest = heard->n > 0 ? heard->ids[0] : 0;

    speakers->heard = *heard;
    if (loudest == speakers->rival)
        return;
    speakers->rival = loudest == speakers->main ? 0 : loudest;
    speakers->rival_since_us = now_us;
}

TuttiSpeakersChange
tutti_speakers_update (TuttiSpeakers *speakers, gint64 now_us)
{
    TuttiSpeakersChange change = choose_main (speakers, now_us) ? TUTTI_SPEAKERS_MAIN : 0;
    gint64 due_us = tell_due_us (speakers);

    if (due_us < 0 || now_us < due_us)
        return change;
    speakers->told = speakers->heard;
    speakers->told_us = now_us;
    return change | TUTTI_SPEAKERS_TOLD;
}

gint64
tutti_speakers_due_us (const TuttiSpeakers *speakers)
{
    gint64 due_us = tell_due_us (speakers);

    if (speakers->rival != 0) {
        gint64 takeover_us = speakers->rival_since_us + TUTTI_SPEAKER_TAKEOVER_US;
        due_us = due_us < 0 ? takeover_us : MIN (due_us, takeover_us);
    }
    return due_us;
}

gboolean
tutti_speakers_is_speaking (const TuttiSpeakers *speakers, guint id)
{
    return has (&speakers->told, id);
}

static void
remove_from (TuttiHeard *heard, guint id)
{
    guint n = 0;

    for (guint i = 0; i < heard->n; i++) {
        if (heard->ids[i] != id)
            heard->ids[n++] = heard->ids[i];
    }
    heard->n = n;
}

gboolean
tutti_speakers_remove (TuttiSpeakers *speakers, guint id)
{
    gboolean was_told = has (&speakers->told, id);

    remove_from (&speakers->heard, id);
    remove_from (&speakers->told, id);
    if (speakers->main == id)
        speakers->main = 0;
    if (speakers->rival == id)
        speakers->rival = 0;
    return was_told;
}
