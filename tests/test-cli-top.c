/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-cli-top.c: tutti top: its order and its lines by themselves; then the program on a terminal:
 * it draws, takes keys and sizes, and quits.
 */
#include "office.h"
#include "patience.h"

#include <glib-unix.h>
#include <math.h>
#include <pty.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/top-rows.h"

/* --- Rows --- */

/* Two readings, a second apart: quiet has no figures before, for it has just begun. */
#define ROOM                                                                                       \
    "{\"name\":\"%s\",\"participants\":%d,\"listeners\":1,\"views\":1,\"renditions\":2,"           \
    "\"cpu_us\":{\"decode\":%d,\"scale\":0,\"compose\":0,\"encode\":0},"                           \
    "\"uplink\":{\"bytes\":%d,\"packets\":%d,\"packets_lost\":%d},"                                \
    "\"downlink\":{\"bytes\":0,\"packets\":0,\"packets_lost\":0}}"

static char *
make_stats (int n)
{
    g_autofree char *busy = g_strdup_printf (ROOM, "busy", 3, n * 500000, n * 125000, n * 90, 0);
    g_autofree char *lossy =
        g_strdup_printf (ROOM, "lossy", 2, n * 100000, n * 12500, n * 90, n * 10);
    g_autofree char *quiet = g_strdup_printf (ROOM, "quiet", 7, 0, 0, 0, 0);

    return g_strdup_printf ("{\"time_us\":%d,\"rooms\":[%s,%s%s%s]}", n * 1000000, busy, lossy,
                            n == 2 ? "," : "", n == 2 ? quiet : "");
}

static void
assert_order (TuttiReading stats, int key, const char *wanted)
{
    TuttiTopOrder order = TUTTI_TOP_CPU;
    g_autoptr (GArray) rooms = NULL;
    g_autoptr (GString) names = g_string_new (NULL);

    g_assert_true (tutti_top_order_of_key (key, &order));
    rooms = tutti_top_list_rooms (stats, order);
    for (guint i = 0; i < rooms->len; i++)
        g_string_append_printf (names, "%s ", g_array_index (rooms, TuttiRoomFigures, i).name);
    g_assert_cmpstr (names->str, ==, wanted);
}

static void
test_orders (void)
{
    g_autofree char *first = make_stats (1), *second = make_stats (2);
    g_autoptr (JsonNode) before = json_from_string (first, NULL);
    g_autoptr (JsonNode) now = json_from_string (second, NULL);
    TuttiReading stats =
        tutti_reading_of (json_node_get_object (now), json_node_get_object (before));
    TuttiTopOrder order;

    assert_order (stats, 'c', "busy lossy quiet ");
    assert_order (stats, 'p', "quiet busy lossy ");
    assert_order (stats, 'l', "lossy busy quiet ");
    assert_order (stats, 'n', "busy lossy quiet ");
    g_assert_false (tutti_top_order_of_key ('x', &order));
}

static void
test_table (void)
{
    g_autofree char *first = make_stats (1), *second = make_stats (2);
    g_autoptr (JsonNode) before = json_from_string (first, NULL);
    g_autoptr (JsonNode) now = json_from_string (second, NULL);
    g_autoptr (GArray) rooms = tutti_top_list_rooms (
        tutti_reading_of (json_node_get_object (now), json_node_get_object (before)),
        TUTTI_TOP_LOSS);
    g_autofree char *text = tutti_top_format_rooms (rooms, 80);
    g_autofree char *narrow = NULL;

    g_assert_cmpstr (text, ==,
                     "ROOM   PEOPLE  LISTEN  ENC  KBIT/S IN  OUT  LOST IN %  OUT %  CPU %\n"
                     "lossy       2       1    2        100    0       10.0    0.0   10.0\n"
                     "busy        3       1    2       1000    0        0.0    0.0   50.0\n"
                     "quiet       7       1    2          -    -          -      -      -\n");
    g_array_index (rooms, TuttiRoomFigures, 0).name = "of-fourteen-ch";
    g_array_index (rooms, TuttiRoomFigures, 1).name = "of-fifteen-char";
    narrow = tutti_top_format_rooms (rooms, 80);
    g_assert_nonnull (strstr (narrow, "\nof-fourteen-ch       2 "));
    g_assert_nonnull (strstr (narrow, "\nof-fifteen-ch+       3 "));
    g_assert_cmpuint (tutti_top_find (rooms, "quiet"), ==, 2);
    g_assert_cmpuint (tutti_top_find (rooms, "gone"), ==, 0);
}

static void
test_scroll (void)
{
    /* first, selected, n, height */
    g_assert_cmpuint (tutti_top_scroll (0, 3, 5, 10), ==, 0);
    g_assert_cmpuint (tutti_top_scroll (0, 12, 20, 10), ==, 3);
    g_assert_cmpuint (tutti_top_scroll (3, 5, 20, 10), ==, 3);
    g_assert_cmpuint (tutti_top_scroll (3, 1, 20, 10), ==, 1);
    g_assert_cmpuint (tutti_top_scroll (15, 19, 20, 10), ==, 10); /* the terminal grew */
    g_assert_cmpuint (tutti_top_scroll (4, 4, 5, 0), ==, 0);
}

static void
assert_cut (const char *text, guint n_columns, const char *wanted)
{
    g_autofree char *cut = tutti_top_cut (text, n_columns);

    g_assert_cmpstr (cut, ==, wanted);
}

static void
test_cut (void)
{
    assert_cut ("blue", 10, "blue");
    assert_cut ("blue", 3, "blu");
    assert_cut ("Нина", 2, "Ни");
    assert_cut ("会議室", 5, "会議"); /* two columns each: the third has not room */
    assert_cut ("e\xcc\x81t", 1, "e\xcc\x81");
    assert_cut ("blue", 0, "");
}

