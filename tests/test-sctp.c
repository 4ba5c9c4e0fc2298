/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-sctp.c: the data channel from memory to memory, by a clock of its own: our side of a
 * channel, and a client made of an association.
 */
#include <string.h>

#include "leg/channel.h"
#include "leg/sctp.h"

#define STEP_US (50 * 1000)

/* RFC 8832 section 5.1, as Chromium writes it for createDataChannel("tutti"). */
static const guint8 open_tutti[] = {3, 0, 1, 0, 0, 0, 0, 0, 0, 5, 0, 0, 't', 'u', 't', 't', 'i'};

/* --- A line between two --- */

typedef struct {
    gint64 now_us;
    TuttiLoop *loop;
    TuttiSeat *seat;
    TuttiTalk *talk;
    TuttiChannel *channel;
    TuttiSctp *client;
    GQueue to_client, to_channel; /* of GBytes */
    guint n_lost;                 /* the next so many packets are */
    gboolean client_reads, client_closed;
    gboolean has_reset; /* its half already */

    GPtrArray *heard; /* by the client; "stream ppid length text" */
    GPtrArray *said;  /* by the client, as our side tells it; "-": no text */
    guint max_bytes;  /* as told; 0: closed */
    guint n_opened, n_resets;
} Line;

static void
carry (Line *line, GQueue *queue, const guint8 *data, gsize length_bytes)
{
    if (line->n_lost == 0)
        g_queue_push_tail (queue, g_bytes_new (data, length_bytes));
    else
        line->n_lost--;
}

static void
on_channel_packet (const guint8 *data, gsize length_bytes, gpointer user_data)
{
    Line *line = user_data;

    carry (line, &line->to_client, data, length_bytes);
}

static void
on_open (guint max_bytes, gpointer user_data)
{
    Line *line = user_data;

    line->max_bytes = max_bytes;
    line->n_opened += max_bytes > 0;
}

static void
on_said (const char *text, gpointer user_data)
{
    Line *line = user_data;

    g_ptr_array_add (line->said, g_strdup (text ? text : "-"));
}

static void
on_client_packet (const guint8 *data, gsize length_bytes, gpointer user_data)
{
    Line *line = user_data;

    carry (line, &line->to_channel, data, length_bytes);
}

static gboolean
is_client_ready (gpointer user_data)
{
    return ((Line *)user_data)->client_reads;
}

static void
on_message (guint16 stream, guint32 ppid, const guint8 *data, gsize length_bytes,
            gpointer user_data)
{
    Line *line = user_data;

    g_ptr_array_add (line->heard,
                     g_strdup_printf ("%u %u %" G_GSIZE_FORMAT " %.*s", stream, ppid, length_bytes,
                                      (int)MIN (length_bytes, 20), (const char *)data));
}

/* As browsers do: each closes its half when the other has. */
static void
on_reset (guint16 stream, gpointer user_data)
{
    Line *line = user_data;

    line->n_resets++;
    if (!line->has_reset)
        tutti_sctp_reset_stream (line->client, stream);
}

static void
on_closed (gpointer user_data)
{
    ((Line *)user_data)->client_closed = TRUE;
}

static const TuttiChannelEvents channel_events = {on_channel_packet, on_open, on_said};
static const TuttiSctpEvents client_events = {on_client_packet, is_client_ready, on_message,
                                              on_reset, on_closed};
/* Nobody waits to be woken here. */
static void
on_woken (gpointer self, gint64 now_us)
{
}

static const TuttiSeatClass seat_class = {.woken = on_woken};

static void
step (Line *line)
{
    GBytes *packet;

    while (line->to_client.length + line->to_channel.length > 0) {
        while ((packet = g_queue_pop_head (&line->to_client))) {
            tutti_sctp_receive (line->client, g_bytes_get_data (packet, NULL),
                                g_bytes_get_size (packet), line->now_us);
            g_bytes_unref (packet);
        }
        while ((packet = g_queue_pop_head (&line->to_channel))) {
            tutti_channel_receive (line->channel, g_bytes_get_data (packet, NULL),
                                   g_bytes_get_size (packet), line->now_us);
            g_bytes_unref (packet);
        }
    }
    line->now_us += STEP_US;
    tutti_channel_tick (line->channel, line->now_us);
    tutti_sctp_tick (line->client, line->now_us);
}

