/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-mailbox.c: mails in order, those that can wait together, none to who is gone.
 */
#include "leg/mailbox.h"

#define N_MAILS 100

typedef struct {
    GArray *numbers;
    guint n_rings; /* turns of the loop that brought something */
} Reader;

static void
on_mail (gpointer owner, int number, const char *text)
{
    Reader *reader = owner;

    g_array_append_val (reader->numbers, number);
}

static void
read_until (Reader *reader, guint n)
{
    while (reader->numbers->len < n) {
        guint before = reader->numbers->len;

        g_main_context_iteration (NULL, TRUE);
        reader->n_rings += reader->numbers->len > before;
    }
}

static void
start (Reader *reader)
{
    *reader = (Reader){.numbers = g_array_new (FALSE, FALSE, sizeof (int))};
}

static void
check_order (Reader *reader)
{
    for (guint i = 0; i < reader->numbers->len; i++)
        g_assert_cmpint (g_array_index (reader->numbers, int, i), ==, (int)i);
    g_array_unref (reader->numbers);
}

static gpointer
post_often (gpointer data)
{
    gpointer *both = data;

    for (int i = 0; i < N_MAILS; i++)
        tutti_mailbox_post_patiently (both[0], both[1], on_mail, i);
    return NULL;
}

static void
test_patient (void)
{
    g_autoptr (TuttiMailbox) mailbox = tutti_mailbox_new ();
    Reader reader;
    gpointer both[] = {mailbox, &reader};

    start (&reader);
    g_thread_join (g_thread_new ("net", post_often, both));
    read_until (&reader, N_MAILS);
    g_assert_cmpuint (reader.n_rings, ==, 1);
    /* and again, after it was emptied */
    tutti_mailbox_post_patiently (mailbox, &reader, on_mail, N_MAILS);
    read_until (&reader, N_MAILS + 1);
    check_order (&reader);
}

/* What is urgent doesn't wait, and brings along what was posted before. */
static void
test_urgent (void)
{
    g_autoptr (TuttiMailbox) mailbox = tutti_mailbox_new ();
    Reader reader;

    start (&reader);
    tutti_mailbox_post_patiently (mailbox, &reader, on_mail, 0);
    g_assert_false (g_main_context_iteration (NULL, FALSE));
    tutti_mailbox_post (mailbox, &reader, on_mail, 1, NULL);
    tutti_mailbox_post_patiently (mailbox, &reader, on_mail, 2);
    g_assert_true (g_main_context_iteration (NULL, FALSE));
    g_assert_cmpuint (reader.numbers->len, ==, 3);
    check_order (&reader);
}

static void
test_forget (void)
{
    g_autoptr (TuttiMailbox) mailbox = tutti_mailbox_new ();
    Reader reader;
    int other;

    start (&reader);
    tutti_mailbox_post (mailbox, &other, on_mail, 0, NULL);
    tutti_mailbox_post_patiently (mailbox, &other, on_mail, 0);
    tutti_mailbox_forget (mailbox, &other);
    tutti_mailbox_post (mailbox, &reader, on_mail, 0, NULL);
    read_until (&reader, 1);
    check_order (&reader);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/mailbox/patient", test_patient);
    g_test_add_func ("/mailbox/urgent", test_urgent);
    g_test_add_func ("/mailbox/forget", test_forget);
    return g_test_run ();
}
