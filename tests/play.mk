# Tests of films in a room: src/record/player*, src/room/playback*.
FILM_KIT = film-kit.c film-kit.h
check_PROGRAMS += test-player
test_player_SOURCES = test-player.c $(FILM_KIT)
test_player_LDADD = $(RECORD_LIBS) $(AVFORMAT_LIBS) $(YUV_LIBS) -lm