#define step_until(line, condition)                                                                \
    G_STMT_START                                                                                   \
    {                                                                                              \
        for (guint n_steps = 0; !(condition) && n_steps < 2000; n_steps++)                         \
            step (line);                                                                           \
        g_assert_true (condition);                                                                 \
    }                                                                                              \
    G_STMT_END

static void
on_free_seat (gpointer user_data, gint64 now_us)
{
    tutti_seat_free (user_data);
}

static void
on_make_seat (gpointer user_data, gint64 now_us)
{
    Line *line = user_data;

    line->seat = tutti_seat_new (line->loop, &seat_class, NULL);
}

static void
set_up (Line *line, guint peer_max_bytes, guint n_lost)
{
    static gint64 now_us = G_USEC_PER_SEC; /* usrsctp has but one time */
    TuttiChannelSetup setup = {
        .peer_port = 5000, .peer_max_bytes = peer_max_bytes, .events = &channel_events};

    *line = (Line){.now_us = now_us += G_TIME_SPAN_HOUR, .n_lost = n_lost};
    line->client_reads = TRUE;
    line->heard = g_ptr_array_new_with_free_func (g_free);
    line->said = g_ptr_array_new_with_free_func (g_free);
    line->loop = tutti_loop_new (NULL);
    tutti_loop_call (line->loop, on_make_seat, line);
    setup.seat = line->seat;
    setup.talk = line->talk = tutti_talk_new (line->seat);
    setup.user_data = line;
    line->channel = tutti_channel_new (&setup, line->now_us);
    line->client = tutti_sctp_new (line->seat, 5000, &client_events, line, line->now_us);
    g_assert_true (line->channel && line->client);
    tutti_channel_start (line->channel, line->now_us);
    tutti_sctp_connect (line->client, line->now_us);
    step_until (line, tutti_sctp_get_state (line->client) == TUTTI_SCTP_UP);
}

static void
tear_down (Line *line)
{
    tutti_channel_free (line->channel, line->now_us);
    tutti_sctp_free (line->client);
    tutti_talk_free (line->talk);
    tutti_loop_call (line->loop, on_free_seat, line->seat);
    tutti_loop_free (line->loop);
    g_queue_clear_full (&line->to_client, (GDestroyNotify)g_bytes_unref);
    g_queue_clear_full (&line->to_channel, (GDestroyNotify)g_bytes_unref);
    g_ptr_array_unref (line->heard);
    g_ptr_array_unref (line->said);
}

static TuttiSctpResult
say_back (Line *line, guint16 stream, guint32 ppid, const void *data, gsize length_bytes)
{
    TuttiSctpResult result =
        tutti_sctp_send (line->client, stream, ppid, data, length_bytes, line->now_us);

    tutti_sctp_run (line->client, line->now_us);
    return result;
}

static void
open_channel (Line *line, guint16 stream)
{
    guint n = line->n_opened;

    say_back (line, stream, 50, open_tutti, sizeof open_tutti);
    step_until (line, line->n_opened == n + 1);
    step_until (line, line->heard->len > 0);
    g_assert_true (g_str_has_suffix (line->heard->pdata[line->heard->len - 1], " 50 1 \002"));
    g_ptr_array_set_size (line->heard, 0);
}

static void
say (Line *line, const char *text)
{
    tutti_talk_say (line->talk, text);
    tutti_channel_run (line->channel, line->now_us);
}

static void
expect_heard (Line *line, const char *text)
{
    step_until (line, line->heard->len > 0);
    g_assert_cmpstr (line->heard->pdata[0], ==, text);
    g_ptr_array_remove_index (line->heard, 0);
}

static void
expect_said (Line *line, const char *text)
{
    step_until (line, line->said->len > 0);
    g_assert_cmpstr (line->said->pdata[0], ==, text);
    g_ptr_array_remove_index (line->said, 0);
    tutti_talk_note_read (line->talk);
}

/* --- Channels --- */

