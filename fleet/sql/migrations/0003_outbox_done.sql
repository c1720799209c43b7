-- What is done with in the outbox is found by its age, to be pruned.
create index outbox_done on outbox (state, created) where state <> 'queued';
