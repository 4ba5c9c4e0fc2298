# Tests of src/control.
CONTROL_LIBS = $(top_builddir)/src/control/libtutti-control.la $(BASE_LIBS)
CONTROL_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/src/room
EXTRA_DIST += data/offers sdp-sample.h

check_PROGRAMS += test-sdp-read test-sdp-write test-sdp-fragment
test_sdp_fragment_SOURCES = test-sdp-fragment.c
test_sdp_fragment_LDADD = $(CONTROL_LIBS)
test_sdp_read_SOURCES = test-sdp-read.c
test_sdp_read_LDADD = $(CONTROL_LIBS)
test_sdp_write_SOURCES = test-sdp-write.c
test_sdp_write_LDADD = $(CONTROL_LIBS)

# Control alone: rooms without media.
FAKE_ROOM = fake-room.c fake-room.h
check_PROGRAMS += test-message-read test-message-write
test_message_read_SOURCES = test-message-read.c $(FAKE_ROOM)
test_message_read_CPPFLAGS = $(CONTROL_CPPFLAGS)
test_message_read_LDADD = $(CONTROL_LIBS)
test_message_write_SOURCES = test-message-write.c $(FAKE_ROOM)
test_message_write_CPPFLAGS = $(CONTROL_CPPFLAGS)
test_message_write_LDADD = $(CONTROL_LIBS)

check_PROGRAMS += test-address test-rate test-token test-ice-servers test-certificate
test_address_SOURCES = test-address.c
test_address_LDADD = $(CONTROL_LIBS)
test_rate_SOURCES = test-rate.c
test_rate_LDADD = $(CONTROL_LIBS)
test_token_SOURCES = test-token.c $(FAKE_ROOM)
test_token_CPPFLAGS = $(CONTROL_CPPFLAGS)
test_token_LDADD = $(CONTROL_LIBS)
test_ice_servers_SOURCES = test-ice-servers.c $(FAKE_ROOM)
test_ice_servers_CPPFLAGS = $(CONTROL_CPPFLAGS)
test_ice_servers_LDADD = $(CONTROL_LIBS)
test_certificate_SOURCES = test-certificate.c
test_certificate_LDADD = $(CONTROL_LIBS)

# The front door: a real server on loopback.
FRONT_DOOR = front-door.c front-door.h $(FAKE_ROOM)
DOOR_CFLAGS = $(AM_CFLAGS) $(SOUP_CFLAGS) $(JSON_CFLAGS)
DOOR_LIBS = $(top_builddir)/src/control/libtutti-control.la $(top_builddir)/src/web/libtutti-web.la $(RECORD_LIBS)
check_PROGRAMS += test-server
test_server_SOURCES = test-server.c $(FRONT_DOOR)
test_server_CPPFLAGS = $(CONTROL_CPPFLAGS)
test_server_CFLAGS = $(DOOR_CFLAGS)
test_server_LDADD = $(DOOR_LIBS)
check_PROGRAMS += test-socket
test_socket_SOURCES = test-socket.c $(FRONT_DOOR)
test_socket_CPPFLAGS = $(CONTROL_CPPFLAGS)
test_socket_CFLAGS = $(DOOR_CFLAGS)
test_socket_LDADD = $(DOOR_LIBS)
check_PROGRAMS += test-crowd
test_crowd_SOURCES = test-crowd.c $(FRONT_DOOR)
test_crowd_CPPFLAGS = $(CONTROL_CPPFLAGS)
test_crowd_CFLAGS = $(DOOR_CFLAGS)
test_crowd_LDADD = $(DOOR_LIBS)

check_PROGRAMS += test-recordings-door test-live-door
test_live_door_SOURCES = test-live-door.c make-token.h record-kit.h $(FRONT_DOOR)
test_live_door_CPPFLAGS = $(CONTROL_CPPFLAGS)
test_live_door_CFLAGS = $(DOOR_CFLAGS)
test_live_door_LDADD = $(DOOR_LIBS)
test_recordings_door_SOURCES = test-recordings-door.c make-token.h record-kit.h $(FRONT_DOOR)
test_recordings_door_CPPFLAGS = $(CONTROL_CPPFLAGS)
test_recordings_door_CFLAGS = $(DOOR_CFLAGS)
test_recordings_door_LDADD = $(DOOR_LIBS)

check_PROGRAMS += test-downloads test-live-playlist
test_downloads_SOURCES = test-downloads.c
test_downloads_CFLAGS = $(DOOR_CFLAGS)
test_downloads_LDADD = $(CONTROL_LIBS)
test_live_playlist_SOURCES = test-live-playlist.c
test_live_playlist_LDADD = $(CONTROL_LIBS)