static void
test_texts (void)
{
    Line line;
    TuttiTalkStats stats;

    set_up (&line, 0, 0);
    open_channel (&line, 1);
    g_assert_cmpuint (line.max_bytes, ==, TUTTI_SCTP_SEND_MAX_BYTES);
    say (&line, "{\"type\":\"hello\"}");
    expect_heard (&line, "1 51 16 {\"type\":\"hello\"}");
    say_back (&line, 1, 51, "good day", 8);
    expect_said (&line, "good day");
    say_back (&line, 1, 56, "", 1); /* RFC 8831 section 6.6: an empty text */
    expect_said (&line, "");
    say_back (&line, 1, 53, "\1\2", 2);
    expect_said (&line, "-");
    say_back (&line, 1, 51, "a\0b", 3);
    expect_said (&line, "-");
    tutti_talk_get_stats (line.talk, &stats);
    g_assert_true (stats.is_open);
    g_assert_cmpuint (stats.heard, ==, 4);
    g_assert_cmpuint (stats.said, ==, 1);
    tear_down (&line);
}

/* What the peer announced as its largest message is kept to. */
static void
test_peer_limit (void)
{
    Line line;

    set_up (&line, 10, 0);
    open_channel (&line, 0);
    g_assert_cmpuint (line.max_bytes, ==, 10);
    say (&line, "eleven byte");
    say (&line, "ten bytes!");
    expect_heard (&line, "0 51 10 ten bytes!");
    tear_down (&line);
}

/* INITs come again by our clock. A message that is lost comes again when later ones arrive; that
 * nothing follows, and a timer sees to it, usrsctp judges by a clock of its own. */
static void
test_loss (void)
{
    Line line;
    char text[32];

    set_up (&line, 0, 3);
    open_channel (&line, 1);
    for (guint i = 0; i < 30; i++) {
        line.n_lost = i == 3 ? 2 : 0;
        g_snprintf (text, sizeof text, "text %u", i);
        say (&line, text);
        say_back (&line, 1, 51, text, strlen (text));
    }
    for (guint i = 0; i < 30; i++) {
        g_autofree char *heard = g_strdup_printf ("1 51 %u text %u", i < 10 ? 6 : 7, i);

        g_snprintf (text, sizeof text, "text %u", i);
        expect_heard (&line, heard);
        expect_said (&line, text);
    }
    tear_down (&line);
}

/* Other labels, a second one of ours, and what is no OPEN at all: no ACK, and both halves reset. */
static void
test_refused (void)
{
    const guint8 other[] = {3, 0, 1, 0, 0, 0, 0, 0, 0, 4, 0, 0, 'c', 'h', 'a', 't'};
    Line line;

    set_up (&line, 0, 0);
    say_back (&line, 3, 50, other, sizeof other);
    step_until (&line, line.n_resets == 1);
    open_channel (&line, 1);
    say_back (&line, 5, 50, open_tutti, sizeof open_tutti);
    step_until (&line, line.n_resets == 2);
    say_back (&line, 7, 50, "\3nonsense", 9);
    step_until (&line, line.n_resets == 3);
    say_back (&line, 9, 51, "of a channel that is not open", 29);
    g_assert_cmpuint (line.heard->len, ==, 0);
    say_back (&line, 1, 51, "still open", 10);
    expect_said (&line, "still open");
    tear_down (&line);
}

static void
test_closed_by_peer (void)
{
    Line line;

    set_up (&line, 0, 0);
    for (guint i = 0; i < 3; i++) {
        open_channel (&line, 1);
        line.has_reset = TRUE;
        tutti_sctp_reset_stream (line.client, 1);
        tutti_sctp_run (line.client, line.now_us);
        step_until (&line, line.max_bytes == 0 && line.n_resets == i + 1);
        say (&line, "to nobody");
    }
    g_assert_cmpuint (line.heard->len, ==, 0);
    tear_down (&line);
}

static void
test_hung_up (void)
{
    Line line;

    set_up (&line, 0, 0);
    open_channel (&line, 1);
    say (&line, "the last");
    tutti_talk_hang_up (line.talk);
    tutti_channel_run (line.channel, line.now_us);
    expect_heard (&line, "1 51 8 the last");
    step_until (&line, line.max_bytes == 0 && line.n_resets == 1);
    tear_down (&line);
}

