/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * policy.h: a room's rules about who comes in, how, and until when. Their values are set by
 * settings.c; here they are asked. A room that is not there has those of its configuration. Role:
 * main.
 */
#pragma once

#include "bans.h"
#include "settings.h"

typedef enum {
    TUTTI_SHARE_ANYONE,
    TUTTI_SHARE_MODERATOR,
} TuttiShare;

const char *tutti_share_name (TuttiShare share);

/* Strings are owned. */
typedef struct {
    char *pin; /* "": none */
    guint pin_changes;
    gboolean waiting_room;
    TuttiShare share;
    char **moderators;       /* never NULL */
    gint64 closes_at_us;     /* since 1970; 0: never */
    gint64 max_duration_us;  /* 0: any */
    gint64 first_in_us;      /* monotonic: when the first one came; 0: nobody so far */
    gint64 first_in_wall_us; /* the same, since 1970 */
    gint64 closes_us;        /* monotonic: closes_at_us, as the clocks were last compared */
    gboolean is_warned;      /* all were told that it closes soon */
    gboolean is_kept;        /* stays while empty */
    TuttiBans *bans;
} TuttiPolicy;

void tutti_policy_init (TuttiPolicy *policy);
void tutti_policy_clear (TuttiPolicy *policy);

/* May this one come in, as far as these rules go? room NULL: it is not there yet. Errors: BANNED,
 * TIME_OVER, PIN_REQUIRED, PIN_WRONG, WAITING_ROOM, OVERLOADED (too many wait). */
gboolean tutti_policy_check (TuttiRooms *rooms, TuttiRoom *room, const TuttiJoin *join,
                             GError **error);
/* TRUE: it must wait until it is admitted. */
gboolean tutti_policy_must_wait (TuttiRoom *room, const TuttiJoin *join);

/* As bans know who comes. Free it: tutti_identity_clear(). */
void tutti_policy_identify (const TuttiJoin *join, TuttiIdentity *identity);

/* "a;b" -> {"a", "b", NULL} */
char **tutti_policy_split_names (const char *text);
/* RFC 3339 -> microseconds since 1970; 0: it is none. */
gint64 tutti_policy_read_time (const char *text);

/* Whether this member's screen, if it sends one, may be seen; it is told when it may no longer. Its
 * media follows with the next update. (share.c) */
void tutti_member_follow_share (TuttiParticipant *member);

/* --- Closing (closing.c) --- */

/* Somebody is in for the first time: max-duration counts from now. */
void tutti_closing_begin (TuttiRoom *room);
/* The clocks are compared anew. */
void tutti_closing_follow (TuttiRoom *room, gint64 now_us, gint64 wall_us);
/* TRUE: there will be an end, so time must be watched. */
gboolean tutti_closing_is_due (const TuttiRoom *room);
/* Unix time of the end as far as it is known; 0: there is none. */
gint64 tutti_closing_get_end_s (const TuttiRoom *room);
/* Tells all a minute ahead, and ends the room. FALSE: it is gone. */
gboolean tutti_closing_check (TuttiRoom *room, gint64 now_us);
