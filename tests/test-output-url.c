/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-output-url.c: which URLs a live output takes, what becomes of their options, and that
 * nothing secret is in their descriptions.
 */
#include <string.h>

#include <tutti/error.h>

#include "src/record/url.h"

static const struct {
    const char *text, *target, *options, *described;
} GOOD[] = {
    {"rtmp://a.example/live/key", "rtmp://a.example/live/key", "", "rtmp://a.example/live/..."},
    {"RTMP://a.example/app", "rtmp://a.example/app", "", "rtmp://a.example/..."},
    {"rtmps://me:secret@live.example:443/rtmp/FB-1-0-Ab?s_bl=1&a=b/c",
     "rtmps://me:secret@live.example:443/rtmp/FB-1-0-Ab?s_bl=1&a=b/c", "",
     "rtmps://live.example:443/rtmp/..."},
    {"rtmp://[::1]:1935/a/b/key", "rtmp://[::1]:1935/a/b/key", "", "rtmp://[::1]:1935/a/b/..."},
    {"srt://10.0.0.1:9000", "srt://10.0.0.1:9000", "", "srt://10.0.0.1:9000"},
    {"srt://h:9000?mode=caller&latency=200&passphrase=0123456789&streamid=%23!::r=a,m=publish",
     "srt://h:9000", "latency 200000 passphrase 0123456789 streamid #!::r=a,m=publish",
     "srt://h:9000"},
    {"srt://h:9000?pbkeylen=32", "srt://h:9000", "pbkeylen 32", "srt://h:9000"},
    {"rtp://239.1.1.1:5004?ttl=8", "rtp://239.1.1.1:5004", "ttl 8", "rtp://239.1.1.1:5004"},
    {"udp://[ff15::1]:5004/", "udp://[ff15::1]:5004", "", "udp://[ff15::1]:5004"},
    {"hls:", "", "", "hls:"},
};

static const struct {
    const char *text;
    TuttiError code;
} BAD[] = {
    {"", TUTTI_ERROR_UNSUPPORTED},
    {"/etc/passwd", TUTTI_ERROR_UNSUPPORTED},
    {"file:///tmp/x", TUTTI_ERROR_UNSUPPORTED},
    {"file:x", TUTTI_ERROR_UNSUPPORTED},
    {"pipe:1", TUTTI_ERROR_UNSUPPORTED},
    {"tcp://h:1", TUTTI_ERROR_UNSUPPORTED},
    {"unix:/run/x", TUTTI_ERROR_UNSUPPORTED},
    {"http://h/x", TUTTI_ERROR_UNSUPPORTED},
    {"concat:rtmp://h/a/b", TUTTI_ERROR_UNSUPPORTED},
    {"crypto+rtmp://h/a/b", TUTTI_ERROR_UNSUPPORTED},
    {"tee:rtmp://h/a/b", TUTTI_ERROR_UNSUPPORTED},
    {"tee:a|b", TUTTI_ERROR_BAD_MESSAGE},
    {"rtmpt://h/a/b", TUTTI_ERROR_UNSUPPORTED},
    {"rtmp:", TUTTI_ERROR_BAD_MESSAGE},
    {"rtmp:///a/b", TUTTI_ERROR_BAD_MESSAGE},
    {"rtmp://h", TUTTI_ERROR_BAD_MESSAGE},
    {"rtmp://h/", TUTTI_ERROR_BAD_MESSAGE},
    {"rtmp://h/a/b#c", TUTTI_ERROR_BAD_MESSAGE},
    {"rtmp://h:0x7/a/b", TUTTI_ERROR_BAD_MESSAGE},
    {"rtmp://h:99999/a/b", TUTTI_ERROR_BAD_MESSAGE},
    {"rtmp://h/a/b live=1 tcUrl=x", TUTTI_ERROR_BAD_MESSAGE},
    {"rtmp://h/a/b\n", TUTTI_ERROR_BAD_MESSAGE},
    {"rtmp://h/a/b\"", TUTTI_ERROR_BAD_MESSAGE},
    {"rtmp://h/a\\b", TUTTI_ERROR_BAD_MESSAGE},
    {"rtmp://h%00x/a/b", TUTTI_ERROR_BAD_MESSAGE},
    {"rtmp://h%2f..%2f/a/b", TUTTI_ERROR_BAD_MESSAGE},
    {"rtmp://h,tcp:b/a/b", TUTTI_ERROR_BAD_MESSAGE},
    {"rtmp://h\xc3\xa4/a/b", TUTTI_ERROR_BAD_MESSAGE},
    {"srt://h", TUTTI_ERROR_BAD_MESSAGE},
    {"srt://h:0", TUTTI_ERROR_BAD_MESSAGE},
    {"srt://:9000", TUTTI_ERROR_BAD_MESSAGE},
    {"srt://u@h:9000", TUTTI_ERROR_BAD_MESSAGE},
    {"srt://h:9000/etc", TUTTI_ERROR_BAD_MESSAGE},
    {"srt://h:9000?mode=listener", TUTTI_ERROR_BAD_MESSAGE},
    {"srt://h:9000?passphrase=short", TUTTI_ERROR_BAD_MESSAGE},
    {"srt://h:9000?passphrase=0123456789%0a", TUTTI_ERROR_BAD_MESSAGE},
    {"srt://h:9000?latency=9999", TUTTI_ERROR_BAD_MESSAGE},
    {"srt://h:9000?latency=-1", TUTTI_ERROR_BAD_MESSAGE},
    {"srt://h:9000?latency", TUTTI_ERROR_BAD_MESSAGE},
    {"srt://h:9000?streamid=%zz", TUTTI_ERROR_BAD_MESSAGE},
    {"srt://h:9000?protocol_whitelist=file", TUTTI_ERROR_BAD_MESSAGE},
    {"udp://h:9000?localaddr=1.2.3.4", TUTTI_ERROR_BAD_MESSAGE},
    {"udp://h:9000?fifo_size=999999999", TUTTI_ERROR_BAD_MESSAGE},
    {"udp://h:9000?ttl=256", TUTTI_ERROR_BAD_MESSAGE},
    {"rtp://h:9000?rtcpport=22", TUTTI_ERROR_BAD_MESSAGE},
    {"hls:/etc", TUTTI_ERROR_BAD_MESSAGE},
    {"hls://h/x", TUTTI_ERROR_BAD_MESSAGE},
    {"hls:?x=1", TUTTI_ERROR_BAD_MESSAGE},
};