/* The association ends with the leg; what was said before is said. */
static void
test_farewell (void)
{
    Line line;
    GBytes *packet;

    set_up (&line, 0, 0);
    open_channel (&line, 1);
    step (&line);
    tutti_talk_say (line.talk, "the last");
    tutti_channel_free (g_steal_pointer (&line.channel), line.now_us);
    while ((packet = g_queue_pop_head (&line.to_client))) {
        tutti_sctp_receive (line.client, g_bytes_get_data (packet, NULL), g_bytes_get_size (packet),
                            line.now_us);
        g_bytes_unref (packet);
    }
    expect_heard (&line, "1 51 8 the last");
    g_assert_true (line.client_closed);
    tear_down (&line);
}

/* --- Limits --- */

/* A reader that stopped: what we keep for it is bounded, and then the channel ends. */
static void
test_reader_stops (void)
{
    g_autofree char *text = g_strnfill (60000, 'x');
    Line line;
    guint n = 0;

    set_up (&line, 0, 0);
    open_channel (&line, 1);
    line.client_reads = FALSE;
    for (; line.max_bytes > 0 && n < 100; n++) {
        say (&line, text);
        step (&line);
    }
    g_assert_cmpuint (line.max_bytes, ==, 0);
    g_assert_cmpuint (n * 60000, >, TUTTI_TALK_BACKLOG_MAX_BYTES);
    g_assert_cmpuint (n * 60000, <, 2 * TUTTI_TALK_BACKLOG_MAX_BYTES);
    tear_down (&line);
}

/* A writer that doesn't stop: what isn't read by main yet waits at its side. */
static void
test_writer_floods (void)
{
    g_autofree char *text = g_strnfill (1000, 'x');
    Line line;
    guint n = 0;

    set_up (&line, 0, 0);
    open_channel (&line, 1);
    for (guint i = 0; i < 2000; i++) {
        n += say_back (&line, 1, 51, text, 1000) == TUTTI_SCTP_SENT;
        if (i % 100 == 0)
            step (&line);
    }
    g_assert_cmpuint (line.said->len, ==, TUTTI_TALK_UNREAD_MAX);
    g_assert_cmpuint (n, <, 1500);
    for (guint i = 0; i < n; i++) {
        expect_said (&line, text);
        if (i % 16 == 15)
            tutti_channel_run (line.channel, line.now_us);
    }
    tear_down (&line);
}

/* As much as we announced is taken, what is longer ends the association. */
static void
test_longest (void)
{
    g_autofree char *text = g_strnfill (5 * TUTTI_SCTP_RECEIVE_MAX_BYTES, 'x');
    Line line;

    set_up (&line, 0, 0);
    open_channel (&line, 1);
    say_back (&line, 1, 51, text, TUTTI_SCTP_RECEIVE_MAX_BYTES);
    step_until (&line, line.said->len == 1);
    g_assert_cmpuint (strlen (line.said->pdata[0]), ==, TUTTI_SCTP_RECEIVE_MAX_BYTES);
    say_back (&line, 1, 51, text, TUTTI_SCTP_RECEIVE_MAX_BYTES + 1);
    step_until (&line, line.client_closed && line.max_bytes == 0);
    tear_down (&line);
    set_up (&line, 0, 0);
    open_channel (&line, 1);
    say_back (&line, 1, 51, text, 5 * TUTTI_SCTP_RECEIVE_MAX_BYTES);
    step_until (&line, line.client_closed && line.max_bytes == 0);
    g_assert_cmpuint (line.said->len, ==, 0);
    tear_down (&line);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/sctp/texts", test_texts);
    g_test_add_func ("/sctp/peer-limit", test_peer_limit);
    g_test_add_func ("/sctp/loss", test_loss);
    g_test_add_func ("/sctp/refused", test_refused);
    g_test_add_func ("/sctp/closed-by-peer", test_closed_by_peer);
    g_test_add_func ("/sctp/hung-up", test_hung_up);
    g_test_add_func ("/sctp/farewell", test_farewell);
    g_test_add_func ("/sctp/reader-stops", test_reader_stops);
    g_test_add_func ("/sctp/writer-floods", test_writer_floods);
    g_test_add_func ("/sctp/longest", test_longest);
    return g_test_run ();
}
