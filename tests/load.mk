# A room full of people for another process; tests/bench-room drives it.
noinst_PROGRAMS += load
load_SOURCES = load.c load-client.c load-client.h load-media.c load-media.h $(PEER_SOURCES)
load_CPPFLAGS = $(CONTROL_CPPFLAGS)
load_CFLAGS = $(LEG_CFLAGS) $(SOUP_CFLAGS) $(JSON_CFLAGS)
load_LDADD = $(top_builddir)/src/control/libtutti-control.la $(top_builddir)/src/encode/libtutti-encode.la \
	$(LEG_LIBS) $(SOUP_LIBS) $(JSON_LIBS) -lm
EXTRA_DIST += bench-record bench-room
