/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-admission.c: names and roles by mode, how often, and which secret.
 */
#include "control/admission.h"
#include "room/participant.h"

#include <glib/gstdio.h>
#include <tutti/error.h>

/* Room blue, sub Ann, role moderator, 1000 to 2000 s; see test-token.c. */
#define SECRET "a-secret-of-thirty-two-bytes-len"
#define TOKEN                                                                                      \
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."                                                        \
    "eyJyb29tIjoiYmx1ZSIsInN1YiI6IkFubiIsInJvbGUiOiJtb2RlcmF0b3IiLCJleHAiOjIwMDAsIm5iZiI6MTAwMH0." \
    "gl-ZHXczVA2YScLu59NvvZAkTGabXgp965QNp6Y8nnE"

typedef struct {
    TuttiConfig *config;
    TuttiAdmission *admission;
} Desk;

static void
open_desk (Desk *desk, const char *const *settings)
{
    g_autoptr (GError) error = NULL;

    desk->config = tutti_config_new ();
    for (guint i = 0; settings[i]; i++)
        g_assert_true (tutti_config_set (desk->config, settings[i], NULL));
    desk->admission = tutti_admission_new (desk->config, &error);
    g_assert_no_error (error);
}

static void
close_desk (Desk *desk)
{
    tutti_admission_free (desk->admission);
    tutti_config_free (desk->config);
}

static gboolean
check (Desk *desk, const TuttiRequest *request, TuttiPass *pass, GError **error)
{
    tutti_pass_clear (pass);
    return tutti_admission_check (desk->admission, request, 1, 1500, pass, error);
}

static void
test_open (void)
{
    const char *const settings[] = {NULL};
    TuttiRequest request = {.room = "blue", .name = "Bob", .address = "a"};
    TuttiPass pass = {0};
    Desk desk;

    open_desk (&desk, settings);
    g_assert_true (check (&desk, &request, &pass, NULL));
    g_assert_cmpstr (pass.name, ==, "Bob");
    g_assert_cmpint (pass.role, ==, TUTTI_PERSON_PARTICIPANT);
    g_assert_true (pass.may_moderate);
    request.role_given = TRUE;
    request.role = TUTTI_PERSON_MODERATOR;
    request.token = "nonsense"; /* nobody looks at it */
    g_assert_true (check (&desk, &request, &pass, NULL));
    g_assert_cmpint (pass.role, ==, TUTTI_PERSON_MODERATOR);
    tutti_pass_clear (&pass);
    close_desk (&desk);
}

