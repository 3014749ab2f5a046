"""The newsletter's post: letters → mails, the schedule, the outbox, what bounces."""
