-- What the screens read. One query a GET; every one takes the caller's scope.

-- name: alerts_open
-- Open alerts the caller may see, worst first; the cursor is the last row of the page before.
select {alert_columns} from {alert_from}
where a.id = any(array(
    select a.id from alert a join vessel v on v.id = a.vessel
    where a.status in ({open}) and {alert_visible} and {alert_filters}
      and (%(after_id)s::bigint is null or (a.severity, a.opened, a.id)
           < (%(after_severity)s::int, %(after_opened)s::timestamptz, %(after_id)s::bigint))
    order by a.severity desc, a.opened desc, a.id desc
    limit %(limit)s))
order by a.severity desc, a.opened desc, a.id desc

-- name: alerts_all
-- Every alert the caller may see, newest first. The page is found before its columns are.
select {alert_columns} from {alert_from}
where a.id = any(array(
    select a.id from alert a join vessel v on v.id = a.vessel
    where {alert_visible} and {alert_filters}
      and (%(after_id)s::bigint is null or (
           a.opened <= %(after_opened)s::timestamptz
           and (a.opened, a.id) < (%(after_opened)s::timestamptz, %(after_id)s::bigint)))
    order by a.opened desc, a.id desc
    limit %(limit)s))
order by a.opened desc, a.id desc

-- name: alert
-- One alert, if the caller may see it, with how many it explains that are still true.
select (select count(*) from alert c
        where c.parent = a.id and c.status = 'suppressed' and c.cleared is null) as children,
       {alert_columns} from {alert_from} where a.id = %(id)s and {alert_visible}

-- name: alerts_by_id
-- The present state of these alerts, as far as the caller may see them.
select {alert_columns} from {alert_from} where a.id = any(%(ids)s) and {alert_visible}

-- name: history
-- The newest of what happened to one alert, in turn, for whom may see it.
select * from (
    select e.seq, e.at, e.act, e.actor, coalesce(ap.name, ac.login) as actor_name, e.reason, e.detail
    from event e
    join alert a on a.id = e.alert
    join vessel v on v.id = a.vessel
    left join account ac on ac.id = e.actor
    left join person ap on ap.id = ac.person
    where e.alert = %(id)s and {alert_visible}
    order by e.seq desc
    limit 2000) newest
order by seq

-- name: orders
-- Work orders the caller may see; `mine`: only those the caller leads or is asked to take.
select {alert_columns} from {alert_from}
where o.id is not null and {alert_visible}
  and (not %(mine)s or o.lead = %(me)s)
  and (%(status)s::text[] is null or o.status = any(%(status)s))
  and (%(cursor)s::bigint is null or o.id < %(cursor)s::bigint)
order by o.id desc
limit %(limit)s

-- name: order
-- One work order, if the caller may see its alert.
select {alert_columns} from {alert_from} where o.id = %(id)s and {alert_visible}

-- name: assignments
-- Who was asked for one order, in turn.
select sa.person, ap.name, ap.name_en, sa.level, sa.offered, sa.answered, sa.answer, sa.reason
from assignment sa
join person ap on ap.id = sa.person
join work_order o on o.id = sa.work_order
join alert a on a.id = o.alert
join vessel v on v.id = a.vessel
where sa.work_order = %(id)s and {alert_visible}
order by sa.id

-- name: vessels
-- Names and static facts of every vessel the caller may see.
select v.id, v.name, v.reg_no, v.class, v.registered, m.mmsi, v.length_m, v.gear, v.home_grid,
       v.home_port, v.association, v.interval_s
from vessel v {mmsi}
where v.id > 0 and {vessel_visible}
order by v.id

-- name: vessel
-- One vessel with its latest fix, if the caller may see it.
select v.id, v.name, v.reg_no, v.class, v.registered, m.mmsi, v.length_m, v.gear, v.home_grid,
       v.home_port, v.association, v.interval_s, v.wind_limit, v.crew, v.owner_name, v.owner_phone,
       g.name as grid_name, g.name_en as grid_name_en, ao.name as association_name,
       l.t, l.source, l.received, nullif(l.lon, 'NaN') as lon, nullif(l.lat, 'NaN') as lat,
       nullif(l.sog, 'NaN') as sog, nullif(l.cog, 'NaN') as cog,
       nullif(l.heading, 'NaN') as heading, nullif(l.battery, 'NaN') as battery,
       l.status, l.flags,
       exists (select from alert a join work_order lo on lo.alert = a.id
               where a.vessel = v.id and lo.lead = %(person)s
                 and lo.status in ('offered', 'accepted', 'in_progress')) as leading
