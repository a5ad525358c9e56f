-- A house as version 0001 kept it: phase 1 settled with 123, with a void ticket, phase 2 open; bets on
-- 321 in the first and 500 in the second count in part. Leaves, seal, fingerprints and bodies are what
-- that version wrote. Users: 4 Su, 5 Aung (15 %, brought in by 2, Ko), 6 Khin.

insert into users (id, username, role, password_hash, commission_rate, partner_id)
overriding system value
values
    (1, 'thida', 'admin', '-', 0, null),
    (2, 'ko', 'partner', '-', 10, null),
    (3, 'min', 'manager', '-', 0, null),
    (4, 'su', 'cashier', '-', 0, null),
    (5, 'aung', 'collector', '-', 15, 2),
    (6, 'khin', 'collector', '-', 0, null);

insert into accounts (id, user_id, kind, balance, floor, credit_limit, credit_approved, last_sequence)
values
    (101, 2, 'cash', 0, 0, null, null, 0),
    (102, 2, 'bonus', 0, 0, null, null, 0),
    (103, 2, 'credit', 0, 0, 0, false, 0),
    (104, 5, 'cash', 1389.82, 0, null, null, 5),
    (105, 5, 'bonus', 0, 0, null, null, 0),
    (106, 5, 'credit', 0, 0, 0, false, 0),
    (107, 6, 'cash', 938.99, 0, null, null, 6),
    (108, 6, 'bonus', 0, 0, null, null, 0),
    (109, 6, 'credit', 0, 0, 0, false, 0);

insert into phases (
    id, name, state, permutation, created_by, created_at, opened_at, closed_at, settled_at
)
overriding system value
values
    (1, 'Nov-16', 'settled', 10, 1, '2025-11-16 05:00:00+00', '2025-11-16 05:00:01+00',
        '2025-11-16 05:59:00+00', '2025-11-16 05:59:30+00'),
    (2, 'second', 'open', 0, 1, '2025-11-16 06:00:00+00', '2025-11-16 06:00:01+00', null, null);

insert into phase_totals (
    phase_id, version, last_sequence, total_in, commission, ticket_count, bet_count
)
values
    (1, 4, 3, 16.51, 0.82, 2, 4),
    (2, 2, 2, 110.50, 1.58, 2, 4);

insert into exposures (phase_id, number)
select phases.id, number
from phases
cross join generate_series(0, 999) as number;

update exposures
set
    total_bet = staked.total_bet,
    weight = staked.weight,
    factor = staked.factor
from (
    values
        (1, 7, 1.01, 1.01, 1.00),
        (1, 123, 5.00, 5.00, 1.00),
        (1, 321, 10.50, 5.50, 0.50),
        (2, 0, 1.00, 1.00, 1.00),
        (2, 500, 102.50, 25.625, 0.25),
        (2, 999, 7.00, 7.00, 1.00)
) as staked (phase_id, number, total_bet, weight, factor)
where exposures.phase_id = staked.phase_id
    and exposures.number = staked.number;

insert into transfers (id, reason, actor_id, phase_id, note)
overriding system value
values
    (1, 'deposit', 4, null, 'over the counter'),
    (2, 'deposit', 4, null, 'over the counter'),
    (3, 'stake', 5, 1, null),
    (4, 'stake', 6, 1, null),
    (5, 'stake', 6, 1, null),
    (6, 'void', 6, 1, null),
    (7, 'payout', 3, 1, null),
    (8, 'payout', 3, 1, null),
    (9, 'commission', 3, 1, null),
    (10, 'stake', 5, 2, null),
    (11, 'stake', 6, 2, null);

