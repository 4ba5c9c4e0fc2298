/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * welcome.c: gathers the room, everyone in it and the ICE servers.
 */
#include "welcome.h"
#include "ice-servers.h"
#include "message-write.h"

static void
fill (TuttiParticipant *participant, TuttiWelcome *welcome, TuttiPerson *self)
{
    TuttiRoomInfo info;

    tutti_participant_get_person (participant, self);
    tutti_room_get_info (tutti_participant_room (participant), &info);
    *welcome = (TuttiWelcome){
        .entrance = TUTTI_ENTRANCE_BESIDE,
        .room = info.name,
        .participant = self->id,
        .topology = info.topology,
        .role = self->role,
        .resume = tutti_participant_key (participant),
        .canvas_width = info.canvas_width,
        .canvas_height = info.canvas_height,
        .frame_rate = info.frame_rate,
        .state = info.state,
    };
}

/* Adds everyone in the room. */
static char *
write_with_people (TuttiParticipant *participant, TuttiWelcome *welcome)
{
    g_autoptr (GPtrArray) members = tutti_room_list (tutti_participant_room (participant));
    g_autofree TuttiPerson *people = g_new0 (TuttiPerson, members->len);

    for (guint i = 0; i < members->len; i++)
        tutti_participant_get_person (members->pdata[i], &people[i]);
    welcome->n_people = members->len;
    welcome->people = people;
    return tutti_message_write_welcome (welcome);
}

char *
tutti_welcome_write (TuttiConfig *config, TuttiParticipant *participant, TuttiEntrance entrance)
{
    g_autoptr (GArray) servers = tutti_ice_servers_new (config, tutti_participant_id (participant),
                                                        g_get_real_time () / G_USEC_PER_SEC);
    TuttiWelcome welcome;
    TuttiPerson self;

    fill (participant, &welcome, &self);
    welcome.entrance = entrance;
    welcome.n_ice_servers = servers->len;
    welcome.ice_servers = (const TuttiIceServer *)(gconstpointer)servers->data;
    return write_with_people (participant, &welcome);
}

char *
tutti_welcome_write_beside (TuttiParticipant *participant)
{
    TuttiWelcome welcome;
    TuttiPerson self;

    fill (participant, &welcome, &self);
    return write_with_people (participant, &welcome);
}

char *
tutti_welcome_write_brief (TuttiParticipant *participant)
{
    TuttiWelcome welcome;
    TuttiPerson self;

    fill (participant, &welcome, &self);
    return tutti_message_write_welcome (&welcome);
}
