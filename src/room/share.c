/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * share.c: who may share a screen: what others send is refused as if it were not sent. Role: main.
 */
#include "policy.h"
#include "recording-inside.h"
#include "room.h"

void
tutti_member_follow_share (TuttiParticipant *member)
{
    const TuttiEvent event = {.type = TUTTI_EVENT_SHARE_REFUSED};
    gboolean is_forbidden = member->room->policy.share == TUTTI_SHARE_MODERATOR &&
                            member->role != TUTTI_PERSON_MODERATOR;
    gboolean is_refused;

    if (!member->chain)
        return;
    is_refused = is_forbidden &&
                 tutti_leg_is_sending (tutti_chain_get_leg (member->chain), TUTTI_TRACK_SCREEN);
    if (tutti_chain_forbid_screen (member->chain, is_forbidden)) {
        tutti_recording_untap (member->room, member->chain); /* it was kept too */
        tutti_recording_tap (member->room, member);
        tutti_chain_settle_tracks (member->chain);
    }
    if (is_refused && !member->is_share_refused)
        tutti_letters_post (member->shared->letters, member, &event);
    member->is_share_refused = is_refused;
}
