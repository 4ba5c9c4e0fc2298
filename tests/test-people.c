/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-people.c: state, view, chat, moderation, leaving: by participants that never send media.
 */
#include "rooms-kit.h"

#include <tutti/error.h>

#include "room/room.h"

/* --- State --- */

static void
test_state (RoomsFixture *fixture, gconstpointer data)
{
    TuttiStateChange change = {
        .set_audio_muted = TRUE, .audio_muted = TRUE, .name = "Countess\x07"};
    RoomsClient ada, bob;

    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    rooms_join (fixture, &bob, "blue", "Bob", TUTTI_PERSON_PARTICIPANT);
    client_assert_told (&ada, "joined Bob\n");
    ada.in_call++;
    tutti_participant_set_state (ada.self, &change);
    tutti_participant_set_state (ada.self, &change); /* nothing new */
    ada.in_call--;
    client_assert_told (&ada, "updated Countess audio-muted\n");
    client_assert_told (&bob, "updated Countess audio-muted\n");
    change = (TuttiStateChange){.set_hand_raised = TRUE, .hand_raised = TRUE, .name = " \n"};
    tutti_participant_set_state (ada.self, &change);
    client_assert_told (&bob, "updated Countess audio-muted hand\n");
    tutti_participant_start_call (bob.self);
    client_assert_told (&ada, "updated Countess audio-muted hand\nstart-call\n");
    client_assert_told (&bob, "");
    client_clear (&ada);
    client_clear (&bob);
}