/* --- On a terminal --- */

typedef struct {
    int fd;
    GPid pid;
    GString *drawn; /* all that it wrote since it was last cleared */
    int status;     /* -1: it runs */
} Terminal;

static gboolean
on_drawn (int fd, GIOCondition condition, gpointer user_data)
{
    Terminal *terminal = user_data;
    char bytes[4096];
    gssize n = read (fd, bytes, sizeof bytes);

    if (n <= 0)
        return G_SOURCE_REMOVE;
    g_string_append_len (terminal->drawn, bytes, n);
    return G_SOURCE_CONTINUE;
}

static void
on_ended (GPid pid, int status, gpointer user_data)
{
    ((Terminal *)user_data)->status = WIFEXITED (status) ? WEXITSTATUS (status) : 255;
}

static void
start (Terminal *terminal, const char *socket)
{
    const struct winsize size = {.ws_row = 24, .ws_col = 120};
    g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "..", "src/cli/tutti", NULL);

    *terminal = (Terminal){.drawn = g_string_new (NULL), .status = -1};
    terminal->pid = forkpty (&terminal->fd, NULL, NULL, &size);
    g_assert_cmpint (terminal->pid, >=, 0);
    if (terminal->pid == 0) {
        execl (program, "tutti", "--socket", socket, "top", NULL);
        _exit (127);
    }
    g_unix_fd_add (terminal->fd, G_IO_IN | G_IO_HUP, on_drawn, terminal);
    g_child_watch_add (terminal->pid, on_ended, terminal);
}

static gboolean
on_too_late (gpointer user_data)
{
    g_error ("it was not drawn: %s", ((Terminal *)user_data)->drawn->str);
    return G_SOURCE_REMOVE;
}

/* Until the text was drawn; NULL: until it ended. */
static void
wait_for (Terminal *terminal, const char *text)
{
    guint timer = g_timeout_add_seconds (TEST_PATIENCE * 30, on_too_late, terminal);

    while (text ? !strstr (terminal->drawn->str, text) : terminal->status < 0)
        g_main_context_iteration (NULL, TRUE);
    g_source_remove (timer);
}

static void
type (Terminal *terminal, const char *keys)
{
    g_string_truncate (terminal->drawn, 0);
    g_assert_cmpint (write (terminal->fd, keys, strlen (keys)), ==, strlen (keys));
}

static void
stop (Terminal *terminal)
{
    while (g_main_context_iteration (NULL, FALSE))
        ;
    close (terminal->fd);
    g_string_free (terminal->drawn, TRUE);
}

static void
test_terminal (void)
{
    Office *office = office_new (NULL);
    g_autofree char *ada = office_join (office, "blue", "Zuzana");
    g_autofree char *bob = office_join (office, "red", "Bob");
    struct winsize small = {.ws_row = 3, .ws_col = 20};
    Terminal terminal;

    start (&terminal, office->socket);
    wait_for (&terminal, "2 rooms, 2 people");
    wait_for (&terminal, "LISTEN");
    wait_for (&terminal, "blue");
    wait_for (&terminal, "red");
    type (&terminal, "n");
    wait_for (&terminal, "name");
    type (&terminal, "\r");
    wait_for (&terminal, "Zuzana");
    type (&terminal, "\033");
    wait_for (&terminal, "LISTEN");
    /* Three lines hold the title and the headings; what is too wide is cut. */
    g_string_truncate (terminal.drawn, 0);
    g_assert_cmpint (ioctl (terminal.fd, TIOCSWINSZ, &small), ==, 0);
    wait_for (&terminal, "2 rooms");
    type (&terminal, "q");
    wait_for (&terminal, NULL);
    g_assert_cmpint (terminal.status, ==, 0);
    stop (&terminal);
    office_free (office);
}

/* As any program that runs in the foreground. */
static void
test_interrupt (void)
{
    Office *office = office_new (NULL);
    Terminal terminal;

    start (&terminal, office->socket);
    wait_for (&terminal, "0 rooms");
    type (&terminal, "\003");
    wait_for (&terminal, NULL);
    g_assert_cmpint (terminal.status, ==, 0);
    stop (&terminal);
    office_free (office);
}

/* The reason is on the terminal that is as it was. */
static void
test_no_server (void)
{
    Terminal terminal;

    start (&terminal, "/nonexistent/admin.sock");
    wait_for (&terminal, NULL);
    wait_for (&terminal, "no server reached");
    g_assert_cmpint (terminal.status, ==, 3);
    stop (&terminal);
}

static void
test_no_terminal (void)
{
    Office *office = office_new (NULL);
    g_auto (Run) run = office_run (office->socket, "top");

    g_assert_cmpint (run.status, ==, 2);
    g_assert_nonnull (strstr (run.err, "this needs a terminal"));
    g_assert_cmpstr (run.out, ==, "");
    office_free (office);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_setenv ("TERM", "vt100", TRUE);
    g_test_add_func ("/cli/top/orders", test_orders);
    g_test_add_func ("/cli/top/table", test_table);
    g_test_add_func ("/cli/top/scroll", test_scroll);
    g_test_add_func ("/cli/top/cut", test_cut);
    g_test_add_func ("/cli/top/terminal", test_terminal);
    g_test_add_func ("/cli/top/interrupt", test_interrupt);
    g_test_add_func ("/cli/top/no-server", test_no_server);
    g_test_add_func ("/cli/top/no-terminal", test_no_terminal);
    return g_test_run ();
}