insert into entries (transfer_id, account_id, amount, balance_after, sequence)
values
    (1, 104, 1000.00, 1000.00, 1), (1, 4, -1000.00, null, null),
    (2, 107, 1000.00, 1000.00, 1), (2, 4, -1000.00, null, null),
    (3, 104, -5.50, 994.50, 2), (3, 1, 5.50, null, null),
    (4, 107, -11.01, 988.99, 2), (4, 1, 11.01, null, null),
    (5, 107, -3.00, 985.99, 3), (5, 1, 3.00, null, null),
    (6, 107, 3.00, 988.99, 4), (6, 1, -3.00, null, null),
    (7, 104, 405.00, 1399.50, 3), (7, 2, -405.00, null, null),
    (8, 107, 50.00, 1038.99, 5), (8, 2, -50.00, null, null),
    (9, 104, 0.82, 1400.32, 4), (9, 3, -0.82, null, null),
    (10, 104, -10.50, 1389.82, 5), (10, 1, 10.50, null, null),
    (11, 107, -100.00, 938.99, 6), (11, 1, 100.00, null, null);

insert into tickets (
    phase_id, sequence, id, collector_id, partner_id, text, note, total, bet_count, commission_rate,
    commission, balance_after, transfer_id, leaf, placed_at, voided_at, voided_by, void_transfer_id
)
values
    (1, 1, '019a8d2e-0a11-7642-a228-9f8b422a523e', 5, 2, e'123 5\n321 0.50', null, 5.50, 2, 15.00, 0.82, 994.50, 3,
        '\xcdcab7c5d4503ac6b3e2b0a5ed2d9a382a57be51c5a0db187ff1177753a6e1ac',
        '2025-11-16 05:01:07.720062+00', null, null, null),
    (1, 2, '019a8d2e-0a12-7bd7-b6f3-ba0b92465114', 6, null, e'321 10\n007 1.01', 'for uncle', 11.01, 2, 0.00, 0.00, 988.99, 4,
        '\xf75eaffafd3ae0569dff9915a8e4d9231fdf3e89cbcf503880e814c2832d5242',
        '2025-11-16 05:02:00+00', null, null, null),
    (1, 3, '019a8d2e-0a13-7a1f-b69c-7167acf25d15', 6, null, '321 3', null, 3.00, 1, 0.00, 0.00, 985.99, 5,
        '\x85c861265caad075c15f2995afb7545045476e7c5ee1de1b5eacfb5df68ee5fc',
        '2025-11-16 05:03:00.000100+00', '2025-11-16 05:03:30+00', 6, 6),
    (2, 1, '019a8d2e-0a14-7bd3-98a1-5232ccec54db', 5, 2, e'000 1\n500 2.50\n999 7', null, 10.50, 3, 15.00, 1.58, 1389.82, 10,
        '\xcbfab119783f6522ab7cccd29958e771c9aabc65b3ce15bbd092dc08fc626088',
        '2025-11-16 06:01:00.500000+00', null, null, null),
    (2, 2, '019a8d2e-0a15-7641-b7bb-496cfc226b44', 6, null, '500 100', null, 100.00, 1, 0.00, 0.00, 938.99, 11,
        '\x0181b8a30f1a21ef8edba8a209a19373646756f3d2b2532f52435855675071ea',
        '2025-11-16 06:02:00.759796+00', null, null, null);

insert into bets (phase_id, sequence, number, amount, factor)
values
    (1, 1, 123, 5.00, 1.00),
    (1, 1, 321, 0.50, 1.00),
    (1, 2, 7, 1.01, 1.00),
    (1, 2, 321, 10.00, 0.50),
    (1, 3, 321, 3.00, 0.50),
    (2, 1, 0, 1.00, 1.00),
    (2, 1, 500, 2.50, 0.25),
    (2, 1, 999, 7.00, 1.00),
    (2, 2, 500, 100.00, 0.25);

insert into settlements (
    phase_id, number, total_in, total_out, commission, net_profit, ticket_count, bet_count,
    payout_count, tree_root, seal, closed_by, closed_at, settled_by, settled_at
)
values (
    1, 123, 16.51, 455.00, 0.82, -439.31, 2, 4, 3,
    '\x641362eb9bf7f735740cd5bbf0441762390d96be176ea3fa2c2e34314ff2a7ac',
    '\xdea3582335ff0bf27070eb3581ea3a9c16ce527c511e13ded4ce30ebff9a5dd7',
    3, '2025-11-16 05:59:00+00', 3, '2025-11-16 05:59:30+00'
);

