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

export const readMigrations: readonly Migration[] = [{ name: 'read-1', sql: schema }]
