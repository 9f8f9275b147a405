/** Why an order or an amendment came to nothing, with its stable code. */
import type { ReasonCode } from '#schemas/codes'
import type { Code, Line } from '#schemas/values/ids'
import type { Reason } from '#schemas/values/trading'

export const because = (code: ReasonCode, message: string): Reason => ({
  code: code as string as Code,
  message: message as Line,
})
