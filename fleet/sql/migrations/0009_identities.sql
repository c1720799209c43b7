-- The review queue of unknown identities: what people said of strangers.

alter table vessel add column decision text
    check (decision in ('net_beacon', 'foreign', 'merchant'));

-- Whose MMSI is this? What people decided about identities that are in no register.
create table identity_decision (
    id       bigint generated always as identity primary key,
    kind     text not null,             -- model.IdentityKind
    value    text not null,
    vessel   integer not null references vessel on delete cascade,  -- the stranger
    decision text not null check (decision in ('boat', 'net_beacon', 'foreign', 'merchant')),
    boat     integer references vessel on delete cascade,
    class    smallint not null,         -- of the stranger before
    actor    integer,                   -- account
    reason   text not null,
    at       timestamptz not null default now(),
    undone   timestamptz,               -- null: in force
    undone_by integer,                  -- account
    undone_why text not null default '',
    check ((decision = 'boat') = (boat is not null))
);
create unique index identity_decision_one on identity_decision (vessel) where undone is null;
