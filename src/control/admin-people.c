/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin-people.c: the participants of a room. Role: main.
 */
#include "admin-body.h"
#include "admin-json.h"
#include "admin-routes.h"

void
tutti_admin_list_people (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);
    g_autoptr (TuttiJson) json = NULL;

    if (!room)
        return;
    json = tutti_json_new ();
    tutti_admin_json_participants (json, room);
    tutti_admin_answer (call, json);
}

void
tutti_admin_change_people (TuttiAdminCall *call)
{
    TuttiRoom *room = tutti_admin_get_room (call);
    gboolean muted = FALSE;
    const TuttiAdminField fields[] = {{"audio_muted", TUTTI_FIELD_BOOL, &muted, NULL}};

    if (!room || !tutti_admin_read (call, fields, G_N_ELEMENTS (fields)))
        return;
    tutti_room_mute_all (room, muted);
    tutti_admin_answer_done (call);
}

void
tutti_admin_show_person (TuttiAdminCall *call)
{
    TuttiParticipant *participant = tutti_admin_get_participant (call);
    g_autoptr (TuttiJson) json = NULL;

    if (!participant)
        return;
    json = tutti_json_new ();
    tutti_admin_json_participant (json, participant);
    tutti_admin_answer (call, json);
}

void
tutti_admin_change_person (TuttiAdminCall *call)
{
    TuttiParticipant *participant = tutti_admin_get_participant (call);
    gboolean has_muted = FALSE, muted = FALSE, has_gain = FALSE;
    double gain_db = 0;
    g_autoptr (GError) error = NULL;
    const TuttiAdminField fields[] = {
        {"audio_muted", TUTTI_FIELD_BOOL | TUTTI_FIELD_OPTIONAL, &muted, &has_muted},
        {"gain_db", TUTTI_FIELD_NUMBER | TUTTI_FIELD_OPTIONAL, &gain_db, &has_gain},
    };

    if (!participant || !tutti_admin_read (call, fields, G_N_ELEMENTS (fields)))
        return;
    /* What can fail comes first. */
    if (has_gain && !tutti_participant_set_gain (participant, gain_db, &error)) {
        tutti_admin_answer_bad_field (call, "gain_db", error->message);
        return;
    }
    if (has_muted)
        tutti_participant_mute (participant, muted);
    tutti_admin_answer_done (call);
}

void
tutti_admin_remove_person (TuttiAdminCall *call)
{
    TuttiParticipant *participant = tutti_admin_get_participant (call);

    if (!participant)
        return;
    tutti_participant_kick (participant, "removed by the administrator");
    tutti_admin_answer_done (call);
}
