/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * talkers.c: who is heard. See talkers.h.
 *
 * Each voice's state stands at the same index as the voice in the round's list. When people came,
 * went or changed order, the states are put in the new order once, by a hash of the old one.
 */
#include "talkers.h"

#include <string.h>

/* Twice the voices, a power of two: short probes. */
#define INDEX_SIZE (2 * TUTTI_AUDIO_INPUTS_MAX)
#define LOUDEST ((float)TUTTI_LEVEL_SILENCE)
#define AUDIBLE (LOUDEST - TUTTI_AUDIBLE_LEVEL)
#define SPEAKING (LOUDEST - TUTTI_SPEAKING_LEVEL)
/* Smoothing per 20 ms. Up in 50 ms: a click of one round is no speaker, a syllable is. Down in
 * 300 ms: the gaps between syllables don't make a voice quiet. */
#define RISE 0.35f
#define FALL 0.065f
/* Who is the loudest speaker changes only by so much, else two equal voices would swap each round.
 */
#define ORDER_DB 3.0f
#define CHALLENGE_ROUNDS (TUTTI_CHALLENGE_US / TUTTI_ROUND_US)

typedef struct {
    guint id;
    gboolean in, was_in; /* has a place; had one in the last round */
    gboolean muted;
    gboolean house;    /* needs no place */
    gboolean audible;  /* this round */
    gboolean spoke;    /* ever */
    guint8 measured;   /* level heard in the last round, while in */
    guint8 challenges; /* rounds in a row in which it was clearly louder than the quietest */
    float loudness;    /* smoothed, dB above silence */
    gint64 audible_us; /* when last audible, while in */
    gint64 spoke_us;   /* when last speaking */
} State;

struct _TuttiTalkers {
    guint places, n;
    State *states, *spare; /* TUTTI_AUDIO_INPUTS_MAX each; the n first of `states` are valid */
    guint16 *index;        /* hash of ids: 1 + place in `states`; 0 free */
    guint n_in;
    guint n_speakers, speakers[TUTTI_TALKERS_MAX]; /* ids, in the order last told */
};

static guint
hash_id (guint id)
{
    /* Knuth's multiplicative hash: ids are usually counted up. */
    return (id * 2654435761u) >> 16 & (INDEX_SIZE - 1);
}

static void
fill_index (TuttiTalkers *talkers)
{
    memset (talkers->index, 0, INDEX_SIZE * sizeof *talkers->index);
    for (guint i = 0; i < talkers->n; i++) {
        guint slot = hash_id (talkers->states[i].id);

        while (talkers->index[slot] != 0)
            slot = (slot + 1) & (INDEX_SIZE - 1);
        talkers->index[slot] = (guint16)(i + 1);
    }
}

static const State *
find_state (TuttiTalkers *talkers, guint id)
{
    guint slot = hash_id (id);

    while (talkers->index[slot] != 0) {
        const State *state = &talkers->states[talkers->index[slot] - 1];

        if (state->id == id)
            return state;
        slot = (slot + 1) & (INDEX_SIZE - 1);
    }
    return NULL;
}

static gboolean
is_same_order (const TuttiTalkers *talkers, const TuttiVoice *voices, guint n)
{
    if (n != talkers->n)
        return FALSE;
    for (guint i = 0; i < n; i++) {
        if (talkers->states[i].id != voices[i].id)
            return FALSE;
    }
    return TRUE;
}

/* Puts the states in the order of the voices: known ones keep theirs, new ones begin silent. */
static void
arrange (TuttiTalkers *talkers, const TuttiVoice *voices, guint n)
{
    State *states = talkers->spare;

    if (is_same_order (talkers, voices, n))
        return;
    fill_index (talkers);
    for (guint i = 0; i < n; i++) {
        const State *known = find_state (talkers, voices[i].id);

        states[i] = known != NULL ? *known : (State){.id = voices[i].id};
    }
    talkers->spare = talkers->states;
    talkers->states = states;
    talkers->n = n;
}

