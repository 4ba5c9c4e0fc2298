# Fuzz targets: each is a LLVMFuzzerTestOneInput() of at most 30 lines. Without --enable-fuzzers they are linked with
# fuzz-main.c, which runs the corpus (tests/corpus/<target>/) and a bounded number of mutations of it as a test.

check_PROGRAMS += fuzz-sdp
fuzz_sdp_SOURCES = fuzz-sdp.c fuzz-main.c
fuzz_sdp_LDADD = $(CONTROL_LIBS)
EXTRA_DIST += corpus/sdp

check_PROGRAMS += fuzz-sdp-fragment
fuzz_sdp_fragment_SOURCES = fuzz-sdp-fragment.c fuzz-main.c
fuzz_sdp_fragment_LDADD = $(CONTROL_LIBS)
EXTRA_DIST += corpus/sdp-fragment

check_PROGRAMS += fuzz-message
fuzz_message_SOURCES = fuzz-message.c fuzz-main.c $(FAKE_ROOM)
fuzz_message_CPPFLAGS = $(CONTROL_CPPFLAGS)
fuzz_message_LDADD = $(CONTROL_LIBS)
EXTRA_DIST += corpus/message

check_PROGRAMS += fuzz-rtp fuzz-rtcp
fuzz_rtp_SOURCES = fuzz-rtp.c fuzz-main.c rtp-fixture.c rtp-fixture.h
fuzz_rtp_LDADD = $(RTP_LIBS)
fuzz_rtcp_SOURCES = fuzz-rtcp.c fuzz-main.c rtp-fixture.c rtp-fixture.h
fuzz_rtcp_LDADD = $(RTP_LIBS)
EXTRA_DIST += corpus/rtp corpus/rtcp

check_PROGRAMS += fuzz-red
fuzz_red_SOURCES = fuzz-red.c fuzz-main.c
fuzz_red_LDADD = $(RTP_LIBS)
EXTRA_DIST += corpus/red

check_PROGRAMS += fuzz-vp8 fuzz-h264 fuzz-voice
fuzz_vp8_SOURCES = fuzz-vp8.c fuzz-frames.h fuzz-main.c
fuzz_vp8_LDADD = $(DECODE_LIBS)
fuzz_h264_SOURCES = fuzz-h264.c fuzz-frames.h fuzz-main.c
fuzz_h264_LDADD = $(DECODE_LIBS)
fuzz_voice_SOURCES = fuzz-voice.c fuzz-main.c
fuzz_voice_LDADD = $(DECODE_LIBS)
EXTRA_DIST += corpus/vp8 corpus/h264 corpus/voice

check_PROGRAMS += fuzz-candidate fuzz-consent fuzz-sieve
fuzz_candidate_SOURCES = fuzz-candidate.c fuzz-main.c
fuzz_candidate_CFLAGS = $(LEG_CFLAGS)
fuzz_candidate_LDADD = $(LEG_LIBS)
fuzz_consent_SOURCES = fuzz-consent.c fuzz-main.c
fuzz_consent_CFLAGS = $(LEG_CFLAGS)
fuzz_consent_LDADD = $(LEG_LIBS)
fuzz_sieve_SOURCES = fuzz-sieve.c fuzz-main.c
fuzz_sieve_CFLAGS = $(LEG_CFLAGS)
fuzz_sieve_LDADD = $(LEG_LIBS)
EXTRA_DIST += corpus/candidate corpus/consent corpus/sieve

check_PROGRAMS += fuzz-twcc-read
fuzz_twcc_read_SOURCES = fuzz-twcc-read.c fuzz-main.c
fuzz_twcc_read_LDADD = $(RTP_LIBS)
EXTRA_DIST += corpus/twcc-read

check_PROGRAMS += fuzz-picture-head
fuzz_picture_head_SOURCES = fuzz-picture-head.c fuzz-main.c
fuzz_picture_head_LDADD = $(RTP_LIBS)
EXTRA_DIST += corpus/picture-head

check_PROGRAMS += fuzz-output-url
fuzz_output_url_SOURCES = fuzz-output-url.c fuzz-main.c
fuzz_output_url_LDADD = $(RECORD_LIBS)
EXTRA_DIST += corpus/output-url

check_PROGRAMS += fuzz-notes
fuzz_notes_SOURCES = fuzz-notes.c fuzz-main.c
fuzz_notes_CPPFLAGS = $(AM_CPPFLAGS) $(JSON_CFLAGS)
fuzz_notes_LDADD = $(RECORD_LIBS) $(JSON_LIBS)
EXTRA_DIST += corpus/notes

check_PROGRAMS += fuzz-remux
fuzz_remux_SOURCES = fuzz-remux.c fuzz-main.c
fuzz_remux_LDADD = $(RECORD_LIBS)
EXTRA_DIST += corpus/remux

check_PROGRAMS += fuzz-track
fuzz_track_SOURCES = fuzz-track.c fuzz-main.c
fuzz_track_LDADD = $(RECORD_LIBS)
EXTRA_DIST += corpus/track

check_PROGRAMS += fuzz-dcep fuzz-sctp
fuzz_dcep_SOURCES = fuzz-dcep.c fuzz-main.c
fuzz_dcep_LDADD = $(LEG_LIBS)
fuzz_sctp_SOURCES = fuzz-sctp.c fuzz-main.c sctp-sink.c sctp-sink.h
fuzz_sctp_CFLAGS = $(LEG_CFLAGS) $(SCTP_CFLAGS)
fuzz_sctp_LDADD = $(LEG_LIBS) $(SCTP_LIBS)
EXTRA_DIST += corpus/dcep corpus/sctp

check_PROGRAMS += fuzz-indent
fuzz_indent_SOURCES = fuzz-indent.c fuzz-main.c
fuzz_indent_LDADD = $(top_builddir)/src/cli/libtutti-cli.la $(GLIB_LIBS) $(JSON_LIBS)
EXTRA_DIST += corpus/indent
