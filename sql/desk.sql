-- name: newest_desk_transfers(count)
-- What went over the counter last, for whom and by whom.
select
    transfers.id,
    transfers.reason,
    transfers.note,
    transfers.created_at,
    holders.id as user_id,
    holders.username,
    actors.username as actor,
    abs(entries.amount) as amount,
    entries.balance_after
from transfers
join entries on entries.transfer_id = transfers.id
join accounts on accounts.id = entries.account_id
join users as holders on holders.id = accounts.user_id
join users as actors on actors.id = transfers.actor_id
where transfers.reason in ('deposit', 'withdrawal')
order by transfers.id desc
limit :count;

-- name: read_desk_transfer(id)^
-- One of them, for its slip.
select
    transfers.id,
    transfers.reason,
    transfers.note,
    transfers.created_at,
    holders.id as user_id,
    holders.username,
    actors.username as actor,
    abs(entries.amount) as amount,
    entries.balance_after
from transfers
join entries on entries.transfer_id = transfers.id
join accounts on accounts.id = entries.account_id
join users as holders on holders.id = accounts.user_id
join users as actors on actors.id = transfers.actor_id
where transfers.id = :id
    and transfers.reason in ('deposit', 'withdrawal');
