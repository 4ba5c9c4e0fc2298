/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * member.h: a participant from the inside: what the files of this folder know of it. Role: main.
 */
#pragma once

#include "adapt.h"
#include "bans.h"
#include "bell.h"
#include "chain.h"
#include "ladder.h"
#include "losses.h"
#include "participant.h"
#include "playback-inside.h"
#include "stage.h"
#include "uplink.h"
#include "views.h"

/* Interface: joined but no media, or consent lost, for so long: the participant has left. */
#define TUTTI_MEDIA_TIMEOUT_US (30 * G_USEC_PER_SEC)
/* Faster than that nobody types; a flood is 1000 copies a message in a large room. */
#define TUTTI_CHAT_BURST 10
#define TUTTI_CHAT_BURST_US (5 * G_USEC_PER_SEC)
#define TUTTI_CHAT_MAX_BYTES 4096

struct _TuttiParticipant {
    TuttiRoom *room; /* NULL: it has left, only its last letter is on its way */
    TuttiShared *shared;
    guint number; /* to mixers and policy; never 0 */
    char id[12];
    char key[48]; /* "ID.SECRET": who shows it, is this participant */
    char *name;
    TuttiPersonRole role;
    TuttiIdentity identity;    /* as a ban would know it; its name follows */
    gboolean is_waiting;       /* in the lobby, and nowhere else */
    gboolean is_share_refused; /* sends a screen that it may not show */
    gboolean is_viewer;        /* sees and hears as whoever has the same name does */
    TuttiEventFunc func;       /* NULL: its signalling is away */
    gpointer user_data;
    gboolean being_told_last; /* its last letter is in its hands */
    gpointer side;            /* hears its data channel (side-channel.h); NULL: none is open */

    gboolean audio_muted, video_muted, hand_raised;
    double gain_db;                     /* of its voice in the mix, as the admin set it */
    gboolean sharing_screen, connected; /* as last told to everyone */
    gint64 joined_us;
    gint64 pass_until_us;    /* its token ends; 0: never */
    gint64 unheard_since_us; /* without media since; 0: media flows */
    TuttiLoss loss;          /* of our sound, on its link */
    gint64 held_until_us;    /* stepped out: its place is kept until then; 0: it did not */
    gboolean has_media;      /* was connected, and may be so again without a new offer */
    guint64 shared_screen;   /* when it began: a serial number */

    gboolean chose_layout;
    TuttiLayout layout;
    TuttiQuality quality;
    TuttiChoice self_view;

    TuttiPlayback *playback;     /* it is a film: it has no chain, ever; else NULL */
    TuttiChain *chain;           /* NULL before the first offer or candidate */
    char mid[TUTTI_MID_MAX + 1]; /* of the first m-line of the last answer */
    TuttiView *view;             /* watched now; NULL: none */
    guint64 told_version;        /* of the view, in the last LAYOUT */
    gboolean layout_posted;
    gint64 followed_us;   /* last change of rendition */
    guint estimate_bps;   /* of the way to it; 0: not known */
    TuttiAdapt adapt;     /* the rung it is sent */
    TuttiBell *adapt_due; /* that may change by time alone; NULL: never so far */
    guint wanted_bps;     /* as the leg was told */
    TuttiUplink uplink, screen_uplink;
    TuttiRect largest_camera, largest_screen; /* of its tiles, while uplinks are reckoned */

    gint64 chats_us[TUTTI_CHAT_BURST]; /* when it last wrote, a ring */
    guint next_chat;
};

TuttiParticipant *tutti_member_new (TuttiRoom *room, TuttiShared *shared, const TuttiJoin *join,
                                    TuttiEventFunc func, gpointer user_data);
/* Its chain must be freed, and no letter be on its way. */
void tutti_member_free (TuttiParticipant *member);

/* Its media is part of the room: it was connected; a break of up to TUTTI_MEDIA_TIMEOUT_US is
 * bridged.
 */
gboolean tutti_member_is_connected (const TuttiParticipant *member);
/* Has a place on canvases: connected, and no listener; or a film. */
gboolean tutti_member_is_seen (const TuttiParticipant *member);
/* Connected, takes video, and chose not to do without. */
gboolean tutti_member_is_watching (const TuttiParticipant *member);
gboolean tutti_member_shows_camera (const TuttiParticipant *member);

/* Whose eyes and ears it is: its own, or a viewer's namesake. */
const TuttiParticipant *tutti_member_get_self (const TuttiParticipant *member);

/* The view it gets in its room. */
void tutti_member_get_key (const TuttiParticipant *member, TuttiViewKey *key);

/* Makes the chain if there is none or its leg is closed. */
void tutti_member_need_chain (TuttiParticipant *member);
/* tutti_leg_accept(), by another chain when the offer is another peer's: a page that was loaded
 * anew. The running session is untouched on failure. */
gboolean tutti_member_accept (TuttiParticipant *member, const TuttiSession *offer,
                              TuttiSession *answer, GError **error);
/* Its media ends: out of the mix first, then the chain is unmade. */
void tutti_member_drop_chain (TuttiParticipant *member);

/* PARTICIPANT_UPDATED to all if it connected, broke off, or began or ended sharing a screen. */
void tutti_member_tell_changes (TuttiParticipant *member);
/* LAYOUT, at once: of the view it watches, else of the one it would. */
void tutti_member_tell_layout (TuttiParticipant *member);
/* RECORDING, after all that it is told now: unless it is off, which is what nothing said means. */
void tutti_member_post_recording (TuttiParticipant *member);
/* Its data channel (side-channel.c): it is open, closed, told, heard. */
void tutti_member_open_side (TuttiParticipant *member, guint max_bytes);
void tutti_member_close_side (TuttiParticipant *member);
void tutti_member_tell_side (TuttiParticipant *member, const TuttiEvent *event);
void tutti_member_hear_side (TuttiParticipant *member, const char *text);
/* To all ears that it has. */
void tutti_member_tell_now (TuttiParticipant *member, const TuttiEvent *event);
/* How a letter reaches it. */
void tutti_member_tell (TuttiParticipant *member, const TuttiEvent *event);
