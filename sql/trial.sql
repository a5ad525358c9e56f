-- name: summed_up_to()$
-- Up to which transfer every house account has a checkpoint.
select min(coalesce(checkpoints.up_to, 0))
from accounts
left join checkpoints on checkpoints.account_id = accounts.id
where accounts.user_id is null;

-- name: list_house(up_to)
-- What each house account has given and taken: the sum of its entries, those up to its checkpoint as
-- the last verification summed them. No checkpoint lies before `up_to`: given as a value, for of what
-- it has to look up the planner expects a third of all entries.
select
    accounts.kind,
    coalesce(checkpoints.total, 0) + coalesce(newer.amount, 0) as total
from accounts
left join checkpoints on checkpoints.account_id = accounts.id
left join (
    select entries.account_id, sum(entries.amount) as amount
    from entries
    left join checkpoints on checkpoints.account_id = entries.account_id
    where entries.sequence is null
        and entries.transfer_id > coalesce(checkpoints.up_to, 0)
        and entries.transfer_id > :up_to
    group by entries.account_id
) as newer on newer.account_id = accounts.id
where accounts.user_id is null
order by accounts.id;

-- name: list_purses()
-- The purses by kind: how many, how many of them hold or owe something, and how much.
select
    accounts.kind,
    count(*) as account_count,
    count(*) filter (where accounts.balance <> 0) as held_count,
    coalesce(- sum(accounts.balance) filter (where accounts.balance < 0), 0) as debit,
    coalesce(sum(accounts.balance) filter (where accounts.balance > 0), 0) as credit
from accounts
where accounts.user_id is not null
group by accounts.kind
order by array_position(array['cash', 'bonus', 'credit'], accounts.kind);

-- name: list_brackets(bounds)
-- How many purses hold how much: by the number of bounds that a balance has reached. An empty purse is
-- in no bracket, one that owes in bracket -1.
select
    case when accounts.balance < 0 then -1 else width_bucket(accounts.balance, :bounds::numeric[]) end
        as bracket,
    count(*) as account_count,
    sum(accounts.balance) as total
from accounts
where accounts.user_id is not null
    and accounts.balance <> 0
group by 1
order by 1;

-- name: list_debtors(count)
-- Purses below what was granted: debts that were forced, and credit drawn beyond its limit.
select
    users.id as user_id,
    users.username,
    accounts.kind,
    owed.amount as owed
from accounts
join users on users.id = accounts.user_id
cross join lateral (
    select
        - accounts.balance - case
            when accounts.kind = 'credit' and accounts.credit_approved then accounts.credit_limit
            else 0
        end as amount
) as owed
where accounts.balance < 0
    and owed.amount > 0
order by owed.amount desc, accounts.id
limit :count;

-- name: read_drift(account_id)^
-- A purse beside the sum of its entries.
select
    users.id as user_id,
    users.username,
    accounts.kind,
    accounts.balance,
    coalesce(summed.amount, 0) as entries
from accounts
join users on users.id = accounts.user_id
cross join lateral (
    select sum(entries.amount) as amount
    from entries
    where entries.account_id = accounts.id
        and entries.sequence is not null
) as summed
where accounts.id = :account_id;
