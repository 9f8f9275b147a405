/** Schema `ops`: what the apps say of themselves, once a second. */
import type { Migration } from './migration.ts'
import { appRoles } from './role-names.ts'

/** An app says only what it is itself: its name is its role's. Instances that have been silent for a day are forgotten. */
const heartbeats = `
  create schema if not exists ops;
  grant usage on schema ops to ${appRoles.join(', ')};

  create table ops.heartbeats (
    app text not null,
    instance text not null,
    pid integer not null,
    state text not null,
    log_position bigint,
    detail text,
    at timestamptz not null,
    primary key (app, instance)
  ) with (fillfactor = 50);
  grant select on ops.heartbeats to ${appRoles.join(', ')};

  create function ops.beat(instance text, pid integer, state text, log_position bigint, detail text) returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
  -- A heartbeat that is lost with the machine is no loss.
  as $$
  #variable_conflict use_column
  declare
    app_ text := replace(substr(coalesce(nullif(current_setting('role'), 'none'), session_user), 9), '_', '-');
  begin
    perform set_config('synchronous_commit', 'off', true);
    insert into ops.heartbeats as h (app, instance, pid, state, log_position, detail, at)
      values (app_, beat.instance, beat.pid, beat.state, beat.log_position, beat.detail, clock_timestamp())
      on conflict (app, instance) do update set
        pid = excluded.pid, state = excluded.state, log_position = excluded.log_position,
        detail = excluded.detail, at = excluded.at;
    delete from ops.heartbeats h where h.app = app_ and h.at < clock_timestamp() - interval '1 day';
  end $$;
  revoke all on function ops.beat from public;
  grant execute on function ops.beat to ${appRoles.join(', ')};`

export const opsMigrations: readonly Migration[] = [{ name: 'ops-1', sql: heartbeats }]
