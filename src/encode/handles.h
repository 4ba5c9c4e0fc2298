/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * handles.h: autoptr for the codec libraries' handles.
 */
#pragma once

#include <glib.h>
#include <wels/codec_api.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ISVCEncoder, WelsDestroySVCEncoder)
