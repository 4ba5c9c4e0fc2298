/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz-message.c: whatever a client says, it is a message or an error.
 */
#include "control/message-read.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    g_autofree char *reply_to = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (TuttiMessage) message =
        tutti_message_read ((const char *)data, size, &reply_to, &error);

    g_assert_true ((message != NULL) == (error == NULL));
    g_assert_true (!message || reply_to);
    g_assert_true (!reply_to || g_utf8_validate (reply_to, -1, NULL));
    return 0;
}
