-- name: make_ready#
-- For the time of the connection: the slips that a filling repeats, the tickets of one batch, and a
-- field of a leaf (rules/seal).
create temporary table patterns (
    place integer primary key,
    bet_count integer not null,
    total numeric(20, 2) not null,
    text text not null,
    leaf bytea not null,
    numbers smallint[] not null,
    cents bigint[] not null
);

create temporary table filling (
    sequence integer not null,
    pattern integer not null,
    id uuid not null,
    transfer_id bigint not null,
    collector_id integer not null,
    commission_rate numeric(5, 2) not null,
    commission numeric(20, 2) not null,
    account_id integer not null,
    balance_after numeric(20, 2) not null,
    entry_sequence bigint not null,
    placed_at timestamptz not null
);

create function pg_temp.field(content text) returns bytea language sql immutable as $$
    select int4send(octet_length(content)) || convert_to(content, 'UTF8')
$$;

set synchronous_commit = off;
set work_mem = '64MB';

-- name: insert_pattern(place, total_cents, text, leaf, numbers, cents)!
-- A slip that many tickets of the filling will be made of.
insert into patterns (place, bet_count, total, text, leaf, numbers, cents)
values (
    :place,
    cardinality(:numbers::smallint[]),
    :total_cents::bigint * 0.01,
    :text,
    pg_temp.field(:leaf),
    :numbers::smallint[],
    :cents
);

-- name: hold_totals(phase_id)$
-- The last ticket of the phase, which is held until commit.
select phase_totals.last_sequence
from phase_totals
where phase_totals.phase_id = :phase_id
for no key update;

-- name: hold_purses(collector_ids)
-- The collectors' purses, in the one order in which accounts are ever locked.
select accounts.id
from accounts
where accounts.user_id = any(:collector_ids::integer[])
order by accounts.id
for no key update;

-- name: draw_up(collector_ids, patterns, last_sequence, first, last, ticket_count, winner_count, placed_at)!
-- The tickets of one batch, from the `first` of the filling to its `last`: collectors in turn, who
-- pay in cash; winning slips, which stand after the others among the patterns, spread evenly; the
-- last ticket of all takes the last pattern. Ids are of version 7, as the desk gives them.
insert into filling
select
    drawn.sequence,
    patterns.place,
    encode(set_bit(set_bit(overlay(
        uuid_send(gen_random_uuid())
        placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
        from 1 for 6
    ), 52, 1), 53, 1), 'hex')::uuid,
    drawn.transfer_id,
    users.id,
    users.commission_rate,
    patterns.total * users.commission_rate / 100,
    accounts.id,
    accounts.balance - sum(patterns.total) over (partition by users.id order by drawn.sequence),
    accounts.last_sequence + row_number() over (partition by users.id order by drawn.sequence),
    :placed_at
from (
    select
        nextval(pg_get_serial_sequence('transfers', 'id')) as transfer_id,
        :last_sequence::integer + place - :first::integer + 1 as sequence,
        (:collector_ids::integer[])[
            1 + place % cardinality(:collector_ids::integer[])
        ] as collector_id,
        case
            when place = :ticket_count then 2 * :patterns::integer
            when place * :winner_count::bigint % :ticket_count::bigint < :winner_count
                then :patterns + place % :patterns
            else place % :patterns
        end as pattern
    from generate_series(:first::integer, :last::integer) as place
) as drawn
join patterns on patterns.place = drawn.pattern
join users on users.id = drawn.collector_id
join accounts
    on accounts.user_id = users.id
    and accounts.kind = 'cash'
order by drawn.sequence;

-- name: fill_transfers(phase_id)!
-- The stakes of the batch.
insert into transfers (id, reason, actor_id, phase_id)
overriding system value
select filling.transfer_id, 'stake', filling.collector_id, :phase_id::integer
from filling
order by filling.sequence;

