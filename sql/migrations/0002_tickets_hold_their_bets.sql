-- A ticket holds its bets, and the key that it was asked for under: one row a slip.
-- depends: 0001_house

-- migrate: apply

-- `numbers` rise; `cents` are their stakes in whole cents; `factors`, in hundredths, are null where
-- every bet counts in full.
alter table tickets
    add column numbers smallint[],
    add column cents bigint[],
    add column factors smallint[],
    add column key text,
    add column fingerprint bytea;

update tickets
set
    numbers = held.numbers,
    cents = held.cents,
    factors = held.factors
from (
    select
        bets.phase_id,
        bets.sequence,
        array_agg(bets.number order by bets.number) as numbers,
        array_agg((bets.amount * 100)::bigint order by bets.number) as cents,
        case
            when bool_or(bets.factor <> 1)
                then array_agg((bets.factor * 100)::smallint order by bets.number)
        end as factors
    from bets
    group by bets.phase_id, bets.sequence
) as held
where held.phase_id = tickets.phase_id
    and held.sequence = tickets.sequence;

update tickets
set
    key = requests.key,
    fingerprint = requests.fingerprint
from requests
where requests.operation = 'place'
    and requests.actor_id = tickets.collector_id
    and substring(encode(substring(requests.body from 1 for 64), 'escape') from '^\{"id":"([0-9a-f-]{36})"')
        = tickets.id::text;

-- What follows is for damaged books alone: no ticket was ever written without its key. No key that a
-- caller can send holds a space.
update tickets
set
    key = 'unkeyed ' || tickets.id,
    fingerprint = sha256(''::bytea)
where tickets.key is null;

delete from requests where operation = 'place';
drop table bets;

-- `banker verify` counts the numbers and looks for one named twice, so that no slip pays for it.
alter table tickets
    alter column numbers set not null,
    alter column cents set not null,
    alter column key set not null,
    alter column fingerprint set not null,
    add constraint ticket_fingerprint check (length(fingerprint) = 32),
    add constraint ticket_numbers check (0 <= all (numbers) and 999 >= all (numbers)),
    add constraint ticket_stakes check (0 < all (cents)),
    add constraint ticket_arrays check (
        array_ndims(numbers) = 1
        and array_ndims(cents) = 1
        and coalesce(array_ndims(factors) = 1, true)
        and array_lower(numbers, 1) = 1
        and array_lower(cents, 1) = 1
        and coalesce(array_lower(factors, 1) = 1, true)
    ),
    add constraint ticket_bets check (
        cardinality(numbers) = bet_count
        and cardinality(cents) = bet_count
        and coalesce(cardinality(factors) = bet_count, true)
    );

create unique index tickets_key on tickets (collector_id, key);

-- The bets one by one, for whoever asks about a number.
create view bets with (security_invoker = true) as
select
    tickets.phase_id,
    tickets.sequence,
    bet.number,
    (bet.cents * 0.01)::numeric(15, 2) as amount,
    (coalesce(bet.factor, 100) * 0.01)::numeric(3, 2) as factor
from tickets
cross join unnest(tickets.numbers, tickets.cents, tickets.factors)
    as bet (number, cents, factor);

-- migrate: rollback

-- The keys of slips are gone for good: the older version would take a repetition for a new slip.

create table held_bets as select * from bets;
drop view bets;
create table bets (
    phase_id integer not null,
    sequence integer not null,
    number smallint not null check (number between 0 and 999),
    amount numeric(15, 2) not null check (amount > 0 and amount < 'NaN'),
    factor numeric(3, 2) not null,
    primary key (phase_id, sequence, number)
);
insert into bets select * from held_bets;
drop table held_bets;
alter table tickets
    drop column numbers,
    drop column cents,
    drop column factors,
    drop column key,
    drop column fingerprint;
