/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * show-person.c: one participant of /v1/stats: a table for each direction, a column for each
 * stream, and what is known of the way.
 */
#include <math.h>

#include "cells.h"
#include "show-stats.h"

typedef enum {
    SHOW_COUNT,
    SHOW_KBPS,    /* growth of bytes */
    SHOW_PER_S,   /* growth */
    SHOW_MS,      /* of microseconds */
    SHOW_SAMPLES, /* as milliseconds */
    SHOW_LEVEL,   /* -dBov */
    SHOW_BPS,     /* as kbit/s */
    SHOW_PERCENT,
} Show;

typedef struct {
    const char *label, *name;
    Show show;
} Row;

static const Row UPLINK[] = {
    {"kbit/s", "bytes", SHOW_KBPS},
    {"packets", "packets", SHOW_COUNT},
    {"lost", "packets_lost", SHOW_COUNT},
    {"jitter, ms", "jitter_us", SHOW_MS},
    {"NACKs sent", "nacks_sent", SHOW_COUNT},
    {"repaired (RTX)", "repaired_packets", SHOW_COUNT},
    {"PLIs sent", "plis_sent", SHOW_COUNT},
    {"late", "late_packets", SHOW_COUNT},
    {"duplicates", "duplicate_packets", SHOW_COUNT},
    {"recovered by RED", "recovered_by_red", SHOW_COUNT},
    {"recovered by FEC", "recovered_by_fec", SHOW_COUNT},
    {"concealed, ms", "concealed_samples", SHOW_SAMPLES},
    {"shortened, ms", "shortened_samples", SHOW_SAMPLES},
    {"stretched, ms", "stretched_samples", SHOW_SAMPLES},
    {"buffer, ms", "delay_us", SHOW_MS},
    {"its target, ms", "target_delay_us", SHOW_MS},
    {"level, dBov", "level", SHOW_LEVEL},
    {"simulcast layers", "simulcast_layers", SHOW_COUNT},
    {"width", "width", SHOW_COUNT},
    {"height", "height", SHOW_COUNT},
    {"pictures a second", "decoded_frames", SHOW_PER_S},
    {"key frames", "key_frames", SHOW_COUNT},
    {"dropped", "dropped_frames", SHOW_COUNT},
    {"decoder's errors", "decode_errors", SHOW_COUNT},
    {"held for sound, ms", "held_us", SHOW_MS},
};

static const Row DOWNLINK[] = {
    {"kbit/s", "bytes", SHOW_KBPS},
    {"packets", "packets", SHOW_COUNT},
    {"lost", "packets_lost", SHOW_COUNT},
    {"lost of late, %", "loss_percent", SHOW_PERCENT},
    {"jitter, ms", "jitter_us", SHOW_MS},
    {"NACKs received", "nacks_received", SHOW_COUNT},
    {"resent (RTX)", "resent_packets", SHOW_COUNT},
    {"PLIs received", "plis_received", SHOW_COUNT},
    {"RED copies", "red_blocks", SHOW_COUNT},
    {"pictures a second", "encoded_frames", SHOW_PER_S},
    {"key frames", "key_frames", SHOW_COUNT},
    {"encoded, kbit/s", "encoded_bps", SHOW_BPS},
    {"encoder's haste, 0-3", "encoder_haste", SHOW_COUNT},
};

static const Row WAY[] = {
    {"estimate, kbit/s", "estimate_bps", SHOW_BPS},
    {"wanted, kbit/s", "wanted_bps", SHOW_BPS},
    {"REMB, kbit/s", "remb_bps", SHOW_BPS},
    {"sent, kbit/s", "send_rate_bps", SHOW_BPS},
    {"padding, kbit/s", "padding_bytes", SHOW_KBPS},
    {"waits here, ms", "pacer_queue_us", SHOW_MS},
    {"waits on the way, ms", "link_queue_us", SHOW_MS},
};