static void
test_token (void)
{
    const char *const settings[] = {"auth.mode=token", "auth.secret=" SECRET, NULL};
    TuttiRequest request = {.room = "blue", .name = "Eve", .token = TOKEN, .address = "a"};
    g_autoptr (GError) error = NULL;
    TuttiPass pass = {0};
    Desk desk;

    open_desk (&desk, settings);
    g_assert_true (check (&desk, &request, &pass, NULL));
    g_assert_cmpstr (pass.name, ==, "Ann");
    g_assert_cmpint (pass.role, ==, TUTTI_PERSON_MODERATOR);
    g_assert_true (pass.may_moderate);
    request.role_given = TRUE;
    request.role = TUTTI_PERSON_LISTENER; /* less than it says is allowed */
    g_assert_true (check (&desk, &request, &pass, NULL));
    g_assert_cmpint (pass.role, ==, TUTTI_PERSON_LISTENER);
    request.token = NULL;
    g_assert_false (check (&desk, &request, &pass, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_UNAUTHORIZED);
    close_desk (&desk);
}

/* Room blue, sub Ada, role participant, to 2000 s. */
static char *
make_lesser_token (void)
{
    const TuttiToken token = {.room = (char *)"blue",
                              .name = (char *)"Ada",
                              .role = TUTTI_PERSON_PARTICIPANT,
                              .expires_s = 2000};

    return tutti_token_write (&token, SECRET);
}

/* Whom the room has in its list is moderator whatever the token says, in either mode. */
static void
test_listed (gconstpointer mode)
{
    const char *const settings[] = {mode, "auth.secret=" SECRET, "room blue.moderators=Ada", NULL};
    g_autofree char *token = make_lesser_token ();
    TuttiRequest request = {.room = "blue",
                            .token = token,
                            .address = "a",
                            .role_given = TRUE,
                            .role = TUTTI_PERSON_PARTICIPANT};
    TuttiPass pass = {0};
    Desk desk;

    open_desk (&desk, settings);
    g_assert_true (check (&desk, &request, &pass, NULL));
    g_assert_true (pass.has_token);
    g_assert_cmpstr (pass.subject, ==, "Ada");
    g_assert_cmpint (pass.role, ==, TUTTI_PERSON_PARTICIPANT);
    request.rooms = tutti_rooms_new (desk.config, NULL);
    g_assert_true (check (&desk, &request, &pass, NULL));
    g_assert_cmpint (pass.role, ==, TUTTI_PERSON_MODERATOR);
    request.role = TUTTI_PERSON_LISTENER;
    g_assert_true (check (&desk, &request, &pass, NULL));
    g_assert_cmpint (pass.role, ==, TUTTI_PERSON_LISTENER);
    tutti_pass_clear (&pass);
    tutti_rooms_free (request.rooms);
    close_desk (&desk);
}

static gboolean
may_moderate (const char *setting, TuttiRooms *rooms, const char *token)
{
    const char *const settings[] = {"auth.secret=" SECRET, setting, NULL};
    TuttiRequest request = {
        .room = "blue", .name = "Bob", .address = "a", .token = token, .rooms = rooms};
    TuttiPass pass = {0};
    gboolean may;
    Desk desk;

    open_desk (&desk, settings);
    g_assert_true (check (&desk, &request, &pass, NULL));
    may = pass.may_moderate;
    tutti_pass_clear (&pass);
    close_desk (&desk);
    return may;
}

/* In mode open: anyone, the first in an empty room, or by token. */
static void
test_open_moderators (void)
{
    g_autoptr (TuttiConfig) config = tutti_config_new ();
    TuttiRooms *rooms = tutti_rooms_new (config, NULL);
    TuttiJoin join = {.room = "blue", .name = "Ada", .role = TUTTI_PERSON_PARTICIPANT};
    TuttiParticipant *ada;
    gboolean created;

    g_assert_true (may_moderate ("auth.open-moderators=first", rooms, NULL));
    ada = tutti_rooms_join (rooms, &join, NULL, NULL, &created, NULL);
    g_assert_true (may_moderate ("auth.open-moderators=anyone", rooms, NULL));
    g_assert_false (may_moderate ("auth.open-moderators=first", rooms, NULL));
    g_assert_true (may_moderate ("auth.open-moderators=first", rooms, TOKEN));
    g_assert_false (may_moderate ("auth.open-moderators=token", rooms, NULL));
    g_assert_true (may_moderate ("auth.open-moderators=token", rooms, TOKEN));
    tutti_participant_leave (ada);
    g_assert_true (may_moderate ("auth.open-moderators=first", rooms, NULL));
    g_assert_false (may_moderate ("auth.open-moderators=token", rooms, NULL));
    tutti_rooms_free (rooms);
}

/* In mode open a token that is not good is as none. */
static void
test_open_with_token (void)
{
    const char *const settings[] = {"auth.secret=" SECRET, NULL};
    TuttiRequest request = {.room = "red", .name = "Bob", .token = TOKEN, .address = "a"};
    TuttiPass pass = {0};
    Desk desk;

    open_desk (&desk, settings);
    g_assert_true (check (&desk, &request, &pass, NULL)); /* for another room */
    g_assert_false (pass.has_token);
    g_assert_cmpstr (pass.subject, ==, NULL);
    request.room = "blue";
    g_assert_true (check (&desk, &request, &pass, NULL));
    g_assert_true (pass.has_token);
    g_assert_cmpstr (pass.subject, ==, "Ann");
    g_assert_cmpstr (pass.name, ==, "Bob");
    g_assert_cmpint (pass.role, ==, TUTTI_PERSON_MODERATOR);
    tutti_pass_clear (&pass);
    request.name = NULL;
    request.role_given = TRUE;
    request.role = TUTTI_PERSON_LISTENER;
    g_assert_true (check (&desk, &request, &pass, NULL));
    g_assert_cmpstr (pass.name, ==, "Ann");
    g_assert_cmpint (pass.role, ==, TUTTI_PERSON_LISTENER);
    tutti_pass_clear (&pass);
    close_desk (&desk);
}

/* From anywhere; who has no business there takes nothing from those who have. */
static void
test_room_rate (void)
{
    const char *const settings[] = {"auth.mode=token", "auth.secret=" SECRET,
                                    "auth.room-join-rate=2", NULL};
    static const char *const addresses[] = {"a", "b", "c"};
    TuttiRequest bad = {.room = "blue", .token = "guess", .address = "z"};
    g_autoptr (GError) error = NULL;
    TuttiPass pass = {0};
    Desk desk;

    open_desk (&desk, settings);
    for (guint i = 0; i < G_N_ELEMENTS (addresses); i++) {
        TuttiRequest request = {.room = "blue", .token = TOKEN, .address = addresses[i]};

        g_assert_false (check (&desk, &bad, &pass, NULL));
        g_assert_cmpint (check (&desk, &request, &pass, &error), ==, i < 2);
        tutti_pass_clear (&pass);
    }
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_RATE_LIMITED);
    close_desk (&desk);
}

