-- name: insert_desk_transfer(transfer_id, user_id, shift_id, amount, reverses_id, forced, approval_id)!
-- What a reversal will lock and count against.
insert into desk_transfers (
    transfer_id, user_id, shift_id, amount, reverses_id, forced, approval_id
)
values (:transfer_id, :user_id, :shift_id, :amount, :reverses_id, :forced, :approval_id);

-- name: hold_desk_transfer(transfer_id)^
-- A transfer of the desk, its row locked until commit, and the house account on its other side.
select
    desk_transfers.user_id,
    desk_transfers.amount,
    desk_transfers.undone,
    desk_transfers.reverses_id,
    transfers.reason,
    entries.account_id as house_id
from desk_transfers
join transfers on transfers.id = desk_transfers.transfer_id
join entries on entries.transfer_id = transfers.id and entries.sequence is null
where desk_transfers.transfer_id = :transfer_id
for no key update of desk_transfers;

-- name: count_undone(transfer_id, amount)!
-- A part of it was undone; the table refuses more than there is.
update desk_transfers
set undone = undone + :amount
where transfer_id = :transfer_id;

-- name: read_desk_transfers(id, before, user_id, shift_id, count)
-- What went over the desk, the newest first: of one person, of one shift, or of all. `balance_after`
-- is of the purse that it touched first.
select
    desk_transfers.transfer_id as id,
    transfers.reason,
    transfers.note,
    transfers.created_at,
    holders.id as user_id,
    holders.username,
    actors.username as actor,
    approvers.username as approver,
    desk_transfers.shift_id,
    desk_transfers.amount,
    desk_transfers.undone,
    desk_transfers.reverses_id,
    originals.reason as reverses_reason,
    desk_transfers.forced,
    moved.kind as purse,
    moved.amount > 0 as inward,
    moved.balance_after
from desk_transfers
join transfers on transfers.id = desk_transfers.transfer_id
join users as holders on holders.id = desk_transfers.user_id
join users as actors on actors.id = transfers.actor_id
left join approvals on approvals.id = desk_transfers.approval_id
left join users as approvers on approvers.id = approvals.decided_by
left join transfers as originals on originals.id = desk_transfers.reverses_id
cross join lateral (
    select accounts.kind, entries.amount, entries.balance_after
    from entries
    join accounts on accounts.id = entries.account_id
    where entries.transfer_id = desk_transfers.transfer_id
        and entries.sequence is not null
    order by accounts.kind <> 'cash', accounts.id
    limit 1
) as moved
where (:id::bigint is null or desk_transfers.transfer_id = :id)
    and (:before::bigint is null or desk_transfers.transfer_id < :before)
    and (:user_id::integer is null or desk_transfers.user_id = :user_id)
    and (:shift_id::integer is null or desk_transfers.shift_id = :shift_id)
order by desk_transfers.transfer_id desc
limit :count;
