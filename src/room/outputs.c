/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * outputs.c: see outputs.h. Each output is fed by a spectator of its own; all of a room want the
 * same size, rate and key frames, so one encode serves them all. Role: main.
 *
 *   room's list --stopped, or the room ends--> leaving --farewell is said--> freed
 *                                                 \--HLS: its last viewers, --> directory removed
 */
#include "outputs.h"

#include <string.h>

#include <tutti/error.h>
#include <tutti/paths.h>

#include "record/hls.h"

#include "news.h"
#include "outputs-inside.h"
#include "rooms-inside.h"
#include "spectator.h"

/* Who watches HLS is some segments behind; the last ones stay until everybody has them. */
#define LEFT_BEHIND_S 60

typedef struct {
    TuttiOutputs *outputs;
    TuttiRoom *room; /* NULL: it is leaving */
    char *id, *url, *described;
    char *directory; /* HLS; else NULL */
    TuttiOutput *output;
    TuttiSpectator *spectator; /* NULL: it is leaving */
    TuttiBell *wanted;         /* a key frame */
    TuttiWish *key_frame;
    TuttiOutputState told; /* last */
    guint timeout_id;      /* until the directory is removed; 0: none runs */
} Entry;

struct _TuttiOutputs {
    char *directory;
    GPtrArray *leaving; /* owned entries */
};

static void
free_entry (gpointer data)
{
    Entry *entry = data;

    g_clear_handle_id (&entry->timeout_id, g_source_remove);
    tutti_spectator_free (entry->spectator);
    if (entry->key_frame)
        tutti_wish_close (entry->key_frame);
    tutti_output_free (entry->output);
    tutti_bell_free (entry->wanted);
    tutti_wish_unref (entry->key_frame);
    if (entry->directory && !entry->room)
        tutti_hls_remove (entry->directory);
    g_free (entry->directory);
    g_free (entry->described);
    g_free (entry->url);
    g_free (entry->id);
    g_free (entry);
}

/* --- What becomes of them --- */

static void
tell (const Entry *entry, TuttiOutputState state, const char *why)
{
    const char *name = tutti_output_state_name (state);
    TuttiNews news = {.type = TUTTI_NEWS_OUTPUT, .item = entry->id, .state = name, .text = why};

    g_message ("room %s, output %s to %s is %s%s%s", entry->room->name, entry->id, entry->described,
               name, why[0] != '\0' ? ", " : "", why);
    tutti_rooms_tell_news (entry->room->rooms, entry->room, &news);
}

static gboolean
on_left_behind (gpointer user_data)
{
    Entry *entry = user_data;

    entry->timeout_id = 0;
    g_ptr_array_remove_fast (entry->outputs->leaving, entry);
    return G_SOURCE_REMOVE;
}

static void
end_leaving (Entry *entry)
{
    if (!entry->directory)
        g_ptr_array_remove_fast (entry->outputs->leaving, entry);
    else if (entry->timeout_id == 0)
        entry->timeout_id = g_timeout_add_seconds (LEFT_BEHIND_S, on_left_behind, entry);
}

/* While nobody is there to take them, nothing is encoded for it. */
static void
on_told (TuttiOutput *output, gpointer user_data)
{
    Entry *entry = user_data;
    TuttiOutputStats stats;

    tutti_output_get_stats (output, &stats);
    if (!entry->room) {
        if (stats.state == TUTTI_OUTPUT_ENDED)
            end_leaving (entry);
        return;
    }
    tutti_spectator_set_on (entry->spectator, stats.state != TUTTI_OUTPUT_WAITING);
    if (stats.state == entry->told)
        return;
    entry->told = stats.state;
    tell (entry, stats.state, stats.state == TUTTI_OUTPUT_WAITING ? stats.why : "");
}

static void
on_wanted (gpointer user_data)
{
    Entry *entry = user_data;

    if (entry->spectator)
        tutti_spectator_want_key_frame (entry->spectator);
}

/* The list's own reference becomes that of those who leave. */
static void
leave (TuttiRoom *room, guint index)
{
    Entry *entry = g_ptr_array_steal_index (room->outputs, index);

    tell (entry, TUTTI_OUTPUT_ENDED, "");
    g_clear_pointer (&entry->spectator, tutti_spectator_free);
    entry->room = NULL;
    g_ptr_array_add (entry->outputs->leaving, entry);
    tutti_output_stop (entry->output);
}

/* --- Start --- */

static Entry *
find (TuttiRoom *room, const char *id_or_url, guint *index)
{
    for (guint i = 0; i < room->outputs->len; i++) {
        Entry *entry = room->outputs->pdata[i];
        if (g_str_equal (entry->id, id_or_url) || g_str_equal (entry->url, id_or_url)) {
            *index = i;
            return entry;
        }
    }
    return NULL;
}

/* A new output writes where an old one's last segments may still be. */
static void
clear_directory (TuttiOutputs *outputs, const char *directory)
{
    for (guint i = outputs->leaving->len; i-- > 0;) {
        const Entry *entry = outputs->leaving->pdata[i];
        if (g_strcmp0 (entry->directory, directory) == 0)
            g_ptr_array_remove_index_fast (outputs->leaving, i);
    }
}

