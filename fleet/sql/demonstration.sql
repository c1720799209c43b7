-- name: mark
-- This database holds a demonstration.
insert into setting (key, value) values ('demo', %(value)s)
    on conflict (key) do update set value = excluded.value

-- name: marked
-- What the database is: a demonstration, a port, or neither yet.
select (select value from setting where key = 'demo') as demo,
       (select value from setting where key = 'port') as port

-- name: found
-- Demonstration rows, by noun.
select (select count(*) from party_org where demo) as orgs,
       (select count(*) from person where demo) as people,
       (select count(*) from account where demo) as accounts,
       (select count(*) from sea_grid where demo) as grids,
       (select count(*) from duty_shift where demo) as shifts,
       (select count(*) from zone where demo) as zones,
       (select count(*) from vessel where demo) as vessels

-- name: registered
-- Whether there is a register of real boats.
select exists (select from vessel where registered and not demo) as there

-- name: own
-- A port's beginning.
insert into setting (key, value) values ('port', %(value)s)

-- name: working
-- A worker that was alive a moment ago keeps vessels in memory.
select part, pid, host from worker where beat > now() - interval '15 seconds' limit 1

-- name: remove_01_outbox
-- Notices about demonstration alerts.
delete from outbox where alert in (select a.id from alert a join vessel v on v.id = a.vessel
                                    where v.demo)

-- name: remove_02_events
-- The history of demonstration vessels.
delete from event where vessel in (select id from vessel where demo)
    or alert in (select a.id from alert a join vessel v on v.id = a.vessel where v.demo)
    or work_order in (select o.id from work_order o join alert a on a.id = o.alert
                                       join vessel v on v.id = a.vessel where v.demo)

-- name: remove_03_orders
-- Their orders, with the assignments.
delete from work_order where alert in (select a.id from alert a join vessel v on v.id = a.vessel
                                        where v.demo)

-- name: remove_04_children
-- A real alert stands alone when the demonstration's roll-up above it goes.
update alert set parent = null
 where parent in (select a.id from alert a join vessel v on v.id = a.vessel where v.demo)

-- name: remove_04_shelves
-- What was silenced of demonstration vessels.
delete from shelf where vessel in (select id from vessel where demo)

-- name: remove_05_alerts
-- Alerts of demonstration vessels.
delete from alert where vessel in (select id from vessel where demo)

-- name: remove_06_positions
-- Their tracks.
delete from position where vessel in (select id from vessel where demo)

-- name: remove_06_positions_hours
-- Their statistics.
delete from position_hour where vessel in (select id from vessel where demo)

-- name: remove_06_positions_marks
-- Hours of theirs that wait to be rolled up.
delete from position_dirty where vessel in (select id from vessel where demo)

-- name: remove_06_positions_texts
-- What they said.
delete from safety_message where vessel in (select id from vessel where demo)

-- name: remove_06_positions_records
-- And whatever else they sent.
delete from ais_record where vessel in (select id from vessel where demo)

-- name: remove_07_latest
-- Where they were last.
delete from vessel_latest where vessel in (select id from vessel where demo)

-- name: remove_08_vessels
-- The vessels, with identities and what they said of themselves.
delete from vessel where demo

-- name: remove_08_zone_recalls
-- Recall orders of the demonstration, or for its waters, with what boats answered.
delete from recall where demo or zone in (select id from zone where demo)

-- name: remove_08_zone_trips
-- What real boats declared of its ports: the boat stays, the trip without the port.
update trip set port = null where port in (select id from zone where demo)

-- name: remove_08_zone_permits
-- A permit for its waters is none for wherever: it goes.
delete from permit where zone in (select id from zone where demo)

-- name: remove_08_zone_sky
-- Its weather. A demonstration's database has no other.
delete from wind where exists (select from setting where key = 'demo')

-- name: remove_08_zone_soundings
-- And its depths.
delete from depth where exists (select from setting where key = 'demo')

-- name: remove_09_zones
-- Zones, with their versions.
delete from zone where demo

-- name: remove_10_assignments
-- Real orders that lay with demonstration people are nobody's again.
delete from assignment where person in (select id from person where demo)

-- name: remove_11_leads
-- Their open orders go to the top of the list.
update work_order
   set lead = null, version = version + 1, basis = 'none', accept_by = null,
       status = case when status in ('closed', 'void') then status else 'unassigned' end
 where lead in (select id from person where demo)

-- name: remove_12_accounts
-- Sign-ins, with their sessions.
delete from account where demo

-- name: remove_13_owners
-- A real account stays when the demonstration person or body behind it goes.
update account
   set person = (select id from person p where p.id = account.person and not p.demo),
       org = (select id from party_org o where o.id = account.org and not o.demo)
 where person in (select id from person where demo) or org in (select id from party_org where demo)

-- name: remove_14_leaders
-- A real grid or person stays as well.
update sea_grid
   set leader = (select id from person p where p.id = sea_grid.leader and not p.demo),
       org = (select id from party_org o where o.id = sea_grid.org and not o.demo)
 where not demo and (leader in (select id from person where demo)
                     or org in (select id from party_org where demo))

-- name: remove_15_shifts
-- Duty of the demonstration.
delete from duty_shift where demo

-- name: remove_16_grids
-- Grids, with their members.
delete from sea_grid where demo

-- name: remove_17_people
-- People.
delete from person where demo

-- name: remove_18_belonging
-- Real people and bodies under a demonstration body.
update person set org = null where org in (select id from party_org where demo)

-- name: remove_19_parents
-- See above.
update party_org set parent = null where parent in (select id from party_org where demo)

-- name: remove_20_orgs
-- Bodies.
delete from party_org where demo

-- name: remove_21_feeds
-- The simulators' feeds and what could not be read of them.
with gone as (
    delete from feed where name = any(%(feeds)s) or kind = 'spool' returning name
)
delete from reject_sample where feed in (select name from gone)

-- name: remove_22_stations
-- Receivers, where nothing that they heard is left.
delete from station where not exists (select from position)

-- name: remove_23_snapshot
-- The engine's state knows those vessels: it is built anew from what is left.
delete from snapshot

-- name: remove_24_journal
-- What was fed since goes with it.
delete from journal

-- name: remove_25_worker
-- The heartbeat of the worker that watched it: a port's monitoring never stopped, it never began.
delete from worker where exists (select from setting where key = 'demo')

-- name: remove_26_mark
-- No demonstration any more.
delete from setting where key = 'demo'

-- name: remove_27_hint
-- Whoever keeps zones and vessels in memory reads them again.
select pg_notify('fleet_config', nextval('config_revision')::text)
