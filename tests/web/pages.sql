-- More of the small port, for the command centre's pages: two harbours, sixty boats in every state of
-- a roll call, a recall order in force, declared trips and groups.
update zone set places = null;
update vessel_latest set cog = 180 where vessel = 1;  -- for no shelter
insert into zone (id, code, kind, name, name_en, rule, severity, places, geometry) overriding system value
values (11, 'YAZHOU', 'port', '崖州中心渔港', 'Yazhou harbour', 'area', 1, 40,
    '{"type":"Polygon","coordinates":[[[109.1,18.3],[109.2,18.3],[109.2,18.4],[109.1,18.4],[109.1,18.3]]]}'),
    (12, 'SANYA', 'port', '三亚港', 'Sanya harbour', 'area', 1, 300,
    '{"type":"Polygon","coordinates":[[[109.4,18.2],[109.5,18.2],[109.5,18.3],[109.4,18.3],[109.4,18.2]]]}'),
    (13, 'YINGGE', 'port', '莺歌海港', 'Yinggehai harbour', 'area', 1, null,
    '{"type":"Polygon","coordinates":[[[108.6,18.5],[108.7,18.5],[108.7,18.6],[108.6,18.6],[108.6,18.5]]]}');
insert into zone_version (zone, version, revision, body)
    select id, version, revision, to_jsonb(zone) from zone where id > 10;
insert into vessel (id, reg_no, name, class, registered, home_grid, owner_name, owner_phone, length_m)
    overriding system value
    select 100 + i, '琼三亚渔1' || lpad(i::text, 4, '0'), '琼三亚渔1' || lpad(i::text, 4, '0'), 1, true,
           1 + i % 2, '船主' || i, '1391000' || lpad(i::text, 4, '0'), 20 + i % 20
    from generate_series(1, 60) i;
-- 1 to 37 lie in Yazhou; 38 to 44 come home; 45 to 49 are silent; 50 to 60 go on fishing.
insert into vessel_latest (vessel, t, source, received, lon, lat, sog, cog, heading, battery, status,
                           flags, seq)
    select 100 + i, now() - case when i between 45 and 49 then interval '3 hours' else interval '40 seconds' end,
           2, now(), case when i <= 37 then 109.12 + i * 0.002 else 109.14 + i * 0.0005 end,
           case when i <= 37 then 18.35 else 17.6 end,
           case when i <= 37 then 0 when i <= 44 then 8 else 3 end,
           case when i between 38 and 44 then 359 else 180 end, 'NaN', 80, 7, 0, 1
    from generate_series(1, 60) i;
insert into recall (id, code, title, action, issued, deadline) overriding system value values
    (1, 'ZT-18', '防御第18号台风回港避风', 'return', now() - interval '4 hours', now() + interval '8 hours'),
    (2, 'ZT-16', '防御第16号台风回港避风', 'return', now() - interval '60 days', now() - interval '59 days');
update recall set ended = now() - interval '58 days' where id = 2;
select setval('recall_id_seq', 100);
insert into recall_answer (recall, vessel, answer) values
    (1, 151, 'acknowledged'), (1, 152, 'acknowledged'), (1, 160, 'manoeuvre'), (1, 159, 'ashore');
insert into episode_log (kind, vessel, other, opened, closed)
    select 'port_visit', 100 + i, 11, now() - make_interval(mins => 37 * i), null from generate_series(1, 37) i
    union all
    select 'port_visit', 100 + i, 12, now() - make_interval(hours => 30 + i), now() - make_interval(mins => i)
    from generate_series(50, 60) i;
insert into tie (code, kind, vessel, lead)
    select 'BZ-' || i / 5, 'sailing', 101 + i, i % 5 = 0 from generate_series(0, 19) i;
insert into trip (code, vessel, port, departs, returns, crew_out)
    select 'T' || i, 100 + i, 11, now() - interval '1 day', now() + interval '5 hours', 8
    from generate_series(50, 60) i;
-- A number in no register, with a name that nobody should trust.
insert into vessel (id, name, class, registered) overriding system value
    values (201, '<b>NET07-81%</b>', 1, false);
insert into vessel_identity (kind, value, vessel) values ('mmsi', '412777001', 201);
insert into vessel_latest (vessel, t, source, received, lon, lat, sog, cog, heading, battery, status,
                           flags, seq)
    values (201, now() - interval '1 minute', 1, now(), 109.101, 18.101, 0.2, 10, 'NaN', 'NaN', 15, 0, 1);
insert into vessel_static (vessel, t, body)
    values (201, now(), '{"name": "<b>NET07-81%</b>", "callsign": "BX7"}');
