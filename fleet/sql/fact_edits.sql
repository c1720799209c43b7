-- What rules need from outside, as files and the API say it: boats, zones and orders by their codes.
-- "all" takes the caller's scope: who sees a boat sees what was declared of it.

-- name: group_all
-- Sailing groups, pairs, mother boats, tows: one row a member.
select t.code as "group", t.kind, v.reg_no, case when t.lead then 'lead' else 'member' end as role,
       nullif(t.starts, '-infinity') as valid_from, nullif(t.ends, 'infinity') as valid_to, t.demo
from tie t join vessel v on v.id = t.vessel
where {vessel_own} order by t.code, t.lead desc, v.reg_no

-- name: group_write
-- Members by group, boat and start.
insert into tie (code, kind, vessel, lead, starts, ends, demo)
select x."group", x.kind, v.id, coalesce(x.role = 'lead', false),
       coalesce(x.valid_from, '-infinity'), coalesce(x.valid_to, 'infinity'),
       coalesce(x.demo, false)
from jsonb_to_recordset(%(rows)s) as x("group" text, kind text, reg_no text, role text,
     valid_from timestamptz, valid_to timestamptz, demo boolean)
join vessel v on v.reg_no = x.reg_no
on conflict (code, vessel, starts) do update
set kind = excluded.kind, lead = excluded.lead, ends = excluded.ends, demo = excluded.demo

-- name: trip_all
-- Declared trips of the last two months.
select t.code as trip, v.reg_no, z.code as port, t.departs, t.returns, t.crew_out, t.crew_back,
       t.reported as reported_at, t.demo
from trip t join vessel v on v.id = t.vessel left join zone z on z.id = t.port
where {vessel_own} and t.departs > now() - interval '60 days' order by t.departs desc, t.code

-- name: trip_write
-- Trips by the number of their declaration.
insert into trip (code, vessel, port, departs, returns, crew_out, crew_back, reported, demo)
select x.trip, v.id, z.id, x.departs, x.returns, x.crew_out, x.crew_back,
       coalesce(x.reported_at, now()), coalesce(x.demo, false)
from jsonb_to_recordset(%(rows)s) as x(trip text, reg_no text, port text, departs timestamptz,
     returns timestamptz, crew_out smallint, crew_back smallint, reported_at timestamptz,
     demo boolean)
join vessel v on v.reg_no = x.reg_no left join zone z on z.code = x.port
on conflict (code) do update
set vessel = excluded.vessel, port = excluded.port, departs = excluded.departs,
    returns = excluded.returns, crew_out = excluded.crew_out, crew_back = excluded.crew_back,
    reported = excluded.reported, demo = excluded.demo

-- name: permit_all
-- Permits that are not over.
select p.code as permit, v.reg_no, p.activity, z.code as zone,
       nullif(p.starts, '-infinity') as valid_from, nullif(p.ends, 'infinity') as valid_to, p.demo
from permit p join vessel v on v.id = p.vessel left join zone z on z.id = p.zone
where {vessel_own} and p.ends > now() - interval '1 day' order by p.code

-- name: permit_write
-- Permits by their number.
insert into permit (code, vessel, activity, zone, starts, ends, demo)
select x.permit, v.id, x.activity, z.id, coalesce(x.valid_from, '-infinity'),
       coalesce(x.valid_to, 'infinity'), coalesce(x.demo, false)
from jsonb_to_recordset(%(rows)s) as x(permit text, reg_no text, activity text, zone text,
     valid_from timestamptz, valid_to timestamptz, demo boolean)
join vessel v on v.reg_no = x.reg_no left join zone z on z.code = x.zone
on conflict (code) do update
set vessel = excluded.vessel, activity = excluded.activity, zone = excluded.zone,
    starts = excluded.starts, ends = excluded.ends, demo = excluded.demo

-- name: certificate_all
-- What papers say: of each kind the one in force.
select v.reg_no, c.kind, c.value::numeric::float8 as value, c.issued,
       nullif(c.expires, 'infinity') as expires, c.demo
