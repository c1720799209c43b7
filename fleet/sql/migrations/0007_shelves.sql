-- Silence by key, when an alert first came before the command centre, and who is under a root.

create table shelf (
    id       bigint generated always as identity primary key,
    kind     text not null,
    vessel   integer not null references vessel,
    other    integer not null default 0,
    severity smallint not null check (severity between 1 and 3),
    alert    bigint references alert on delete set null,
    reason   text not null,
    actor    integer,
    since    timestamptz not null default now(),
    until    timestamptz,
    ended    timestamptz,
    ended_by integer,
    why      text not null default '',
    check (since < until)
);
create unique index shelf_key on shelf (kind, vessel, other) where ended is null;
create index shelf_alert on shelf (alert);

-- What is silenced now goes on being so, to the same time.
insert into shelf (kind, vessel, other, severity, alert, reason, since, until)
select distinct on (kind, vessel, other)
       kind, vessel, other, severity, id, reason, least(opened, shelved_until - interval '1 second'),
       shelved_until
from alert where status = 'shelved' and severity < 4
order by kind, vessel, other, shelved_until desc nulls last;

alter table alert add column shown timestamptz;
update alert set shown = opened
where parent is null and status <> 'suppressed';
create index alert_shown on alert (shown) where shown is not null;
create index alert_under on alert (parent) where parent is not null;
create index alert_suppressed on alert (parent) where status = 'suppressed';
