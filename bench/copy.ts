/** COPY … FROM STDIN over `pg`, which knows the messages and has no word for them. */
import type pg from 'pg'

/** What `pg` calls of a query while it is the one that is answered. */
interface CopyQuery {
  readonly submit: (connection: CopyConnection) => void
  readonly handleCopyInResponse: (connection: CopyConnection) => void
  readonly handleCommandComplete: () => void
  readonly handleReadyForQuery: () => void
  readonly handleError: (error: Error) => void
}
interface CopyConnection {
  readonly query: (text: string) => void
  readonly sendCopyFromChunk: (chunk: Buffer) => void
  readonly endCopyFrom: () => void
}

/** All rows in one transaction, in the text form of COPY. */
export const copyIn = (client: pg.Client, table: string, rows: string): Promise<void> =>
  new Promise((resolve, reject) => {
    let failure: Error | undefined
    const query: CopyQuery = {
      submit: (connection) => connection.query(`copy ${table} from stdin`),
      handleCopyInResponse: (connection) => {
        connection.sendCopyFromChunk(Buffer.from(rows, 'utf8'))
        connection.endCopyFrom()
      },
      handleCommandComplete: () => undefined,
      handleReadyForQuery: () => {
        if (failure === undefined) resolve()
        else reject(failure)
      },
      handleError: (error) => {
        failure = error
        reject(error)
      },
    }
    client.query(query as unknown as pg.Submittable)
  })