static void
follow_level (State *state, const TuttiVoice *voice, gint64 now_us)
{
    guint8 level = state->in ? MAX (voice->level, state->measured) : voice->level;
    float loudness = voice->muted ? 0 : LOUDEST - (float)MIN (level, TUTTI_LEVEL_SILENCE);

    state->loudness += (loudness - state->loudness) * (loudness > state->loudness ? RISE : FALL);
    state->muted = voice->muted;
    state->was_in = state->in;
    state->audible = loudness >= AUDIBLE;
    if (state->audible)
        state->audible_us = now_us;
    if (state->audible && state->loudness >= SPEAKING) {
        state->spoke = TRUE;
        state->spoke_us = now_us;
    }
}

/* Ties go to the lower id, so that the order of the list means nothing. */
static gboolean
is_louder (const State *a, const State *b)
{
    if (a->loudness != b->loudness)
        return a->loudness > b->loudness;
    return a->id < b->id;
}

static void
give_place (TuttiTalkers *talkers, State *state)
{
    state->in = TRUE;
    state->measured = 0;
    state->challenges = 0;
    talkers->n_in++;
}

static void
take_place (TuttiTalkers *talkers, State *state)
{
    state->in = FALSE;
    talkers->n_in--;
}

/* Those beyond their number are voices like others. */
static void
admit_house (TuttiTalkers *talkers, const TuttiVoice *voices)
{
    guint n = 0;

    for (guint i = 0; i < talkers->n; i++) {
        State *state = &talkers->states[i];

        state->house = voices[i].house && n < TUTTI_HOUSE_MAX;
        if (!state->house)
            continue;
        state->in = !state->muted;
        n++;
    }
}

static void
release_silent (TuttiTalkers *talkers, gint64 now_us)
{
    talkers->n_in = 0;
    for (guint i = 0; i < talkers->n; i++) {
        State *state = &talkers->states[i];

        if (!state->in || state->house)
            continue;
        talkers->n_in++;
        if (state->muted || now_us - state->audible_us > TUTTI_TALKER_HOLD_US)
            take_place (talkers, state);
    }
}

static State *
find_loudest_waiting (TuttiTalkers *talkers)
{
    State *loudest = NULL;

    for (guint i = 0; i < talkers->n; i++) {
        State *state = &talkers->states[i];

        if (!state->in && !state->house && state->audible &&
            (loudest == NULL || is_louder (state, loudest)))
            loudest = state;
    }
    return loudest;
}

static void
fill_places (TuttiTalkers *talkers)
{
    State *state;

    while (talkers->n_in < talkers->places && (state = find_loudest_waiting (talkers)) != NULL)
        give_place (talkers, state);
}

static State *
find_quietest (TuttiTalkers *talkers)
{
    State *quietest = NULL;

    for (guint i = 0; i < talkers->n; i++) {
        State *state = &talkers->states[i];

        if (state->in && !state->house && (quietest == NULL || is_louder (quietest, state)))
            quietest = state;
    }
    return quietest;
}

static gboolean
is_clearly_louder (const State *state, const State *quietest)
{
    return !state->in && !state->house && !state->muted && state->loudness >= AUDIBLE &&
           state->loudness >= quietest->loudness + TUTTI_CHALLENGE_DB;
}

static void
count_challenges (TuttiTalkers *talkers, const State *quietest)
{
    for (guint i = 0; i < talkers->n; i++) {
        State *state = &talkers->states[i];

        if (!is_clearly_louder (state, quietest))
            state->challenges = 0;
        else if (state->challenges < CHALLENGE_ROUNDS)
            state->challenges++;
    }
}

static State *
find_challenger (TuttiTalkers *talkers, const State *quietest)
{
    State *loudest = NULL;

    for (guint i = 0; i < talkers->n; i++) {
        State *state = &talkers->states[i];

        if (state->challenges >= CHALLENGE_ROUNDS && is_clearly_louder (state, quietest) &&
            (loudest == NULL || is_louder (state, loudest)))
            loudest = state;
    }
    return loudest;
}

