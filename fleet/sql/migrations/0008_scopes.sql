-- Thresholds by class of vessel, zone and season; and what was tried before it was switched on.

alter table rule_version add column scopes jsonb not null default '[]';

create table dry_run (
    id       bigint generated always as identity primary key,
    asked    jsonb not null,            -- kind, numbers, overrides or zone; from, to
    actor    integer references account on delete set null,
    at       timestamptz not null default now(),
    status   text not null check (status in ('running', 'done', 'failed', 'cancelled')),
    share    real not null default 0,   -- of the stretch, 0 to 1
    beat     timestamptz not null default now(),  -- of the process that does it
    ended    timestamptz,
    message  text not null default '',  -- why it failed
    result   jsonb
);
create unique index dry_run_one_at_a_time on dry_run (status) where status = 'running';
