/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-losses.c: whose losses the encoders of a room's sound are told of.
 */
#include "room/losses.h"

static guint
take (TuttiLoss *loss, double share, guint seconds)
{
    guint n_changes = 0;

    for (guint i = 0; i < seconds; i++)
        n_changes += tutti_loss_take (loss, (guint8)(share * 256), FALSE) ? 1 : 0;
    return n_changes;
}

static void
test_one (void)
{
    TuttiLoss loss = {0};

    /* one packet of fifty now and then is nothing */
    for (guint i = 0; i < 20; i++)
        g_assert_cmpuint (take (&loss, i % 5 ? 0 : 0.02, 1), ==, 0);
    take (&loss, 0.06, 20);
    g_assert_cmpuint (loss.percent, ==, 5);
    g_assert_cmpuint (take (&loss, 0.045, 60), ==, 0); /* no to and fro */
    take (&loss, 0.22, 20);
    g_assert_cmpuint (loss.percent, ==, 20);
    g_assert_cmpuint (tutti_loss_for_own (&loss), ==, 20);
    g_assert_true (tutti_loss_take (&loss, 56, TRUE));
    g_assert_cmpuint (tutti_loss_for_own (&loss), ==, 0);
    take (&loss, 0, 30);
    g_assert_cmpuint (loss.percent, ==, 0);
}

static void
test_shared (void)
{
    static const struct {
        guint n, percents[9], shared;
    } rows[] = {
        {0, {0}, 0},
        {1, {10}, 10},
        {2, {10, 0}, 10},                        /* a third of two is one */
        {3, {0, 0, 30}, 30},                     /* the listener among them: it is heard as well */
        {4, {0, 0, 30, 0}, 15},                  /* two of four */
        {9, {0, 0, 0, 0, 30, 0, 0, 0, 0}, 10},   /* one of nine */
        {9, {5, 20, 0, 20, 0, 20, 0, 5, 0}, 20}, /* a third of nine */
        {9, {5, 5, 5, 10, 10, 10, 20, 20, 5}, 17}, /* 20, 20, 10 */
    };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
        TuttiLoss losses[9] = {{0}};

        for (guint at = 0; at < rows[i].n; at++)
            losses[at].percent = rows[i].percents[at];
        g_assert_cmpuint (tutti_losses_for_shared (losses, rows[i].n), ==, rows[i].shared);
    }
}

/* Who gets RED is not counted, neither as one who loses nor as one who doesn't. */
static void
test_mended (void)
{
    TuttiLoss losses[] = {{.percent = 30, .mended = TRUE}, {.percent = 0}, {.percent = 5}};

    g_assert_cmpuint (tutti_losses_for_shared (losses, 3), ==, 5);
    losses[2].mended = TRUE;
    g_assert_cmpuint (tutti_losses_for_shared (losses, 3), ==, 0);
    losses[1].mended = TRUE;
    g_assert_cmpuint (tutti_losses_for_shared (losses, 3), ==, 0);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/losses/one", test_one);
    g_test_add_func ("/losses/shared", test_shared);
    g_test_add_func ("/losses/mended", test_mended);
    return g_test_run ();
}
