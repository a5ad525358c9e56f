-- A phase goes forward by the terms it was opened with, and no ticket is voided late, whoever asks.
-- depends: 0006_draws

-- migrate: apply

create function go_forward() returns trigger language plpgsql as $$
begin
    if (old.state, new.state) not in (
        ('draft', 'open'), ('open', 'closed'), ('closed', 'settled'), ('open', 'void'), ('closed', 'void')
    ) then
        raise exception 'phase % is %: % refused', old.id, old.state, new.state
            using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;

create trigger phases_go_forward before update of state on phases
    for each row when (old.state is distinct from new.state) execute function go_forward();

create function keep_terms() returns trigger language plpgsql as $$
begin
    raise exception 'phase % is %: its terms stand', old.id, old.state using errcode = 'restrict_violation';
end
$$;

create trigger phases_keep_their_terms
    before update of straight, permutation, near, near_wraps, over_limit_policy, commission_rate, opened_at
    on phases
    for each row when (
        old.state <> 'draft'
        and (
            old.straight, old.permutation, old.near, old.near_wraps, old.over_limit_policy,
            old.commission_rate, old.opened_at
        ) is distinct from (
            new.straight, new.permutation, new.near, new.near_wraps, new.over_limit_policy,
            new.commission_rate, new.opened_at
        )
    )
    execute function keep_terms();

-- A void stands. It comes before the closing and the time of it, unless the whole phase is void.
create function check_voids() returns trigger language plpgsql as $$
declare
    late record;
begin
    select written.phase_id, written.sequence
    into late
    from written
    join known
        on known.phase_id = written.phase_id
        and known.sequence = written.sequence
    join phases on phases.id = written.phase_id
    where (written.voided_at, written.voided_by, written.void_transfer_id)
        is distinct from (known.voided_at, known.voided_by, known.void_transfer_id)
        and (
            known.voided_at is not null
            or not (
                phases.state = 'void'
                or (phases.state = 'open' and written.voided_at < coalesce(phases.closes_at, 'infinity'))
            )
        )
    limit 1;
    if found then
        raise exception 'ticket % of phase % is voided in time or not at all', late.sequence, late.phase_id
            using errcode = 'restrict_violation';
    end if;
    return null;
end
$$;

create trigger tickets_are_voided_in_time after update on tickets
    referencing old table as known new table as written
    for each statement execute function check_voids();

create trigger commissions_are_append_only before update or delete or truncate on commissions
    for each statement execute function refuse_change();

-- What a number pays is as much a decision of the house as what it takes.
drop trigger note_limit on exposures;
create trigger note_limit after update of max_amount, factor on exposures
    for each row
    when ((old.max_amount, old.factor) is distinct from (new.max_amount, new.factor))
    execute function note_write('phase', 'phase_id', 'number', 'number');

-- migrate: rollback

drop trigger note_limit on exposures;
create trigger note_limit after update of max_amount on exposures
    for each row execute function note_write('phase', 'phase_id', 'number', 'number');
drop trigger commissions_are_append_only on commissions;
drop trigger tickets_are_voided_in_time on tickets;
drop trigger phases_keep_their_terms on phases;
drop trigger phases_go_forward on phases;
drop function check_voids();
drop function keep_terms();
drop function go_forward();