/* Refused tries count as well: nobody may guess for long. */
static void
test_rate (void)
{
    const char *const settings[] = {"auth.mode=token", "auth.secret=" SECRET, "auth.join-rate=3",
                                    NULL};
    TuttiRequest request = {.room = "blue", .token = "guess", .address = "a"};
    g_autoptr (GError) error = NULL;
    TuttiPass pass = {0};
    Desk desk;

    open_desk (&desk, settings);
    for (int i = 0; i < 3; i++) {
        g_clear_error (&error);
        g_assert_false (check (&desk, &request, &pass, &error));
        g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_UNAUTHORIZED);
    }
    g_clear_error (&error);
    request.token = TOKEN;
    g_assert_false (check (&desk, &request, &pass, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_RATE_LIMITED);
    request.address = "b";
    g_assert_true (check (&desk, &request, &pass, NULL));
    tutti_pass_clear (&pass);
    close_desk (&desk);
}

static void
test_secret_file (void)
{
    g_autofree char *directory = g_dir_make_tmp ("tutti-XXXXXX", NULL);
    g_autofree char *path = g_build_filename (directory, "secret", NULL);
    g_autofree char *setting = g_strconcat ("auth.secret-file=", path, NULL);
    const char *const settings[] = {"auth.mode=token", setting, NULL};
    TuttiRequest request = {.room = "blue", .token = TOKEN, .address = "a"};
    g_autoptr (GError) error = NULL;
    TuttiPass pass = {0};
    Desk desk;

    g_assert_true (g_file_set_contents (path, "another-secret-that-is-32-bytes-long\n", -1, NULL));
    open_desk (&desk, settings);
    g_assert_false (check (&desk, &request, &pass, NULL));
    g_assert_true (g_file_set_contents (path, SECRET "\n", -1, NULL));
    g_assert_true (tutti_admission_reload (desk.admission, NULL));
    g_assert_true (check (&desk, &request, &pass, NULL));
    g_remove (path);
    g_assert_false (tutti_admission_reload (desk.admission, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_BAD_CONFIG);
    g_assert_true (check (&desk, &request, &pass, NULL)); /* the old one stays */
    tutti_pass_clear (&pass);
    g_rmdir (directory);
    close_desk (&desk);
}

/* A secret in mode open opens only what a moderator alone may see. */
static void
test_read_token (void)
{
    const char *const with[] = {"auth.secret=" SECRET, NULL}, *const without[] = {NULL};
    g_autoptr (TuttiToken) token = NULL;
    g_autoptr (GError) error = NULL;
    Desk desk;

    open_desk (&desk, with);
    g_assert_true (tutti_admission_is_open (desk.admission));
    g_assert_true (tutti_admission_has_secret (desk.admission));
    token = tutti_admission_read_token (desk.admission, TOKEN, NULL, 1500, NULL);
    g_assert_cmpstr (token->room, ==, "blue");
    g_assert_null (tutti_admission_read_token (desk.admission, TOKEN, "red", 1500, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_UNAUTHORIZED);
    g_clear_error (&error);
    close_desk (&desk);
    open_desk (&desk, without);
    g_assert_false (tutti_admission_has_secret (desk.admission));
    g_assert_null (tutti_admission_read_token (desk.admission, TOKEN, NULL, 1500, &error));
    g_assert_error (error, TUTTI_ERROR, TUTTI_ERROR_UNAUTHORIZED);
    close_desk (&desk);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/admission/open", test_open);
    g_test_add_data_func ("/admission/listed/token", "auth.mode=token", test_listed);
    g_test_add_data_func ("/admission/listed/open", "auth.mode=open", test_listed);
    g_test_add_func ("/admission/open-moderators", test_open_moderators);
    g_test_add_func ("/admission/open-with-token", test_open_with_token);
    g_test_add_func ("/admission/token", test_token);
    g_test_add_func ("/admission/rate", test_rate);
    g_test_add_func ("/admission/room-rate", test_room_rate);
    g_test_add_func ("/admission/secret-file", test_secret_file);
    g_test_add_func ("/admission/read-token", test_read_token);
    return g_test_run ();
}
