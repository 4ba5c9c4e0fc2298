/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * caller.h: a whole client in the test's own process: joins a room, sends a tone and a picture of
 * one colour through a real leg, and keeps what it hears and sees. A pump thread plays the part of
 * the clients' devices for all callers of a party.
 */
#pragma once

#include "decode/video-source.h"
#include "encode/opus-encode.h"
#include "encode/rendition.h"
#include "room/participant.h"

#include "patience.h"
#include "peer.h"
#include "relay.h"

/* What a caller keeps of what it heard: the oldest is overwritten. */
#define CALLER_HEARD_SAMPLES (8 * TUTTI_RATE_HZ)
/* Noise that comes again so late is new to an encoder: it looks back three pictures at most. */
#define CALLER_PICTURES_MAX 8
/* By how much luma is lighter in a flash. */
#define CALLER_FLASH_LIGHT 100

typedef struct {
    const char *name;
    TuttiPersonRole role;
    guint tone_hz; /* 0: silence */
    double amplitude;
    guint8 colour[3]; /* Y, U, V of its camera */
} CallerSetup;

/* 0: not yet. */
typedef struct {
    gint64 first_heard_us, first_seen_us;
    gint64 click_in_us, click_out_us; /* end of the click's frame in; its first sample out */
    gint64 flash_out_us;              /* the picture that came with the click */
    guint64 n_seen;                   /* pictures decoded */
    gint64 longest_gap_us;            /* between two of them */
} CallerFigures;

/* What came off the wire, of the camera's downlink. */
typedef struct {
    guint64 packets, bytes, key_frames;
    guint32 ssrc; /* 0: nothing came yet */
} CallerReceived;

typedef struct _Party Party;

typedef struct {
    Party *party;
    CallerSetup setup;
    gboolean is_noisy;
    TuttiParticipant *self; /* NULL: not in the room */

    /* Told by the room; main. */
    struct {
        guint n_tiles;
        TuttiPlacedTile tiles[64];
        char ids[64][16];
        int uplink_width, downlink_width;
        guint n_layouts, n_left, n_speaker_events;
        TuttiRecordingState recording;
        gint64 left_us;
    } told;
    gint64 answered_us;

    TuttiPeer *peer; /* NULL: hung up */
    Relay *relay;    /* NULL: on loopback */
    TuttiOpusEncoder *voice;
    guint64 phase; /* samples of the tone so far */
    gint click;    /* atomic: the next frame is a click, with a flash */
    guint flashes; /* pictures of it yet to be sent */
    TuttiRendition *camera;
    TuttiFeed *feed;
    TuttiWish *camera_wish, *downlink_wish;
    guint n_pictures;
    TuttiPicture *pictures[CALLER_PICTURES_MAX]; /* of its colour, a little different */
    TuttiPicture *flash;                         /* lighter */
    TuttiQueue *heard_queue;
    TuttiSlot *seen;
    TuttiVideoSource *seen_source;
    TuttiSync *sync; /* of what it hears and sees, by our reports */

    GMutex lock; /* of the rest */
    gpointer decoder;
    guint32 first_timestamp;
    gboolean any_heard;
    guint64 n_heard; /* samples since the first packet, with gaps as silence */
    gint16 heard[CALLER_HEARD_SAMPLES];
    gint64 last_seen_us;
    gboolean is_light; /* what is seen is a flash */
    CallerFigures figures;
    CallerReceived received;
} Caller;

struct _Party {
    TuttiConfig *config;
    TuttiRooms *rooms;
    TuttiNet *net; /* the clients' */
    TuttiJobs *jobs;
    GPtrArray *callers;
    GThread *pump;
    gint stop;       /* atomic */
    gint64 noise_us; /* atomic: when the machine last kept the party waiting */
    guint64 n_late;  /* rounds and concealed packets, as last looked at; main */
    GMutex lock;     /* callers come and go */
};

/* assignments: as for --set, separated by ";". */
Party *party_new (const char *assignments);
void party_free (Party *party);
/* Iterates main until the condition holds; fails after so many seconds, on a
 * machine of one's own. */
#define party_wait(party, seconds, condition)                                                      \
    do {                                                                                           \
        gint64 end_us =                                                                            \
            g_get_monotonic_time () + (gint64)(TEST_PATIENCE * (seconds)*G_USEC_PER_SEC);          \
        while (!(condition)) {                                                                     \
            g_assert_cmpint (g_get_monotonic_time (), <, end_us);                                  \
            party_iterate ();                                                                      \
        }                                                                                          \
    } while (0)
void party_iterate (void);
void party_run (Party *party, double seconds);

/* TRUE: the machine had time for us for some seconds: what is measured then counts. */
gboolean party_is_calm (Party *party);

/* Joins "blue", offers, and sends from the moment it is connected. */
Caller *caller_new (Party *party, const CallerSetup *setup);
/* The same with a picture of noise, which takes all the bits there are, behind a network as
 * impair_parse() takes it; NULL: on loopback. */
Caller *caller_new_noisy (Party *party, const CallerSetup *setup, const char *network);
void caller_leave (Caller *caller);
/* Announces a screen beside the camera, by a second offer. */
void caller_share_screen (Caller *caller);
/* Ends its media with a farewell but stays in the room; and begins again. */
void caller_hang_up (Caller *caller);
void caller_call_again (Caller *caller);
gboolean caller_is_connected (Caller *caller);
/* The pump's: what came since. */
void caller_hear (Caller *caller);
void caller_see (Caller *caller, gint64 now_us);

void caller_get_figures (Caller *caller, CallerFigures *figures);
void caller_get_received (Caller *caller, CallerReceived *received);
/* For TuttiPeerSetup.packet; user_data: the caller. Role: net. */
void caller_note_packet (const guint8 *data, gsize length_bytes, gint64 now_us, gpointer user_data);
/* The longest gap and the click are measured anew. */
void caller_reset_figures (Caller *caller);

/* What the next two measure is there. */
gboolean caller_has_heard_a_second (Caller *caller);
/* Level of a tone in the last second heard, dB of full scale: the median of its 50 ms windows. */
double caller_get_tone_db (Caller *caller, guint tone_hz);
/* Energy that is in none of the tones, against theirs, dB; likewise. */
double caller_get_rest_db (Caller *caller, const guint *tones_hz, guint n_tones);
/* The canvas' colour at a place, 3 bytes. FALSE: nothing seen yet. */
gboolean caller_look_at (Caller *caller, int x, int y, guint8 *colour);