insert into payouts (phase_id, sequence, number, multiplier, amount, transfer_id)
values
    (1, 1, 123, 80.00, 400.00, 7),
    (1, 1, 321, 10.00, 5.00, 7),
    (1, 2, 321, 10.00, 50.00, 8);

insert into commissions (phase_id, collector_id, amount, transfer_id)
values (1, 5, 0.82, 9);

insert into requests (actor_id, operation, key, fingerprint, status, body)
values
    (4, 'deposit', 'first', '\xf787d470230b8914ba33a59afde72775d4db9bf718fd7f0f6f246e0b2c2bd0e2', 201,
        '{"transfer_id":"1","user_id":"5","amount":"1000.00","cash_balance":"1000.00","bonus_balance":"0.00","credit_balance":"0.00","credit_limit":"0.00","credit_approved":false,"total_balance":"1000.00","available":"1000.00"}'),
    (4, 'deposit', 'next', '\xf787d470230b8914ba33a59afde72775d4db9bf718fd7f0f6f246e0b2c2bd0e2', 201,
        '{"transfer_id":"2","user_id":"6","amount":"1000.00","cash_balance":"1000.00","bonus_balance":"0.00","credit_balance":"0.00","credit_limit":"0.00","credit_approved":false,"total_balance":"1000.00","available":"1000.00"}'),
    (5, 'place', 'first', '\x2aebadc81ab81635ac9f7d73f3aff31e56e6100f7d5b324ed51877cb9974e1a5', 201,
        '{"id":"019a8d2e-0a11-7642-a228-9f8b422a523e","sequence":1,"bets":[{"number":"123","amount":"5.00"},{"number":"321","amount":"0.50"}],"count":2,"total":"5.50","commission":"0.82","balance":"994.50","placed_at":"2025-11-16T05:01:07.720062Z"}'),
    (6, 'place', '~!k', '\xde1b53dacb0f4df23913c44b155c9263a0de0d68ec13470ec157101a96cc68f3', 201,
        '{"id":"019a8d2e-0a12-7bd7-b6f3-ba0b92465114","sequence":2,"bets":[{"number":"007","amount":"1.01"},{"number":"321","amount":"10.00"}],"count":2,"total":"11.01","commission":"0.00","balance":"988.99","placed_at":"2025-11-16T05:02:00Z"}'),
    (6, 'place', 'gone', '\x4f9352271eac11728fcf3cadcafdacfb9c9a2ac1e0650c0ae0ec0139f28e320d', 201,
        '{"id":"019a8d2e-0a13-7a1f-b69c-7167acf25d15","sequence":3,"bets":[{"number":"321","amount":"3.00"}],"count":1,"total":"3.00","commission":"0.00","balance":"985.99","placed_at":"2025-11-16T05:03:00.000100Z"}'),
    (5, 'place', 'second', '\x72e0c1ce13239c06203f2193bea1e3a11425edd5cfa3cbb1c81cf0992f81895c', 201,
        '{"id":"019a8d2e-0a14-7bd3-98a1-5232ccec54db","sequence":1,"bets":[{"number":"000","amount":"1.00"},{"number":"500","amount":"2.50"},{"number":"999","amount":"7.00"}],"count":3,"total":"10.50","commission":"1.58","balance":"1389.82","placed_at":"2025-11-16T06:01:00.500000Z"}'),
    (6, 'place', 'first', '\xda9683d77fddb11d0e435cf8f62325585a55f7a416c3c4e6a4560651db1a92c7', 201,
        '{"id":"019a8d2e-0a15-7641-b7bb-496cfc226b44","sequence":2,"bets":[{"number":"500","amount":"100.00"}],"count":1,"total":"100.00","commission":"0.00","balance":"938.99","placed_at":"2025-11-16T06:02:00.759796Z"}');

select
    setval(pg_get_serial_sequence('users', 'id'), 6),
    setval(pg_get_serial_sequence('accounts', 'id'), 109),
    setval(pg_get_serial_sequence('phases', 'id'), 2),
    setval(pg_get_serial_sequence('transfers', 'id'), 11);