static gboolean
check_start (TuttiRoom *room, const char *url, GError **error)
{
    guint index;

    if (!tutti_output_check_url (url, error))
        return FALSE;
    if (find (room, url, &index) || room->outputs->len >= TUTTI_OUTPUTS_MAX) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_CONFLICT,
                     room->outputs->len >= TUTTI_OUTPUTS_MAX ? "the room has %d outputs already"
                                                             : "the room is sent there already",
                     TUTTI_OUTPUTS_MAX);
        return FALSE;
    }
    /* A valid name of a room, but not of a directory below ours. */
    if (g_ascii_strncasecmp (url, "hls:", 4) == 0 && room->name[0] == '.') {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_UNSUPPORTED,
                             "a room whose name begins with a dot has no HLS");
        return FALSE;
    }
    return TRUE;
}

static void
get_rung (TuttiRoom *room, TuttiRung *rung)
{
    *rung = room->canvas;
    rung->bitrate_bps = (guint)tutti_config_int (room->shared->config, "live", "bitrate");
}

static TuttiOutput *
open_output (TuttiRoom *room, Entry *entry, GError **error)
{
    TuttiConfig *config = room->shared->config;
    const char *certificates = tutti_config_string (config, "live", "ca-file");
    const TuttiOutputSetup setup = {
        .url = entry->url,
        .directory = entry->directory,
        .segment_s = (guint)tutti_config_int (config, "live", "keyframe-interval"),
        .certificates = certificates[0] != '\0' ? certificates : NULL,
        .video_codec = TUTTI_CODEC_H264,
        .width = room->canvas.width,
        .height = room->canvas.height,
        .frame_rate = room->canvas.frame_rate,
        .channels = room->shared->stereo ? 2 : 1,
        .bitrate_bps = (guint)tutti_config_int (config, "live", "bitrate"),
        .audio_bitrate_bps = (guint)tutti_config_int (config, "live", "audio-bitrate"),
        .key_frame = entry->key_frame,
        .told = on_told,
        .user_data = entry,
    };

    return tutti_output_new (&setup, error);
}

static TuttiSpectator *
open_spectator (TuttiRoom *room, const Entry *entry)
{
    TuttiConfig *config = room->shared->config;
    TuttiSpectatorSetup setup = {
        .codec = TUTTI_CODEC_H264,
        .key_frame_interval_s = (guint)tutti_config_int (config, "live", "keyframe-interval"),
        .audio = tutti_output_get_input (entry->output, TUTTI_KIND_AUDIO),
        .video = tutti_output_get_input (entry->output, TUTTI_KIND_VIDEO),
    };

    get_rung (room, &setup.rung);
    return tutti_spectator_new (room, &setup);
}

static Entry *
make (TuttiRoom *room, const char *url)
{
    Entry *entry = g_new0 (Entry, 1);

    entry->outputs = room->rooms->outputs;
    entry->room = room;
    entry->id = g_strdup_printf ("o%u", ++room->last_output);
    entry->url = g_strdup (url);
    entry->described = tutti_output_describe_url (url);
    if (g_ascii_strncasecmp (url, "hls:", 4) == 0)
        entry->directory = g_build_filename (entry->outputs->directory, room->name, NULL);
    entry->wanted = tutti_bell_new (on_wanted, entry);
    entry->key_frame = tutti_wish_new (tutti_bell_notify, entry->wanted);
    return entry;
}

gboolean
tutti_room_start_output (TuttiRoom *room, const char *url, const char **id, GError **error)
{
    Entry *entry;

    if (!check_start (room, url, error))
        return FALSE;
    entry = make (room, url);
    if (entry->directory)
        clear_directory (entry->outputs, entry->directory);
    entry->output = open_output (room, entry, error);
    if (!entry->output) {
        free_entry (entry);
        return FALSE;
    }
    entry->spectator = open_spectator (room, entry);
    g_ptr_array_add (room->outputs, entry);
    tell (entry, TUTTI_OUTPUT_CONNECTING, "");
    *id = entry->id;
    return TRUE;
}

/* --- The rest of what control may do --- */

gboolean
tutti_room_stop_output (TuttiRoom *room, const char *id_or_url, GError **error)
{
    guint index;

    if (!find (room, id_or_url, &index)) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_NOT_FOUND, "no such output");
        return FALSE;
    }
    leave (room, index);
    return TRUE;
}

void
tutti_room_each_output (TuttiRoom *room, TuttiOutputVisit visit, gpointer user_data)
{
    for (guint i = 0; i < room->outputs->len; i++) {
        const Entry *entry = room->outputs->pdata[i];
        TuttiOutputInfo info = {.id = entry->id, .url = entry->described};

        tutti_output_get_stats (entry->output, &info.stats);
        visit (&info, user_data);
    }
}

const char *
tutti_rooms_get_live_directory (TuttiRooms *rooms)
{
    return rooms->outputs->directory;
}

/* --- For the room --- */

TuttiOutputs *
tutti_outputs_new (TuttiConfig *config)
{
    TuttiOutputs *outputs = g_new0 (TuttiOutputs, 1);
    const char *directory = tutti_config_string (config, "live", "directory");

    outputs->directory = directory[0] != '\0' ? g_strdup (directory) : tutti_paths_live ();
    outputs->leaving = g_ptr_array_new_with_free_func (free_entry);
    return outputs;
}

void
tutti_outputs_free (TuttiOutputs *outputs)
{
    if (!outputs)
        return;
    g_ptr_array_unref (outputs->leaving);
    g_free (outputs->directory);
    g_free (outputs);
}

void
tutti_room_end_outputs (TuttiRoom *room)
{
    while (room->outputs->len > 0)
        leave (room, room->outputs->len - 1);
}
