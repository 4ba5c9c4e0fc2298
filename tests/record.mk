# Tests of src/record.
RECORD_LIBS = $(top_builddir)/src/record/libtutti-record.la $(BASE_LIBS)

check_PROGRAMS += test-timeline
test_timeline_SOURCES = test-timeline.c
test_timeline_LDADD = $(RECORD_LIBS)

check_PROGRAMS += test-file
test_file_SOURCES = test-file.c record-kit.h
test_file_LDADD = $(RECORD_LIBS)

check_PROGRAMS += test-store
test_store_SOURCES = test-store.c record-kit.h
test_store_LDADD = $(RECORD_LIBS)

check_PROGRAMS += test-recover
test_recover_SOURCES = test-recover.c record-kit.h encode-fixture.c encode-fixture.h film-kit.c film-kit.h
test_recover_CFLAGS = $(AM_CFLAGS) $(AVFORMAT_CFLAGS) $(OPUS_CFLAGS)
test_recover_LDADD = $(RECORD_LIBS) $(ENCODE_LIBS) $(AVFORMAT_LIBS) $(OPUS_LIBS) -lm

check_PROGRAMS += test-notes
test_notes_SOURCES = test-notes.c
test_notes_CPPFLAGS = $(AM_CPPFLAGS) $(JSON_CFLAGS)
test_notes_LDADD = $(RECORD_LIBS) $(JSON_LIBS)

check_PROGRAMS += test-units test-muxer
test_units_SOURCES = test-units.c encode-fixture.c encode-fixture.h film-kit.c film-kit.h
test_units_CFLAGS = $(AM_CFLAGS) $(AVFORMAT_CFLAGS) $(OPUS_CFLAGS)
test_units_LDADD = $(RECORD_LIBS) $(ENCODE_LIBS) $(AVFORMAT_LIBS) $(OPUS_LIBS) -lm
test_muxer_SOURCES = test-muxer.c encode-fixture.c encode-fixture.h film-kit.c film-kit.h
test_muxer_CFLAGS = $(AM_CFLAGS) $(AVFORMAT_CFLAGS)
test_muxer_LDADD = $(RECORD_LIBS) $(ENCODE_LIBS) $(AVFORMAT_LIBS) -lm

# They stand between the recorder and the disk.
check_PROGRAMS += test-recorder test-recorder-life
test_recorder_SOURCES = test-recorder.c encode-fixture.c encode-fixture.h film-kit.c film-kit.h record-kit.h
test_recorder_CFLAGS = $(AM_CFLAGS) $(AVFORMAT_CFLAGS)
test_recorder_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=tutti_file_flush
test_recorder_LDADD = $(RECORD_LIBS) $(ENCODE_LIBS) $(AVFORMAT_LIBS) -lm
test_recorder_life_SOURCES = test-recorder-life.c encode-fixture.c encode-fixture.h film-kit.c film-kit.h record-kit.h
test_recorder_life_CFLAGS = $(AM_CFLAGS) $(AVFORMAT_CFLAGS)
test_recorder_life_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=tutti_file_flush
test_recorder_life_LDADD = $(RECORD_LIBS) $(ENCODE_LIBS) $(AVFORMAT_LIBS) -lm

check_PROGRAMS += test-tracks
test_tracks_SOURCES = test-tracks.c track-kit.c track-kit.h
test_tracks_CFLAGS = $(AM_CFLAGS) $(AVFORMAT_CFLAGS) $(OPUS_CFLAGS) $(GIO_CFLAGS)
test_tracks_LDADD = $(RECORD_LIBS) $(AVFORMAT_LIBS) $(OPUS_LIBS) -lm

check_PROGRAMS += test-overlay
test_overlay_SOURCES = test-overlay.c track-kit.c track-kit.h
test_overlay_CFLAGS = $(AM_CFLAGS) $(AVFORMAT_CFLAGS) $(OPUS_CFLAGS) $(GIO_CFLAGS)
test_overlay_LDADD = $(RECORD_LIBS) $(DECODE_LIBS) $(ENCODE_LIBS) $(AUDIO_MIXER_LIBS) $(AVFORMAT_LIBS) $(OPUS_LIBS) -lm

check_PROGRAMS += test-track-pictures
test_track_pictures_SOURCES = test-track-pictures.c track-kit.c track-kit.h encode-fixture.c encode-fixture.h film-kit.c film-kit.h
test_track_pictures_CFLAGS = $(AM_CFLAGS) $(AVFORMAT_CFLAGS) $(OPUS_CFLAGS) $(GIO_CFLAGS)
test_track_pictures_LDADD = $(RECORD_LIBS) $(ENCODE_LIBS) $(AVFORMAT_LIBS) $(OPUS_LIBS) -lm

check_PROGRAMS += test-track-parts
test_track_parts_SOURCES = test-track-parts.c
test_track_parts_LDADD = $(RECORD_LIBS)

check_PROGRAMS += test-track-recorder
test_track_recorder_SOURCES = test-track-recorder.c track-kit.c track-kit.h encode-fixture.c encode-fixture.h film-kit.c film-kit.h
test_track_recorder_CFLAGS = $(AM_CFLAGS) $(AVFORMAT_CFLAGS) $(OPUS_CFLAGS) $(GIO_CFLAGS) $(JSON_CFLAGS)
test_track_recorder_LDADD = $(RECORD_LIBS) $(ENCODE_LIBS) $(AVFORMAT_LIBS) $(OPUS_LIBS) $(JSON_LIBS) -lm