check_PROGRAMS += test-origin test-counts test-admission
test_origin_SOURCES = test-origin.c
test_origin_LDADD = $(CONTROL_LIBS)
test_counts_SOURCES = test-counts.c
test_counts_LDADD = $(CONTROL_LIBS)
test_admission_SOURCES = test-admission.c $(FAKE_ROOM)
test_admission_CPPFLAGS = $(CONTROL_CPPFLAGS)
test_admission_LDADD = $(CONTROL_LIBS)

# The admin API, by hand and through tutti(1), over real rooms.
OFFICE = office.c office.h
OFFICE_CFLAGS = $(AM_CFLAGS) $(SOUP_CFLAGS) $(JSON_CFLAGS)
OFFICE_LIBS = $(top_builddir)/src/control/libtutti-control.la $(ROOM_LIBS) $(SOUP_LIBS) $(JSON_LIBS)
check_PROGRAMS += test-admin test-admin-api test-admin-events test-admin-outputs test-admin-playback test-admin-recordings test-cli test-cli-token test-cli-top test-metrics
test_admin_SOURCES = test-admin.c $(OFFICE)
test_admin_CPPFLAGS = $(CONTROL_CPPFLAGS)
test_admin_CFLAGS = $(OFFICE_CFLAGS)
test_admin_LDADD = $(OFFICE_LIBS)
test_admin_api_SOURCES = test-admin-api.c $(OFFICE)
test_admin_api_CPPFLAGS = $(CONTROL_CPPFLAGS)
test_admin_api_CFLAGS = $(OFFICE_CFLAGS)
test_admin_api_LDADD = $(OFFICE_LIBS)
check_PROGRAMS += test-admin-etag
test_admin_etag_SOURCES = test-admin-etag.c $(OFFICE)
test_admin_etag_CPPFLAGS = $(CONTROL_CPPFLAGS)
test_admin_etag_CFLAGS = $(OFFICE_CFLAGS)
test_admin_etag_LDADD = $(OFFICE_LIBS)
test_admin_events_SOURCES = test-admin-events.c $(OFFICE)
test_admin_events_CPPFLAGS = $(CONTROL_CPPFLAGS)
test_admin_events_CFLAGS = $(OFFICE_CFLAGS)
test_admin_events_LDADD = $(OFFICE_LIBS)
test_cli_SOURCES = test-cli.c $(OFFICE)
test_cli_CPPFLAGS = $(CONTROL_CPPFLAGS)
test_cli_CFLAGS = $(OFFICE_CFLAGS)
test_cli_LDADD = $(OFFICE_LIBS)
test_cli_token_SOURCES = test-cli-token.c $(OFFICE)
test_cli_token_CPPFLAGS = $(CONTROL_CPPFLAGS)
test_cli_token_CFLAGS = $(OFFICE_CFLAGS)
test_cli_token_LDADD = $(OFFICE_LIBS)
# The terminal is a pty of the test's own.
test_cli_top_SOURCES = test-cli-top.c $(OFFICE)
test_cli_top_CPPFLAGS = $(CONTROL_CPPFLAGS)
test_cli_top_CFLAGS = $(OFFICE_CFLAGS)
test_cli_top_LDADD = $(top_builddir)/src/cli/libtutti-cli.la $(OFFICE_LIBS)
test_admin_playback_SOURCES = test-admin-playback.c $(OFFICE)
test_admin_playback_CPPFLAGS = $(CONTROL_CPPFLAGS)
test_admin_playback_CFLAGS = $(OFFICE_CFLAGS)
test_admin_playback_LDADD = $(OFFICE_LIBS)
test_metrics_SOURCES = test-metrics.c $(OFFICE)
test_metrics_CPPFLAGS = $(CONTROL_CPPFLAGS)
test_metrics_CFLAGS = $(OFFICE_CFLAGS)
test_metrics_LDADD = $(OFFICE_LIBS)
test_admin_recordings_SOURCES = test-admin-recordings.c $(OFFICE)
test_admin_recordings_CPPFLAGS = $(CONTROL_CPPFLAGS)
test_admin_recordings_CFLAGS = $(OFFICE_CFLAGS)
test_admin_recordings_LDADD = $(OFFICE_LIBS)
test_admin_outputs_SOURCES = test-admin-outputs.c $(OFFICE)
test_admin_outputs_CPPFLAGS = $(CONTROL_CPPFLAGS)
test_admin_outputs_CFLAGS = $(OFFICE_CFLAGS)
test_admin_outputs_LDADD = $(OFFICE_LIBS)