from vessel v {mmsi}
left join sea_grid g on g.id = v.home_grid
left join party_org ao on ao.id = v.association
left join vessel_latest l on l.vessel = v.id
where v.id = %(id)s and {vessel_visible}

-- name: identities
-- What one vessel is known by; infinite bounds come as null.
select i.kind, i.value, nullif(i.valid_from, '-infinity') as valid_from,
       nullif(i.valid_to, 'infinity') as valid_to, i.confidence
from vessel_identity i join vessel v on v.id = i.vessel
where v.id = %(id)s and {vessel_visible}
order by i.kind, i.valid_from desc

-- name: transmitted
-- What the vessel's own transmitter last said of it.
select s.t, s.body
from vessel_static s join vessel v on v.id = s.vessel
where v.id = %(id)s and {vessel_visible}
order by s.t desc limit 1

-- name: seen
-- Whether the caller may see this vessel at all.
select v.id from vessel v where v.id = %(id)s and {vessel_visible}

-- name: track
-- One vessel's fixes in a time range, in order; at most one a bucket where there are too many.
select p.t, p.lon, p.lat, nullif(p.sog, 'NaN') as sog, nullif(p.cog, 'NaN') as cog
from position p join vessel v on v.id = p.vessel
where p.vessel = %(id)s and p.t >= %(since)s and p.t < %(until)s
  and p.lon <> 'NaN' and p.lat <> 'NaN' and {vessel_visible}
order by p.t, p.source
limit %(limit)s

-- name: track_thinned
-- The first fix of each bucket of so many seconds.
select distinct on (time_bucket(make_interval(secs => %(bucket)s), p.t))
       p.t, p.lon, p.lat, nullif(p.sog, 'NaN') as sog, nullif(p.cog, 'NaN') as cog
from position p join vessel v on v.id = p.vessel
where p.vessel = %(id)s and p.t >= %(since)s and p.t < %(until)s
  and p.lon <> 'NaN' and p.lat <> 'NaN' and {vessel_visible}
order by time_bucket(make_interval(secs => %(bucket)s), p.t), p.t, p.source
limit %(limit)s

-- name: hours
-- One vessel's hours of a time range, each with the leg from the hour before (as in rollup.sql).
select hour, fixes, distance_nm::float8 + coalesce(case when leg_nm <= %(jump_kn)s * leg_h
                                                        then leg_nm end, 0) as distance_nm,
       nullif(sog_mean, 'NaN') as sog_mean, nullif(sog_max, 'NaN') as sog_max,
       first_t, first_lon, first_lat, last_t, last_lon, last_lat, sources
from (
    select h.*, 2 * 60 * 180 / pi() * asin(least(1, sqrt(
               power(sin(radians(first_lat - lag(last_lat) over way) / 2), 2)
               + cos(radians(first_lat)) * cos(radians(lag(last_lat) over way))
                 * power(sin(radians(first_lon - lag(last_lon) over way) / 2), 2)))) as leg_nm,
           extract(epoch from first_t - lag(last_t) over way)::float8 / 3600 as leg_h
    from position_hour h join vessel v on v.id = h.vessel
    where h.vessel = %(id)s and h.hour >= %(since)s and h.hour < %(until)s and {vessel_visible}
    window way as (order by hour)) legs
order by hour

-- name: zones
-- Every zone in force, or with `ended` those that were.
select z.id, z.code, z.kind, z.name, z.name_en, z.rule, z.severity, z.season, z.classes,
       z.limit_kn, z.dwell_min, z.geometry, z.legal_basis, z.version, z.revision, z.ended
from zone z
where %(signed)s and (%(ended)s or z.ended is null)
order by z.id

-- name: zone
-- One zone, ended or not: alerts point to it.
select z.id, z.code, z.kind, z.name, z.name_en, z.rule, z.severity, z.season, z.classes,
       z.limit_kn, z.dwell_min, z.geometry, z.legal_basis, z.version, z.revision, z.ended
from zone z
where %(signed)s and z.id = %(id)s

-- name: zone_versions
-- Who changed one zone, when and why.
select zv.version, zv.revision, zv.at, zv.actor, coalesce(p.name, ac.login) as actor_name, zv.reason
from zone_version zv
left join account ac on ac.id = zv.actor
left join person p on p.id = ac.person
where %(signed)s and zv.zone = %(id)s
order by zv.version desc

