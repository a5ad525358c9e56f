-- The desk: shifts, reversals, bonuses, approvals; and the trail of every administrative write.
-- depends: 0003_orphans_are_looked_for

-- migrate: apply

-- What was lost or found and has no other reason stands against `corrections`, for all to see.
alter table accounts
    drop constraint accounts_kind_check,
    add constraint accounts_kind_check check (kind in (
        'cash', 'bonus', 'credit',
        'stakes', 'payouts', 'commission', 'desk', 'bonuses', 'corrections'
    ));

insert into accounts (id, kind) values (6, 'corrections');

alter table transfers
    drop constraint transfers_reason_check,
    add constraint transfers_reason_check check (reason in (
        'stake', 'void', 'payout', 'commission',
        'deposit', 'withdrawal', 'advance', 'repayment', 'bonus',
        'conversion', 'expiry', 'reversal', 'correction'
    ));

drop index transfers_desk;

-- What a house may decide for itself: one row.
create table house_rules (
    id boolean primary key default true check (id),
    four_eyes_above numeric(20, 2) check (four_eyes_above >= 0)
);

insert into house_rules (four_eyes_above) values (null);

-- A cashier's drawer from one counting to the next.
create table shifts (
    id integer generated always as identity primary key,
    cashier_id integer not null references users (id),
    opened_at timestamptz not null default clock_timestamp(),
    opening_float numeric(20, 2) not null check (opening_float >= 0),
    closed_at timestamptz,
    expected numeric(20, 2),
    counted numeric(20, 2) check (counted >= 0),
    note text check (length(note) <= 200),
    check ((closed_at is null) = (expected is null)),
    check ((closed_at is null) = (counted is null))
);

create unique index shifts_open on shifts (cashier_id) where closed_at is null;
create index shifts_cashier on shifts (cashier_id, id desc);

-- One row a transfer of the desk; its row is what a reversal locks, and `undone` never exceeds it.
-- `reverses_id` is the transfer that a reversal undoes.
create table desk_transfers (
    transfer_id bigint primary key,
    user_id integer not null references users (id),
    shift_id integer references shifts (id),
    amount numeric(20, 2) not null check (amount > 0),
    reverses_id bigint references desk_transfers (transfer_id),
    forced boolean not null default false,
    approval_id integer,
    undone numeric(20, 2) not null default 0 check (undone between 0 and amount),
    check (undone = 0 or reverses_id is null),
    check (not forced or reverses_id is not null)
);

create index desk_transfers_user on desk_transfers (user_id, transfer_id desc);
create index desk_transfers_shift on desk_transfers (shift_id) where shift_id is not null;
create index desk_transfers_reverses on desk_transfers (reverses_id) where reverses_id is not null;

insert into desk_transfers (transfer_id, user_id, amount)
select transfers.id, min(accounts.user_id), sum(abs(entries.amount))
from transfers
join entries on entries.transfer_id = transfers.id
join accounts on accounts.id = entries.account_id
where transfers.reason in ('deposit', 'withdrawal', 'bonus')
    and accounts.user_id is not null
group by transfers.id;

-- The transfer that an answer tells of: its body may be dropped in time, the key and this never.
alter table requests add column transfer_id bigint;

update requests
set transfer_id = substring(
    encode(substring(requests.body from 1 for 64), 'escape')
    from '^\{"transfer_id":"([0-9]{1,18})"'
)::bigint
where requests.status = 201;

create index requests_transfer on requests (transfer_id) where transfer_id is not null;

create function keep_desk_transfer() returns trigger language plpgsql as $$
begin
    if tg_op <> 'UPDATE'
        or (old.transfer_id, old.user_id, old.shift_id, old.amount, old.reverses_id, old.forced,
            old.approval_id)
        is distinct from (new.transfer_id, new.user_id, new.shift_id, new.amount, new.reverses_id,
            new.forced, new.approval_id)
        or new.undone < old.undone
    then
        raise exception 'desk_transfers only ever counts what was undone: % refused', lower(tg_op)
            using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;

create trigger desk_transfers_are_kept before update or delete on desk_transfers
    for each row execute function keep_desk_transfer();

create trigger desk_transfers_are_not_emptied before truncate on desk_transfers
    for each statement execute function refuse_change();

-- A bonus until stakes have worked off its requirement, or its time is over. One at a time a person,
-- so that it is never in doubt which bonus the purse holds.
create table bonuses (
    transfer_id bigint primary key,
    user_id integer not null references users (id),
    amount numeric(20, 2) not null check (amount > 0),
    requirement numeric(20, 2) not null check (requirement > 0),
    worked_off numeric(20, 2) not null default 0 check (worked_off >= 0),
    state text not null default 'active'
        check (state in ('active', 'converted', 'expired', 'reversed')),
    granted_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz,
    ended_at timestamptz,
    check ((state = 'active') = (ended_at is null))
);

create unique index bonuses_active on bonuses (user_id) where state = 'active';

