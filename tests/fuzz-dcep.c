/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz-dcep.c: messages that open a data channel; a label lies within its message.
 */
#include "leg/dcep.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
    TuttiDcepOpen open;

    if (!tutti_dcep_read_open (data, size, &open))
        return 0;
    g_assert_true (open.label >= data && open.label + open.label_bytes <= data + size);
    tutti_dcep_has_label (&open, "tutti");
    return 0;
}
