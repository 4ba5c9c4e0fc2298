/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-config.c: defaults, files, --set, faults with their lines, rooms by name; the shipped file
 * shows every key at its default.
 */
#include <tutti/config.h>
#include <tutti/error.h>

#include <glib/gstdio.h>
#include <string.h>

static char *
write_file (const char *text)
{
    char *path = NULL;
    int fd = g_file_open_tmp ("tutti-XXXXXX.conf", &path, NULL);

    g_assert_cmpint (fd, >=, 0);
    g_assert_true (g_close (fd, NULL));
    g_assert_true (g_file_set_contents (path, text, -1, NULL));
    return path;
}

static TuttiConfig *
load (const char *text)
{
    g_autofree char *path = write_file (text);
    TuttiConfig *config = tutti_config_new ();

    g_assert_true (tutti_config_load (config, path, NULL));
    g_unlink (path);
    return config;
}

static void
test_defaults_are_good (void)
{
    g_autoptr (TuttiConfig) config = tutti_config_new ();
    g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);
    const TuttiConfigKey *key;

    for (guint i = 0; (key = tutti_config_key (i)); i++) {
        g_autofree char *set =
            g_strdup_printf ("%s.%s=%s", key->section, key->key, key->default_value);

        g_assert_true (tutti_config_set (config, set, NULL));
    }
    g_assert_true (tutti_config_check (config, faults));
    g_assert_cmpstr (tutti_config_string (config, "http", "listen"), ==, "127.0.0.1:8443");
    g_assert_cmpint (tutti_config_int (config, "audio", "talkers"), ==, 4);
    g_assert_true (tutti_config_bool (config, "ice", "tcp"));
}

static void
test_room_sections (void)
{
    g_autoptr (TuttiConfig) config =
        load ("[room]\nlimit=20\nlayout=speaker\n[room blue]\nlimit=5\n");

    g_assert_cmpint (tutti_config_room_int (config, "blue", "limit"), ==, 5);
    g_assert_cmpint (tutti_config_room_int (config, "red", "limit"), ==, 20);
    g_assert_cmpstr (tutti_config_room_string (config, "blue", "layout"), ==, "speaker");
    g_assert_true (tutti_config_set (config, "room blue.record=true", NULL));
    g_assert_true (tutti_config_room_bool (config, "blue", "record"));
    g_assert_false (tutti_config_room_bool (config, "red", "record"));
    g_assert_true (tutti_config_has_room (config, "blue"));
    g_assert_false (tutti_config_has_room (config, "red"));
    g_assert_false (tutti_config_is_written (config, "auth", "mode"));
}

static void
test_set_wins_over_file (void)
{
    g_autoptr (TuttiConfig) config = load ("[http]\nlisten=127.0.0.1:1\n");
    g_autoptr (GError) error = NULL;

    g_assert_true (tutti_config_set (config, "http.listen=[::1]:2", NULL));
    g_assert_cmpstr (tutti_config_string (config, "http", "listen"), ==, "[::1]:2");
    g_assert_true (tutti_config_set (config, "room a.b.limit=7", NULL));
    g_assert_cmpint (tutti_config_room_int (config, "a.b", "limit"), ==, 7);
    g_assert_false (tutti_config_set (config, "listen=3", &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG);
}

static void
test_faults (void)
{
    static const char *const bad[] = {
        "http.listen=nowhere",
        "http.listen=127.0.0.1:99999",
        "http.tls=maybe",
        "room.limit=0",
        "room.limit=many",
        "room.canvas=1281x720",
        "room.canvas=1280",
        "room.canvas=0x0",
        "video.codecs=VP9x",
        "video.codecs=",
        "ice.tcp=yes",
        "video.renditions=640x360@30",
        "video.renditions=a@30:1k",
        "nothing.limit=1",
        "room.nothing=1",
        "admin.listen=on",
        "room .limit=1",
        "audio.talkers=-1",
        "audio.talkers=4 ",
        "room.frame-rate=1e9",
        "room.record-layout=spiral",
        "record.canvas=640",
        "record.announce=bell",
        "record.keyframe-interval=0",
    };

    for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
        g_autoptr (TuttiConfig) config = tutti_config_new ();
        g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);

        g_assert_true (tutti_config_set (config, bad[i], NULL));
        if (tutti_config_check (config, faults))
            g_error ("%s was taken", bad[i]);
        g_assert_cmpuint (faults->len, ==, 1);
        g_assert_true (g_str_has_prefix (faults->pdata[0], "--set: ["));
    }
}

static void
test_faulty_value_reads_as_default (void)
{
    g_autoptr (TuttiConfig) config = load ("[room]\nlimit=-3\n[room blue]\nlimit=x\n");

    g_assert_cmpint (tutti_config_int (config, "room", "limit"), ==, 100);
    g_assert_cmpint (tutti_config_room_int (config, "blue", "limit"), ==, 100);
}

/* Lines of "#key=value" below "[section]". */
static void
test_shipped_file (void)
{
    g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "etc", "tuttid.conf", NULL);
    g_autofree char *text = NULL;
    g_autoptr (GError) error = NULL;
    const TuttiConfigKey *key;
    g_auto (GStrv) lines = NULL;
    g_autoptr (GString) uncommented = g_string_new (NULL);

    g_assert_true (g_file_get_contents (path, &text, NULL, &error));
    lines = g_strsplit (text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        const char *line = lines[i];

        /* "#key = value" is a key at its default, "# text" is prose. */
        if (line[0] == '#' && line[1] != ' ' && line[1] != '\0')
            line++;
        if (line[0] != '#')
            g_string_append_printf (uncommented, "%s\n", line);
    }
    {
        g_autoptr (TuttiConfig) config = load (uncommented->str);
        g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);

        if (!tutti_config_check (config, faults))
            g_error ("%s", (char *)faults->pdata[0]);
        for (guint i = 0; (key = tutti_config_key (i)); i++) {
            if (!tutti_config_is_written (config, key->section, key->key))
                g_error ("etc/tuttid.conf lacks [%s] %s", key->section, key->key);
            g_assert_cmpstr (tutti_config_string (config, key->section, key->key), ==,
                             key->default_value);
        }
    }
}

static void
test_no_key_file (void)
{
    g_autofree char *path = write_file ("this is no key file\n");
    g_autoptr (TuttiConfig) config = tutti_config_new ();
    g_autoptr (GError) error = NULL;

    g_assert_false (tutti_config_load (config, path, &error));
    g_assert_nonnull (strstr (error->message, path));
    g_clear_error (&error);
    g_unlink (path);
    g_assert_false (tutti_config_load (config, path, &error));
    g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/config/defaults-are-good", test_defaults_are_good);
    g_test_add_func ("/config/room-sections", test_room_sections);
    g_test_add_func ("/config/set-wins-over-file", test_set_wins_over_file);
    g_test_add_func ("/config/faults", test_faults);
    g_test_add_func ("/config/faulty-value-reads-as-default", test_faulty_value_reads_as_default);
    g_test_add_func ("/config/shipped-file", test_shipped_file);
    g_test_add_func ("/config/no-key-file", test_no_key_file);
    return g_test_run ();
}
