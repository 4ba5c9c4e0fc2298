# A room full of people for another process; bench-capacity and others drive it.
LIGHT_SOURCES = load/light.c load/light.h load/light-ice.c load/light-ice.h load/light-path.c load/light-path.h load/light-net.c load/light-net.h
noinst_PROGRAMS += tutti-load
tutti_load_SOURCES = load/main.c load/arrival.c load/arrival.h load/client.c load/client.h load/clips.c load/clips.h load/crowd.c \
	load/crowd.h load/media.c load/media.h $(LIGHT_SOURCES) load/probe.c load/probe.h load/probe-ear.c load/probe-ear.h load/probe-eye.c load/probe-eye.h load/report.c \
	load/report.h $(PEER_SOURCES)
tutti_load_CPPFLAGS = $(CONTROL_CPPFLAGS)
tutti_load_CFLAGS = $(LEG_CFLAGS) $(SOUP_CFLAGS) $(JSON_CFLAGS) $(GIO_UNIX_CFLAGS)
tutti_load_LDADD = $(top_builddir)/src/control/libtutti-control.la $(top_builddir)/src/encode/libtutti-encode.la \
	$(top_builddir)/src/decode/libtutti-decode.la $(LEG_LIBS) $(SOUP_LIBS) $(JSON_LIBS) $(OPUS_LIBS) $(VPX_LIBS) \
	$(AV_LIBS) $(OPENH264_LIBS) $(YUV_LIBS) -lm
check_PROGRAMS += test-light
test_light_SOURCES = test-light.c leg-call.c leg-call.h $(LIGHT_SOURCES) $(PEER_SOURCES)
test_light_CFLAGS = $(LEG_CFLAGS)
test_light_LDADD = $(LEG_LIBS)
# Hostile guests for another process; bench-hostile and the end-to-end suite bad-input drive it.
noinst_PROGRAMS += tutti-hostile
tutti_hostile_SOURCES = load/hostile.c load/hostile-guest.c load/hostile-guest.h load/hostile-kinds.c load/hostile-kinds.h
tutti_hostile_CFLAGS = $(AM_CFLAGS) $(SSL_CFLAGS)
tutti_hostile_LDADD = $(GLIB_LIBS) $(SSL_LIBS)

EXTRA_DIST += bench_kit.py bench-capacity bench-cli bench-hostile bench-janus bench-overload bench-record

# BENCH: options, see bench-capacity.
bench: tutti-load
	cd $(top_builddir) && $(abs_srcdir)/bench-capacity $(BENCH)
.PHONY: bench