static void
test_view (RoomsFixture *fixture, gconstpointer data)
{
    g_autoptr (GError) error = NULL;
    const gboolean yes = TRUE;
    RoomsClient ada;

    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    g_assert_true (tutti_participant_set_view (ada.self, "speaker", "low", &yes, &error));
    g_assert_cmpstr (ada.told->str, ==, "layout 1280x720 speaker 0\n"); /* from within */
    g_assert_false (tutti_participant_set_view (ada.self, "spiral", NULL, NULL, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE);
    g_clear_error (&error);
    g_assert_false (tutti_participant_set_view (ada.self, "grid", "ultra", NULL, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE);
    g_string_truncate (ada.told, 0);
    g_assert_true (tutti_participant_set_view (ada.self, NULL, NULL, NULL, NULL));
    g_assert_cmpstr (ada.told->str, ==, "layout 1280x720 speaker 0\n");
    client_clear (&ada);
}

/* All who are there are told, and whoever comes or comes back while it is not off. */
static void
test_recording (RoomsFixture *fixture, gconstpointer data)
{
    RoomsClient ada, bob, cleo, again;
    g_autofree char *key = NULL;

    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    tutti_room_tell_recording (client_room (&ada), TUTTI_RECORDING_ON);
    tutti_room_tell_recording (client_room (&ada), TUTTI_RECORDING_ON); /* nothing new */
    client_assert_told (&ada, "recording on\n");
    rooms_join (fixture, &bob, "blue", "Bob", TUTTI_PERSON_PARTICIPANT);
    client_assert_told (&bob, "recording on\n");
    key = g_strdup (tutti_participant_key (bob.self));
    tutti_room_tell_recording (client_room (&ada), TUTTI_RECORDING_PAUSED);
    g_assert_true (rooms_resume (fixture, &again, "blue", key));
    client_assert_told (&again, "recording paused\n");
    tutti_room_tell_recording (client_room (&ada), TUTTI_RECORDING_OFF);
    rooms_join (fixture, &cleo, "blue", "Cleo", TUTTI_PERSON_PARTICIPANT);
    client_assert_told (&cleo, "");
    client_assert_told (&ada, "joined Bob\nrecording paused\nrecording off\njoined Cleo\n");
    client_clear (&ada);
    client_clear (&bob);
    client_clear (&again);
    client_clear (&cleo);
}

/* --- Chat --- */

static void
test_chat (RoomsFixture *fixture, gconstpointer data)
{
    g_autofree char *longest = g_strnfill (4096, 'x');
    g_autofree char *longer = g_strnfill (4097, 'x');
    g_autoptr (GError) error = NULL;
    RoomsClient ada, bob, eve;

    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
    rooms_join (fixture, &bob, "blue", "Bob", TUTTI_PERSON_PARTICIPANT);
    rooms_join (fixture, &eve, "blue", "Eve", TUTTI_PERSON_LISTENER);
    rooms_iterate ();
    g_string_truncate (ada.told, 0);
    g_string_truncate (bob.told, 0);
    ada.in_call++;
    g_assert_true (tutti_participant_chat (ada.self, "hello", NULL, NULL));
    ada.in_call--;
    g_assert_true (
        tutti_participant_chat (ada.self, "psst", tutti_participant_id (bob.self), NULL));
    tutti_room_announce (client_room (&ada), "closing soon");
    client_assert_told (&ada, "chat Ada: hello\nchat : closing soon\n");
    client_assert_told (&bob, "chat Ada: hello\nchat Ada: psst (private)\nchat : closing soon\n");
    client_assert_told (&eve, "chat Ada: hello\nchat : closing soon\n");

    g_assert_true (tutti_participant_chat (ada.self, longest, NULL, NULL));
    g_assert_false (tutti_participant_chat (ada.self, longer, NULL, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE);
    g_clear_error (&error);
    g_assert_false (tutti_participant_chat (ada.self, "hello", "p00000000", &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_MESSAGE);
    g_clear_error (&error);
    for (guint i = 3; i < 10; i++)
        g_assert_true (tutti_participant_chat (ada.self, "again", NULL, NULL));
    g_assert_false (tutti_participant_chat (ada.self, "again", NULL, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_RATE_LIMITED);
    g_assert_true (tutti_participant_chat (bob.self, "me not", NULL, NULL));
    client_clear (&ada);
    client_clear (&bob);
    client_clear (&eve);
}

/* --- Moderation --- */

static void
test_rights (RoomsFixture *fixture, gconstpointer data)
{
    RoomsClient ada, bob;

    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_MODERATOR);
    rooms_join (fixture, &bob, "blue", "Bob", TUTTI_PERSON_PARTICIPANT);
    client_moderate (&bob, "kick", &ada, NULL, TUTTI_ERROR_FORBIDDEN);
    client_moderate (&bob, "nonsense", NULL, NULL, TUTTI_ERROR_FORBIDDEN);
    client_moderate (&ada, "nonsense", NULL, NULL, TUTTI_ERROR_BAD_MESSAGE);
    client_moderate (&ada, "kick", NULL, NULL, TUTTI_ERROR_BAD_MESSAGE);
    client_moderate (&ada, "layout", NULL, "spiral", TUTTI_ERROR_BAD_MESSAGE);
    client_moderate (&ada, "layout", NULL, NULL, TUTTI_ERROR_BAD_MESSAGE);
    client_assert_told (&bob, "");
    client_clear (&ada);
    client_clear (&bob);
}

static void
test_moderation (RoomsFixture *fixture, gconstpointer data)
{
    const TuttiJoin how = {.room = "blue"};
    RoomsClient ada, bob, eve;

    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_MODERATOR);
    rooms_join (fixture, &bob, "blue", "Bob", TUTTI_PERSON_PARTICIPANT);
    rooms_iterate ();
    g_string_truncate (ada.told, 0);
    client_moderate (&ada, "mute", &bob, NULL, -1);
    client_assert_told (&bob, "updated Bob audio-muted\n");
    client_moderate (&ada, "mute", &bob, "false", -1);
    client_assert_told (&bob, "updated Bob\n");
    client_moderate (&ada, "mute", NULL, NULL, -1);
    client_assert_told (&bob, "updated Bob audio-muted\n");
    client_moderate (&ada, "lock", NULL, NULL, -1);
    client_assert_told (&bob, "room locked grid\n");
    rooms_join_refused (fixture, &how, TUTTI_ERROR_LOCKED);
    rooms_join (fixture, &eve, "blue", "Eve", TUTTI_PERSON_MODERATOR);
    client_moderate (&ada, "unlock", NULL, NULL, -1);
    client_moderate (&ada, "layout", NULL, "presenter", -1);
    client_moderate (&ada, "spotlight", &bob, NULL, -1);
    client_moderate (&ada, "spotlight", NULL, NULL, -1);
    client_assert_told (&bob, "joined Eve\nroom open grid\nroom open presenter\n");
    client_clear (&eve);
    client_clear (&ada);
    client_clear (&bob);
}

static void
test_kick (RoomsFixture *fixture, gconstpointer data)
{
    RoomsClient ada, bob, eve;

    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_MODERATOR);
    rooms_join (fixture, &bob, "blue", "Bob", TUTTI_PERSON_PARTICIPANT);
    rooms_join (fixture, &eve, "blue", "Eve", TUTTI_PERSON_PARTICIPANT);
    rooms_iterate ();
    g_string_truncate (ada.told, 0);
    g_string_truncate (bob.told, 0);
    bob.leave_on_last = TRUE;
    tutti_participant_chat (ada.self, "be good", NULL, NULL);
    client_moderate (&ada, "kick", &bob, "noise", -1);
    /* Out of the room at once, told from the loop; meanwhile nothing can be done. */
    g_assert_null (client_room (&bob));
    g_assert_false (tutti_participant_chat (bob.self, "what?", NULL, NULL));
    g_assert_false (tutti_participant_add_candidate (bob.self, "", NULL));
    tutti_participant_mute (bob.self, TRUE);
    client_assert_told (&bob, "chat Ada: be good\nkicked noise\n");
    client_assert_told (&eve, "chat Ada: be good\nleft kicked\n");
    g_string_truncate (ada.told, 0);

    client_moderate (&ada, "kick", &ada, NULL, -1); /* itself */
    client_assert_told (&ada, "kicked by a moderator\n");
    client_assert_told (&eve, "left kicked\n");
    client_clear (&ada);
    client_clear (&bob);
    client_clear (&eve);
}

/* Kicked, but its connection broke before it could be told. */
static void
test_leave_before_last (RoomsFixture *fixture, gconstpointer data)
{
    RoomsClient ada, bob;

    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_MODERATOR);
    rooms_join (fixture, &bob, "blue", "Bob", TUTTI_PERSON_PARTICIPANT);
    tutti_participant_kick (bob.self, "noise");
    tutti_participant_leave (g_steal_pointer (&bob.self));
    client_assert_told (&bob, "");
    client_assert_told (&ada, "joined Bob\nleft kicked\n");
    client_clear (&ada);
    client_clear (&bob);
}

static void
test_close (RoomsFixture *fixture, gconstpointer data)
{
    RoomsClient ada, bob;

    rooms_join (fixture, &ada, "blue", "Ada", TUTTI_PERSON_MODERATOR);
    rooms_join (fixture, &bob, "blue", "Bob", TUTTI_PERSON_PARTICIPANT);
    client_moderate (&ada, "close", NULL, "lunch", -1);
    g_assert_null (tutti_rooms_find (fixture->rooms, "blue"));
    client_assert_told (&ada, "joined Bob\nclosed lunch\n");
    client_assert_told (&bob, "closed lunch\n");
    client_clear (&ada);
    client_clear (&bob);
}

/* Handlers that leave while others are still to be told of the same event. */
static void
test_leave_from_event (RoomsFixture *fixture, gconstpointer data)
{
    RoomsClient clients[6];

    for (guint i = 0; i < 5; i++) {
        rooms_join (fixture, &clients[i], "blue", "Ada", TUTTI_PERSON_PARTICIPANT);
        rooms_iterate ();
    }
    for (guint i = 0; i < 5; i += 2)
        clients[i].leave_on_join = TRUE;
    rooms_join (fixture, &clients[5], "blue", "Bob", TUTTI_PERSON_PARTICIPANT);
    for (guint i = 0; i < 6; i++)
        g_string_truncate (clients[i].told, 0);
    client_assert_told (&clients[1], "joined Bob\nleft left\nleft left\nleft left\n");
    client_assert_told (&clients[5], "left left\nleft left\nleft left\n");
    for (guint i = 0; i < 6; i++)
        client_clear (&clients[i]);
}

int
main (int argc, char *argv[])
{
    g_test_init (&argc, &argv, NULL);
#define ADD(path, config, func)                                                                    \
    g_test_add ("/rooms/" path, RoomsFixture, config, rooms_set_up, func, rooms_tear_down)
    ADD ("state", "", test_state);
    ADD ("view", "", test_view);
    ADD ("recording", "", test_recording);
    ADD ("chat", "", test_chat);
    ADD ("moderate/rights", "", test_rights);
    ADD ("moderate/actions", "", test_moderation);
    ADD ("moderate/kick", "", test_kick);
    ADD ("moderate/leave-before-last", "", test_leave_before_last);
    ADD ("moderate/close", "", test_close);
    ADD ("leave-from-event", "", test_leave_from_event);
    return g_test_run ();
}
