-- name: create_tables#
-- The seeds' own tables, as their document has them, in the schema that the connection names first.
create table users (
    id uuid primary key default gen_random_uuid(),
    username varchar(50) unique not null,
    role varchar(20) check (role in ('ADMIN', 'COLLECTOR')) not null,
    balance decimal(15, 2) default 0.00,
    created_at timestamp with time zone default now()
);

create table game_phases (
    id uuid primary key default gen_random_uuid(),
    name varchar(20) not null,
    active boolean default false,
    start_date timestamp with time zone default now(),
    end_date timestamp with time zone,
    global_limit decimal(15, 2) default 50000.00
);

create table number_limits (
    phase_id uuid references game_phases (id),
    number char(3) not null,
    max_amount decimal(15, 2) not null,
    primary key (phase_id, number)
);

create table bets (
    id uuid primary key default gen_random_uuid(),
    user_id uuid references users (id),
    phase_id uuid references game_phases (id),
    number char(3) not null,
    amount decimal(15, 2) not null,
    timestamp timestamp with time zone default now()
);

-- name: insert_users(count, balance)
-- Collectors with money.
insert into users (username, role, balance)
select 'collector-' || place, 'COLLECTOR', :balance
from generate_series(1, :count::integer) as place
returning id;

-- name: insert_phase(global_limit)$
-- A phase that refuses nothing.
insert into game_phases (name, active, global_limit)
values ('bench', true, :global_limit)
returning id;

-- name: empty_bets#
-- The phase begins anew.
truncate bets;

-- name: fill_bets(user_ids, phase_id, stakes, count)!
-- A phase with so many bets, on all numbers alike.
insert into bets (user_id, phase_id, number, amount)
select
    (:user_ids::uuid[])[1 + place % cardinality(:user_ids::uuid[])],
    :phase_id,
    lpad((place * 7 % 1000)::text, 3, '0'),
    (:stakes::integer[])[1 + place % cardinality(:stakes::integer[])]
from generate_series(1, :count::integer) as place;

-- name: tidy#
-- What the vacuum would do by itself in the midst of the next measure.
vacuum (analyze) bets;

-- name: lock_balance(user_id)$
-- The collector's record is locked until the transaction completes.
select balance
from users
where id = :user_id
for update;

-- name: read_limit(phase_id, number)$
-- The number's own limit, or else the phase's.
select coalesce(
    (
        select max_amount
        from number_limits
        where phase_id = :phase_id
            and number = :number
    ),
    (
        select global_limit
        from game_phases
        where id = :phase_id
    )
);

-- name: sum_number(phase_id, number)$
-- What is staked on the number so far.
select coalesce(sum(amount), 0)
from bets
where phase_id = :phase_id
    and number = :number;

-- name: insert_bet(user_id, phase_id, number, amount)!
-- One line of a slip.
insert into bets (user_id, phase_id, number, amount)
values (:user_id, :phase_id, :number, :amount);

-- name: update_balance(user_id, total)!
-- What the slip costs.
update users
set balance = balance - :total
where id = :user_id;
