/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz-main.c: runs a fuzz target without libFuzzer, as a test: every file of its corpus, then a
 * bounded, repeatable number of mutations of each. With libFuzzer (--enable-fuzzers) this file is
 * left out.
 *
 *   fuzz-NAME            corpus and mutations, TAP on standard output
 *   fuzz-NAME FILE...    these files only (to look at a finding)
 */
#include <glib.h>
#include <stdint.h>
#include <string.h>

/* Seconds, not minutes, on a slow machine under ASan. */
#define MUTATIONS_A_SEED 400
#define INPUT_MAX_BYTES (64 * 1024)

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* The copy ends where the input ends, so that ASan sees a read past it. */
static void
run (const guint8 *data, gsize size)
{
    g_autofree guint8 *copy = g_malloc (MAX (size, 1));

    if (size > 0)
        memcpy (copy, data, size);
    LLVMFuzzerTestOneInput (copy, size);
}

/* Appends a part of itself, which may move while it grows. */
static void
repeat (GByteArray *input, guint at, guint length)
{
    guint end = input->len;

    g_byte_array_set_size (input, end + length);
    memmove (input->data + end, input->data + at, length);
}

static void
mutate (GRand *random, GByteArray *input)
{
    guint n = 1 + g_rand_int_range (random, 0, 8);

    while (n-- > 0 && input->len > 0) {
        guint at = g_rand_int_range (random, 0, input->len);

        switch (g_rand_int_range (random, 0, 5)) {
        case 0:
            input->data[at] ^= 1 << g_rand_int_range (random, 0, 8);
            break;
        case 1:
            input->data[at] = g_rand_int_range (random, 0, 256);
            break;
        case 2:
            g_byte_array_set_size (input, at);
            break;
        case 3:
            input->data[at] = g_rand_boolean (random) ? 0xff : 0;
            break;
        default:
            if (input->len < INPUT_MAX_BYTES / 2)
                repeat (input, at, MIN (input->len - at, 64));
            break;
        }
    }
}

static void
run_seed (const char *path)
{
    g_autofree char *text = NULL;
    gsize size = 0;
    g_autoptr (GRand) random = g_rand_new_with_seed (g_str_hash (path));

    g_assert_true (g_file_get_contents (path, &text, &size, NULL));
    size = MIN (size, INPUT_MAX_BYTES);
    run ((guint8 *)text, size);
    for (guint i = 0; i < MUTATIONS_A_SEED; i++) {
        g_autoptr (GByteArray) input = g_byte_array_sized_new (2 * size + 64);

        /* Room first: mutate() appends from the array itself. */
        g_byte_array_append (input, (guint8 *)text, size);
        mutate (random, input);
        run (input->data, input->len);
    }
}

static void
test_corpus (gconstpointer folder)
{
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    const char *name;
    guint n = 0;

    g_assert_nonnull (dir);
    run ((const guint8 *)"", 0);
    for (; (name = g_dir_read_name (dir)); n++) {
        g_autofree char *path = g_build_filename (folder, name, NULL);

        run_seed (path);
    }
    g_assert_cmpuint (n, >, 0);
}

/* .../lt-fuzz-sdp -> sdp */
static char *
target_name (const char *program)
{
    g_autofree char *base = g_path_get_basename (program);
    const char *name = strstr (base, "fuzz-");

    g_assert_nonnull (name);
    return g_strdup (name + strlen ("fuzz-"));
}

int
main (int argc, char **argv)
{
    g_autofree char *name = target_name (argv[0]);
    g_autofree char *folder = NULL, *test = g_strdup_printf ("/fuzz/%s", name);

    g_test_init (&argc, &argv, NULL);
    if (argc > 1) {
        for (int i = 1; i < argc; i++)
            run_seed (argv[i]);
        return 0;
    }
    folder = g_test_build_filename (G_TEST_DIST, "corpus", name, NULL);
    g_test_add_data_func (test, folder, test_corpus);
    return g_test_run ();
}
