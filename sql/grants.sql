-- What the service's own role may do. `{role}` is that role, quoted. It owns no table; money rows
-- can be added and read, never changed. What an older version granted beyond this is taken back in
-- the same transaction.

revoke all on all tables in schema public from {role};
grant usage on schema public to {role};
grant select on all tables in schema public to {role};
grant usage on all sequences in schema public to {role};
grant insert, update (
    username, password_hash, commission_rate, partner_id, share_percentage, disabled_at
) on users to {role};
grant insert, update on sessions, sign_in_failures, phase_totals to {role};
grant insert, update (
    name, global_limit, total_limit, straight, permutation, near, near_wraps, void_window_s, opens_at,
    closes_at, commission_rate, state, intake_open, opened_at, closed_at, settled_at, voided_at,
    void_reason
) on phases to {role};
grant insert, update (total_bet, weight, max_amount, factor) on exposures to {role};
grant insert, update (status, body, transfer_id) on requests to {role};
grant insert, update (
    number, total_out, net_profit, payout_count, settled_by, settled_at, revision, source,
    partner_earnings
) on settlements to {role};
grant insert on draws, compensations to {role};
grant insert, update (status, transfer_id, paid_at) on earnings to {role};
grant insert, update (earned, paid) on partner_totals to {role};
grant insert, update on house_months, collector_months, number_months to {role};
grant insert, update, delete on calendars, calendar_moves to {role};
grant delete on sessions, sign_in_failures, samples to {role};
grant insert, update (balance, floor, credit_limit, credit_approved, last_sequence) on accounts to {role};
grant insert on transfers, entries, payouts, commissions to {role};
grant insert, update (note, voided_at, voided_by, void_transfer_id) on tickets to {role};
grant update (four_eyes_above) on house_rules to {role};
grant insert, update (closed_at, expected, counted, note) on shifts to {role};
grant insert, update (undone) on desk_transfers to {role};
grant insert, update (worked_off, state, ended_at) on bonuses to {role};
grant insert, update (state, decided_by, decided_at, note, outcome) on approvals to {role};
grant insert on links, verifications to {role};
grant update on chain_marks to {role};
grant insert, update on jobs, checkpoints, exposure_checkpoints, samples to {role};