static void
settle_challenges (TuttiTalkers *talkers)
{
    State *quietest = find_quietest (talkers), *challenger;

    if (talkers->n_in < talkers->places)
        return;
    count_challenges (talkers, quietest);
    /* Each exchange makes the quietest louder by CHALLENGE_DB, so this ends. */
    while ((challenger = find_challenger (talkers, quietest)) != NULL) {
        take_place (talkers, quietest);
        give_place (talkers, challenger);
        quietest = find_quietest (talkers);
    }
}

static gboolean
is_speaking (const State *state, gint64 now_us)
{
    return state->in && state->spoke && now_us - state->spoke_us <= TUTTI_SPEAKER_HOLD_US;
}

/* How far up a voice stood among the speakers last told; behind them all if it did not. */
static guint
rank_speaker (const TuttiTalkers *talkers, guint id)
{
    guint rank = 0;

    while (rank < talkers->n_speakers && talkers->speakers[rank] != id)
        rank++;
    return rank;
}

/* TRUE when b, which stands behind a, is to stand before it. */
static gboolean
is_overtaking (const TuttiTalkers *talkers, const State *a, const State *b)
{
    guint rank_a = rank_speaker (talkers, a->id), rank_b = rank_speaker (talkers, b->id);

    if (rank_a == rank_b)
        return b->loudness > a->loudness;
    if (rank_b < rank_a)
        return b->loudness + ORDER_DB > a->loudness;
    return b->loudness > a->loudness + ORDER_DB;
}

static void
insert_speaker (const TuttiTalkers *talkers, guint index, TuttiChoice *choice)
{
    const State *state = &talkers->states[index];
    guint i = choice->n_speakers++;

    while (i > 0 && is_overtaking (talkers, &talkers->states[choice->speakers[i - 1]], state)) {
        choice->speakers[i] = choice->speakers[i - 1];
        i--;
    }
    choice->speakers[i] = index;
}

static void
tell_choice (TuttiTalkers *talkers, gint64 now_us, TuttiChoice *choice)
{
    choice->n_in = choice->n_out = choice->n_speakers = 0;
    for (guint i = 0; i < talkers->n; i++) {
        const State *state = &talkers->states[i];

        if (state->in)
            choice->in[choice->n_in++] = i;
        else if (state->was_in)
            choice->out[choice->n_out++] = i;
        if (is_speaking (state, now_us) && choice->n_speakers < TUTTI_TALKERS_MAX)
            insert_speaker (talkers, i, choice);
    }
    talkers->n_speakers = choice->n_speakers;
    for (guint i = 0; i < choice->n_speakers; i++)
        talkers->speakers[i] = talkers->states[choice->speakers[i]].id;
}

TuttiTalkers *
tutti_talkers_new (guint places)
{
    TuttiTalkers *talkers = g_new0 (TuttiTalkers, 1);

    g_assert (places >= 1 && places <= TUTTI_TALKERS_MAX);
    talkers->places = places;
    talkers->states = g_new (State, TUTTI_AUDIO_INPUTS_MAX);
    talkers->spare = g_new (State, TUTTI_AUDIO_INPUTS_MAX);
    talkers->index = g_new0 (guint16, INDEX_SIZE);
    return talkers;
}

void
tutti_talkers_free (TuttiTalkers *talkers)
{
    if (talkers == NULL)
        return;
    g_free (talkers->states);
    g_free (talkers->spare);
    g_free (talkers->index);
    g_free (talkers);
}

void
tutti_talkers_choose (TuttiTalkers *talkers, const TuttiVoice *voices, guint n, gint64 now_us,
                      TuttiChoice *choice)
{
    g_assert (n <= TUTTI_AUDIO_INPUTS_MAX);
    arrange (talkers, voices, n);
    for (guint i = 0; i < n; i++)
        follow_level (&talkers->states[i], &voices[i], now_us);
    admit_house (talkers, voices);
    release_silent (talkers, now_us);
    fill_places (talkers);
    settle_challenges (talkers);
    tell_choice (talkers, now_us, choice);
}

void
tutti_talkers_measure (TuttiTalkers *talkers, guint index, guint8 level)
{
    g_assert (index < talkers->n);
    talkers->states[index].measured = level;
}
