/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test-live-playlist.c: every address in a playlist gets the token, and nothing else does. */
#include "control/live-playlist.h"

static void
assert_signed (const char *text, const char *token, const char *wanted)
{
    g_autofree char *signed_text = tutti_live_playlist_sign (text, token);

    g_assert_cmpstr (signed_text, ==, wanted);
}

static void
test_media (void)
{
    assert_signed (
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n"
        "#EXT-X-MAP:URI=\"init.mp4\",BYTERANGE=\"100@0\"\n\n#EXTINF:2.000,\nseg-1.m4s\n"
        "#EXTINF:1.5,\nseg-2.m4s\n",
        "a.b-c_d",
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n"
        "#EXT-X-MAP:URI=\"init.mp4?token=a.b-c_d\",BYTERANGE=\"100@0\"\n\n"
        "#EXTINF:2.000,\nseg-1.m4s?token=a.b-c_d\n#EXTINF:1.5,\nseg-2.m4s?token=a.b-c_d\n");
}

static void
test_master (void)
{
    assert_signed ("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS=\"avc1.42e01f\"\nvideo.m3u8\n",
                   "t",
                   "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS=\"avc1.42e01f\"\n"
                   "video.m3u8?token=t\n");
}

/* What a client says as its token stays one word of the address. */
static void
test_escaped (void)
{
    assert_signed ("seg.m4s", "a\n#\"b&c", "seg.m4s?token=a%0A%23%22b%26c");
    assert_signed ("", "t", "");
    assert_signed ("#EXT-X-MAP:URI=\"cut", "t", "#EXT-X-MAP:URI=\"cut");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/live-playlist/media", test_media);
    g_test_add_func ("/live-playlist/master", test_master);
    g_test_add_func ("/live-playlist/escaped", test_escaped);
    return g_test_run ();
}