-- name: fill_entries()!
-- Both sides of each stake, in one statement, as the sum check demands.
insert into entries (transfer_id, account_id, amount, balance_after, sequence)
select
    filling.transfer_id,
    side.account_id,
    side.direction * patterns.total,
    side.balance_after,
    side.sequence
from filling
join patterns on patterns.place = filling.pattern
cross join lateral (
    values
        (filling.account_id, -1, filling.balance_after, filling.entry_sequence),
        (1, 1, null, null)
) as side (account_id, direction, balance_after, sequence)
order by filling.sequence;

-- name: fill_tickets(phase_id)!
-- The tickets of the batch, with their keys, their bets and their leaves.
insert into tickets (
    phase_id, sequence, id, collector_id, key, fingerprint, text, numbers, cents, total, bet_count,
    commission_rate, commission, balance_after, transfer_id, leaf, placed_at
)
select
    :phase_id::integer,
    filling.sequence,
    filling.id,
    filling.collector_id,
    'fill-' || :phase_id::integer || '-' || filling.sequence,
    sha256(convert_to(patterns.text, 'UTF8')),
    patterns.text,
    patterns.numbers,
    patterns.cents,
    patterns.total,
    patterns.bet_count,
    filling.commission_rate,
    filling.commission,
    filling.balance_after,
    filling.transfer_id,
    sha256(
        '\x00'::bytea
        || pg_temp.field(:phase_id::integer::text)
        || pg_temp.field(filling.sequence::text)
        || pg_temp.field(filling.id::text)
        || pg_temp.field(filling.collector_id::text)
        || pg_temp.field((extract(epoch from filling.placed_at) * 1000000)::bigint::text)
        || patterns.leaf
        || pg_temp.field(patterns.total::text)
    ),
    filling.placed_at
from filling
join patterns on patterns.place = filling.pattern
order by filling.sequence;

-- name: fill_balances()!
-- The purses as the batch leaves them.
update accounts
set
    balance = accounts.balance - spent.total,
    last_sequence = spent.entry_sequence
from (
    select
        filling.account_id,
        sum(patterns.total) as total,
        max(filling.entry_sequence) as entry_sequence
    from filling
    join patterns on patterns.place = filling.pattern
    group by filling.account_id
) as spent
where accounts.id = spent.account_id;

-- name: fill_exposures(phase_id)!
-- The exposures as the batch leaves them; the factor of every number is 1.
update exposures
set
    total_bet = exposures.total_bet + staked.total_bet,
    weight = exposures.weight + staked.total_bet
from (
    select held.number, sum(held.cents * used.ticket_count) * 0.01 as total_bet
    from (
        select filling.pattern, count(*) as ticket_count
        from filling
        group by filling.pattern
    ) as used
    join patterns on patterns.place = used.pattern
    cross join lateral unnest(patterns.numbers, patterns.cents) as held (number, cents)
    group by held.number
) as staked
where exposures.phase_id = :phase_id
    and exposures.number = staked.number;

-- name: fill_totals(phase_id)!
-- The totals as the batch leaves them.
update phase_totals
set
    version = phase_totals.version + 1,
    last_sequence = taken.last_sequence,
    total_in = phase_totals.total_in + taken.total,
    commission = phase_totals.commission + taken.commission,
    ticket_count = phase_totals.ticket_count + taken.ticket_count,
    bet_count = phase_totals.bet_count + taken.bet_count
from (
    select
        max(filling.sequence) as last_sequence,
        sum(patterns.total) as total,
        sum(filling.commission) as commission,
        count(*) as ticket_count,
        sum(patterns.bet_count) as bet_count
    from filling
    join patterns on patterns.place = filling.pattern
) as taken
where phase_totals.phase_id = :phase_id;

-- name: clear_batch#
-- The next batch begins.
truncate filling;

-- name: tidy#
-- What the vacuum would do by itself in the midst of the next measure.
vacuum (analyze) tickets, transfers, entries, accounts, exposures, phase_totals;