-- name: grids
-- Every sea grid; its people only where the caller may see them.
select g.id, g.code, g.name, g.name_en, g.geometry, lp.id as leader, lp.name as leader_name,
    coalesce((select jsonb_agg(jsonb_build_object('person', p.id, 'name', p.name, 'rank', gm.rank)
                     order by gm.rank, p.id)
              from grid_member gm join person p on p.id = gm.person
              where gm.grid = g.id and p.active and {person_visible}), '[]') as members,
    coalesce((select jsonb_agg(jsonb_build_object('person', p.id, 'name', p.name,
                     'level', ds.level) order by ds.level, p.id)
              from duty_shift ds join person p on p.id = ds.person
              where ds.grid = g.id and now() >= ds.starts and now() < ds.ends
                and p.active and {person_visible}), '[]') as on_duty
from sea_grid g
left join lateral (select p.id, p.name from person p
                   where p.id = g.leader and {person_visible}) lp on true
where %(signed)s
order by g.id

-- name: members
-- People of the grids and the duty roster the caller may see.
select p.id as person, p.name, p.name_en, p.phone, po.name as org,
    coalesce((select jsonb_agg(jsonb_build_object('id', g.id, 'name', g.name,
                     'name_en', g.name_en, 'rank', gm.rank, 'leader', coalesce(g.leader = p.id, false)) order by g.id)
              from sea_grid g
              left join grid_member gm on gm.grid = g.id and gm.person = p.id
              where gm.person is not null or g.leader = p.id), '[]') as grids,
    exists (select from duty_shift ds where ds.person = p.id
            and now() >= ds.starts and now() < ds.ends) as on_duty,
    (select count(*) from work_order o where o.lead = p.id
        and o.status in ('offered', 'accepted', 'in_progress')) as open_orders
from person p
left join party_org po on po.id = p.org
where p.active and {person_visible}
order by p.id

-- name: feeds
-- Every feed and how it is.
select f.name, f.kind, f.address, f.format, f.state, f.detail, f.last_message, f.last_fix,
       f.messages, f.fixes, f.rejects, f.updated
from feed f where %(signed)s order by f.name

-- name: rules
-- The newest version of every rule's numbers, and who set them.
select distinct on (r.kind) r.kind, r.version, r.params, r.scopes, r.source, r.enabled, r.at,
       r.reason, r.actor, coalesce(p.name, ac.login) as actor_name
from rule_version r
left join account ac on ac.id = r.actor
left join person p on p.id = ac.person
where %(signed)s
order by r.kind, r.version desc

-- name: rule_versions
-- Who changed one kind's numbers, when and why, the newest first.
select r.kind, r.version, r.params, r.scopes, r.source, r.enabled, r.at, r.reason, r.actor,
       coalesce(p.name, ac.login) as actor_name
from rule_version r
left join account ac on ac.id = r.actor
left join person p on p.id = ac.person
where %(signed)s and r.kind = %(kind)s
order by r.version desc

-- name: rule_counts
-- Alerts and log entries the caller may see, by kind: open now, and begun within the day.
select a.kind, count(*) filter (where a.status in ({open})) as open,
       count(*) filter (where a.opened > now() - interval '1 day') as day
from alert a join vessel v on v.id = a.vessel
where (a.status in ({open}) or a.opened > now() - interval '1 day') and {alert_visible}
group by a.kind
union all
select e.kind, count(*) filter (where e.closed is null),
       count(*) filter (where e.opened > now() - interval '1 day')
from episode_log e join vessel v on v.id = e.vessel
where (e.closed is null or e.opened > now() - interval '1 day') and {vessel_own}
group by e.kind

-- name: workers
-- The heartbeat of every part, by the database's clock.
select w.part, w.started, w.beat, w.batch_at, w.watermark, w.lag_s, now() as now from worker w

-- name: overview
-- What the head of every screen says beside the heartbeat.
select (select count(*) from work_order o join alert a on a.id = o.alert
            join vessel v on v.id = a.vessel
        where o.status = 'unassigned' and {alert_visible}) as unassigned,
       coalesce((select s.seq from stream s where s.name = 'event'), 0) as event_seq,
       coalesce((select max(l.seq) from vessel_latest l), 0) as tick,
       coalesce((select true from setting where key = 'demo' and value not in ('false', 'null')),
                false) as demo,
       now() as now