static void
test_good (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (GOOD); i++) {
        g_auto (TuttiUrl) url = {0};
        g_autofree char *options = NULL;
        g_autofree char *described = tutti_url_describe (GOOD[i].text);
        g_autoptr (GError) error = NULL;

        tutti_url_parse (&url, GOOD[i].text, &error);
        g_assert_no_error (error);
        g_assert_cmpstr (url.target, ==, GOOD[i].target);
        options = g_strjoinv (" ", url.options);
        g_assert_cmpstr (options, ==, GOOD[i].options);
        g_assert_cmpstr (described, ==, GOOD[i].described);
    }
}

static void
test_bad (void)
{
    for (guint i = 0; i < G_N_ELEMENTS (BAD); i++) {
        g_auto (TuttiUrl) url = {0};
        g_autoptr (GError) error = NULL;

        g_test_message ("%s", BAD[i].text);
        g_assert_false (tutti_url_parse (&url, BAD[i].text, &error));
        g_assert_error (error, TUTTI_ERROR, (int)BAD[i].code);
        g_assert_null (url.target);
    }
}

static void
test_long (void)
{
    g_autofree char *key = g_strnfill (TUTTI_URL_MAX_BYTES, 'x');
    g_autofree char *text = g_strconcat ("rtmp://h/a/", key, NULL);
    g_auto (TuttiUrl) url = {0};
    g_autoptr (GError) error = NULL;

    g_assert_false (tutti_url_parse (&url, text, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE);
    text[TUTTI_URL_MAX_BYTES] = '\0';
    g_assert_true (tutti_url_parse (&url, text, NULL));
}

/* Whatever is wrong with a URL, its description tells no secret, and so does no error. */
static void
test_secrets (void)
{
    static const char *const TEXTS[] = {
        "rtmp://me:sesame@h/live/sesame?sesame=1",
        "rtmp://h/sesame",
        "srt://h:9000?passphrase=sesame",
        "srt://h:9000?streamid=sesame",
        "rtmp:/live/sesame",
        "http://h/sesame",
        "sesame",
        "rtmp://h/live/sesame sesame",
        "srt://sesame@h:9000?sesame=sesame",
        "rtmp://h/live/x#sesame",
    };

    for (guint i = 0; i < G_N_ELEMENTS (TEXTS); i++) {
        g_autofree char *described = tutti_url_describe (TEXTS[i]);
        g_auto (TuttiUrl) url = {0};
        g_autoptr (GError) error = NULL;

        g_assert_null (strstr (described, "sesame"));
        if (!tutti_url_parse (&url, TEXTS[i], &error))
            g_assert_null (strstr (error->message, "sesame"));
    }
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/output-url/good", test_good);
    g_test_add_func ("/output-url/bad", test_bad);
    g_test_add_func ("/output-url/long", test_long);
    g_test_add_func ("/output-url/secrets", test_secrets);
    return g_test_run ();
}