-- What waits for a second person. `asked` holds the arguments of the verb, `outcome` its answer.
create table approvals (
    id integer generated always as identity primary key,
    kind text not null check (kind in (
        'withdrawal', 'reversal', 'credit-limit', 'number-limit', 'phase-limits', 'four-eyes'
    )),
    asked jsonb not null,
    reason text not null,
    asked_by integer not null references users (id),
    asked_at timestamptz not null default clock_timestamp(),
    state text not null default 'waiting' check (state in ('waiting', 'approved', 'refused')),
    decided_by integer references users (id),
    decided_at timestamptz,
    note text check (length(note) <= 200),
    outcome jsonb,
    check ((state = 'waiting') = (decided_by is null)),
    check ((state = 'waiting') = (decided_at is null)),
    check (state <> 'approved' or decided_by <> asked_by)
);

create unique index approvals_waiting on approvals (asked_by, kind, md5(asked::text))
    where state = 'waiting';
create index approvals_state on approvals (state, id desc);

-- Who did what, when, from where, and what stood before and after.
create table audit (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    actor_id integer,
    address text,
    action text not null,
    subject text not null,
    before jsonb,
    after jsonb
);

create index audit_subject on audit (subject, id desc);
create index audit_actor on audit (actor_id, id desc);

create trigger audit_is_append_only before update or delete or truncate on audit
    for each statement execute function refuse_change();

-- The only ways into the trail. They run as the owner, so that the service's role can add to it what
-- happened and nothing else. Who acts, and from where, are settings of the transaction.
create function note_event(action text, subject text, before jsonb, after jsonb)
returns void language sql security definer set search_path = public, pg_temp as $$
    -- Its own number before the row's: the sealer counts on it.
    select pg_current_xact_id();
    insert into audit (actor_id, address, action, subject, before, after)
    values (
        nullif(current_setting('banker.actor', true), '')::integer,
        nullif(current_setting('banker.address', true), ''),
        action,
        subject,
        before,
        after
    )
$$;

-- Its arguments name the row: a word and a column, and again.
create function note_write() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    row_before jsonb := case when tg_op = 'INSERT' then null else to_jsonb(old) end;
    row_after jsonb := case when tg_op = 'DELETE' then null else to_jsonb(new) end;
    named jsonb := coalesce(row_after, row_before);
    subject text := '';
    has_new_password boolean := false;
begin
    for place in 0 .. tg_nargs / 2 - 1 loop
        subject := subject || case when place = 0 then '' else ', ' end
            || tg_argv[2 * place] || ' ' || coalesce(named ->> tg_argv[2 * place + 1], 'none');
    end loop;
    if tg_op = 'UPDATE' then
        has_new_password := row_before -> 'password_hash'
            is distinct from row_after -> 'password_hash';
        select
            jsonb_object_agg(was.key, was.value),
            jsonb_object_agg(was.key, row_after -> was.key)
        into row_before, row_after
        from jsonb_each(row_before) as was
        where was.value is distinct from row_after -> was.key;
        if row_after is null then
            return null;
        end if;
    end if;
    row_before := row_before - 'password_hash';
    row_after := row_after - 'password_hash';
    if has_new_password then
        row_after := row_after || '{"password": "changed"}';
    end if;
    perform note_event(
        case tg_op when 'INSERT' then 'added' when 'UPDATE' then 'changed' else 'removed' end,
        subject,
        row_before,
        row_after
    );
    return null;
end
$$;

create trigger note_user after insert or update or delete on users
    for each row execute function note_write('user', 'id');
create trigger note_credit after update of credit_limit, credit_approved on accounts
    for each row execute function note_write('user', 'user_id', 'account', 'id');
create trigger note_phase after insert or update or delete on phases
    for each row execute function note_write('phase', 'id');
create trigger note_limit after update of max_amount on exposures
    for each row execute function note_write('phase', 'phase_id', 'number', 'number');
create trigger note_settlement after insert or update or delete on settlements
    for each row execute function note_write('settlement of phase', 'phase_id');
create trigger note_rules after insert or update or delete on house_rules
    for each row execute function note_write('house rules', 'id');
create trigger note_shift after insert or update or delete on shifts
    for each row execute function note_write('shift', 'id');
create trigger note_approval after insert or update or delete on approvals
    for each row execute function note_write('approval', 'id');
create trigger note_bonus after insert or update or delete on bonuses
    for each row execute function note_write('user', 'user_id', 'bonus', 'transfer_id');

-- migrate: rollback

drop trigger note_user on users;
drop trigger note_credit on accounts;
drop trigger note_phase on phases;
drop trigger note_limit on exposures;
drop trigger note_settlement on settlements;
alter table requests drop column transfer_id;
drop table audit, approvals, bonuses, desk_transfers, shifts, house_rules;
drop function note_write, note_event, keep_desk_transfer;
create index transfers_desk on transfers (id desc) where reason in ('deposit', 'withdrawal');

-- Refused by themselves where the newer version moved money for one of its own reasons.
alter table transfers
    drop constraint transfers_reason_check,
    add constraint transfers_reason_check check (reason in (
        'stake', 'void', 'payout', 'commission', 'deposit', 'withdrawal', 'bonus'
    ));
delete from accounts where id = 6;
alter table accounts
    drop constraint accounts_kind_check,
    add constraint accounts_kind_check check (kind in (
        'cash', 'bonus', 'credit',
        'stakes', 'payouts', 'commission', 'desk', 'bonuses'
    ));
