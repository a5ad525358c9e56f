-- What every slip paid for at every row is looked for by `banker verify`: rows that belong to nothing.
-- depends: 0002_tickets_hold_their_bets

-- migrate: apply

-- The service may delete no phase, person, account, transfer or ticket, and takes the numbers that it
-- writes from rows that it holds, so that a key has nothing to catch; looking each one up made a
-- settlement three times as long.
alter table transfers
    drop constraint transfers_actor_id_fkey,
    drop constraint transfers_phase_id_fkey;

alter table entries
    drop constraint entries_transfer_id_fkey,
    drop constraint entries_account_id_fkey;

-- A house account has no sequence, and half of all entries are a house account's.
alter table entries drop constraint entries_account_id_sequence_key;
create unique index entries_account on entries (account_id, sequence) where sequence is not null;

alter table tickets
    drop constraint tickets_phase_id_fkey,
    drop constraint tickets_collector_id_fkey,
    drop constraint tickets_partner_id_fkey,
    drop constraint tickets_transfer_id_fkey,
    drop constraint tickets_voided_by_fkey,
    drop constraint tickets_void_transfer_id_fkey;

alter table payouts
    drop constraint payouts_phase_id_sequence_fkey,
    drop constraint payouts_transfer_id_fkey;

-- migrate: rollback

alter table payouts
    add foreign key (phase_id, sequence) references tickets (phase_id, sequence),
    add foreign key (transfer_id) references transfers (id);

alter table tickets
    add foreign key (phase_id) references phases (id),
    add foreign key (collector_id) references users (id),
    add foreign key (partner_id) references users (id),
    add foreign key (transfer_id) references transfers (id),
    add foreign key (voided_by) references users (id),
    add foreign key (void_transfer_id) references transfers (id);

drop index entries_account;
alter table entries
    add unique (account_id, sequence),
    add foreign key (transfer_id) references transfers (id),
    add foreign key (account_id) references accounts (id);

alter table transfers
    add foreign key (actor_id) references users (id),
    add foreign key (phase_id) references phases (id);
