/** In schema `ops`: what a guard has folded, so that its next start need not read the whole log. */
import type { Migration } from './migration.ts'
import { roleOf } from './role-names.ts'

const guard = roleOf('risk-guard')

/** One for each role, which sees no other; it can be thrown away at any time. */
const snapshots = `
  create table ops.snapshots (
    role name primary key default current_user,
    fold_version integer not null,
    codec text not null,
    -- From where to go on.
    log_position bigint not null,
    -- The last event in it, and where that is.
    stream text collate "C" not null,
    revision bigint not null,
    event_id uuid not null,
    event_position bigint not null,
    digest text not null,
    verified boolean not null,
    body bytea not null,
    at timestamptz not null default now()
  );
  alter table ops.snapshots alter column body set storage external;
  alter table ops.snapshots enable row level security;
  create policy own_snapshot on ops.snapshots to ${guard}
    using (role = current_user) with check (role = current_user);
  grant select, insert, update, delete on ops.snapshots to ${guard};`

export const snapshotMigrations: readonly Migration[] = [{ name: 'ops-snapshots', sql: snapshots }]
