/** `daybook run` with trivial apps, as a process of its own: the folder of the apps, then the data folder and the port. */
import { join } from 'node:path'
import { run } from '#apps/cli/run/run'
import { runSettings } from '#apps/cli/run/settings'
import { usageSentence } from '#apps/process/failure'

const [apps = '', data = '', port = ''] = process.argv.slice(2)
try {
  process.exitCode = await run(runSettings({ data, port }, {}), {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    environment: process.env,
    calledAs: 'daybook',
    programOf: (app) => join(apps, `${app}.mjs`),
    nodeOptions: [],
    onSignal: (told) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => told(signal))
    },
  })
} catch (error) {
  process.stderr.write(`${usageSentence(error) ?? String(error)}\n`)
  process.exitCode = usageSentence(error) === undefined ? 1 : 2
}
