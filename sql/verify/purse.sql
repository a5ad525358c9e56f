-- name: floors(few)
-- Nobody draws more than was granted: the floor is 0, or minus the limit of an approved credit; where
-- a purse is below that, it owes, and the floor is its balance.
select
    format('account %s (%s)', accounts.id, accounts.kind) as row,
    format(
        'the floor is %s, expected is %s', accounts.floor, least(granted.floor, accounts.balance)
    ) as detail
from accounts
cross join lateral (
    select case when accounts.credit_approved then - accounts.credit_limit else 0 end as floor
) as granted
where accounts.kind in ('cash', 'bonus', 'credit')
    and accounts.floor is distinct from least(granted.floor, accounts.balance)
order by accounts.id
limit :few;

-- name: overdrafts(few)
-- No purse lies below its floor, and a credit purse is a debt, never a treasure.
select
    format('account %s (%s)', accounts.id, accounts.kind) as row,
    format('the balance is %s, the floor is %s', accounts.balance, accounts.floor) as detail
from accounts
where accounts.kind in ('cash', 'bonus', 'credit')
    and (
        accounts.balance >= accounts.floor
        and (accounts.kind <> 'credit' or accounts.balance <= 0)
    ) is not true
order by accounts.id
limit :few;

-- name: purses(few)
-- A collector or a partner has one purse of each kind.
select
    format('user %s', users.id) as row,
    format(
        'a %s has a bonus, a cash and a credit purse; found: %s',
        users.role, coalesce(string_agg(accounts.kind, ', ' order by accounts.kind), 'none')
    ) as detail
from users
left join accounts on accounts.user_id = users.id
where users.role in ('collector', 'partner')
group by users.id, users.role
having array_agg(accounts.kind order by accounts.kind)
    is distinct from array['bonus', 'cash', 'credit']
order by users.id
limit :few;

-- name: purse_owners(few)
-- A purse without a person is money that nobody can ask for.
select
    format('account %s (%s)', accounts.id, accounts.kind) as row,
    format('it belongs to user %s, whom nobody knows', coalesce(accounts.user_id::text, 'none'))
        as detail
from accounts
left join users on users.id = accounts.user_id
where accounts.kind in ('cash', 'bonus', 'credit')
    and users.id is null
order by accounts.id
limit :few;