static void
add_cell (TuttiTable *table, TuttiReading reading, const Row *row)
{
    if (!tutti_reading_has (reading, row->name)) {
        tutti_table_add (table, "-");
        return;
    }
    switch (row->show) {
    case SHOW_COUNT:
        tutti_cell_int (table, reading, row->name);
        break;
    case SHOW_KBPS:
        tutti_cell_number (table, tutti_reading_rate (reading, row->name) * 8 / 1000, 0);
        break;
    case SHOW_PER_S:
        tutti_cell_number (table, tutti_reading_rate (reading, row->name), 1);
        break;
    case SHOW_MS:
        tutti_cell_number (table, (double)tutti_reading_int (reading, row->name) / 1000, 1);
        break;
    case SHOW_SAMPLES:
        tutti_cell_number (table, (double)tutti_reading_int (reading, row->name) / 48, 0);
        break;
    case SHOW_LEVEL:
        tutti_cell_number (table, -(double)tutti_reading_int (reading, row->name), 0);
        break;
    case SHOW_BPS:
        tutti_cell_kbps (table, reading, row->name);
        break;
    case SHOW_PERCENT:
        tutti_cell_number (table, tutti_reading_number (reading, row->name), 1);
        break;
    }
}

static char *
format_rows (const char *headings, const Row *rows, guint n_rows, const TuttiReading *columns,
             guint n_columns)
{
    g_autoptr (TuttiTable) table = tutti_table_new (headings);

    for (guint i = 0; i < n_rows; i++) {
        tutti_table_add (table, "%s", rows[i].label);
        for (guint column = 0; column < n_columns; column++)
            add_cell (table, columns[column], &rows[i]);
    }
    return tutti_table_format (table);
}

static char *
format_head (TuttiReading person)
{
    g_autoptr (TuttiTable) table = tutti_table_new ("PARTICIPANT|");
    TuttiReading video = tutti_reading_get (tutti_reading_get (person, "downlink"), "video");
    static const Row ROUND_TRIP = {"round trip, ms", "round_trip_us", SHOW_MS};
    static const Row BAD = {"bad packets", "bad_packets", SHOW_COUNT};
    static const char *const WORDS[] = {"id", "name", "role", "state", "pair", "srtp_profile"};

    for (guint i = 0; i < G_N_ELEMENTS (WORDS); i++) {
        tutti_table_add (table, "%s", WORDS[i]);
        tutti_table_add (table, "%s", tutti_reading_text (person, WORDS[i]));
    }
    tutti_table_add (table, "%s", ROUND_TRIP.label);
    add_cell (table, person, &ROUND_TRIP);
    tutti_table_add (table, "%s", BAD.label);
    add_cell (table, person, &BAD);
    tutti_table_add (table, "video codec");
    tutti_table_add (table, "%s", tutti_reading_text (video, "codec"));
    tutti_table_add (table, "picture it is sent");
    tutti_cell_rendition (table, video);
    return tutti_table_format (table);
}

static char *
format_person (TuttiReading person)
{
    TuttiReading up = tutti_reading_get (person, "uplink");
    TuttiReading down = tutti_reading_get (person, "downlink");
    TuttiReading sent[] = {tutti_reading_get (up, "audio"), tutti_reading_get (up, "camera"),
                           tutti_reading_get (up, "screen")};
    TuttiReading given[] = {tutti_reading_get (down, "audio"), tutti_reading_get (down, "video")};
    g_autofree char *head = format_head (person);
    g_autofree char *uplink = format_rows ("UPLINK|>VOICE|>CAMERA|>SCREEN", UPLINK,
                                           G_N_ELEMENTS (UPLINK), sent, G_N_ELEMENTS (sent));
    g_autofree char *downlink = format_rows ("DOWNLINK|>SOUND|>PICTURE", DOWNLINK,
                                             G_N_ELEMENTS (DOWNLINK), given, G_N_ELEMENTS (given));
    g_autofree char *way = format_rows ("WAY DOWN|>", WAY, G_N_ELEMENTS (WAY), &down, 1);

    return g_strjoin ("\n", head, uplink, downlink, way, NULL);
}

char *
tutti_show_stats_of_person (TuttiReading stats)
{
    TuttiReading room;

    if (tutti_reading_count (stats, "rooms") == 0)
        return g_strdup ("");
    room = tutti_reading_nth (stats, "rooms", 0, "name");
    if (tutti_reading_count (room, "people") == 0)
        return g_strdup ("");
    return format_person (tutti_reading_nth (room, "people", 0, "id"));
}
