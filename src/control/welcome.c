/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * welcome.c: gathers the room, everyone in it and the ICE servers.
 */
#include "welcome.h"
#include "ice-servers.h"
#include "message-write.h"

char *
tutti_welcome_write (TuttiConfig *config, TuttiParticipant *participant, TuttiEntrance entrance)
{
    TuttiRoom *room = tutti_participant_room (participant);
    g_autoptr (GPtrArray) members = tutti_room_list (room);
    g_autofree TuttiPerson *people = g_new0 (TuttiPerson, members->len);
    g_autoptr (GArray) servers = tutti_ice_servers_new (config, tutti_participant_id (participant),
                                                        g_get_real_time () / G_USEC_PER_SEC);
    TuttiPerson self;
    TuttiRoomInfo info;

    for (guint i = 0; i < members->len; i++)
        tutti_participant_get_person (members->pdata[i], &people[i]);
    tutti_participant_get_person (participant, &self);
    tutti_room_get_info (room, &info);
    return tutti_message_write_welcome (&(TuttiWelcome){
        .entrance = entrance,
        .room = info.name,
        .participant = self.id,
        .topology = info.topology,
        .role = self.role,
        .resume = tutti_participant_key (participant),
        .n_ice_servers = servers->len,
        .ice_servers = (const TuttiIceServer *)(gconstpointer)servers->data,
        .n_people = members->len,
        .people = people,
        .canvas_width = info.canvas_width,
        .canvas_height = info.canvas_height,
        .frame_rate = info.frame_rate,
        .state = info.state,
    });
}
