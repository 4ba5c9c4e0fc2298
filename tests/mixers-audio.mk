# Tests of the audio mixer; bench-mix prints the cost of a round.
AUDIO_MIXER_LIBS = $(top_builddir)/mixers/audio/libtutti-audio-mixer.la $(BASE_LIBS) -lm
check_PROGRAMS += test-mix-ops test-talkers test-audio-mixer
noinst_PROGRAMS += bench-mix
EXTRA_DIST += mix-tone.h
test_mix_ops_SOURCES = test-mix-ops.c
test_mix_ops_LDADD = $(AUDIO_MIXER_LIBS)
test_talkers_SOURCES = test-talkers.c
test_talkers_LDADD = $(AUDIO_MIXER_LIBS)
test_audio_mixer_SOURCES = test-audio-mixer.c
test_audio_mixer_LDADD = $(AUDIO_MIXER_LIBS)
bench_mix_SOURCES = bench-mix.c
bench_mix_LDADD = $(AUDIO_MIXER_LIBS)
