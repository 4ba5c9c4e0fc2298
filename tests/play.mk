# Tests of films in a room: src/record/player*, src/room/playback*.
FILM_KIT = film-kit.c film-kit.h
check_PROGRAMS += test-player
test_player_SOURCES = test-player.c $(FILM_KIT)
test_player_LDADD = $(RECORD_LIBS) $(AVFORMAT_LIBS) $(YUV_LIBS) -lm

check_PROGRAMS += test-playback
test_playback_SOURCES = test-playback.c rooms-kit.c rooms-kit.h $(FILM_KIT)
test_playback_LDADD = $(ROOM_LIBS) $(AVFORMAT_LIBS)

check_PROGRAMS += test-film
test_film_SOURCES = test-film.c $(CALLER_SOURCES) $(FILM_KIT)
test_film_CFLAGS = $(LEG_CFLAGS) $(OPUS_CFLAGS)
test_film_LDADD = $(ROOM_LIBS) $(AVFORMAT_LIBS)
