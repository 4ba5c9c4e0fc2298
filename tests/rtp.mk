# Tests of RTP and RTCP.
RTP_LIBS = $(top_builddir)/src/leg/libtutti-leg.la $(BASE_LIBS)
check_PROGRAMS += test-rtp test-rtcp test-receiver test-sender test-demux test-twcc test-rtp-session test-transport-cc test-repair
test_rtp_SOURCES = test-rtp.c
test_rtp_LDADD = $(RTP_LIBS)
test_rtcp_SOURCES = test-rtcp.c
test_rtcp_LDADD = $(RTP_LIBS)
test_receiver_SOURCES = test-receiver.c
test_receiver_LDADD = $(RTP_LIBS)
test_sender_SOURCES = test-sender.c rtp-fixture.c rtp-fixture.h
test_sender_LDADD = $(RTP_LIBS)
test_demux_SOURCES = test-demux.c rtp-fixture.c rtp-fixture.h
test_demux_LDADD = $(RTP_LIBS)
test_rtp_session_SOURCES = test-rtp-session.c rtp-fixture.c rtp-fixture.h
test_rtp_session_LDADD = $(RTP_LIBS)
test_transport_cc_SOURCES = test-transport-cc.c rtp-fixture.c rtp-fixture.h
test_transport_cc_LDADD = $(RTP_LIBS)
test_twcc_SOURCES = test-twcc.c
test_twcc_LDADD = $(RTP_LIBS)
check_PROGRAMS += test-red
test_red_SOURCES = test-red.c rtp-fixture.c rtp-fixture.h
test_red_LDADD = $(RTP_LIBS)
# Both ends of a bad link, and the frame assembly behind one.
test_repair_SOURCES = test-repair.c rtp-fixture.c rtp-fixture.h
test_repair_LDADD = $(top_builddir)/src/decode/libtutti-decode.la $(RTP_LIBS)
check_PROGRAMS += test-simulcast
test_simulcast_SOURCES = test-simulcast.c rtp-fixture.c rtp-fixture.h
test_simulcast_LDADD = $(RTP_LIBS)
