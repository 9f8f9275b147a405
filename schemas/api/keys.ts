/** API keys as they are asked for and as they are shown. The key itself is shown once, to whoever issues it. */
import * as t from 'io-ts'
import { listOf, Nullable, pageQuery } from '#schemas/api/page'
import { closed } from '#schemas/codec'
import { Line, PersonId } from '#schemas/values/ids'
import { Role } from '#schemas/values/trading'

/** The body of POST /v1/keys. A key without roles reads, and may engage the kill switch. */
export const IssueKey = closed(
  t.intersection(
    [t.type({ person: PersonId, roles: t.readonlyArray(Role) }), t.partial({ reason: Line })],
    'IssueKey',
  ),
)
export type IssueKey = Readonly<t.TypeOf<typeof IssueKey>>

export const KeyQuery = closed(
  t.partial(
    { ...pageQuery, person: PersonId, state: t.keyof({ valid: null, revoked: null }, 'KeyState') },
    'KeyQuery',
  ),
)
export type KeyQuery = Readonly<t.TypeOf<typeof KeyQuery>>
/** The query of DELETE /v1/keys/:id: it takes no body. */
export const RevokeQuery = closed(t.partial({ reason: Line }, 'RevokeQuery'))

const key = {
  id: t.string,
  person: t.string,
  roles: t.readonlyArray(Role),
  issuedAt: t.string,
  /** Who issued it. */
  issuedBy: Nullable,
  revokedAt: Nullable,
  logPosition: t.string,
}
/** A key by its public half; the log has no more of it than a hash. */
export const KeyReply = t.strict(key, 'KeyReply')
export type KeyReply = Readonly<t.TypeOf<typeof KeyReply>>
/** `key` is there the first time only: the same request again gives everything but it. */
export const IssuedKeyReply = t.exact(
  t.intersection([t.type(key), t.partial({ key: t.string })]),
  'IssuedKeyReply',
)
export type IssuedKeyReply = Readonly<t.TypeOf<typeof IssuedKeyReply>>
export const KeyList = listOf(KeyReply)
