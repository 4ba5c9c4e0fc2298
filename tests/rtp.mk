# Tests of RTP and RTCP.
RTP_LIBS = $(top_builddir)/src/leg/libtutti-leg.la $(BASE_LIBS)
check_PROGRAMS += test-rtp-session
test_rtp_session_SOURCES = test-rtp-session.c rtp-fixture.c rtp-fixture.h
test_rtp_session_LDADD = $(RTP_LIBS)
