/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * media-type.h: what a file is, by the end of its name. Any thread.
 */
#pragma once

/* "application/octet-stream" for what isn't known. */
const char *tutti_media_type_of (const char *name);
