/** An app that does what its one argument says, for tests of the frame around it. */
import { runApp } from '#apps/process/app'

const does = process.argv[2]
runApp('projector', async (app) => {
  app.onStop(async () => app.logger.info('closed'))
  app.report('ready', 3n)
  if (does === 'throw') {
    setImmediate(() => void Promise.reject(new Error('a promise that nobody heard')))
  }
  if (does === 'cling') app.onStop(() => new Promise(() => undefined))
  await new Promise((resolve) => app.stopping.addEventListener('abort', resolve))
})