from certificate c join vessel v on v.id = c.vessel where {vessel_own} order by v.reg_no, c.kind

-- name: certificate_write
-- Certificates by boat and kind.
insert into certificate (vessel, kind, value, issued, expires, demo)
select v.id, x.kind, x.value, x.issued, coalesce(x.expires, 'infinity'), coalesce(x.demo, false)
from jsonb_to_recordset(%(rows)s) as x(reg_no text, kind text, value real, issued timestamptz,
     expires timestamptz, demo boolean)
join vessel v on v.reg_no = x.reg_no
on conflict (vessel, kind) do update
set value = excluded.value, issued = excluded.issued, expires = excluded.expires,
    demo = excluded.demo

-- name: port_all
-- How many boats each port or shelter holds.
select z.code as port, z.places as capacity from zone z
where %(signed)s and z.places is not null and z.ended is null order by z.code

-- name: port_write
-- Capacities by the zone's code; 0 is not known.
update zone z set places = nullif(x.capacity, 0)
from jsonb_to_recordset(%(rows)s) as x(port text, capacity integer)
where z.code = x.port and z.ended is null

-- name: order_all
-- Recall orders as a file says them.
select r.code as "order", 'recall' as kind, r.action,
       case when z.code is null then array[]::text[] else array[z.code] end as areas,
       r.issued, r.deadline, r.title, r.demo
from recall r left join zone z on z.id = r.zone where %(signed)s order by r.issued desc, r.code

-- name: order_write
-- Recall orders by their code.
insert into recall (code, title, action, zone, issued, deadline, actor, demo)
select x."order", coalesce(x.title, ''), x.action, z.id, x.issued, x.deadline, %(actor)s,
       coalesce(x.demo, false)
from jsonb_to_recordset(%(rows)s) as x("order" text, title text, action text, areas text[],
     issued timestamptz, deadline timestamptz, demo boolean)
left join zone z on z.code = x.areas[1]
on conflict (code) do update
set title = excluded.title, action = excluded.action, zone = excluded.zone,
    issued = excluded.issued, deadline = excluded.deadline, demo = excluded.demo

-- name: order_status_all
-- What boats answered.
select r.code as "order", v.reg_no, a.answer as status, a.at, a.note
from recall_answer a join recall r on r.id = a.recall join vessel v on v.id = a.vessel
where {vessel_own} order by r.code, v.reg_no

-- name: order_status_write
-- Answers by order and boat.
insert into recall_answer (recall, vessel, answer, at, actor, note)
select r.id, v.id, x.status, coalesce(x.at, now()), %(actor)s, coalesce(x.note, '')
from jsonb_to_recordset(%(rows)s) as x("order" text, reg_no text, status text, at timestamptz,
     note text)
join recall r on r.code = x."order" join vessel v on v.reg_no = x.reg_no
on conflict (recall, vessel) do update
set answer = excluded.answer, at = excluded.at, actor = excluded.actor, note = excluded.note

-- name: wind_write
-- One field: a forecast cycle or measurement, and the time it is valid for.
insert into wind (issued, valid, observed, lats, lons, force_bf)
values (%(issued)s, %(valid)s, %(observed)s, %(lats)s, %(lons)s, %(force_bf)s)
on conflict (observed, issued, valid) do update
set lats = excluded.lats, lons = excluded.lons, force_bf = excluded.force_bf

-- name: wind_over
-- Fields of a week ago help nobody.
delete from wind where valid < now() - interval '7 days'

-- name: depth_write
-- The grid, whole.
insert into depth (id, lats, lons, metres) values (1, %(lats)s, %(lons)s, %(metres)s)
on conflict (id) do update
set lats = excluded.lats, lons = excluded.lons, metres = excluded.metres

-- name: known_vessel
-- Which of these boats there are.
select v.reg_no as code from vessel v where v.reg_no = any(%(codes)s)

-- name: known_zone
-- Which of these zones there are, in force.
select z.code from zone z where z.code = any(%(codes)s) and z.ended is null

