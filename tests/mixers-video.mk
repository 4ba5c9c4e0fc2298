# Tests of the video mixer; bench-compose prints the cost of a tick.
VIDEO_MIXER_LIBS = $(top_builddir)/mixers/video/libtutti-video-mixer.la $(BASE_LIBS) -lm
check_PROGRAMS += test-layout test-compose test-video-input test-video-mixer test-tile-looks
noinst_PROGRAMS += bench-compose
EXTRA_DIST += picture.h view.h
test_layout_SOURCES = test-layout.c
test_layout_LDADD = $(VIDEO_MIXER_LIBS)
test_compose_SOURCES = test-compose.c
test_compose_CFLAGS = $(AM_CFLAGS) $(PANGO_CFLAGS)
test_compose_LDADD = $(VIDEO_MIXER_LIBS) $(PANGO_LIBS)
test_video_mixer_SOURCES = test-video-mixer.c
test_video_mixer_LDADD = $(VIDEO_MIXER_LIBS)
test_video_input_SOURCES = test-video-input.c
test_video_input_LDADD = $(VIDEO_MIXER_LIBS)
test_tile_looks_SOURCES = test-tile-looks.c
test_tile_looks_LDADD = $(VIDEO_MIXER_LIBS)
bench_compose_SOURCES = bench-compose.c
bench_compose_LDADD = $(VIDEO_MIXER_LIBS)
