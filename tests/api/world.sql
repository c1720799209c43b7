insert into party_org (id, code, tier, kind, name) overriding system value values
    (1, 'O1', '1', '大党委', '崖州港'), (2, 'O2', 'N', '协会', '渔业协会');
insert into person (id, code, name, name_en, org, phone) overriding system value values
    (1, 'P1', '林', 'Lin', 1, '13800000001'),
    (2, 'P2', '王', 'Wang', 1, '13800000002'),
    (3, 'P3', '陈', 'Chen', 1, '13800000003'),
    (9, 'P9', '指挥', 'Chief', 1, '13800000009');
insert into sea_grid (id, code, name, leader, geometry) overriding system value values
    (1, 'G1', '一号网格', null, '{"type":"Polygon","coordinates":[[[109,18],[109.2,18],[109.2,18.2],[109,18.2],[109,18]]]}'),
    (2, 'G2', '二号网格', null, '{"type":"Polygon","coordinates":[[[109.2,18],[109.4,18],[109.4,18.2],[109.2,18.2],[109.2,18]]]}');
insert into grid_member values (1, 1), (2, 2);
insert into duty_shift (person, grid, level, starts, ends) values
    (1, 1, 1, now() - interval '1 hour', now() + interval '8 hours'),
    (2, 2, 1, now() - interval '1 hour', now() + interval '8 hours');
insert into vessel (id, reg_no, name, class, registered, home_grid, association, owner_name,
                    owner_phone, length_m) overriding system value values
    (1, '琼三亚渔00001', '琼三亚渔00001', 1, true, 1, null, '林老大', '13900000001', 24),
    (2, '琼三亚渔00002', '琼三亚渔00002', 1, true, 2, null, '王老大', '13900000002', 24),
    (3, '琼三亚渔00003', '琼三亚渔00003', 1, true, null, 2, '陈老大', '13900000003', 30),
    (4, null, 'EVER <b>GREEN</b>', 2, false, null, null, '', '', 300);
insert into vessel_identity (kind, value, vessel) values
    ('mmsi', '412000001', 1), ('mmsi', '412000002', 2), ('mmsi', '412000003', 3),
    ('terminal', 'T-1', 1);
insert into vessel_static values (1, now(), '{"callsign":"BABC"}');
insert into vessel_latest values
    (1, now(), 2, now(), 109.1, 18.1, 5.5, 123.4, 'NaN', 80, -1, 4, 1),
    (2, now(), 1, now(), 109.3, 18.1, 'NaN', 'NaN', 'NaN', 'NaN', 0, 0, 1),
    (3, now() - interval '1 hour', 1, now(), 109.5, 18.1, 0, 0, 'NaN', 'NaN', 7, 3, 2),
    (4, now(), 1, now(), 108.5, 17.5, 14.2, 359.99, 90, 'NaN', 0, 0, 3);
insert into zone (id, code, kind, name, name_en, rule, severity, geometry) overriding system value
values (1, 'Z1', 'reserve', '珊瑚保护区', 'Coral reserve', 'keep_out', 2,
    '{"type":"Polygon","coordinates":[[[109,18],[109.1,18],[109.1,18.1],[109,18.1],[109,18]]]}');
insert into zone_version (zone, version, revision, body)
    select id, version, revision, to_jsonb(zone) from zone;
insert into alert (id, kind, vessel, other, episode, severity, status, last_seen, lon, lat, grid,
                   evidence) overriding system value values
    (1, 'zone_enter', 1, 1, now(), 2, 'active', now(), 109.1, 18.1, 1, '{"fixes":3}'),
    (2, 'gap', 2, 0, now(), 3, 'active', now(), 'NaN', 'NaN', 2, '{}'),
    (3, 'distress', 3, 0, now(), 4, 'active', now(), 109.5, 18.1, null, '{}');
insert into shelf (id, kind, vessel, severity, alert, reason, until) overriding system value values
    (1, 'speed', 1, 2, 1, 'at the berth', now() + interval '1 hour'),
    (2, 'speed', 2, 2, 2, 'at the berth', now() + interval '1 hour'),
    (3, 'speed', 3, 2, 3, 'at the berth', now() + interval '1 hour');
insert into work_order (id, alert, status, severity, grid, basis, reason, lead, accept_by)
    overriding system value values
    (1, 1, 'offered', 2, 1, 'position', 'member_on_duty basis=position grid=G1 load=0', 1,
     now() + interval '10 minutes'),
    (2, 2, 'offered', 3, 2, 'position', 'member_on_duty', 2, now() + interval '10 minutes'),
    (3, 3, 'unassigned', 4, null, 'none', 'nobody_on_duty', null, now() + interval '1 hour');
insert into assignment (work_order, person, level) values (1, 1, 1), (2, 2, 1);
insert into feed (name, kind, address, format, state, messages, fixes, rejects) values
    ('ais', 'tcp_client', '127.0.0.1:4001', 'nmea', 'up', 100, 90, '{"checksum": 3}');
insert into rule_version (kind, version, params, source) values
    ('gap', 1, '{"yellow_min": 30}', 'domain.md A.2');
insert into recall (id, code, action, issued, deadline) overriding system value values
    (1, 'R1', 'return', now() - interval '1 hour', now() + interval '1 day');
insert into worker (part, started, beat, batch_at, watermark, lag_s, pid, host)
    values ('main', now(), now(), now(), now(), 0.2, 1, 'here');
insert into event (seq, alert, work_order, vessel, grid, act) values
    (1, 1, null, 1, 1, 'open'), (2, 1, 1, 1, 1, 'offer'), (3, 2, null, 2, 2, 'open'),
    (4, 3, null, 3, null, 'open');
update stream set seq = 4 where name = 'event';
insert into position
    select 1, now() - make_interval(secs => 10 * i), 1, now(), 109.1 - i * 0.001,
           18.1 + case when i > 50 then (i - 50) * 0.001 else 0 end, 5, 90, 'NaN', 'NaN', 0, 0, '{1}'
    from generate_series(1, 100) i;
select setval('vessel_id_seq', 100), setval('zone_id_seq', 100), setval('sea_grid_id_seq', 100),
       setval('person_id_seq', 100), setval('party_org_id_seq', 100),
       setval('alert_id_seq', 100), setval('work_order_id_seq', 100),
       setval('recall_id_seq', 100), setval('shelf_id_seq', 100);
