/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * live-playlist.h: a playlist (RFC 8216) whose addresses carry a token along: a player that was
 * given a token in the playlist's address asks for what is in it without. Any thread.
 */
#pragma once

#include <glib.h>

/* Adds "?token=TOKEN" to each address in the text: lines of their own and URI attributes. Free it.
 */
char *tutti_live_playlist_sign (const char *text, const char *token);
