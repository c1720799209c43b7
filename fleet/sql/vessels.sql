-- name: load
-- What the rules need to know of every vessel, a column an array.
select coalesce(array_agg(id), '{}') as id, coalesce(array_agg(class), '{}') as class,
       coalesce(array_agg(registered), '{}') as registered,
       coalesce(array_agg(coalesce(interval_s, 0)), '{}') as interval_s,
       coalesce(array_agg(coalesce(length_m, 'NaN')), '{}') as length_m
from (select * from vessel order by id) v;

-- name: identities
-- Which identity leads where, now; the surest wins.
select kind, array_agg(value) as names, array_agg(vessel) as vessels from (
    select distinct on (kind, value) kind, value, vessel from vessel_identity
    where valid_from <= now() and now() < valid_to
    order by kind, value, confidence desc, valid_from desc) i
group by kind;

-- name: papers
-- What the register says of the names of every boat, for comparing.
select v.id, array_remove(array[nullif(v.name, ''), v.reg_no], null) as names,
       array(select i.value from vessel_identity i
             where i.vessel = v.id and i.kind = 'callsign'
               and i.valid_from <= now() and now() < i.valid_to) as callsigns
from vessel v where v.registered order by v.id;

-- name: decided
-- Strangers that a person said something about: the air says nothing more of their class.
select vessel as id from identity_decision where undone is null order by vessel;

-- name: lock
-- One at a time makes new vessels.
select pg_advisory_xact_lock(hashtext('fleet.vessel'));

-- name: known
-- Those of the wanted identities that lead somewhere now.
select distinct on (value) value, vessel from vessel_identity
where kind = %(kind)s and value = any(%(values)s) and valid_from <= now() and now() < valid_to
order by value, confidence desc, valid_from desc;

-- name: numbers
-- Ids for new vessels.
select nextval(pg_get_serial_sequence('vessel', 'id')) as id
from generate_series(1, %(n)s) order by id;

-- name: create
-- Vessels known only from the air; in a demonstration they are part of it.
insert into vessel (id, class, demo)
select id, class, exists (select from setting where key = 'demo')
from unnest(%(ids)s::int[], %(classes)s::smallint[]) v (id, class) order by id;

-- name: identify
-- What they call themselves, between an earlier and a later owner of the identity.
insert into vessel_identity (kind, value, vessel, valid_from, valid_to)
select %(kind)s, value, id,
       coalesce((select max(valid_to) from vessel_identity e
                 where e.kind = %(kind)s and e.value = w.value and valid_to <= now()), '-infinity'),
       coalesce((select min(valid_from) from vessel_identity e
                 where e.kind = %(kind)s and e.value = w.value and valid_from > now()), 'infinity')
from unnest(%(values)s::text[], %(ids)s::int[]) w (value, id) order by value;

-- name: classify
-- What the air says of vessels that are in no register.
update vessel v set class = w.class, length_m = coalesce(nullif(w.length_m, 'NaN'), v.length_m),
                    revision = nextval('config_revision')
from unnest(%(ids)s::int[], %(classes)s::smallint[], %(lengths)s::float8[])
     w (id, class, length_m)
where v.id = w.id and not v.registered and v.decision is null;

-- name: fingerprint
-- Differs whenever the register was changed by people.
select count(*) as vessels, coalesce(sum(revision), 0)::text as revisions
from vessel where registered or decision is not null;
