# The network end of a participant. test-leg and whatever else needs a client uses peer.h.
LEG_LIBS = $(top_builddir)/src/leg/libtutti-leg.la $(BASE_LIBS)
LEG_CFLAGS = $(AM_CFLAGS) $(NICE_CFLAGS) $(SSL_CFLAGS) $(SRTP_CFLAGS)
PEER_SOURCES = peer.c peer.h

check_PROGRAMS += test-leg
test_leg_SOURCES = test-leg.c $(PEER_SOURCES)
test_leg_CFLAGS = $(LEG_CFLAGS)
test_leg_LDADD = $(LEG_LIBS)

check_PROGRAMS += test-negotiate
test_negotiate_SOURCES = test-negotiate.c
test_negotiate_CFLAGS = $(LEG_CFLAGS)
test_negotiate_LDADD = $(LEG_LIBS)

check_PROGRAMS += test-transport
test_transport_SOURCES = test-transport.c
test_transport_CFLAGS = $(LEG_CFLAGS)
test_transport_LDADD = $(LEG_LIBS) $(SSL_LIBS)

EXTRA_PROGRAMS += bench-legs
bench_legs_SOURCES = bench-legs.c $(PEER_SOURCES)
bench_legs_CFLAGS = $(LEG_CFLAGS)
bench_legs_LDADD = $(LEG_LIBS)
