# Tests of films in a room: src/record/player*, src/room/playback*.
REEL = reel.c reel.h
check_PROGRAMS += test-player
test_player_SOURCES = test-player.c $(REEL)
test_player_CFLAGS = $(AM_CFLAGS) $(AVFORMAT_CFLAGS)
test_player_LDADD = $(RECORD_LIBS) $(AVFORMAT_LIBS) $(YUV_LIBS) -lm

check_PROGRAMS += test-player-disk
test_player_disk_SOURCES = test-player-disk.c $(REEL)
test_player_disk_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=pread
test_player_disk_LDADD = $(RECORD_LIBS) $(AVFORMAT_LIBS) $(YUV_LIBS) -lm

check_PROGRAMS += test-playback
test_playback_SOURCES = test-playback.c rooms-kit.c rooms-kit.h $(REEL)
test_playback_LDADD = $(ROOM_LIBS) $(AVFORMAT_LIBS)

check_PROGRAMS += test-film
test_film_SOURCES = test-film.c $(CALLER_SOURCES) $(REEL)
test_film_CFLAGS = $(LEG_CFLAGS) $(OPUS_CFLAGS)
test_film_LDADD = $(ROOM_LIBS) $(AVFORMAT_LIBS)

check_PROGRAMS += fuzz-player
fuzz_player_SOURCES = fuzz-player.c fuzz-main.c
fuzz_player_CFLAGS = $(AM_CFLAGS) $(AVFORMAT_CFLAGS)
fuzz_player_LDADD = $(RECORD_LIBS) $(AVFORMAT_LIBS) $(YUV_LIBS) -lm
EXTRA_DIST += corpus/player
