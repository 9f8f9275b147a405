/** Schema `read`: read models and checkpoints. The projector fills it; api and cli read it. */
import type { Migration } from './migration.ts'
import { roleOf } from './role-names.ts'

const projector = roleOf('projector')
const readers = [roleOf('api'), roleOf('cli')].join(', ')

/** Whatever the owner or the projector creates here later, the readers may read. */
const schema = `
  create schema read;
  grant usage, create on schema read to ${projector};
  grant usage on schema read to ${readers};
  alter default privileges in schema read grant select, insert, update, delete, truncate on tables to ${projector};
  alter default privileges in schema read grant select on tables to ${readers};
  alter default privileges for role ${projector} in schema read grant select on tables to ${readers};`

/**
 * One row per generation of a read model: the tables `<name>_g<generation>` hold it up to `position`, and the view
 * `<name>` shows the live one. `settled`: it has once been level with the log, and has all its indexes.
 */
const generations = `
  create table read.generations (
    model text collate "C" not null,
    generation integer not null check (generation > 0),
    shape text not null,
    live boolean not null,
    settled boolean not null,
    position bigint not null check (position >= 0),
    primary key (model, generation)
  ) with (fillfactor = 50);
  create unique index generations_live on read.generations (model) where live;`

/** The last event that stands in the read models: by it their log is known again, and a copy of it told apart. */
const followed = `
  create table read.followed (
    one boolean primary key default true check (one),
    stream text collate "C" not null,
    revision bigint not null check (revision >= 0),
    event uuid not null,
    position bigint not null check (position >= 0)
  ) with (fillfactor = 50)`

export const readMigrations: readonly Migration[] = [
  { name: 'read-1', sql: schema },
  { name: 'read-2', sql: generations },
  { name: 'read-3', sql: followed },
]
