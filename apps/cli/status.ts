/** `daybook status`: every app of the ledger, where it stands, and whether all is well. */
import type { Command } from 'commander'
import { asking, example } from './command.ts'
import { cell, isRow, showList, showOne } from './output.ts'
import type { Terminal } from './terminal.ts'

export const statusCommand = (program: Command, terminal: Terminal): void => {
  const command = program
    .command('status')
    .description('Show how every app of the ledger is doing; exit code 1 where one is not ready')
  asking(command, terminal, async ({ options, client, say }) => {
    const status = await client.send({ method: 'GET', path: '/v1/status' })
    const apps = Array.isArray(status['apps']) ? status['apps'].filter(isRow) : []
    if (options.output === 'json') await showOne(terminal, options.output, status)
    else {
      await showList(terminal, options.output, apps, [
        'name',
        'state',
        'pid',
        'logPosition',
        'lagSeconds',
        'lagEvents',
        'detail',
      ])
    }
    const head = status['head']
    say(
      head === null
        ? 'The event log does not answer: nothing new is decided or sent until it does.'
        : `The log's head is ${cell(head)}; the ledger is ${cell(status['state'])}.`,
    )
    return head !== null && apps.every(({ state }) => state === 'ready') ? 0 : 1
  })
  example(command, terminal, 'status')
}
