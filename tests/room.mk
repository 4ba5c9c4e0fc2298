# Tests of src/room. The linker wants users before what they use.
ROOM_LIBS = $(top_builddir)/src/room/libtutti-room.la $(top_builddir)/src/record/libtutti-record.la $(top_builddir)/src/leg/libtutti-leg.la \
	$(top_builddir)/src/decode/libtutti-decode.la $(top_builddir)/mixers/audio/libtutti-audio-mixer.la \
	$(top_builddir)/mixers/video/libtutti-video-mixer.la $(top_builddir)/src/encode/libtutti-encode.la \
	$(BASE_LIBS) $(NICE_LIBS) $(SSL_LIBS) $(SRTP_LIBS) $(OPUS_LIBS) $(VPX_LIBS) $(AV_LIBS) $(OPENH264_LIBS) \
	$(YUV_LIBS) $(PANGO_LIBS) -lm

check_PROGRAMS += test-adapt test-speakers test-uplink test-person test-handover test-stage test-voices
test_adapt_SOURCES = test-adapt.c
test_adapt_LDADD = $(top_builddir)/src/room/libtutti-room.la $(BASE_LIBS)
test_speakers_SOURCES = test-speakers.c
test_speakers_LDADD = $(top_builddir)/src/room/libtutti-room.la $(BASE_LIBS)
test_uplink_SOURCES = test-uplink.c
test_uplink_LDADD = $(top_builddir)/src/room/libtutti-room.la $(BASE_LIBS) -lm
test_person_SOURCES = test-person.c
test_person_LDADD = $(top_builddir)/src/room/libtutti-room.la $(BASE_LIBS)
test_handover_SOURCES = test-handover.c
test_handover_LDADD = $(top_builddir)/src/room/libtutti-room.la $(BASE_LIBS)
test_stage_SOURCES = test-stage.c
test_stage_LDADD = $(top_builddir)/src/room/libtutti-room.la \
	$(top_builddir)/mixers/video/libtutti-video-mixer.la $(BASE_LIBS) -lm
test_voices_SOURCES = test-voices.c
test_voices_LDADD = $(top_builddir)/src/room/libtutti-room.la \
	$(top_builddir)/src/encode/libtutti-encode.la $(top_builddir)/src/decode/libtutti-decode.la \
	$(BASE_LIBS) $(OPUS_LIBS) -lm

check_PROGRAMS += test-pairs
test_pairs_SOURCES = test-pairs.c
test_pairs_CFLAGS = $(AM_CFLAGS) $(OPUS_CFLAGS)
test_pairs_LDADD = $(top_builddir)/src/room/libtutti-room.la $(top_builddir)/src/encode/libtutti-encode.la \
	$(BASE_LIBS) $(OPUS_LIBS) -lm

check_PROGRAMS += test-losses test-overload
test_overload_SOURCES = test-overload.c
test_overload_LDADD = $(top_builddir)/src/room/libtutti-room.la $(BASE_LIBS)
test_losses_SOURCES = test-losses.c
test_losses_LDADD = $(top_builddir)/src/room/libtutti-room.la $(BASE_LIBS)

CALLER_SOURCES = caller.c caller-ear.c caller.h relay.c relay.h $(IMPAIR_SOURCES) $(PEER_SOURCES)

check_PROGRAMS += test-rooms test-people test-loop test-bad-network test-thin-link
test_rooms_SOURCES = test-rooms.c rooms-kit.c rooms-kit.h
test_people_SOURCES = test-people.c rooms-kit.c rooms-kit.h
test_people_LDADD = $(ROOM_LIBS)
check_PROGRAMS += test-policy
test_policy_SOURCES = test-policy.c rooms-kit.c rooms-kit.h
test_policy_LDADD = $(ROOM_LIBS)
test_rooms_LDADD = $(ROOM_LIBS)
test_loop_SOURCES = test-loop.c $(CALLER_SOURCES)
test_loop_CFLAGS = $(LEG_CFLAGS) $(OPUS_CFLAGS)
test_loop_LDADD = $(ROOM_LIBS)
test_bad_network_SOURCES = test-bad-network.c $(CALLER_SOURCES)
test_bad_network_CFLAGS = $(LEG_CFLAGS) $(OPUS_CFLAGS)
test_bad_network_LDADD = $(ROOM_LIBS)
test_thin_link_SOURCES = test-thin-link.c $(CALLER_SOURCES)
test_thin_link_CFLAGS = $(LEG_CFLAGS) $(OPUS_CFLAGS)
test_thin_link_LDADD = $(ROOM_LIBS)

check_PROGRAMS += test-spectator
test_spectator_SOURCES = test-spectator.c $(CALLER_SOURCES)
test_spectator_CFLAGS = $(LEG_CFLAGS) $(OPUS_CFLAGS)
test_spectator_LDADD = $(ROOM_LIBS)

STUDIO_SOURCES = studio.c studio.h recorded.c recorded.h record-kit.h $(CALLER_SOURCES)
check_PROGRAMS += test-recording test-recording-tracks
test_recording_SOURCES = test-recording.c reel.c reel.h rooms-kit.c rooms-kit.h $(STUDIO_SOURCES)
test_recording_CFLAGS = $(LEG_CFLAGS) $(OPUS_CFLAGS) $(AVFORMAT_CFLAGS)
test_recording_LDADD = $(ROOM_LIBS) $(AVFORMAT_LIBS)
test_recording_tracks_SOURCES = test-recording-tracks.c $(STUDIO_SOURCES)
test_recording_tracks_CFLAGS = $(LEG_CFLAGS) $(OPUS_CFLAGS) $(AVFORMAT_CFLAGS)
test_recording_tracks_LDADD = $(ROOM_LIBS) $(AVFORMAT_LIBS)

check_PROGRAMS += test-heap
test_heap_SOURCES = test-heap.c leg-call.c leg-call.h $(PEER_SOURCES)
test_heap_CFLAGS = $(LEG_CFLAGS) $(OPUS_CFLAGS)
test_heap_LDADD = $(ROOM_LIBS)

check_PROGRAMS += test-done
test_done_SOURCES = test-done.c
test_done_CFLAGS = $(LEG_CFLAGS)
test_done_LDADD = $(ROOM_LIBS)

check_PROGRAMS += test-encoding
test_encoding_SOURCES = test-encoding.c
test_encoding_LDADD = $(ROOM_LIBS)