-- name: known_order
-- Which of these recall orders there are.
select r.code from recall r where r.code = any(%(codes)s)

-- name: summary
-- How many rows of each kind there are, and who changed it last.
select k.kind, k.n, c.at, c.actor, coalesce(p.name, ac.login) as actor_name
from (select 'groups' as kind, count(*) as n from tie union all
      select 'trips', count(*) from trip union all
      select 'permits', count(*) from permit union all
      select 'certificates', count(*) from certificate union all
      select 'ports', count(*) from zone where places is not null and ended is null union all
      select 'orders', count(*) from recall where ended is null union all
      select 'order_status', count(*) from recall_answer union all
      select 'wind', count(*) from wind union all
      select 'depth', count(*) from depth) k
left join fact_change c on c.kind = k.kind
left join account ac on ac.id = c.actor
left join person p on p.id = ac.person
where %(signed)s order by k.kind

-- name: order_status_spare
-- Boats of another length than an order names are exempt from it, unless they said something.
insert into recall_answer (recall, vessel, answer, actor, note)
select r.id, v.id, 'exempt', %(actor)s, 'length'
from jsonb_to_recordset(%(rows)s) as x("order" text, length_min_m float8, length_max_m float8)
join recall r on r.code = x."order"
join vessel v on v.registered and (v.length_m < x.length_min_m or v.length_m > x.length_max_m)
on conflict do nothing

-- name: recalls
-- Recall orders, the newest first.
select r.id, r.code, r.title, r.action, z.code as area, r.zone, r.issued, r.deadline, r.ended
from recall r left join zone z on z.id = r.zone
where %(signed)s and (%(id)s::int is null or r.id = %(id)s) order by r.issued desc, r.id desc

-- name: recall_end
-- The order is over.
update recall set ended = now() where id = %(id)s and ended is null

-- name: recall_boats
-- Registered fishing boats the caller may see: the last fix of each, and what it answered.
select v.id, v.reg_no, v.name, l.t, l.lon, l.lat, l.sog, l.cog, a.answer, a.at, a.note
from vessel v
left join vessel_latest l on l.vessel = v.id
left join recall_answer a on a.vessel = v.id and a.recall = %(id)s
where v.registered and v.class = 1 and {vessel_own} order by v.reg_no

-- name: ports
-- Each port: boats in it, arrivals and departures of the day, places. As far as the caller sees.
select z.id, z.code, z.name, z.name_en, z.places,
       count(*) filter (where e.closed is null and e.vessel is not null) as in_port,
       count(*) filter (where e.closed is null and l.sog < %(berthed_kn)s) as berthed,
       count(*) filter (where e.opened >= %(since)s) as arrivals,
       count(*) filter (where e.closed >= %(since)s) as departures
from zone z
left join (episode_log e join vessel v on v.id = e.vessel and {vessel_own}
           left join vessel_latest l on l.vessel = e.vessel)
       on e.kind = 'port_visit' and e.other = z.id
          and (e.closed is null or e.closed >= %(since)s or e.opened >= %(since)s)
where %(signed)s and z.kind = 'port' and z.ended is null
group by z.id order by z.code

-- name: at_sea
-- Registered fishing boats in no port.
select count(*) as n from vessel v
where v.registered and v.class = 1 and {vessel_own}
  and not exists (select from episode_log e where e.vessel = v.id and e.kind = 'port_visit'
                                              and e.closed is null)

-- name: port_visits
-- Visits that ended since, or go on; the newest first.
select e.vessel, v.name as vessel_name, v.reg_no, z.id as port, z.code as port_code,
       z.name as port_name, e.opened as arrived, e.closed as departed
from episode_log e join vessel v on v.id = e.vessel join zone z on z.id = e.other
where e.kind = 'port_visit' and {vessel_own} and (%(port)s::text is null or z.code = %(port)s)
  and (e.closed is null or e.closed >= %(since)s)
order by e.opened desc, e.vessel limit %(limit)s
