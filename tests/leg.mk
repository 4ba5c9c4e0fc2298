# The network end of a participant. test-leg and whatever else needs a client uses peer.h.
LEG_LIBS = $(top_builddir)/src/leg/libtutti-leg.la $(BASE_LIBS)
LEG_CFLAGS = $(AM_CFLAGS) $(NICE_CFLAGS) $(SSL_CFLAGS) $(SRTP_CFLAGS)
PEER_SOURCES = peer.c peer.h peer-level.c peer-level.h peer-media.c peer-media.h peer-socket.c peer-socket.h

check_PROGRAMS += test-leg test-leg-hostile test-negotiate test-ice test-secure
test_leg_SOURCES = test-leg.c leg-call.c leg-call.h $(PEER_SOURCES)
test_leg_CFLAGS = $(LEG_CFLAGS)
test_leg_LDADD = $(LEG_LIBS)
test_leg_hostile_SOURCES = test-leg-hostile.c leg-call.c leg-call.h $(PEER_SOURCES)
test_leg_hostile_CFLAGS = $(LEG_CFLAGS)
test_leg_hostile_LDADD = $(LEG_LIBS)
test_negotiate_SOURCES = test-negotiate.c
test_negotiate_CFLAGS = $(LEG_CFLAGS)
test_negotiate_LDADD = $(LEG_LIBS)
test_ice_SOURCES = test-ice.c
test_ice_CFLAGS = $(LEG_CFLAGS)
test_ice_LDADD = $(LEG_LIBS)
test_secure_SOURCES = test-secure.c
test_secure_CFLAGS = $(LEG_CFLAGS)
test_secure_LDADD = $(LEG_LIBS) $(SSL_LIBS)

check_PROGRAMS += test-move
test_move_SOURCES = test-move.c leg-call.c leg-call.h $(PEER_SOURCES)
test_move_CFLAGS = $(LEG_CFLAGS)
test_move_LDADD = $(LEG_LIBS)

check_PROGRAMS += test-consent
test_consent_SOURCES = test-consent.c
test_consent_CFLAGS = $(LEG_CFLAGS)
test_consent_LDADD = $(LEG_LIBS)

EXTRA_PROGRAMS += bench-legs bench-fan
bench_legs_SOURCES = bench-legs.c $(PEER_SOURCES)
bench_legs_CFLAGS = $(LEG_CFLAGS)
bench_legs_LDADD = $(LEG_LIBS)
bench_fan_SOURCES = bench-fan.c rtp-fixture.c rtp-fixture.h
bench_fan_CFLAGS = $(LEG_CFLAGS)
bench_fan_LDADD = $(LEG_LIBS)

check_PROGRAMS += test-burst
test_burst_SOURCES = test-burst.c
test_burst_CFLAGS = $(LEG_CFLAGS)
test_burst_LDADD = $(LEG_LIBS)

check_PROGRAMS += test-gcm
test_gcm_SOURCES = test-gcm.c
test_gcm_CFLAGS = $(LEG_CFLAGS)
test_gcm_LDADD = $(LEG_LIBS) $(SRTP_LIBS)

check_PROGRAMS += test-dcep test-sctp
test_dcep_SOURCES = test-dcep.c
test_dcep_CFLAGS = $(LEG_CFLAGS)
test_dcep_LDADD = $(LEG_LIBS)
test_sctp_SOURCES = test-sctp.c
test_sctp_CFLAGS = $(LEG_CFLAGS)
test_sctp_LDADD = $(LEG_LIBS)
