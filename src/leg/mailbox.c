/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mailbox.c: a locked queue and a GSource on main whose ready time rings. Posted by net, emptied by
 * main.
 */
#include "mailbox.h"

/* Each ring makes main's loop look at every descriptor, a thousand in a full room. A receiver's
 * feedback, the source of what is posted patiently, comes ten times a second. */
#define PATIENCE_US (50 * G_TIME_SPAN_MILLISECOND)

typedef struct {
    gpointer owner;
    TuttiMailFunc func;
    int number;
    char *text;
} Mail;

struct _TuttiMailbox {
    GSource *source;
    GMutex lock; /* of mails, and of the source's ready time */
    GQueue mails;
};

typedef struct {
    GSource parent;
    TuttiMailbox *mailbox;
} MailSource;

static void
free_mail (Mail *mail)
{
    g_free (mail->text);
    g_free (mail);
}

static Mail *
take_mail (TuttiMailbox *mailbox)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mailbox->lock);

    return g_queue_pop_head (&mailbox->mails);
}

/* One by one, since a mail's receiver may forget others. */
static gboolean
on_dispatch (GSource *source, GSourceFunc unused, gpointer user_data)
{
    TuttiMailbox *mailbox = ((MailSource *)source)->mailbox;
    Mail *mail;

    g_mutex_lock (&mailbox->lock);
    g_source_set_ready_time (source, -1);
    g_mutex_unlock (&mailbox->lock);
    while ((mail = take_mail (mailbox))) {
        mail->func (mail->owner, mail->number, mail->text);
        free_mail (mail);
    }
    return G_SOURCE_CONTINUE;
}

static Mail *
new_mail (gpointer owner, TuttiMailFunc func, int number, const char *text)
{
    Mail *mail = g_new0 (Mail, 1);

    mail->owner = owner;
    mail->func = func;
    mail->number = number;
    mail->text = g_strdup (text);
    return mail;
}

/* Rings at due_us, unless it does before. */
static void
post (TuttiMailbox *mailbox, Mail *mail, gint64 due_us)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mailbox->lock);
    gint64 ready_us = g_source_get_ready_time (mailbox->source);

    g_queue_push_tail (&mailbox->mails, mail);
    if (ready_us < 0 || due_us < ready_us)
        g_source_set_ready_time (mailbox->source, due_us);
}

TuttiMailbox *
tutti_mailbox_new (void)
{
    static GSourceFuncs funcs = {.dispatch = on_dispatch};
    TuttiMailbox *mailbox = g_new0 (TuttiMailbox, 1);

    g_mutex_init (&mailbox->lock);
    mailbox->source = g_source_new (&funcs, sizeof (MailSource));
    ((MailSource *)mailbox->source)->mailbox = mailbox;
    g_source_set_name (mailbox->source, "tutti-legs");
    g_source_attach (mailbox->source, NULL);
    return mailbox;
}

void
tutti_mailbox_free (TuttiMailbox *mailbox)
{
    if (!mailbox)
        return;
    g_source_destroy (mailbox->source);
    g_source_unref (mailbox->source);
    g_queue_clear_full (&mailbox->mails, (GDestroyNotify)free_mail);
    g_mutex_clear (&mailbox->lock);
    g_free (mailbox);
}

void
tutti_mailbox_post (TuttiMailbox *mailbox, gpointer owner, TuttiMailFunc func, int number,
                    const char *text)
{
    post (mailbox, new_mail (owner, func, number, text), 0);
}

void
tutti_mailbox_post_patiently (TuttiMailbox *mailbox, gpointer owner, TuttiMailFunc func, int number)
{
    post (mailbox, new_mail (owner, func, number, NULL), g_get_monotonic_time () + PATIENCE_US);
}

void
tutti_mailbox_forget (TuttiMailbox *mailbox, gpointer owner)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mailbox->lock);
    GList *link = mailbox->mails.head;

    while (link) {
        GList *next = link->next;
        Mail *mail = link->data;

        if (mail->owner == owner) {
            g_queue_delete_link (&mailbox->mails, link);
            free_mail (mail);
        }
        link = next;
    }
}
