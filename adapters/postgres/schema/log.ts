/** Schema `log`: the head, the events, who may write what, and the one function that adds events. */
import { appendFunction, quickerAppend } from './append.ts'
import type { Migration } from './migration.ts'
import { appRoles, logOwner } from './role-names.ts'

const role = (name: string): string => `
  begin
    create role ${name} nologin;
  exception when duplicate_object or unique_violation then null; -- Another database of this server has made it.
  end;`

/** Roles belong to the whole server, so they may be there already. Who migrates may act for each of them. */
const roles = `
  do $$ begin ${[logOwner, ...appRoles].map(role).join('')} end $$;
  ${[logOwner, ...appRoles].map((name) => `grant ${name} to current_user;`).join('\n  ')}`

const tables = `
  create schema log authorization ${logOwner};
  grant usage on schema log to ${appRoles.join(', ')};
  set local role ${logOwner};

  -- One row. Whoever appends holds it until the commit, so positions are given in the order of commits.
  create table log.head (
    one boolean primary key default true check (one),
    position bigint not null check (position >= 0)
  );
  insert into log.head (position) values (0);

  create table log.events (
    position bigint primary key check (position > 0),
    stream text collate "C" not null check (octet_length(stream) <= 128),
    revision bigint not null check (revision >= 0),
    id uuid not null,
    type text collate "C" not null,
    recorded_at timestamptz not null,
    -- The very bytes that were hashed; jsonb would keep others.
    data text collate "C" not null,
    metadata text collate "C" not null,
    constraint events_stream_revision unique (stream, revision),
    constraint events_id unique (id),
    constraint events_size check (octet_length(data) + octet_length(metadata) <= 262144)
  );

  -- Filled from schemas/writers.ts at each migration.
  create table log.writers (
    role text collate "C" not null,
    type text collate "C" not null,
    prefix text collate "C" not null,
    primary key (role, type, prefix)
  );`

/** Nobody changes or removes an event, and nobody adds one but log.append on behalf of an app: neither the owner nor a superuser. */
const guards = `
  create function log.writer() returns text language sql stable
    set search_path = pg_catalog, pg_temp
    return coalesce(nullif(current_setting('role'), 'none'), session_user);

  create function log.guard() returns trigger language plpgsql
    set search_path = pg_catalog, pg_temp as $$
  begin
    if tg_op in ('INSERT', 'UPDATE') and tg_op = tg_argv[0] and current_user = '${logOwner}'
      and exists (select from log.writers w where w.role = log.writer())
    then
      return null;
    end if;
    raise exception 'the log only grows, and only by log.append: % of %.% is refused',
      lower(tg_op), tg_table_schema, tg_table_name using errcode = '42501';
  end $$;

  create trigger only_append before insert or update or delete or truncate on log.events
    for each statement execute function log.guard('INSERT');
  create trigger only_append before insert or update or delete or truncate on log.head
    for each statement execute function log.guard('UPDATE');
  -- Also where a session calls itself a replica.
  alter table log.events enable always trigger only_append;
  alter table log.head enable always trigger only_append;`

const rights = `
  revoke all on all tables in schema log from public;
  revoke all on all functions in schema log from public;
  grant select on log.head, log.events, log.writers to ${appRoles.join(', ')};
  grant execute on function log.append to ${appRoles.join(', ')};
  reset role;`

export const logMigrations: readonly Migration[] = [
  { name: 'log-1', sql: [roles, tables, guards, appendFunction, rights].join('\n') },
  { name: 'log-2', sql: quickerAppend },
]
