-- name: desk_transfers(few)
-- Every transfer of the desk has its row, which says whose it is and how much, and no other has one.
select
    format('transfer %s', coalesce(made.id, desk_transfers.transfer_id)) as row,
    format(
        'the desk has %s of user %s, its entries come to %s of user %s',
        coalesce(desk_transfers.amount::text, 'nothing'),
        coalesce(desk_transfers.user_id::text, 'none'),
        coalesce(made.amount::text, 'nothing'),
        coalesce(made.user_id::text, 'none')
    ) as detail
from (
    select
        transfers.id,
        abs(sum(entries.amount)) as amount,
        min(accounts.user_id) as user_id
    from transfers
    left join entries
        on entries.transfer_id = transfers.id
        and entries.sequence is not null
    left join accounts on accounts.id = entries.account_id
    where transfers.reason in (
        'deposit', 'withdrawal', 'advance', 'repayment', 'bonus', 'earning', 'reversal'
    )
    group by transfers.id
) as made
full join desk_transfers on desk_transfers.transfer_id = made.id
where (
    desk_transfers.amount = made.amount
    and desk_transfers.user_id = made.user_id
) is not true
order by coalesce(made.id, desk_transfers.transfer_id)
limit :few;

-- name: reversals(few)
-- A reversal gives back what its original took, to the same person, from the same house account; and
-- all of them together are what the original counts as undone.
select
    format('transfer %s (%s)', originals.transfer_id, transfers.reason) as row,
    format(
        '%s of %s is undone; its reversals come to %s, %s of them against it',
        originals.undone,
        originals.amount,
        coalesce(reversed.amount, 0),
        coalesce(reversed.wrong_count, 0)
    ) as detail
from desk_transfers as originals
left join transfers on transfers.id = originals.transfer_id
left join (
    select
        undoing.reverses_id,
        sum(undoing.amount) as amount,
        count(*) filter (
            where undoing.user_id is distinct from undone.user_id
                or made.reason is distinct from 'reversal'
                or ours.account_id is distinct from theirs.account_id
                or sign(ours.amount) is distinct from - sign(theirs.amount)
        ) as wrong_count
    from desk_transfers as undoing
    left join desk_transfers as undone on undone.transfer_id = undoing.reverses_id
    left join transfers as made on made.id = undoing.transfer_id
    left join entries as ours
        on ours.transfer_id = undoing.transfer_id
        and ours.sequence is null
    left join entries as theirs
        on theirs.transfer_id = undone.transfer_id
        and theirs.sequence is null
    where undoing.reverses_id is not null
    group by undoing.reverses_id
) as reversed on reversed.reverses_id = originals.transfer_id
where originals.undone <> coalesce(reversed.amount, 0)
    or reversed.wrong_count > 0
    or (transfers.reason = 'reversal') is distinct from (originals.reverses_id is not null)
    or (originals.undone > 0 and transfers.reason = 'reversal')
order by originals.transfer_id
limit :few;

-- name: debts(few)
-- A purse of cash or bonus is below zero only by a reversal that was forced, or by a payout that was taken
-- back, and only such a one is said to be forced.
select
    format('account %s (%s)', accounts.id, accounts.kind) as row,
    format('it owes %s, and nothing was forced on user %s', - accounts.balance, accounts.user_id)
        as detail
from accounts
where accounts.kind in ('cash', 'bonus')
    and accounts.balance < 0
    and not exists (
        select 1
        from desk_transfers
        where desk_transfers.user_id = accounts.user_id
            and desk_transfers.forced
    )
    and not exists (
        select 1
        from compensations
        where compensations.collector_id = accounts.user_id
            and compensations.debt > 0
    )
union all
select
    format('transfer %s', desk_transfers.transfer_id),
    'it is said to be forced, and no purse owed anything after it'
from desk_transfers
where desk_transfers.forced
    and not exists (
        select 1
        from entries
        join accounts on accounts.id = entries.account_id
        where entries.transfer_id = desk_transfers.transfer_id
            and entries.balance_after < 0
            and entries.amount < 0
    )
limit :few;

-- name: drawers(few)
-- What a closed drawer was expected to hold is what went through it; nothing went through another's.
select
    format('shift %s of user %s', shifts.id, shifts.cashier_id) as row,
    format(
        'expected were %s, the float of %s and what went through come to %s; %s transfers are not of it',
        coalesce(shifts.expected::text, 'nothing'),
        shifts.opening_float,
        shifts.opening_float + coalesce(moved.drawer, 0),
        coalesce(moved.stray_count, 0)
    ) as detail
from shifts
left join (
    select
        desk_transfers.shift_id,
        - sum(entries.amount) as drawer,
        count(*) filter (where transfers.actor_id <> counted.cashier_id or entries.amount is null)
            as stray_count
    from desk_transfers
    join shifts as counted on counted.id = desk_transfers.shift_id
    left join transfers on transfers.id = desk_transfers.transfer_id
    left join entries
        on entries.transfer_id = desk_transfers.transfer_id
        and entries.account_id = 4
    group by desk_transfers.shift_id
) as moved on moved.shift_id = shifts.id
where moved.stray_count > 0
    or shifts.expected <> shifts.opening_float + coalesce(moved.drawer, 0)
order by shifts.id
limit :few;

-- name: drawerless(few)
-- Money that went over the counter went through somebody's drawer. Older versions knew of none.
select
    format('transfer %s', desk_transfers.transfer_id) as row,
    case
        when desk_transfers.shift_id is null then 'it went through no drawer'
        else format('it is of shift %s, which there is not', desk_transfers.shift_id)
    end as detail
from desk_transfers
join entries
    on entries.transfer_id = desk_transfers.transfer_id
    and entries.account_id = 4
left join shifts on shifts.id = desk_transfers.shift_id
where shifts.id is null
    and (
        desk_transfers.shift_id is not null
        or desk_transfers.transfer_id > (
            select min(counted.transfer_id)
            from desk_transfers as counted
            where counted.shift_id is not null
        )
    )
order by desk_transfers.transfer_id
limit :few;
