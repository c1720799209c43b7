-- The review queue of unknown identities: whose number is this?

-- name: queue
-- Strangers nobody has decided about, last heard first; a merchant ship says itself what it is. One
-- page is chosen first: who was near is asked of those alone, not of tens of thousands.
with page as materialized (
    select v.id, v.class, v.length_m, v.created, l.t, l.lon, l.lat, l.sog
    from vessel v left join vessel_latest l on l.vessel = v.id
    where %(everything)s and not v.registered and v.id <> 0
      and (%(all)s or v.class in (0, 1, 5))
      and not exists (select from identity_decision d where d.vessel = v.id and d.undone is null)
      and exists (select from vessel_identity i
                  where i.vessel = v.id and i.valid_from <= now() and now() < i.valid_to)
    order by l.t desc nulls last, v.id
    limit %(limit)s offset %(offset)s)
select v.id as vessel, i.kind, i.value, v.class, v.length_m, v.created as first_heard,
       s.body ->> 'name' as name, s.body ->> 'callsign' as callsign,
       (s.body ->> 'ship_type')::int as ship_type,
       v.t as last_heard, v.lon, v.lat, nullif(v.sog, 'NaN') as sog_kn,
       n.vessel as near_vessel, n.reg_no as near_reg_no, n.name as near_name, n.nm as near_nm
from page v
join lateral (select kind, value from vessel_identity i
              where i.vessel = v.id and i.valid_from <= now() and now() < i.valid_to
              order by kind = 'mmsi' desc, confidence desc, valid_from desc limit 1) i on true
left join lateral (select body from vessel_static s where s.vessel = v.id
                   order by t desc limit 1) s on true
left join lateral (
    select b.vessel, w.reg_no, w.name, 60 * sqrt((b.lat - v.lat) ^ 2
           + ((b.lon - v.lon) * cos(radians(v.lat))) ^ 2) as nm
    from vessel_latest b join vessel w on w.id = b.vessel
    where w.registered and b.lat between v.lat - 0.05 and v.lat + 0.05
      and b.lon between v.lon - 0.06 and v.lon + 0.06
      and b.t between v.t - interval '15 minutes' and v.t + interval '15 minutes'
    order by nm limit 1) n on true
order by v.t desc nulls last, v.id

-- name: decisions
-- What was decided, newest first: of one stranger, or what is in force.
select d.id, d.vessel, d.kind, d.value, d.decision, b.reg_no, d.reason, d.at,
       d.actor, coalesce(p.name, a.login) as actor_name,
       d.undone, d.undone_by, coalesce(up.name, ua.login) as undone_by_name, d.undone_why
from identity_decision d
left join vessel b on b.id = d.boat
left join account a on a.id = d.actor left join person p on p.id = a.person
left join account ua on ua.id = d.undone_by left join person up on up.id = ua.person
where %(everything)s
  and case when %(vessel)s::int is null then d.undone is null else d.vessel = %(vessel)s end
order by d.id desc limit %(limit)s offset %(offset)s

-- name: stranger
-- The stranger, held until the transaction ends, with what names it now.
select v.id, v.class, v.registered,
       (select array[i.kind, i.value] from vessel_identity i
        where i.vessel = v.id and i.valid_from <= now() and now() < i.valid_to
        order by kind = 'mmsi' desc, confidence desc, valid_from desc limit 1) as identity
from vessel v where v.id = %(vessel)s and v.id <> 0 for update

-- name: boat
-- The boat that this registration number stands for.
select id from vessel where reg_no = %(reg_no)s and registered for update

-- name: decide
-- Who said what this is, and why.
insert into identity_decision (kind, value, vessel, decision, boat, class, actor, reason)
values (%(kind)s, %(value)s, %(vessel)s, %(decision)s, %(boat)s, %(class)s, %(actor)s, %(reason)s)

-- name: in_force
-- The decision to be undone.
select id, vessel, decision, boat, class, at from identity_decision
where vessel = %(vessel)s and undone is null for update

-- name: undo
-- It is taken back, by whom and why.
update identity_decision set undone = now(), undone_by = %(actor)s, undone_why = %(reason)s
where id = %(id)s

-- name: move
-- Who transmits under these identities from now on; what was stored stays where it is.
with mine as (
    select kind, value, valid_from, valid_to, confidence from vessel_identity
    where vessel = %(from)s and valid_from <= now() and now() < valid_to
      and (%(since)s::timestamptz is null or valid_from = %(since)s) for update),
ended as (
    update vessel_identity e set valid_to = now() from mine m
    where e.kind = m.kind and e.value = m.value and e.valid_from = m.valid_from)
insert into vessel_identity (kind, value, vessel, valid_from, valid_to, confidence)
select kind, value, %(to)s, now(), valid_to, confidence from mine

-- name: mark
-- What a stranger is taken for; null: what the air says.
update vessel set decision = %(decision)s, class = %(class)s where id = %(vessel)s

-- name: revise
-- The workers read these vessels again.
with revised as (
    update vessel set revision = nextval('config_revision') where id = any(%(vessels)s)
    returning revision)
select pg_notify('fleet_config', max(revision)::text) from revised
