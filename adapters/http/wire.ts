/** WebSocket frames as they go over the wire (RFC 6455, 5.2): made once, sent to whoever wants them. */

const finalText = 0x81
const twoBytes = 126
const eightBytes = 127

/** A text in one frame, from a server, so without a mask. */
export const textFrame = (text: string): Buffer => {
  const size = Buffer.byteLength(text)
  const headerSize = size < twoBytes ? 2 : size < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafeSlow(headerSize + size)
  frame[0] = finalText
  if (headerSize === 2) frame[1] = size
  else if (headerSize === 4) {
    frame[1] = twoBytes
    frame.writeUInt16BE(size, 2)
  } else {
    frame[1] = eightBytes
    frame.writeBigUInt64BE(BigInt(size), 2)
  }
  frame.write(text, headerSize)
  return frame
}
