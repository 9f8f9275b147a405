/** `daybook keys issue|list|revoke`: who may do what. */
import { type Command, Option } from 'commander'
import { type Errand, example, given, listing, sending, type Written } from './command.ts'
import { type Row, showOne } from './output.ts'
import type { Terminal } from './terminal.ts'

interface Issue extends Written {
  readonly person: string
  readonly roles?: string
  readonly reason?: string
}
interface Revoke extends Written {
  readonly reason?: string
}
const states = ['valid', 'revoked']

export const keysCommand = (program: Command, terminal: Terminal): void => {
  const keys = program.command('keys').description('Issue, list and revoke API keys')
  const issue = keys
    .command('issue')
    .description('Issue a key to a person; it is shown this once')
    .requiredOption('--person <id>', 'whose it is: persons are compared, not keys')
    .option(
      '--roles <roles>',
      'trader, risk, operator, auditor, admin, with commas between; none only reads',
    )
    .option('--reason <text>', 'why, for whoever reads it later')
  sending<Issue>(issue, terminal, issueRequest, showIssued)
  example(issue, terminal, 'keys issue --person ada --roles trader,auditor')
  const list = keys
    .command('list')
    .description('List keys, newest first')
    .option('--person <id>', 'of this person')
    .addOption(new Option('--state <state>', 'valid, or revoked').choices(states))
  listing(list, terminal, {
    path: '/v1/keys',
    filters: ['person', 'state'],
    paged: true,
    columns: ['id', 'person', 'roles', 'issuedAt', 'issuedBy', 'revokedAt'],
  })
  example(list, terminal, 'keys list --state valid')
  const revoke = keys
    .command('revoke')
    .description('Revoke a key: from now on it opens nothing')
    .argument('<id>', 'the 8 characters after dbk_')
    .option('--reason <text>', 'why, for whoever reads it later')
  sending<Revoke>(revoke, terminal, ({ reason }, id = '') => ({
    method: 'DELETE',
    path: `/v1/keys/${encodeURIComponent(id)}`,
    query: { reason },
  }))
  example(revoke, terminal, 'keys revoke k3j9x0aa --reason "laptop lost"')
}

const issueRequest = ({ person, roles, reason }: Issue) => ({
  method: 'POST' as const,
  path: '/v1/keys',
  body: given({
    person,
    roles: (roles ?? '').split(',').flatMap((role) => (role.trim() === '' ? [] : [role.trim()])),
    reason,
  }),
})

const showIssued = async (
  { terminal, options, say }: Errand<Issue>,
  issued: Row,
): Promise<void> => {
  await showOne(terminal, options.output, issued)
  say(
    issued['key'] === undefined
      ? 'This request was done before; the key was shown then, and is not kept.'
      : 'Keep the key now: it is not kept here, and cannot be shown again.',
  )
}
