/** Whether the ledger knows the key that its data folder holds: a new folder on a log that has begun does not. */
import { ask } from './http.ts'
import { shownPath } from './words.ts'

/** What to say where it does not; nothing where it does, or where nobody answers. */
export const unknownKeyWords = async (
  url: string,
  key: string,
  keyFile: string,
): Promise<string | undefined> => {
  const headers = { authorization: `Bearer ${key}` }
  const reply = await ask(`${url}/v1/status`, { headers, withinMs: 5_000 }).catch(() => undefined)
  if (reply?.status !== 401) return undefined
  const file = shownPath(keyFile)
  return (
    `The log is older than this data folder, and knows other keys than the one in ${file}: no command will be let in ` +
    `with it. Put a key of that ledger in ${file}, or give it with --key or DAYBOOK_KEY.`
  )
}
